//go:build !nowindow && !windows

package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
)

// openFile shows a file in the program that the desktop has for its kind.
func openFile(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	tool := "xdg-open"
	if runtime.GOOS == "darwin" {
		tool = "open"
	}
	cmd := exec.Command(tool, path)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // it may stay longer than this program
	return nil
}
