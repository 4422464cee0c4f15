package hands

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Drop drags files from a file manager into the window and lets them go at a place of it. It speaks version 5 of XDND, the protocol of X desktops.
func (h *Hands) Drop(ctx context.Context, x, y int, files ...string) error {
	d := &drag{h: h}
	if err := d.begin(files); err != nil {
		return err
	}
	defer xproto.DestroyWindow(h.conn, d.source)
	const version = 5
	if err := d.send("XdndEnter", version<<24, uint32(d.list), 0, 0); err != nil {
		return err
	}
	at, err := xproto.TranslateCoordinates(h.conn, h.window, h.root, int16(x), int16(y)).Reply()
	if err != nil {
		return err
	}
	if err := d.send("XdndPosition", 0, uint32(at.DstX)<<16|uint32(at.DstY), xproto.TimeCurrentTime, uint32(d.copy)); err != nil {
		return err
	}
	return d.follow(ctx)
}

// drag is the part of the file manager.
type drag struct {
	h      *Hands
	source xproto.Window
	text   string // what is dragged: the addresses of the files
	list   xproto.Atom
	copy   xproto.Atom
}

// begin makes a window that owns what is dragged.
func (d *drag) begin(files []string) (err error) {
	var b strings.Builder
	for _, f := range files {
		b.WriteString((&url.URL{Scheme: "file", Path: filepath.ToSlash(f)}).String() + "\r\n")
	}
	d.text = b.String()
	if d.source, err = xproto.NewWindowId(d.h.conn); err != nil {
		return err
	}
	err = xproto.CreateWindowChecked(d.h.conn, 0, d.source, d.h.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check()
	if err != nil {
		return err
	}
	if d.list, err = d.h.atom("text/uri-list"); err != nil {
		return err
	}
	if d.copy, err = d.h.atom("XdndActionCopy"); err != nil {
		return err
	}
	selection, err := d.h.atom("XdndSelection")
	if err != nil {
		return err
	}
	return xproto.SetSelectionOwnerChecked(d.h.conn, d.source, selection, xproto.TimeCurrentTime).Check()
}

func (d *drag) send(kind string, data ...uint32) error {
	a, err := d.h.atom(kind)
	if err != nil {
		return err
	}
	return d.h.tell(a, append([]uint32{uint32(d.source)}, data...)...)
}

// follow answers the window until it has what was dropped: it accepts, the files are let go, it asks for their names, it has finished.
func (d *drag) follow(ctx context.Context) error {
	status, err := d.h.atom("XdndStatus")
	if err != nil {
		return err
	}
	finished, err := d.h.atom("XdndFinished")
	if err != nil {
		return err
	}
	for {
		ev, wrong := d.h.conn.PollForEvent()
		if wrong != nil {
			return wrong
		}
		switch ev := ev.(type) {
		case nil:
			if err := Rest(ctx, 2*time.Millisecond); err != nil {
				return fmt.Errorf("what was dropped is not taken: %w", err)
			}
		case xproto.ClientMessageEvent:
			switch data := ev.Data.Data32; {
			case ev.Type == status && data[1]&1 == 0:
				return errors.New("the window takes nothing here")
			case ev.Type == status:
				err = d.send("XdndDrop", 0, xproto.TimeCurrentTime, 0, 0)
			case ev.Type == finished:
				return nil
			}
		case xproto.SelectionRequestEvent:
			err = d.give(ev)
		}
		if err != nil {
			return err
		}
	}
}

// give hands the addresses over.
func (d *drag) give(ev xproto.SelectionRequestEvent) error {
	err := xproto.ChangePropertyChecked(d.h.conn, xproto.PropModeReplace, ev.Requestor, ev.Property, ev.Target, 8, uint32(len(d.text)), []byte(d.text)).Check()
	if err != nil {
		return err
	}
	answer := xproto.SelectionNotifyEvent{Time: ev.Time, Requestor: ev.Requestor, Selection: ev.Selection, Target: ev.Target, Property: ev.Property}
	return xproto.SendEventChecked(d.h.conn, false, ev.Requestor, 0, string(answer.Bytes())).Check()
}
