package socket_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/devicetest"
	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/socket"
	"znak/printer/zpl"
	"znak/printer/zpl/zpltest"
)

const dpi = 203

// start switches a virtual printer on.
func start(t testing.TB, p zpltest.Params) *zpltest.Printer {
	t.Helper()
	if p.DPI == 0 {
		p.DPI = dpi
	}
	v, err := zpltest.Listen("127.0.0.1:0", p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

// connect makes the device of a printer, which believes it at once unless set says otherwise.
func connect(t testing.TB, v *zpltest.Printer, set map[string]string) printer.Device {
	t.Helper()
	all := map[string]string{"settle-ms": "0"}
	maps.Copy(all, set)
	d, err := socket.New(socket.Params{}).Open(printer.Setup{Name: "Зебра", URI: "socket://" + v.Addr(), DPI: dpi, Options: all})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func envelopes(n int) []page.Page {
	pages := make([]page.Page, n)
	for i := range pages {
		pages[i] = pagetest.Envelope(i, dpi)
	}
	return pages
}

// drawn are the labels of the pages 0 to 59, so that the printer's record can be read.
var drawn = func() map[string]int {
	out := map[string]int{}
	e := zpl.NewEncoder(dpi, zpl.Defaults())
	for i := range 60 {
		var b bytes.Buffer
		if err := e.Encode(&b, pagetest.Envelope(i, dpi)); err != nil {
			panic(err)
		}
		out[strings.TrimSpace(b.String())] = i
	}
	return out
}()

// paper are the numbers of the pages on paper, in their order.
func paper(t testing.TB, v *zpltest.Printer) []int {
	t.Helper()
	out := []int{}
	for _, l := range v.Labels() {
		n, ok := drawn[string(l.ZPL)]
		if !ok {
			t.Fatalf("a label that nobody sent: %.200q", l.ZPL)
		}
		out = append(out, n)
	}
	return out
}

func upTo(from, to int) []int {
	out := []int{}
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

func wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s: did not happen", what)
		}
	}
}

func code(err error) string {
	var known *printer.Error
	if errors.As(err, &known) {
		return known.Code
	}
	return fmt.Sprint(err)
}

func TestDevice(t *testing.T) {
	for name, c := range map[string]struct {
		printer zpltest.Params
		set     map[string]string
		confirm printer.Confirm
	}{
		"answers all":       {},
		"settles":           {set: map[string]string{"settle-ms": "50"}},
		"one connection":    {printer: zpltest.Params{Single: true}},
		"no ~HQES":          {printer: zpltest.Params{NoHQES: true}},
		"a label at a time": {set: map[string]string{"ahead": "1"}, printer: zpltest.Params{Pace: 5 * time.Millisecond}},
		"plain digits":      {set: map[string]string{"graphics": "hex"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v *zpltest.Printer
			e := zpl.NewEncoder(dpi, zpl.Defaults())
			if c.set["graphics"] != "" {
				o, err := zpl.ParseOptions(map[string]string{"graphics": c.set["graphics"]}, "")
				if err != nil {
					t.Fatal(err)
				}
				e = zpl.NewEncoder(dpi, o)
			}
			known := map[string]string{}
			for _, p := range envelopes(10) {
				var b bytes.Buffer
				if err := e.Encode(&b, p); err != nil {
					t.Fatal(err)
				}
				known[strings.TrimSpace(b.String())] = p.Name
			}
			devicetest.Run(t, devicetest.Params{
				Open: func(t *testing.T) printer.Device {
					v = start(t, c.printer)
					return connect(t, v, c.set)
				},
				Paper: func(t *testing.T) []string {
					out := []string{}
					for _, l := range v.Labels() {
						out = append(out, known[string(l.ZPL)])
					}
					return out
				},
				Hold: func(*testing.T) func() {
					v.Set(zpltest.Pause)
					return func() { v.Clear() }
				},
			})
		})
	}
}

// TestDeafDevice is the suite on a printer that takes bytes and says nothing.
func TestDeafDevice(t *testing.T) {
	var v *zpltest.Printer
	names := map[string]string{}
	for label, i := range drawn {
		names[label] = pagetest.Identifier(i)
	}
	devicetest.Run(t, devicetest.Params{
		Confirm: printer.ConfirmNone,
		Open: func(t *testing.T) printer.Device {
			v = start(t, zpltest.Params{})
			v.Set(zpltest.Deaf)
			d, err := socket.New(socket.Params{}).Open(printer.Setup{Name: "deaf", URI: "socket://" + v.Addr(), DPI: dpi, Confirm: printer.ConfirmNone})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Paper: func(t *testing.T) []string {
			v.Idle(5 * time.Second)
			out := []string{}
			for _, l := range v.Labels() {
				out = append(out, names[string(l.ZPL)])
			}
			return out
		},
	})
}

// TestFaults plays every fault at the third of six labels while a job is sent and finished: the state and the words are right while it lasts, what is
// claimed is true, and after it everything comes out once.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault zpltest.Fault
		quiet bool
		state printer.State
		word  string
	}{
		{zpltest.Jam, false, printer.Jam, "PAPER FEED ERROR"},
		{zpltest.PaperOut, false, printer.OutOfPaper, "MEDIA OUT"},
		{zpltest.PaperOut, true, printer.OutOfPaper, "MEDIA OUT"},
		{zpltest.RibbonOut, false, printer.RibbonOut, "RIBBON OUT"},
		{zpltest.RibbonOut, true, printer.RibbonOut, "RIBBON OUT"},
		{zpltest.DoorOpen, false, printer.DoorOpen, "HEAD OPEN"},
		{zpltest.DoorOpen, true, printer.DoorOpen, "HEAD OPEN"},
		{zpltest.Hot, false, printer.NeedsPerson, "PRINTHEAD OVER TEMPERATURE"},
		{zpltest.Pause, false, printer.Paused, "PAUSED"},
	} {
		t.Run(fmt.Sprintf("%s quiet=%v", c.fault, c.quiet), func(t *testing.T) {
			t.Parallel()
			v := start(t, zpltest.Params{Quiet: c.quiet, Pace: 2 * time.Millisecond, Rules: []zpltest.Rule{{Label: 3, Fault: c.fault}}})
			d := connect(t, v, nil)
			done := make(chan printer.Progress, 1)
			go func() { // as a run does: the pages and then the end
				j, err := d.Open(t.Context(), "job-1")
				for _, p := range envelopes(6) {
					if err == nil {
						err = j.Send(t.Context(), p)
					}
				}
				if err != nil {
					t.Error(err)
					close(done)
					return
				}
				got, err := j.Finish(t.Context())
				if err != nil {
					t.Error(err)
				}
				done <- got
			}()
			wait(t, "the fault", func() bool {
				state, words, err := d.State(t.Context())
				return err == nil && state == c.state && slices.Contains(words, c.word)
			})
			time.Sleep(50 * time.Millisecond)
			got, err := d.Progress(t.Context(), "job-1", 6)
			if err != nil || got.State != c.state || !slices.Contains(got.Words, c.word) {
				t.Errorf("Progress %+v %v", got, err)
			}
			onPaper := len(v.Labels())
			unseen := 1
			if c.quiet { // its last answer is from before the fault
				unseen = 2
			}
			if got.Printed > onPaper || got.Started < onPaper || got.Printed < onPaper-unseen || got.Started > onPaper+2 {
				t.Errorf("%d on paper, %+v", onPaper, got)
			}
			v.Clear()
			if got := <-done; got.State != printer.Done || got.Printed != 6 || got.Started != 6 {
				t.Errorf("at the end %+v", got)
			}
			if got := paper(t, v); !slices.Equal(got, upTo(0, 6)) {
				t.Errorf("on paper %v", got)
			}
			if torn := v.Report().Torn; (torn > 0) == (c.fault == zpltest.Pause) {
				t.Errorf("%d torn", torn)
			}
		})
	}
}

// TestResume gives a job up at a fault. A second job of what is surely not printed, and of what a look at the paper shows missing among the unknown, makes
// exactly one of each.
func TestResume(t *testing.T) {
	for _, fault := range []zpltest.Fault{zpltest.Jam, zpltest.PaperOut, zpltest.DoorOpen, zpltest.Pause, zpltest.Cut, zpltest.CutAfter, zpltest.Stall} {
		for _, at := range []int{1, 2, 9, 20} {
			t.Run(fmt.Sprintf("%s at %d", fault, at), func(t *testing.T) {
				t.Parallel()
				v := start(t, zpltest.Params{Pace: time.Millisecond, Rules: []zpltest.Rule{{Label: at, Fault: fault}}})
				d := connect(t, v, nil)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				j, err := d.Open(ctx, "job-1")
				if err != nil {
					t.Fatal(err)
				}
				go func() { // a person sees the fault and presses Stop
					for ctx.Err() == nil && !slices.Contains(v.Report().Faults, fault) {
						time.Sleep(10 * time.Millisecond)
					}
					time.Sleep(300 * time.Millisecond)
					cancel()
				}()
				all := envelopes(20)
				for _, p := range all {
					if err = j.Send(ctx, p); err != nil {
						break
					}
				}
				if err == nil {
					_, err = j.Finish(ctx)
				}
				cut := fault == zpltest.Cut || fault == zpltest.CutAfter
				if want := map[bool]string{true: "socket.cut", false: context.Canceled.Error()}[cut]; code(err) != want {
					// With the very last label the fault may come too late to be noticed.
					if !(at == 20 && err == nil) {
						t.Errorf("ended with %v", err)
					}
				}
				if err := j.Abort(t.Context()); err != nil && fault != zpltest.Stall {
					t.Errorf("Abort: %v", err)
				}
				known, err := d.Progress(t.Context(), "job-1", len(all))
				if err != nil {
					t.Fatal(err)
				}
				v.Clear()
				v.Idle(5 * time.Second)
				time.Sleep(50 * time.Millisecond)
				before := paper(t, v)
				if !slices.Equal(before, upTo(0, len(before))) {
					t.Fatalf("on paper %v", before)
				}
				if known.Printed > len(before) || known.Started < len(before) || known.Started-known.Printed > 3 {
					t.Fatalf("%d on paper, %+v", len(before), known)
				}
				rest := all[len(before):] // the unknown of them scanned
				j, err = d.Open(t.Context(), "job-2")
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range rest {
					if err := j.Send(t.Context(), p); err != nil {
						t.Fatal(err)
					}
				}
				if got, err := j.Finish(t.Context()); err != nil || got.Printed != len(rest) {
					t.Errorf("second job: %+v %v", got, err)
				}
				if got := paper(t, v); !slices.Equal(got, upTo(0, 20)) {
					t.Errorf("on paper %v", got)
				}
			})
		}
	}
}

// TestCutInTheMiddle breaks the connection within the sixth label: it is surely not printed, those before it are or may be.
func TestCutInTheMiddle(t *testing.T) {
	v := start(t, zpltest.Params{Rules: []zpltest.Rule{{Label: 6, Fault: zpltest.Cut}}})
	d := connect(t, v, nil)
	j, err := d.Open(t.Context(), "job-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range envelopes(10) {
		if err = j.Send(t.Context(), p); err != nil {
			break
		}
	}
	if code(err) != "socket.cut" {
		t.Errorf("Send: %v", err)
	}
	got, err := j.Finish(t.Context())
	if got.State != printer.Offline || got.Printed > 5 || got.Printed < 3 || got.Started < 5 || got.Started > 6 {
		t.Errorf("%+v %v", got, err)
	}
	if again, err := d.Progress(t.Context(), "job-1", 10); err != nil || again.Printed != got.Printed || again.Started != got.Started {
		t.Errorf("%+v %v", again, err)
	}
	if state, words, err := d.State(t.Context()); state != printer.Ready || err != nil {
		t.Errorf("%s %q %v", state, words, err)
	}
}

// TestFoundDeaf: a printer that stays silent at Open is printed to, and nothing of it is known.
func TestFoundDeaf(t *testing.T) {
	v := start(t, zpltest.Params{})
	v.Set(zpltest.Deaf)
	d := connect(t, v, nil)
	if slip := d.Info().Slip; slip != 50 {
		t.Errorf("slip %d", slip)
	}
	began := time.Now()
	j, err := d.Open(t.Context(), "job-1")
	if took := time.Since(began); err != nil || took > 3*time.Second {
		t.Fatalf("%v after %v", err, took)
	}
	for _, p := range envelopes(5) {
		if err := j.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := j.Finish(t.Context()); err != nil || got.State != printer.Done || got.Printed != 0 || got.Started != 5 {
		t.Errorf("%+v %v", got, err)
	}
	v.Idle(5 * time.Second)
	if got := paper(t, v); !slices.Equal(got, upTo(0, 5)) {
		t.Errorf("on paper %v", got)
	}
	if slip := d.Info().Slip; slip != 10 {
		t.Errorf("slip %d", slip)
	}
	began = time.Now()
	if state, words, err := d.State(t.Context()); state != printer.Unknown || len(words) == 0 || err != nil || time.Since(began) > time.Second {
		t.Errorf("%s %q %v after %v", state, words, err, time.Since(began))
	}
}

// TestTurnsDeaf: silence in the middle ends nothing and proves nothing; when it speaks again, the count goes on.
func TestTurnsDeaf(t *testing.T) {
	v := start(t, zpltest.Params{Rules: []zpltest.Rule{{Label: 2, Fault: zpltest.Deaf}}})
	d := connect(t, v, nil)
	j, err := d.Open(t.Context(), "job-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range envelopes(2) {
		if err := j.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	got, err := j.Finish(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || got.State != printer.Offline || got.Started != 2 || got.Printed > 1 {
		t.Errorf("%+v %v", got, err)
	}
	began := time.Now()
	if state, words, err := d.State(t.Context()); state != printer.Offline || len(words) == 0 || err != nil || time.Since(began) > 3*time.Second {
		t.Errorf("%s %q %v", state, words, err)
	}
	v.Clear()
	if got, err := j.Finish(t.Context()); err != nil || got.Printed != 2 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestOffline(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	d, err := socket.New(socket.Params{}).Open(printer.Setup{URI: "socket://" + ln.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if state, words, err := d.State(t.Context()); state != printer.Offline || len(words) == 0 || err != nil {
		t.Errorf("%s %q %v", state, words, err)
	}
	if _, err := d.Open(t.Context(), "job-1"); code(err) != "socket.offline" {
		t.Error(err)
	}
	if got, err := d.Progress(t.Context(), "job-1", 3); err != nil || got.State != printer.Unknown || got.Started != 3 {
		t.Errorf("%+v %v", got, err)
	}
}

// TestBlackHole: an address from which nothing at all comes back holds nobody up.
func TestBlackHole(t *testing.T) {
	never := func(ctx context.Context, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	d, err := socket.New(socket.Params{Dial: never}).Open(printer.Setup{URI: "socket://192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if state, words, err := d.State(t.Context()); state != printer.Offline || len(words) == 0 || err != nil || time.Since(began) > 3*time.Second {
		t.Errorf("%s %q %v after %v", state, words, err, time.Since(began))
	}
}

func TestWrongResolution(t *testing.T) {
	v := start(t, zpltest.Params{DPI: 300})
	d := connect(t, v, nil)
	var wrong *socket.DPIError
	if _, err := d.Open(t.Context(), "job-1"); !errors.As(err, &wrong) || wrong.Has != 300 || wrong.Want != dpi {
		t.Error(err)
	}
}

func TestProbe(t *testing.T) {
	v := start(t, zpltest.Params{DPI: 600, Model: "ZD621-600dpi"})
	driver := socket.New(socket.Params{})
	found, err := driver.Probe(t.Context(), v.Addr())
	if err != nil || found.Model != "ZD621-600dpi" || found.DPI != 600 || found.Language != printer.ZPL || found.State != printer.Ready || found.URI != "socket://"+v.Addr() {
		t.Errorf("%+v %v", found, err)
	}
	v.Set(zpltest.Deaf)
	began := time.Now()
	if found, err := driver.Probe(t.Context(), "socket://"+v.Addr()); err != nil || found.State != printer.Unknown || time.Since(began) > 3*time.Second {
		t.Errorf("%+v %v", found, err)
	}
}

func TestSetup(t *testing.T) {
	for name, c := range map[string]struct {
		setup printer.Setup
		code  string
	}{
		"good":       {printer.Setup{URI: "socket://10.0.0.5"}, "<nil>"},
		"port":       {printer.Setup{URI: "socket://10.0.0.5:6101"}, "<nil>"},
		"bare":       {printer.Setup{URI: "10.0.0.5"}, "<nil>"},
		"six":        {printer.Setup{URI: "socket://[fe80::1]:9100"}, "<nil>"},
		"six bare":   {printer.Setup{URI: "socket://[fe80::1]"}, "<nil>"},
		"empty":      {printer.Setup{}, "socket.uri"},
		"scheme":     {printer.Setup{URI: "ipp://10.0.0.5"}, "socket.uri"},
		"language":   {printer.Setup{URI: "socket://a", Language: printer.PDF}, "socket.language"},
		"option":     {printer.Setup{URI: "socket://a", Options: map[string]string{"colour": "red"}}, "socket.option"},
		"bad option": {printer.Setup{URI: "socket://a", Options: map[string]string{"ahead": "0"}}, `zpl: option ahead: bad value "0"`},
		"darkness":   {printer.Setup{URI: "socket://a", Options: map[string]string{"darkness": "31"}}, `zpl: option darkness: bad value "31"`},
	} {
		if _, err := socket.New(socket.Params{}).Open(c.setup); code(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
