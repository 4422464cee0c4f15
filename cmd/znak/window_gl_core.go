//go:build !nowindow && !darwin && !gles && !arm && !arm64

package main

import "github.com/go-gl/glfw/v3.3/glfw"

// contextHints ask for what Fyne asks for when it is built for OpenGL.
func contextHints() {
	glfw.WindowHint(glfw.ContextVersionMajor, 2)
	glfw.WindowHint(glfw.ContextVersionMinor, 1)
}
