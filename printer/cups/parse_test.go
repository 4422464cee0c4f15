package cups

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
	"znak/printer/page"
)

func TestParseMedium(t *testing.T) {
	for name, want := range map[string][2]float64{
		"iso_c5_162x229mm": {162, 229}, "na_number-10_4.125x9.5in": {104.78, 241.3}, "custom_min_89.96x140.05mm": {89.96, 140.05},
		"iso_dl_110x220mm": {110, 220}, "om_small-photo_100x150mm": {100, 150},
		"": {}, "A4": {}, "iso_a4": {}, "_1x2mm": {}, "x_1x2": {}, "x_1xmm": {}, "x_-1x2mm": {}, "x_0x2mm": {}, "x_1e3x2mm": {}, "x_infx1mm": {}, "x_nanx1mm": {}, "x_99999x1mm": {},
	} {
		got, ok := parseMedium(name)
		if ok != (want[0] > 0) || ok && (got.Width != want[0] || got.Height != want[1]) {
			t.Errorf("%q: %+v %v", name, got, ok)
		}
	}
}

func FuzzParseMedium(f *testing.F) {
	for _, s := range []string{"iso_c5_162x229mm", "na_number-10_4.125x9.5in", "custom_max_330.2x460.02mm", "_x_mm"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		m, ok := parseMedium(name)
		if ok && (!(m.Width >= 0) || !(m.Height >= 0) || math.IsInf(m.Width, 0) || m.Width > 10000 || m.Height > 10000) {
			t.Errorf("%q: %+v", name, m)
		}
	})
}

func TestFit(t *testing.T) {
	list := []span{{20990, 20990, 29704, 29704}, {16193, 16193, 22895, 22895}, {8996, 33020, 14005, 46002}}
	for _, c := range []struct {
		w, h float64
		x, y hundredths
		ok   bool
	}{
		{162, 229, 16193, 22895, true}, {229, 162, 16193, 22895, true}, {210, 297, 20990, 29704, true},
		{120, 176, 12000, 17600, true}, {176, 120, 12000, 17600, true}, {50, 60, 0, 0, false}, {400, 500, 0, 0, false},
	} {
		x, y, ok := fit(list, page.Millimetres(c.w), page.Millimetres(c.h))
		if x != c.x || y != c.y || ok != c.ok {
			t.Errorf("%v × %v: %d %d %v", c.w, c.h, x, y, ok)
		}
	}
}

// FuzzAnswer reads any answer of a server: it must not panic and must not believe nonsense.
func FuzzAnswer(f *testing.F) {
	m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
	m.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(4)))
	m.Printer.Add(goipp.MakeAttribute("printer-state-reasons", goipp.TagKeyword, goipp.String("media-empty-error")))
	m.Printer.Add(goipp.MakeAttribute("printer-resolution-default", goipp.TagResolution, goipp.Resolution{Xres: 118, Yres: 118, Units: goipp.UnitsDpcm}))
	var size goipp.Collection
	size.Add(goipp.MakeAttribute("x-dimension", goipp.TagRange, goipp.Range{Lower: 9000, Upper: 33000}))
	size.Add(goipp.MakeAttribute("y-dimension", goipp.TagInteger, goipp.Integer(22900)))
	m.Printer.Add(goipp.MakeAttribute("media-size-supported", goipp.TagBeginCollection, size))
	m.Job.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(9)))
	m.Job.Add(goipp.MakeAttribute("job-media-sheets-completed", goipp.TagInteger, goipp.Integer(3)))
	b, err := m.EncodeBytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var m goipp.Message
		if m.DecodeEx(bytes.NewReader(b), goipp.DecoderOptions{EnableWorkarounds: true}) != nil {
			return
		}
		c, err := learn(attrsOf(m.Printer), printer.Setup{}, true)
		if err != nil || c.dpi < 1 || c.slip < 1 {
			t.Errorf("%+v %v", c, err)
		}
		s := statusOf(attrsOf(m.Printer))
		s.neutral(true)
		s.neutral(false)
		fit(c.media, 162, 229)
		for _, g := range append(groups(&m, goipp.TagJobGroup), attrsOf(m.Job)) {
			js := jobStatusOf(g)
			for _, confirm := range []printer.Confirm{printer.ConfirmPages, printer.ConfirmJob, printer.ConfirmNone} {
				printed, started := js.figures(confirm, 5, true, true)
				if printed < 0 || printed > started || started > 5 {
					t.Errorf("%+v: %d %d", js, printed, started)
				}
			}
		}
	})
}

func FuzzURI(f *testing.F) {
	for _, s := range []string{"cups://q", "cups://h:631/q", "ipp://h/ipp/print", "ipps://[::1]:631/", "cups://%d0%ba"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if _, q, err := parseQueue(uri); err == nil && (q == "" || strings.ContainsAny(q, "/# ")) {
			t.Errorf("%q: queue %q", uri, q)
		}
		if host, path, _, err := parseDirect(uri); err == nil && (host == "" || path == "") {
			t.Errorf("%q: %q %q", uri, host, path)
		}
	})
}

func TestBelieve(t *testing.T) {
	for device, want := range map[string]printer.Confirm{
		"ipp://printer.local:631/ipp/print": printer.ConfirmJob, "ipps://printer/ipp/print": printer.ConfirmJob,
		"ipp://printer/ipp/print?waitjob=false": printer.ConfirmNone, "ipp://server:631/printers/c5": printer.ConfirmNone,
		"dnssd://Office%20Printer._ipp._tcp.local/?uuid=1": printer.ConfirmJob, "dnssd://Office._pdl-datastream._tcp.local/": printer.ConfirmNone,
		"dnssd://c5%20@%20server._ipp._tcp.local/cups?uuid=1": printer.ConfirmNone,
		"socket://10.0.0.1:9100":                              printer.ConfirmNone, "usb://Zebra/ZD421?serial=1": printer.ConfirmNone, "lpd://h/q": printer.ConfirmNone, "file:///dev/null": printer.ConfirmNone,
		"": printer.ConfirmNone, "implicitclass://x/": printer.ConfirmNone,
	} {
		if got := believeDevice(device, "Some Printer"); got != want {
			t.Errorf("%s: %s, want %s", device, got, want)
		}
	}
	if got := believeDevice("implicitclass://x/", "Brand X, driverless, cups-filters 1.28"); got != printer.ConfirmJob {
		t.Error(got)
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		js               jobStatus
		confirm          printer.Confirm
		watched, begun   bool
		printed, started int
	}{
		{jobStatus{state: jobCompleted}, printer.ConfirmPages, true, true, 5, 5}, // it does not count
		{jobStatus{state: jobCompleted, pages: 5}, printer.ConfirmPages, true, true, 5, 5},
		{jobStatus{state: jobCompleted, pages: 7}, printer.ConfirmPages, true, true, 5, 5},
		{jobStatus{state: jobCompleted, pages: 3}, printer.ConfirmPages, true, true, 3, 5},
		{jobStatus{state: jobCompleted, pages: 3, reasons: []string{"job-completed-with-errors"}}, printer.ConfirmJob, true, true, 0, 5},
		{jobStatus{state: jobCompleted, pages: 5}, printer.ConfirmNone, true, true, 0, 5},
		{jobStatus{state: jobCanceled, pages: 3}, printer.ConfirmPages, true, true, 3, 5},
		{jobStatus{state: jobCanceled, pages: 3}, printer.ConfirmPages, false, true, 0, 5}, // two runs, perhaps
		{jobStatus{state: jobAborted, pages: 3}, printer.ConfirmJob, true, true, 0, 5},
		{jobStatus{state: jobCanceled}, printer.ConfirmNone, true, false, 0, 0},
	} {
		if p, s := c.js.figures(c.confirm, 5, c.watched, c.begun); p != c.printed || s != c.started {
			t.Errorf("%+v %s: %d %d, want %d %d", c.js, c.confirm, p, s, c.printed, c.started)
		}
	}
}

func TestNeutral(t *testing.T) {
	for _, c := range []struct {
		s     status
		queue bool
		want  printer.State
	}{
		{status{3, nil, "", true}, true, printer.Ready},
		{status{3, []string{"media-empty-error"}, "", true}, true, printer.Ready}, // of its last job
		{status{3, []string{"media-empty-error"}, "", true}, false, printer.OutOfPaper},
		{status{4, []string{"media-low-warning"}, "", true}, true, printer.Printing},
		{status{4, []string{"media-empty-warning"}, "", true}, true, printer.Printing}, // another tray's
		{status{4, []string{"media-needed-warning"}, "", true}, true, printer.OutOfPaper},
		{status{4, []string{"media-empty-error", "media-jam-error"}, "", true}, true, printer.Jam},
		{status{4, []string{"offline-report"}, "", true}, true, printer.Offline},
		{status{4, nil, "The printer is not responding.", true}, true, printer.Offline},
		{status{4, []string{"com.maker.heating-error"}, "", true}, false, printer.NeedsPerson},
		{status{5, []string{"paused"}, "Paused", true}, true, printer.Paused},
		{status{5, []string{"media-jam"}, "", true}, false, printer.Jam},
		{status{5, nil, "", true}, false, printer.NeedsPerson},
		{status{3, nil, "", false}, true, printer.Paused},
		{status{3, []string{"hold-new-jobs"}, "", true}, true, printer.Paused},
		{status{}, false, printer.Unknown},
	} {
		if c.s.state == 0 {
			c.s.accepting = true
		}
		if got := c.s.neutral(c.queue); got != c.want {
			t.Errorf("%+v %v: %s, want %s", c.s, c.queue, got, c.want)
		}
	}
}
