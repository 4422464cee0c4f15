package winpos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xinerama"
	"github.com/jezek/xgb/xproto"
)

// Of is where the X11 window with that number stands.
func Of(window uintptr) (Place, error) {
	if window == 0 {
		return Place{}, ErrDesktop
	}
	return soon(func() (Place, error) {
		d, err := dial()
		if err != nil {
			return Place{}, err
		}
		defer d.Close()
		return d.place(xproto.Window(window))
	})
}

// Put moves the X11 window with that number; where the place is off every screen, it stays where it is.
func Put(window uintptr, p Place) error {
	if window == 0 {
		return ErrDesktop
	}
	_, err := soon(func() (Place, error) {
		d, err := dial()
		if err != nil {
			return p, err
		}
		defer d.Close()
		return p, d.put(xproto.Window(window), p)
	})
	return err
}

// patience is how long the desktop may take for an answer: the window waits for it.
const patience = 2 * time.Second

// Restore is done by the desktop here, as soon as the window is brought to the front.
func Restore(uintptr) {}

// soon gives what ask gives, or ErrSlow; what then still comes is dropped.
func soon(ask func() (Place, error)) (Place, error) {
	type answer struct {
		at  Place
		err error
	}
	got := make(chan answer, 1)
	go func() {
		at, err := ask()
		got <- answer{at, err}
	}()
	select {
	case a := <-got:
		return a.at, a.err
	case <-time.After(patience):
		return Place{}, ErrSlow
	}
}

// display is a connection to the X server beside that of the toolkit.
type display struct {
	*xgb.Conn
	root xproto.Window
	size image.Rectangle
}

var quiet = sync.OnceFunc(func() { xgb.Logger.SetOutput(io.Discard) }) // it would write of missing cookies to the terminal

func dial() (*display, error) {
	quiet()
	c, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("winpos: no X server: %w", err)
	}
	s := xproto.Setup(c).DefaultScreen(c)
	return &display{c, s.Root, image.Rect(0, 0, int(s.WidthInPixels), int(s.HeightInPixels))}, nil
}

func (d *display) place(w xproto.Window) (Place, error) {
	at, err := xproto.TranslateCoordinates(d.Conn, w, d.root, 0, 0).Reply()
	if err != nil {
		return Place{}, fmt.Errorf("winpos: %w", err)
	}
	p := Place{X: int(at.DstX), Y: int(at.DstY)}
	state, err := d.atoms(w, "_NET_WM_STATE")
	if err != nil {
		return Place{}, err
	}
	p.Maximised = state["_NET_WM_STATE_MAXIMIZED_VERT"] && state["_NET_WM_STATE_MAXIMIZED_HORZ"]
	return p, nil
}

// put asks for the place with the window's gravity left as it is: the toolkit's windows have the static one, with which the place is that of the content,
// whatever frame the window manager puts around it.
func (d *display) put(w xproto.Window, p Place) error {
	err := d.move(w, p)
	if p.Maximised {
		return errors.Join(ignoreOffScreen(err), d.maximise(w))
	}
	return err
}

func ignoreOffScreen(err error) error {
	if errors.Is(err, ErrOffScreen) {
		return nil
	}
	return err
}

func (d *display) move(w xproto.Window, p Place) error {
	g, err := xproto.GetGeometry(d.Conn, xproto.Drawable(w)).Reply()
	if err != nil {
		return fmt.Errorf("winpos: %w", err)
	}
	if !reachable(image.Rect(p.X, p.Y, p.X+int(g.Width), p.Y+int(g.Height)), d.screens()) {
		return ErrOffScreen
	}
	err = xproto.ConfigureWindowChecked(d.Conn, w, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{uint32(int32(p.X)), uint32(int32(p.Y))}).Check()
	if err != nil {
		return fmt.Errorf("winpos: %w", err)
	}
	return nil
}

// maximise asks the window manager; where there is none, nothing happens.
func (d *display) maximise(w xproto.Window) error {
	var atoms [3]xproto.Atom
	for i, name := range []string{"_NET_WM_STATE", "_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_MAXIMIZED_HORZ"} {
		a, err := d.atom(name)
		if err != nil {
			return err
		}
		atoms[i] = a
	}
	const add, fromProgram = 1, 1 // EWMH, _NET_WM_STATE
	ev := xproto.ClientMessageEvent{Format: 32, Window: w, Type: atoms[0], Data: xproto.ClientMessageDataUnionData32New([]uint32{add, uint32(atoms[1]), uint32(atoms[2]), fromProgram, 0})}
	err := xproto.SendEventChecked(d.Conn, false, d.root, xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect, string(ev.Bytes())).Check()
	if err != nil {
		return fmt.Errorf("winpos: %w", err)
	}
	return nil
}

// screens are the screens of the desktop; a server that does not tell them has one.
func (d *display) screens() []image.Rectangle {
	if xinerama.Init(d.Conn) == nil {
		if list, err := xinerama.QueryScreens(d.Conn).Reply(); err == nil && len(list.ScreenInfo) > 0 {
			var screens []image.Rectangle
			for _, s := range list.ScreenInfo {
				screens = append(screens, image.Rect(int(s.XOrg), int(s.YOrg), int(s.XOrg)+int(s.Width), int(s.YOrg)+int(s.Height)))
			}
			return screens
		}
	}
	return []image.Rectangle{d.size}
}

func (d *display) atom(name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(d.Conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, fmt.Errorf("winpos: %w", err)
	}
	return r.Atom, nil
}

// atoms are the names that a property of a window holds.
func (d *display) atoms(w xproto.Window, property string) (map[string]bool, error) {
	a, err := d.atom(property)
	if err != nil {
		return nil, err
	}
	r, err := xproto.GetProperty(d.Conn, false, w, a, xproto.AtomAtom, 0, 64).Reply()
	if err != nil {
		return nil, fmt.Errorf("winpos: %w", err)
	}
	names := map[string]bool{}
	for raw := r.Value; len(raw) >= 4; raw = raw[4:] {
		n, err := xproto.GetAtomName(d.Conn, xproto.Atom(binary.LittleEndian.Uint32(raw))).Reply()
		if err != nil {
			return nil, fmt.Errorf("winpos: %w", err)
		}
		names[n.Name] = true
	}
	return names, nil
}
