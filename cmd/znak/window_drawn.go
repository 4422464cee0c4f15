//go:build !nowindow

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// drawnFile of the data folder holds the screen on which the window was last seen drawn. On that one OpenGL need not be tried beforehand, which
// takes a fifth of the start.
const drawnFile = "window.drawn"

// screenName is what OpenGL depends on: the display, and the session it belongs to.
func screenName() string {
	host, _ := os.Hostname() // an empty one is as good a name as any
	return host + " " + os.Getenv("DISPLAY") + " " + os.Getenv("WAYLAND_DISPLAY") + " " + os.Getenv("SESSIONNAME")
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
