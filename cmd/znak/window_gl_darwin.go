//go:build !nowindow

package main

// tryOpenGL: macOS has OpenGL on every screen.
func tryOpenGL() error { return nil }
