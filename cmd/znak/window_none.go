//go:build nowindow

package main

import (
	"context"

	"znak/app/hint"
)

// The program built with the tag nowindow has the commands only: it needs no C library, no OpenGL and no screen, for servers and schedulers.

func hasDisplay() bool { return false }

func (c *command) window(context.Context) error { return hint.New("cmd.window.none", nil, nil) }

func (c *command) openWindow(context.Context, *office) error {
	return hint.New("cmd.window.none", nil, nil)
}
