package scan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// hand types into a wedge and asks it at its deadlines, as the window does.
type hand struct {
	w   *Wedge
	now time.Time
	got []Input
}

func newHand() *hand {
	return &hand{w: NewWedge(WedgeParams{}), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
}

func (h *hand) pass(d time.Duration) {
	h.now = h.now.Add(d)
	if deadline, ok := h.w.Deadline(); ok && !h.now.Before(deadline) {
		h.got = append(h.got, h.w.Tick(deadline)...)
	}
}

func (h *hand) keys(text string, gap time.Duration) {
	for _, r := range text {
		h.got = append(h.got, h.w.Press(r, h.now)...)
		h.pass(gap)
	}
}

func (h *hand) scans() (list []string) {
	for _, in := range h.got {
		if in.Scan {
			list = append(list, in.Text)
		}
	}
	return list
}

func (h *hand) typed() string {
	var b strings.Builder
	for _, in := range h.got {
		if !in.Scan {
			b.WriteString(in.Text)
		}
	}
	return b.String()
}

func TestWedge(t *testing.T) {
	ms := time.Millisecond
	code := "ID OPM: 1\rBarcode: 2\rTIN: 3\r"
	for name, c := range map[string]struct {
		do    func(h *hand)
		scans []string
		typed string
	}{
		"a scan with Enter":           {func(h *hand) { h.keys("10944022440321\r", ms) }, []string{"10944022440321\r"}, ""},
		"a scan with Tab":             {func(h *hand) { h.keys("10944022440321\t", ms) }, []string{"10944022440321\t"}, ""},
		"a scan without end":          {func(h *hand) { h.keys("10944022440321", ms) }, []string{"10944022440321"}, ""},
		"a slow scanner":              {func(h *hand) { h.keys("10944022440321\r", 45*ms) }, []string{"10944022440321\r"}, ""},
		"all at one moment":           {func(h *hand) { h.keys("10944022440321\r", 0) }, []string{"10944022440321\r"}, ""},
		"several lines":               {func(h *hand) { h.keys(code, 2*ms) }, []string{code}, ""},
		"two scans":                   {func(h *hand) { h.keys(code, ms); h.pass(300 * ms); h.keys("10944022440321\r", ms) }, []string{code, "10944022440321\r"}, ""},
		"a person":                    {func(h *hand) { h.keys("Иванов\r", 120*ms) }, nil, "Иванов\r"},
		"a person, then a scan":       {func(h *hand) { h.keys("12", 150*ms); h.keys("10944022440321\r", ms) }, []string{"10944022440321\r"}, "12"},
		"a scan, then a person":       {func(h *hand) { h.keys("10944022440321\r", ms); h.pass(200 * ms); h.keys("ab", 90*ms) }, []string{"10944022440321\r"}, "ab"},
		"too short":                   {func(h *hand) { h.keys("12345\r", ms) }, nil, "12345\r"},
		"a key held down":             {func(h *hand) { h.keys(strings.Repeat("а", 40), 33*ms) }, nil, strings.Repeat("а", 40)},
		"Enter held down":             {func(h *hand) { h.keys(strings.Repeat("\r", 40), 33*ms) }, nil, strings.Repeat("\r", 40)},
		"between gap and silence":     {func(h *hand) { h.keys("abcdefgh", 60*ms) }, nil, "abcdefgh"},
		"a person's fast two letters": {func(h *hand) { h.keys("sс", 20*ms); h.pass(100 * ms); h.keys("ть", 40*ms) }, nil, "sсть"},
	} {
		h := newHand()
		c.do(h)
		h.pass(time.Second)
		if !slices.Equal(h.scans(), c.scans) || h.typed() != c.typed {
			t.Errorf("%s: scans %q, typed %q; want %q, %q", name, h.scans(), h.typed(), c.scans, c.typed)
		}
		if _, ok := h.w.Deadline(); ok {
			t.Errorf("%s: something still waits", name)
		}
	}
}

func TestWedgeAnswersInTime(t *testing.T) {
	for text, want := range map[string]time.Duration{"10944022440321\r": 50 * time.Millisecond, "10944022440321": 80 * time.Millisecond} {
		w := NewWedge(WedgeParams{})
		at := time.Unix(0, 0)
		for _, r := range text {
			w.Press(r, at)
		}
		if deadline, ok := w.Deadline(); !ok || deadline.Sub(at) != want {
			t.Errorf("%q: answered after %v, want %v", text, deadline.Sub(at), want)
		}
		if got := w.Tick(at.Add(want - 1)); got != nil {
			t.Errorf("%q: answered too early: %v", text, got)
		}
		if got := w.Tick(at.Add(want)); len(got) != 1 || !got[0].Scan || !got[0].At.Equal(at) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestAnHourOfScans plays 2,000 scans in three layouts with a person typing between them, from keys to readings.
func TestAnHourOfScans(t *testing.T) {
	spec := testSpec(t)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(9, 9))
	h := newHand()
	var want []string
	typed := ""
	for i := range 2000 {
		f := testFields(rnd, i)
		s, err := spec.Payload(f)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, "mark "+string(f.ShPI))
		s = strings.ReplaceAll(s, "\r\n", "\r") + "\r"
		h.keys([]func(string) string{strings.Clone, inRussian, withCaps, inCapsRussian}[rnd.IntN(4)](s), time.Duration(rnd.IntN(20))*time.Millisecond)
		h.pass(time.Duration(100+rnd.IntN(1500)) * time.Millisecond)
		if rnd.IntN(3) == 0 {
			h.keys("ок", time.Duration(90+rnd.IntN(200))*time.Millisecond)
			typed += "ок"
		}
	}
	h.pass(time.Second)
	var got []string
	for _, s := range h.scans() {
		got = append(got, said(NewAssembler(r).Text(s))...)
	}
	if !slices.Equal(got, want) || h.typed() != typed {
		t.Fatalf("%d of %d scans came through", len(got), len(want))
	}
}

func FuzzWedge(f *testing.F) {
	f.Add("10944022440321\r", []byte{1, 2, 3})
	f.Add("abc\t\rdef", []byte{60, 200, 0, 255})
	f.Fuzz(func(t *testing.T, text string, gaps []byte) {
		h := newHand()
		i := 0
		for _, r := range text {
			gap := time.Duration(i%7) * 10 * time.Millisecond
			if len(gaps) > 0 {
				gap = time.Duration(gaps[i%len(gaps)]) * time.Millisecond
			}
			h.keys(string(r), gap)
			i++
		}
		h.pass(time.Hour)
		var all strings.Builder
		for _, in := range h.got {
			all.WriteString(in.Text)
		}
		if want := strings.ToValidUTF8(text, ""); strings.ToValidUTF8(all.String(), "") != want && !strings.ContainsRune(all.String(), '\uFFFD') {
			t.Fatalf("typed %q, came out %q", text, all.String())
		}
	})
}
