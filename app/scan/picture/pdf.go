package picture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// PDF pages are drawn by poppler's pdftoppm: no Go library draws them. It writes grey pictures into a pipe, so that
// nothing large lies on the disk.

// pdf is an open document.
type pdf struct {
	file  string // as the person named it
	path  string // absolute: a name may begin with a dash
	tool  string
	sizes []size // of the pages
}

// size is that of a page in points (1/72 inch).
type size struct{ w, h float64 }

// pixels is the size of the page's picture.
func (s size) pixels(dpi int) (w, h int) {
	return int(s.w*float64(dpi)/72 + 1), int(s.h*float64(dpi)/72 + 1)
}

var pageSize = regexp.MustCompile(`(?m)^Page\s+(\d+)\s+size:\s+([\d.]+) x ([\d.]+) pts`)

// openPDF asks for the number and the sizes of the pages. Errors are *Error.
func openPDF(ctx context.Context, file string) (*pdf, error) {
	fail := func(reason string, err error) (*pdf, error) {
		return nil, &Error{File: file, Reason: reason, Err: err}
	}
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		return fail(ReasonNoTool, err)
	}
	info, err := exec.LookPath("pdfinfo")
	if err != nil {
		return fail(ReasonNoTool, err)
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return fail(ReasonFile, err)
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, info, "-f", "1", "-l", "-1", path)
	cmd.Env = append(cmd.Environ(), "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = &out, &limited{w: &complaint, n: 4 << 10}
	if err := cmd.Run(); err != nil {
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case strings.Contains(complaint.String(), "Incorrect password"):
			return fail(ReasonEncrypted, err)
		}
		return fail(ReasonBrokenPDF, fmt.Errorf("%w: %s", err, firstLine(complaint.String())))
	}
	d := &pdf{file: file, path: path, tool: tool}
	for i, m := range pageSize.FindAllStringSubmatch(out.String(), -1) {
		w, errW := strconv.ParseFloat(m[2], 64)
		h, errH := strconv.ParseFloat(m[3], 64)
		if err := errors.Join(errW, errH); err != nil || m[1] != strconv.Itoa(i+1) {
			return fail(ReasonBrokenPDF, fmt.Errorf("size of page %s: %w", m[1], err))
		}
		d.sizes = append(d.sizes, size{w, h})
	}
	if len(d.sizes) == 0 {
		return fail(ReasonBrokenPDF, errors.New("no pages"))
	}
	return d, nil
}

// draw gives the pictures of the pages first to last, from 1, one after the other. The picture is valid only during the call
// of page, whose error ends the drawing. drawn is how many pages came; without an error it may be less than asked
// where a page cannot be drawn.
func (d *pdf) draw(ctx context.Context, first, last, dpi, maxPixels int, page func(n int, img *image.Gray) error) (drawn int, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, d.tool, "-gray", "-r", strconv.Itoa(dpi), "-f", strconv.Itoa(first), "-l", strconv.Itoa(last), d.path)
	var complaint bytes.Buffer
	cmd.Stderr = &limited{w: &complaint, n: 4 << 10}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	in := bufio.NewReaderSize(out, 64<<10)
	var img *image.Gray
	var buf []byte
	for n := first; n <= last; n++ {
		if img, err = readPGM(in, maxPixels, buf); err != nil {
			break
		}
		buf = img.Pix
		if err = page(n, img); err != nil {
			break
		}
		drawn++
	}
	if err != nil && !errors.Is(err, io.EOF) {
		stop() // the tool may be writing still
	} else {
		err = nil
	}
	if failed := cmd.Wait(); failed != nil && err == nil && drawn <= last-first {
		err = fmt.Errorf("pdftoppm: %w: %s", failed, firstLine(complaint.String()))
	}
	return drawn, err
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// limited keeps the beginning of what is written and swallows the rest: a damaged file makes the tool complain at length.
type limited struct {
	w io.Writer
	n int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.n)
	l.n -= n
	if _, err := l.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
