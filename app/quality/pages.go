package quality

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // the formats that scanners and telephones write
	_ "image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"znak/app/scan/picture"
)

const (
	pdfDPI    = 300
	maxPixels = 40_000_000 // of a page: an A4 sheet at 600 dpi
)

// pages gives the pages of a file as grey pictures, one after the other; each is valid only during the call. Errors are *picture.Error, the
// context's or page's.
func pages(ctx context.Context, file string, page func(n int, img *image.Gray) error) error {
	f, err := os.Open(file)
	if err != nil {
		return &picture.Error{File: file, Reason: picture.ReasonFile, Err: err}
	}
	defer f.Close()
	in := bufio.NewReader(f)
	if head, _ := in.Peek(1024); bytes.Contains(head, []byte("%PDF-")) {
		return pdfPages(ctx, file, page)
	}
	cfg, _, err := image.DecodeConfig(in)
	switch {
	case errors.Is(err, image.ErrFormat):
		return &picture.Error{File: file, Reason: picture.ReasonKind, Err: err}
	case err != nil:
		return &picture.Error{File: file, Reason: picture.ReasonBroken, Err: err}
	case cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > maxPixels/cfg.Height:
		return &picture.Error{File: file, Page: 1, Reason: picture.ReasonHuge, Width: cfg.Width, Height: cfg.Height}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return &picture.Error{File: file, Reason: picture.ReasonFile, Err: err}
	}
	in.Reset(f)
	img, _, err := image.Decode(in)
	if err != nil {
		return &picture.Error{File: file, Reason: picture.ReasonBroken, Err: err}
	}
	return page(1, grey(img))
}

// grey is the brightness of a picture on white paper.
func grey(img image.Image) *image.Gray {
	if g, ok := img.(*image.Gray); ok && g.Rect.Min == (image.Point{}) {
		return g
	}
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	if y, ok := img.(*image.YCbCr); ok { // its Y is the brightness
		for row := range b.Dy() {
			copy(out.Pix[row*out.Stride:][:b.Dx()], y.Y[y.YOffset(b.Min.X, b.Min.Y+row):])
		}
		return out
	}
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, b.Min, draw.Over)
	return out
}

// pdfPages draws the pages of a PDF by poppler's pdftoppm, which writes one grey picture after the other.
func pdfPages(ctx context.Context, file string, page func(n int, img *image.Gray) error) error {
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		return &picture.Error{File: file, Reason: picture.ReasonNoTool, Err: err}
	}
	path, err := filepath.Abs(file) // a name may begin with a dash
	if err != nil {
		return &picture.Error{File: file, Reason: picture.ReasonFile, Err: err}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, tool, "-gray", "-r", strconv.Itoa(pdfDPI), path)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return &picture.Error{File: file, Reason: picture.ReasonBrokenPDF, Err: err}
	}
	in := bufio.NewReaderSize(out, 64<<10)
	n := 0
	for {
		var img *image.Gray
		if img, err = readPGM(in); err != nil {
			break
		}
		n++
		if err = page(n, img); err != nil {
			stop()
			return errors.Join(err, ignore(cmd.Wait()))
		}
	}
	if !errors.Is(err, io.EOF) {
		stop()
	}
	failed := cmd.Wait()
	var huge *picture.Error
	switch {
	case errors.As(err, &huge):
		huge.File, huge.Page = file, n+1
		return huge
	case errors.Is(err, io.EOF) && failed == nil && n > 0:
		return nil
	case strings.Contains(complaint.String(), "Incorrect password"):
		return &picture.Error{File: file, Reason: picture.ReasonEncrypted, Err: failed}
	case n == 0:
		return &picture.Error{File: file, Reason: picture.ReasonBrokenPDF, Err: failed}
	}
	return &picture.Error{File: file, Page: n + 1, Reason: picture.ReasonPage, Err: errors.Join(err, failed)}
}

// ignore drops the outcome of a tool that was told to stop.
func ignore(error) error { return nil }

// readPGM reads one picture of a stream in the format P5. io.EOF means that there is none.
func readPGM(in *bufio.Reader) (*image.Gray, error) {
	if _, err := in.Peek(1); err != nil {
		return nil, err
	}
	var magic string
	var w, h, top int
	if _, err := fmt.Fscan(in, &magic, &w, &h, &top); err != nil {
		return nil, fmt.Errorf("picture header: %v", err)
	}
	if _, err := in.ReadByte(); err != nil { // one blank ends the header
		return nil, fmt.Errorf("picture header: %v", err)
	}
	if magic != "P5" || top != 255 || w <= 0 || h <= 0 {
		return nil, fmt.Errorf("picture header %.10q, %d × %d, %d", magic, w, h, top)
	}
	if w > maxPixels/h {
		return nil, &picture.Error{Reason: picture.ReasonHuge, Width: w, Height: h}
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	if _, err := io.ReadFull(in, img.Pix); err != nil {
		return nil, fmt.Errorf("picture: %v", err)
	}
	return img, nil
}
