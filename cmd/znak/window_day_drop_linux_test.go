//go:build !nowindow

package main

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"znak/app/post/sandbox"
	"znak/cmd/znak/hands"
)

// TestWindowPicturesAreDragged lets pictures of printed envelopes go over the window, as a person drags them from a file manager: every code on them is judged.
func TestWindowPicturesAreDragged(t *testing.T) {
	const batch, count = "501", 5
	w := newWorkplace(t, sandbox.Options{Seed: 4, Pieces: count}).withAccount()
	w.command("", "pull")
	w.command("", "print", batch)
	pages, err := filepath.Glob(filepath.Join(w.dir, "printed", "*.pdf"))
	if err != nil || len(pages) != 1 {
		t.Fatal(pages, err)
	}
	two := onePicture(t, pages[0], 2)
	w.open()
	w.must(w.Calm(w.ctx))
	w.must(w.Press("F3"))
	w.turns(verdictGround, grey)
	w.must(w.Drop(w.ctx, 600, 400, two))
	w.all(2, "verified", batch)
	w.calm("picture")
	w.must(w.Drop(w.ctx, 600, 400, pages[0]))
	w.all(count, "verified", batch)
	w.calm("document")
	w.leave()
}

// onePicture is a photograph of the first n envelopes of a document, one below the other on the table.
func onePicture(t *testing.T, file string, n int) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("pdftoppm", "-png", "-r", "150", "-l", fmt.Sprint(n), file, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Skipf("pdftoppm: %v %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil || len(files) != n {
		t.Fatal(files, err)
	}
	var table *image.RGBA
	for i, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		page, err := png.Decode(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		size := page.Bounds().Size()
		if table == nil {
			table = image.NewRGBA(image.Rect(0, 0, size.X+80, n*(size.Y+40)+40))
			draw.Draw(table, table.Rect, image.NewUniform(rgb(0x8a7a66)), image.Point{}, draw.Src)
		}
		draw.Draw(table, image.Rect(40, 40+i*(size.Y+40), 40+size.X, 40+i*(size.Y+40)+size.Y), page, page.Bounds().Min, draw.Src)
	}
	path := filepath.Join(dir, "Фото конвертов.png") // as people name files
	if err := hands.Save(table, path); err != nil {
		t.Fatal(err)
	}
	return path
}
