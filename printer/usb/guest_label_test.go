//go:build linux && cgo && !nousb

package usb_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/devicetest"
	"znak/printer/usb/usbtest"
	"znak/printer/zpl"
	"znak/printer/zpl/zpltest"
)

// labelPrinter is the virtual ZPL printer behind a USB plug.
type labelPrinter struct {
	*zpltest.Printer
	gadget *usbtest.Gadget
	held   *atomic.Bool // it prints nothing now
}

func newLabelPrinter(t *testing.T, p zpltest.Params) labelPrinter {
	t.Helper()
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "printer"))
	if err != nil {
		t.Fatal(err)
	}
	v := zpltest.New(p)
	if err := v.Serve(ln); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	inside, err := net.Dial("unix", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inside.Close() })
	g := gadget(t, labelID, func(b []byte) { inside.Write(b) })
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := inside.Read(b)
			if err != nil || g.Say(b[:n]) != nil {
				return
			}
		}
	}()
	return labelPrinter{v, g, new(atomic.Bool)}
}

// paper names the stickers that have come out.
func (p labelPrinter) paper(t *testing.T) []string {
	t.Helper()
	if !p.held.Load() {
		p.Idle(10 * time.Second)
	}
	names := []string{}
	for _, l := range p.Labels() {
		name := "?"
		for i := range 12 {
			if bytes.Equal(trim(l.ZPL), trim(ofSticker(t, i))) {
				name = small(i).Name
			}
		}
		names = append(names, name)
	}
	return names
}

// trim leaves what stands between the label's beginning and its end.
func trim(label []byte) []byte {
	_, label, _ = bytes.Cut(label, []byte("^XA"))
	label, _, _ = bytes.Cut(label, []byte("^XZ"))
	return label
}

var ofStickers = map[int][]byte{}

// ofSticker is the label of sticker i.
func ofSticker(t *testing.T, i int) []byte {
	t.Helper()
	if ofStickers[i] == nil {
		var b bytes.Buffer
		if err := zpl.NewEncoder(203, zpl.Defaults()).Encode(&b, small(i)); err != nil {
			t.Fatal(err)
		}
		ofStickers[i] = b.Bytes()
	}
	return ofStickers[i]
}

func labels(t *testing.T) {
	v := newLabelPrinter(t, zpltest.Params{DPI: 203})
	list := find(t)
	if len(list) != 1 || list[0].Language != printer.ZPL || list[0].Model != "Zebra ZD421-203dpi" || list[0].DPI != 203 || list[0].Unfit != "" {
		t.Errorf("%+v", list)
	}
	d := open(t, v.gadget, model)
	if info := d.Info(); info.DPI != 203 || info.Slip != 50 {
		t.Errorf("%+v", info)
	}
	p := run(t, d, "job", 5)
	if p.Printed != 5 || p.Started != 5 {
		t.Errorf("%+v", p)
	}
	if got := v.paper(t); fmt.Sprint(got) != "[sticker 0 sticker 1 sticker 2 sticker 3 sticker 4]" {
		t.Errorf("on paper %q", got)
	}
	// A printer that is deaf takes the labels, and nothing is known of them.
	v.Set(zpltest.Deaf)
	p = run(t, open(t, v.gadget, model), "unheard", 2)
	if p.Printed != 0 || p.Started != 2 {
		t.Errorf("%+v", p)
	}
}

func model(s *printer.Setup) { s.Model = "Zebra ZD421-203dpi" }

func labelFaults(t *testing.T) {
	v := newLabelPrinter(t, zpltest.Params{DPI: 203})
	d := open(t, v.gadget, model)
	for fault, want := range map[zpltest.Fault]printer.State{
		zpltest.DoorOpen: printer.DoorOpen, zpltest.RibbonOut: printer.RibbonOut, zpltest.PaperOut: printer.OutOfPaper, zpltest.Pause: printer.Paused,
	} {
		before := len(v.Labels())
		j, err := d.Open(t.Context(), "job-"+string(fault))
		if err != nil {
			t.Fatal(err)
		}
		v.Set(fault)
		if err := j.Send(t.Context(), small(1)); err != nil {
			t.Fatal(err)
		}
		done := make(chan printer.Progress, 1)
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			p, err := j.Finish(ctx)
			if err != nil {
				t.Errorf("%s: %v", fault, err)
			}
			done <- p
		}()
		time.Sleep(time.Second)
		wantState(t, d, want)
		v.Clear()
		if p := <-done; p.Printed != 1 || p.State != printer.Done {
			t.Errorf("%s: %+v", fault, p)
		}
		if got := len(v.Labels()) - before; got != 1 {
			t.Errorf("%s: %d labels", fault, got)
		}
	}
}

// labelCable pulls the cable while labels come out: the count that was told is true.
func labelCable(t *testing.T) {
	v := newLabelPrinter(t, zpltest.Params{DPI: 203, Pace: 300 * time.Millisecond})
	d := open(t, v.gadget, model)
	j, err := d.Open(t.Context(), "job")
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			if err := j.Send(context.Background(), small(i%12)); err != nil {
				failed <- err
				return
			}
		}
	}()
	usbtest.Within(t, 20*time.Second, "some labels", func() bool { return len(v.Labels()) >= 4 })
	v.gadget.Cable(t, false)
	wantCode(t, <-failed, "usb.gone")
	p, err := j.Finish(t.Context())
	wantCode(t, err, "usb.gone")
	v.Idle(10 * time.Second)
	out := len(v.Labels())
	if p.State != printer.Offline || p.Printed > out || p.Started < out || p.Printed < 2 {
		t.Errorf("%+v with %d labels on paper", p, out)
	}
	v.gadget.Cable(t, true)
	usbtest.Within(t, 5*time.Second, "ready", func() bool { s, _, _ := d.State(t.Context()); return s == printer.Ready })
	p = run(t, d, "next", 1)
	if p.Printed != 1 || len(v.Labels()) != out+1 {
		t.Errorf("%+v, %d more labels", p, len(v.Labels())-out)
	}
}

func conformLabels(t *testing.T) {
	var v labelPrinter
	devicetest.Run(t, devicetest.Params{
		Open: func(t *testing.T) printer.Device {
			v = newLabelPrinter(t, zpltest.Params{DPI: 203})
			return open(t, v.gadget, model)
		},
		Pages: stickers,
		Paper: func(t *testing.T) []string { return slices.Clone(v.paper(t)) },
		Hold: func(t *testing.T) func() {
			v.Set(zpltest.PaperOut)
			v.held.Store(true)
			return func() {
				v.held.Store(false)
				v.Clear()
			}
		},
	})
}
