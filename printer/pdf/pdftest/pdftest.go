// Package pdftest shows tests what another program sees in our PDF files.
package pdftest

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"znak/printer/page"
	"znak/printer/pdf"
)

// Drawn is the page as poppler draws our PDF of it, at that many dots per inch. Without poppler the test is skipped.
func Drawn(t testing.TB, p page.Page, dpi int) *image.Gray {
	t.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed (make test installs it)")
	}
	var doc bytes.Buffer
	if err := pdf.Write(&doc, slices.Values([]page.Page{p}), pdf.Options{}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("pdftoppm", "-r", strconv.Itoa(dpi), "-gray", "-singlefile", "-png", "-")
	cmd.Stdin = &doc
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray(img.Bounds())
	draw.Draw(grey, grey.Rect, img, image.Point{}, draw.Src)
	return grey
}
