package winpos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// manager is a window manager on a screen in memory, with a window on it: it grants every place, and tells what it was asked for.
type manager struct {
	*xgb.Conn
	root   xproto.Window
	window xproto.Window
	asked  chan []uint32 // of _NET_WM_STATE
}

func manage(t *testing.T) *manager {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1600x900x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Process.Kill(); _ = x.Wait() })
	_ = w.Close()
	var display string
	if _, err := fmt.Fscan(r, &display); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+display)
	quiet()
	c, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	m := &manager{Conn: c, root: xproto.Setup(c).DefaultScreen(c).Root, asked: make(chan []uint32, 10)}
	const redirect = xproto.EventMaskSubstructureRedirect | xproto.EventMaskSubstructureNotify
	if err := xproto.ChangeWindowAttributesChecked(c, m.root, xproto.CwEventMask, []uint32{redirect}).Check(); err != nil {
		t.Fatal(err)
	}
	if m.window, err = xproto.NewWindowId(c); err != nil {
		t.Fatal(err)
	}
	if err := xproto.CreateWindowChecked(c, 24, m.window, m.root, 40, 30, 1280, 760, 0, xproto.WindowClassInputOutput, 0, 0, nil).Check(); err != nil {
		t.Fatal(err)
	}
	xproto.MapWindow(c, m.window)
	go m.work()
	return m
}

func (m *manager) work() {
	for {
		ev, err := m.WaitForEvent()
		if ev == nil && err == nil {
			return
		}
		switch ev := ev.(type) {
		case xproto.ConfigureRequestEvent:
			xproto.ConfigureWindow(m.Conn, ev.Window, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{uint32(int32(ev.X)), uint32(int32(ev.Y))})
		case xproto.ClientMessageEvent:
			m.asked <- ev.Data.Data32
		}
	}
}

func (m *manager) atom(t *testing.T, name string) uint32 {
	t.Helper()
	r, err := xproto.InternAtom(m.Conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		t.Fatal(err)
	}
	return uint32(r.Atom)
}

// The place that was asked is the place that is told; one off the screen is refused and leaves the window where it is.
func TestPlaceOnX11(t *testing.T) {
	m := manage(t)
	w := uintptr(m.window)
	if p, err := Of(w); err != nil || p != (Place{X: 40, Y: 30}) {
		t.Errorf("%+v, %v", p, err)
	}
	want := Place{X: -100, Y: 120}
	if err := Put(w, want); err != nil {
		t.Error(err)
	}
	at := func() Place {
		p, err := Of(w)
		if err != nil {
			t.Error(err)
		}
		return p
	}
	for end := time.Now().Add(5 * time.Second); at() != want && time.Now().Before(end); { // the manager moves it
		time.Sleep(10 * time.Millisecond)
	}
	if got := at(); got != want {
		t.Errorf("stands at %+v, want %+v", got, want)
	}
	for _, off := range []Place{{X: 1590, Y: 100}, {X: 100, Y: 890}, {X: 100, Y: -40}, {X: -5000, Y: -5000}} {
		if err := Put(w, off); !errors.Is(err, ErrOffScreen) {
			t.Errorf("%+v: %v", off, err)
		}
	}
	if got := at(); got != want {
		t.Errorf("was moved to %+v", got)
	}
	if _, err := Of(uintptr(m.root) + 12345678); err == nil {
		t.Error("a window that is not there has a place")
	}
}

// A window that fills the screen says so, and is asked to fill it again.
func TestMaximisedOnX11(t *testing.T) {
	m := manage(t)
	w := uintptr(m.window)
	var states []byte
	for _, name := range []string{"_NET_WM_STATE_MAXIMIZED_VERT", "_NET_WM_STATE_FOCUSED", "_NET_WM_STATE_MAXIMIZED_HORZ"} {
		states = binary.LittleEndian.AppendUint32(states, m.atom(t, name))
	}
	property := xproto.Atom(m.atom(t, "_NET_WM_STATE"))
	set := func(n int) {
		err := xproto.ChangePropertyChecked(m.Conn, xproto.PropModeReplace, m.window, property, xproto.AtomAtom, 32, uint32(n), states[:4*n]).Check()
		if err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range map[int]bool{0: false, 2: false, 3: true} { // of one side only: it does not fill the screen
		set(n)
		if p, err := Of(w); err != nil || p.Maximised != want {
			t.Errorf("%d states: %+v, %v", n, p, err)
		}
	}
	if err := Put(w, Place{X: -5000, Y: 0, Maximised: true}); err != nil { // its place from before is off the screen: it fills this one
		t.Error(err)
	}
	select {
	case got := <-m.asked:
		if got[0] != 1 || got[1] != m.atom(t, "_NET_WM_STATE_MAXIMIZED_VERT") || got[2] != m.atom(t, "_NET_WM_STATE_MAXIMIZED_HORZ") {
			t.Errorf("asked for %v", got)
		}
	case <-time.After(5 * time.Second):
		t.Error("the window manager was not asked")
	}
}
