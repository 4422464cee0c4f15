package ui

import (
	"slices"
	"testing"
	"time"

	"znak/app/scan"
)

// still is a pulse that the test beats itself.
type still struct{ on bool }

func (s *still) Start() { s.on = true }
func (s *still) Stop()  { s.on = false }

// A window that paints for a while hears keys late: a scan is not torn by that, and what a person typed is not joined into one.
func TestSlowWindowTearsNoScan(t *testing.T) {
	listen := func() (*ears, *still, *[]scan.Input) {
		var got []scan.Input
		p := &still{}
		e := newEars(&tasks{looks: func(func()) pulse { return p }}, func(in scan.Input) { got = append(got, in) })
		return e, p, &got
	}
	keys := func(e *ears, s string) {
		for _, r := range s {
			e.press(r)
		}
		e.look()
	}
	silence := func(e *ears) {
		for range 12 {
			time.Sleep(10 * time.Millisecond)
			e.look()
		}
	}
	const paint = 120 * time.Millisecond

	e, p, got := listen()
	keys(e, "ZN")
	time.Sleep(paint)
	keys(e, "AK:CMD:T")
	time.Sleep(2 * time.Millisecond)
	keys(e, "O")
	time.Sleep(paint)
	keys(e, "RN")
	if !p.on || len(*got) != 0 {
		t.Fatalf("%v %q", p.on, inputs(*got))
	}
	silence(e)
	if texts := inputs(*got); !slices.Equal(texts, []string{"scan ZNAK:CMD:TORN"}) || p.on {
		t.Errorf("%q, still looking: %v", texts, p.on)
	}

	e, _, got = listen()
	for _, key := range []string{"и", "в", "а", "н", "о", "в"} {
		keys(e, key)
		silence(e)
	}
	if texts := inputs(*got); !slices.Equal(texts, []string{"person и", "person в", "person а", "person н", "person о", "person в"}) {
		t.Errorf("%q", texts)
	}
}

func inputs(list []scan.Input) []string {
	var out []string
	for _, in := range list {
		who := "person "
		if in.Scan {
			who = "scan "
		}
		out = append(out, who+in.Text)
	}
	return out
}

// The second Enter after a code belongs to it; the one after the next code does not, however fast that one came.
func TestEnterAfterCode(t *testing.T) {
	var got []scan.Input
	e := newEars(&tasks{looks: func(func()) pulse { return &still{} }}, func(in scan.Input) { got = append(got, in) })
	e.whole = func(text string) bool { return len(text) == len("99999911000015\r") }
	for _, r := range "99999911000015\r\n99999911000022\r\r" {
		e.press(r)
	}
	if texts := inputs(got); !slices.Equal(texts, []string{"scan 99999911000015\r", "scan 99999911000022\r"}) {
		t.Errorf("%q", texts)
	}
}
