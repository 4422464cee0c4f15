//go:build !nowindow && !darwin

package main

import (
	"fmt"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// tryOpenGL makes a hidden window with the drawing context that the window library will ask for, and gives the reason where the system has none. The
// library itself ends the whole program then, without a word to the person. It is called on the main goroutine; the parts of the system that it loads
// are used again by the real window.
func tryOpenGL() (err error) {
	defer func() {
		if p := recover(); p != nil { // the binding panics on errors it does not expect
			err = fmt.Errorf("opengl: %v", p)
		}
	}()
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
	w.Destroy()
	glfw.DefaultWindowHints()
	return nil
}
