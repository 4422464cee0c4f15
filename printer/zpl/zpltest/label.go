package zpltest

import (
	"bytes"
	"fmt"
	"image"
	"strconv"
	"strings"
)

// maxDots bounds the paper: a metre at 600 dpi, both ways.
const maxDots = 24000

// Render draws a label, from ^XA to ^XZ: the pictures of ^GF at their ^FO on paper of ^PW by ^LL. Everything else a printer could draw is left
// out, since printer/zpl writes nothing else. An error names the first graphic that a printer would have dropped.
func Render(label []byte) (*image.Gray, error) {
	type graphic struct {
		at image.Point
		Graphic
	}
	var home, at image.Point
	var size image.Point
	var all []graphic
	for len(label) > 0 {
		name, args, rest := nextCommand(label)
		label = rest
		var err error
		switch name {
		case "^PW":
			size.X, err = number(args)
		case "^LL":
			size.Y, err = number(args)
		case "^LH":
			home, err = point(args)
		case "^FO":
			at, err = point(args)
		case "^GF":
			var g Graphic
			if g, err = DecodeGraphic(args); err == nil {
				all = append(all, graphic{home.Add(at), g})
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if size.X < 1 || size.Y < 1 || size.X*size.Y > 1<<28 {
		return nil, fmt.Errorf("label of %d by %d dots", size.X, size.Y)
	}
	img := image.NewGray(image.Rectangle{Max: size})
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, g := range all {
		for y := range g.Height() {
			for x := range g.Stride * 8 {
				if p := g.at.Add(image.Pt(x, y)); g.Black(x, y) && p.In(img.Rect) {
					img.Pix[img.PixOffset(p.X, p.Y)] = 0
				}
			}
		}
	}
	return img, nil
}

// nextCommand cuts the first command off: its prefix and two letters, and what follows up to the next.
func nextCommand(b []byte) (name, args string, rest []byte) {
	start := bytes.IndexAny(b, "^~")
	if start < 0 {
		return "", "", nil
	}
	b = b[start:]
	end := bytes.IndexAny(b[1:], "^~")
	if end < 0 {
		end = len(b) - 1
	}
	body := b[1 : 1+end]
	n := min(2, len(body))
	return string(b[:1]) + strings.ToUpper(string(body[:n])), strings.TrimRight(string(body[n:]), "\r\n"), b[1+end:]
}

func number(s string) (int, error) {
	first, _, _ := strings.Cut(s, ",")
	v, err := strconv.Atoi(first)
	if err != nil || v < 0 || v > maxDots {
		return 0, fmt.Errorf("bad number of dots %q", s)
	}
	return v, nil
}

func point(s string) (image.Point, error) {
	a, b, _ := strings.Cut(s, ",")
	x, err := number(a)
	if err != nil {
		return image.Point{}, err
	}
	y, err := number(b)
	return image.Pt(x, y), err
}
