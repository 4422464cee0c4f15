//go:build !nowindow && !darwin

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// tryOpenGL makes a hidden window with the drawing context that the window library will ask for, and gives the reason where the system has none. The
// library itself ends the whole program then, without a word to the person. It is called on the main goroutine; the parts of the system that it loads
// are used again by the real window.
func tryOpenGL() (err error) {
	var told bytes.Buffer // the binding writes what the system has told it into the log, and into no error
	defer func(to io.Writer, flags int) {
		if p := recover(); p != nil { // it panics on errors it does not expect
			err = fmt.Errorf("opengl: %v", p)
		}
		log.SetOutput(to)
		log.SetFlags(flags)
		if reason := strings.Join(strings.Fields(told.String()), " "); err != nil && reason != "" {
			err = fmt.Errorf("%w: %s", err, reason)
		}
	}(log.Writer(), log.Flags())
	log.SetOutput(&told)
	log.SetFlags(0)
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("glfw: %w", err)
	}
	glfw.WindowHint(glfw.Visible, glfw.False)
	contextHints()
	w, err := glfw.CreateWindow(16, 16, "znak", nil, nil)
	if err != nil {
		glfw.Terminate()
		return fmt.Errorf("glfw: %w", err)
	}
	if w == nil {
		glfw.Terminate()
		return errors.New("opengl: no window")
	}
	w.Destroy()
	glfw.DefaultWindowHints()
	return nil
}
