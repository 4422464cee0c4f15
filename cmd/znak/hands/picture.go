package hands

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Picture is what the window shows now.
func (h *Hands) Picture() (*image.RGBA, error) {
	size, err := xproto.GetGeometry(h.conn, xproto.Drawable(h.window)).Reply()
	if err != nil {
		return nil, err
	}
	raw, err := xproto.GetImage(h.conn, xproto.ImageFormatZPixmap, xproto.Drawable(h.window), 0, 0, size.Width, size.Height, ^uint32(0)).Reply()
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, int(size.Width), int(size.Height)))
	for i := 0; i+3 < len(raw.Data) && i+3 < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = raw.Data[i+2], raw.Data[i+1], raw.Data[i], 0xff
	}
	return img, nil
}

// Calm waits until the window has painted all it has to: nothing but a blinking caret changes for a while.
func (h *Hands) Calm(ctx context.Context) error {
	const (
		pause = 120 * time.Millisecond
		looks = 3   // in a row that see the same
		caret = 120 // pixels that may change
	)
	before, err := h.Picture()
	for same := 0; same < looks; {
		if err != nil {
			return err
		}
		if err := Rest(ctx, pause); err != nil {
			return fmt.Errorf("the window does not come to rest: %w", err)
		}
		var now *image.RGBA
		if now, err = h.Picture(); err == nil && differ(before, now) > caret {
			same = -1
		}
		before, same = now, same+1
	}
	return err
}

// differ counts the pixels in which two pictures differ.
func differ(a, b *image.RGBA) (n int) {
	if a.Rect != b.Rect {
		return len(b.Pix) / 4
	}
	for i := 0; i < len(a.Pix); i += 4 {
		if a.Pix[i] != b.Pix[i] || a.Pix[i+1] != b.Pix[i+1] || a.Pix[i+2] != b.Pix[i+2] {
			n++
		}
	}
	return n
}

// Save writes a picture as PNG.
func Save(img image.Image, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, img); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
