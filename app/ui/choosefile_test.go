package ui

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"znak/app/ui/view/viewtest"
)

// choosing opens the dialog for a statement in a folder with a folder and two files in it.
func choosing(t *testing.T) (d *desk, s *paperScreen, dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "банк"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"заметки.doc", "kl_to_1c.txt", filepath.Join("банк", "июнь.TXT"), ".скрытый.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d = newDesk(t, "ru", false, viewtest.Sample())
	d.app.Preferences().SetString(prefFolder, dir)
	d.open(screenPaper, paperStatement)
	d.settle()
	d.press("Выбрать файл")
	if !d.over.open() {
		t.Fatal("no dialog")
	}
	return d, d.screen(screenPaper).(*paperScreen), dir
}

// A file is chosen by keys alone.
func TestChooseFileByKeys(t *testing.T) {
	d, s, dir := choosing(t)
	d.shot("ru-light-choose-file")
	d.hit(fyne.KeyReturn) // the folder «банк» is the first
	d.settle()
	d.hit(fyne.KeyReturn)
	d.settle()
	if want := filepath.Join(dir, "банк", "июнь.TXT"); s.file.Text != want || d.over.open() {
		t.Errorf("chosen %q, want %q; open %v", s.file.Text, want, d.over.open())
	}
	d.press("Выбрать файл") // in the folder from last time
	d.hit(fyne.KeyEscape)
	if d.over.open() || d.here.screen != screenPaper {
		t.Errorf("Esc: open %v, on %v", d.over.open(), d.here)
	}
}

// Tab goes through the dialog and comes to nothing below it; all in it hears scanners.
func TestChooseFileTab(t *testing.T) {
	d, _, _ := choosing(t)
	c := d.win.Canvas()
	seen := map[fyne.Focusable]bool{}
	for range 12 {
		f := c.Focused()
		if !hooked(f) {
			t.Errorf("%s swallows keys and scans", nameOf(f))
		}
		seen[f] = true
		c.FocusNext()
	}
	if len(seen) != 4 { // path, up, list, not now; nothing is chosen yet
		t.Errorf("Tab reaches %d", len(seen))
	}
}

// A path is typed too; one that is not there is told, and nothing is chosen.
func TestChooseFileByPath(t *testing.T) {
	d, s, dir := choosing(t)
	c := d.win.Canvas()
	for _, path := range []string{filepath.Join(dir, "нет.txt"), filepath.Join(dir, "заметки.doc"), filepath.Join(dir, "kl_to_1c.txt")} {
		if s.file.Text != "" {
			t.Fatalf("chosen %q", s.file.Text)
		}
		for f := c.Focused(); ; f = c.Focused() {
			if e, ok := f.(*entry); ok {
				e.SetText(path)
				break
			}
			c.FocusNext()
		}
		d.hit(fyne.KeyReturn)
		d.settle()
	}
	if want := filepath.Join(dir, "kl_to_1c.txt"); s.file.Text != want || d.over.open() {
		t.Errorf("chosen %q, open %v", s.file.Text, d.over.open())
	}
}

// A scan closes the dialog and means the letter.
func TestScanWhileFileIsChosen(t *testing.T) {
	d, s, _ := choosing(t)
	for _, part := range []string{"list", "path"} {
		if part == "path" {
			d.press("Выбрать файл")
			for _, ok := d.win.Canvas().Focused().(*entry); !ok; _, ok = d.win.Canvas().Focused().(*entry) {
				d.win.Canvas().FocusNext()
			}
		}
		d.scan(string(viewtest.ShPI(412)))
		d.settle()
		if d.over.open() || d.here != (place{screenBatch, "506"}) || s.file.Text != "" {
			t.Errorf("%s: open %v, on %v, chosen %q", part, d.over.open(), d.here, s.file.Text)
		}
		d.goBack()
		d.settle()
	}
}
