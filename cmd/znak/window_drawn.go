//go:build !nowindow

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// drawnFile of the data folder holds the screen on which the window was last seen drawn. On that one OpenGL need not be tried beforehand, which
// takes a fifth of the start.
const drawnFile = "window.drawn"

// drawBySoftware tells Mesa, the OpenGL of Linux, to leave the graphics card alone.
const drawBySoftware = "LIBGL_ALWAYS_SOFTWARE"

// hardOrSoft tries whether a window can be drawn, and where it cannot, whether software can do it. It gives the reason why the card cannot where
// neither works. What is drawn by software is no note for the next start: it tries the card first again.
func hardOrSoft(try func() error) error {
	err := try()
	if err == nil || runtime.GOOS != "linux" || os.Getenv(drawBySoftware) != "" {
		return err
	}
	if os.Setenv(drawBySoftware, "1") == nil && try() == nil {
		return nil
	}
	return errors.Join(err, os.Unsetenv(drawBySoftware))
}

// screenName is what OpenGL depends on: the display, and the session it belongs to.
func screenName() string {
	host, _ := os.Hostname() // an empty one is as good a name as any
	return strings.Join([]string{host, os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"), os.Getenv("SESSIONNAME"), os.Getenv(drawBySoftware)}, " ")
}

// drewBefore reports whether a window was drawn on this screen, and takes the note away until it is drawn again: a start that breaks is followed by one that tries.
func drewBefore(dir string) (bool, error) {
	place := filepath.Join(dir, drawnFile)
	name, err := os.ReadFile(place)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = os.Remove(place)
	}
	return err == nil && string(name) == screenName(), err
}

// noteDrawn keeps that a window was drawn on this screen.
func noteDrawn(dir string) error {
	return os.WriteFile(filepath.Join(dir, drawnFile), []byte(screenName()), 0o600)
}
