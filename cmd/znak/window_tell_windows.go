//go:build !nowindow

package main

import "golang.org/x/sys/windows"

// tellWithoutWindow shows the system's own message box: there is no terminal behind a program started by a click.
func tellWithoutWindow(title, text string) {
	t, errTitle := windows.UTF16PtrFromString(title)
	m, errText := windows.UTF16PtrFromString(text)
	if errTitle == nil && errText == nil {
		_, _ = windows.MessageBox(0, m, t, windows.MB_OK|windows.MB_ICONWARNING)
	}
}
