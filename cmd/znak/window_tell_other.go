//go:build !nowindow && !windows

package main

import (
	"os"
	"os/exec"
)

// tellWithoutWindow shows the text by whatever the desktop has for that, where there is no terminal to read it in; where it has nothing, the text on standard
// error is all there is.
func tellWithoutWindow(title, text string) {
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice != 0 {
		return
	}
	for _, tool := range [][]string{{"zenity", "--warning", "--no-markup", "--title", title, "--text", text}, {"kdialog", "--title", title, "--sorry", text}} {
		if path, err := exec.LookPath(tool[0]); err == nil {
			_ = exec.Command(path, tool[1:]...).Start() // it may stay when this program has ended
			return
		}
	}
}
