package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// hideTyping keeps what is typed at a console from being shown until restore is called; ok is false where f is none.
func hideTyping(f *os.File) (restore func(), ok bool) {
	h := windows.Handle(f.Fd())
	var was uint32
	if windows.GetConsoleMode(h, &was) != nil || windows.SetConsoleMode(h, was&^windows.ENABLE_ECHO_INPUT) != nil {
		return nil, false
	}
	return func() { _ = windows.SetConsoleMode(h, was) }, true
}
