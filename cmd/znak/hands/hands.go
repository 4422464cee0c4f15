// Package hands plays a person at an X display, for tests of the real window: keys are pressed one by one at exact times, as a keyboard or a
// scanner that is one presses them; pixels are looked at; pictures are taken; files are dragged in. Nothing here knows what the window is for.
package hands

import (
	"context"
	"fmt"
	"image/color"
	"io"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Hands are at one display and, after Find, at one window. They are not safe for concurrent use.
type Hands struct {
	conn   *xgb.Conn
	root   xproto.Window
	window xproto.Window
	named  map[xproto.Keysym]byte // keycodes of the keys that no layout moves
	atoms  map[string]xproto.Atom

	Gap time.Duration // the longest pause between two keys of the last Scan, by the display's own clock
}

// At goes to a display, such as ":99".
func At(display string) (*Hands, error) {
	xgb.Logger.SetOutput(io.Discard) // it tells that there is no authority file, which a screen in memory has not
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("display %s: %w", display, err)
	}
	h := &Hands{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, named: map[xproto.Keysym]byte{}, atoms: map[string]xproto.Atom{}}
	if err := xtest.Init(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("display %s has no XTEST: %w", display, err)
	}
	if err := h.learnKeys(); err != nil {
		conn.Close()
		return nil, err
	}
	return h, nil
}

// Close leaves the display.
func (h *Hands) Close() { h.conn.Close() }

// Find waits until a window of at least 400 × 300 pixels is shown, and turns the keyboard to it: there is no window manager that would.
func (h *Hands) Find(ctx context.Context) error {
	for {
		tree, err := xproto.QueryTree(h.conn, h.root).Reply()
		if err != nil {
			return err
		}
		for _, w := range tree.Children {
			look, err := xproto.GetWindowAttributes(h.conn, w).Reply()
			if err != nil || look.MapState != xproto.MapStateViewable {
				continue
			}
			if size, err := xproto.GetGeometry(h.conn, xproto.Drawable(w)).Reply(); err != nil || size.Width < 400 || size.Height < 300 {
				continue
			}
			h.window = w
			listen := xproto.ChangeWindowAttributesChecked(h.conn, w, xproto.CwEventMask, []uint32{xproto.EventMaskKeyPress})
			if err := listen.Check(); err != nil {
				return err
			}
			return xproto.SetInputFocusChecked(h.conn, xproto.InputFocusParent, w, xproto.TimeCurrentTime).Check()
		}
		if err := Rest(ctx, 3*time.Millisecond); err != nil {
			return fmt.Errorf("no window came up: %w", err)
		}
	}
}

// Colour is the colour of a pixel of the window; x and y count from its upper left corner.
func (h *Hands) Colour(x, y int) (color.RGBA, error) {
	raw, err := xproto.GetImage(h.conn, xproto.ImageFormatZPixmap, xproto.Drawable(h.window), int16(x), int16(y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		return color.RGBA{}, err
	}
	return color.RGBA{raw.Data[2], raw.Data[1], raw.Data[0], 0xff}, nil
}

// Colours counts the colours in the upper left part of the window.
func (h *Hands) Colours(width, height int) (int, error) {
	raw, err := xproto.GetImage(h.conn, xproto.ImageFormatZPixmap, xproto.Drawable(h.window), 0, 0, uint16(width), uint16(height), ^uint32(0)).Reply()
	if err != nil {
		return 0, err
	}
	seen := map[[3]byte]bool{}
	for i := 0; i+3 < len(raw.Data); i += 4 {
		seen[[3]byte(raw.Data[i:i+3])] = true
	}
	return len(seen), nil
}

// Await looks at a pixel until seen says that its colour is the one, and gives the moment it was seen.
func (h *Hands) Await(ctx context.Context, x, y int, seen func(color.RGBA) bool) (time.Time, error) {
	for {
		c, err := h.Colour(x, y)
		now := time.Now()
		if err != nil || seen(c) {
			return now, err
		}
		if err := Rest(ctx, 500*time.Microsecond); err != nil {
			return now, fmt.Errorf("the pixel at %d, %d stays %v: %w", x, y, c, err)
		}
	}
}

// Rest waits.
func Rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// CloseWindow asks the window to close, as the cross in its corner does.
func (h *Hands) CloseWindow() error {
	protocols, err := h.atom("WM_PROTOCOLS")
	if err != nil {
		return err
	}
	del, err := h.atom("WM_DELETE_WINDOW")
	if err != nil {
		return err
	}
	return h.tell(protocols, uint32(del), xproto.TimeCurrentTime, 0, 0, 0)
}

// tell sends the window a message of another program.
func (h *Hands) tell(kind xproto.Atom, data ...uint32) error {
	ev := xproto.ClientMessageEvent{Format: 32, Window: h.window, Type: kind, Data: xproto.ClientMessageDataUnionData32New(data)}
	return xproto.SendEventChecked(h.conn, false, h.window, 0, string(ev.Bytes())).Check()
}

// atom is the number of a name at this display.
func (h *Hands) atom(name string) (xproto.Atom, error) {
	if a, ok := h.atoms[name]; ok {
		return a, nil
	}
	r, err := xproto.InternAtom(h.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	h.atoms[name] = r.Atom
	return r.Atom, nil
}
