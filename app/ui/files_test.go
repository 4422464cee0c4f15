package ui

import (
	"os/exec"
	"testing"

	"znak/app/station"
	"znak/app/ui/view/viewtest"
)

// What was made is opened by one button; where the desktop has no program for it, the place of the file is said.
func TestFilesAreOpened(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	var opened []string
	d.openFile = func(path string) error { opened = append(opened, path); return nil }
	form := "/home/office/znak/forms/F103-505.pdf"
	fake.HandRep = station.HandOverReport{Verified: 12, Queued: true, Files: []string{form}}
	d.open(screenHandOver, "505")
	d.settle()
	d.press("Открыть")
	if len(opened) != 1 || opened[0] != form {
		t.Errorf("%q", opened)
	}
	d.openFile = func(string) error { _, err := exec.LookPath("no-such-program"); return err }
	d.press("Открыть")
	d.see("Файл не открылся: такой программы на компьютере нет. Он лежит здесь: " + form)
}
