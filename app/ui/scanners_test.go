package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"znak/app/mark"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// wire is a driver whose one port the test holds in its hands.
type wire struct {
	scans chan string
	gone  chan struct{} // closed when the cable is pulled
}

func newWire() *wire { return &wire{scans: make(chan string, 4096), gone: make(chan struct{})} }

func (*wire) Kind() scan.DeviceKind { return scan.DeviceSerial }
func (*wire) Places() ([]scan.Place, error) {
	return []scan.Place{{Kind: scan.DeviceSerial, Port: "/dev/ttyACM0", VID: "0c2e", PID: "0b6a", Serial: "18093B4C20", Model: "Honeywell 1470g"}}, nil
}
func (w *wire) Open(string, int) (scan.Stream, error) { return &cable{w, make(chan struct{})}, nil }

type cable struct {
	w      *wire
	closed chan struct{}
}

func (c *cable) Next() (string, error) {
	select {
	case s := <-c.w.scans:
		return s, nil
	case <-c.w.gone:
		return "", errors.New("pulled")
	case <-c.closed:
		return "", errors.New("closed")
	}
}

func (c *cable) Close() error { close(c.closed); return nil }

// deskWith is a window with a scanner at a port.
func deskWith(t testing.TB, lang string, fake *viewtest.Station, w *wire) *desk {
	d := newDesk(t, lang, false, fake)
	if w != nil {
		d.hearing.drivers[scan.DeviceSerial] = w
		d.hearing.load()
		d.settle()
	}
	return d
}

func TestScannersPage(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		d := newDesk(t, lang, false, viewtest.Sample())
		d.open(view.ScreenScanners, "")
		d.settle()
		d.shot(lang + "-light-scanners")
		for _, l := range strings.Split(d.texts(), "\n") {
			if strings.HasPrefix(l, "ui.") || strings.HasPrefix(l, "scan.") {
				t.Errorf("%s: a key instead of a sentence: %q", lang, l)
			}
		}
		if m := d.frame.root.MinSize(); m.Width > 1200 || m.Height > 680 {
			t.Errorf("does not fit into 1280×720: %v", m)
		}
	}
}

// One scan of the code on the screen sets a scanner up, whatever it is.
func TestSetUpByOneScan(t *testing.T) {
	fake := viewtest.Sample()
	fake.Readers = nil
	w := newWire()
	d := deskWith(t, "ru", fake, w)
	d.open(view.ScreenScanners, "")
	d.settle()
	d.see("слышно и без настройки", "Отсканируйте этот код")

	d.scan(strings.ReplaceAll(inRussian("X"+scan.SetupText()), "\r\n", "\n"))
	d.until("the keyboard is proved", func() bool { return fake.Called("prove scanner keyboard Сканер-клавиатура  lost 0") })
	d.settle()
	d.see("Сканер-клавиатура", "доходят все символы", "Перед кодом сканер ставит «X»", "Раскладка: русская")

	w.scans <- strings.ReplaceAll(scan.SetupText(), "|", "") + "\r\n"
	d.until("the port is proved", func() bool { return fake.Called("prove scanner serial Honeywell 1470g /dev/ttyACM0 lost 1") })
	d.until("its port is listened to", func() bool { return d.hearing.states["Honeywell 1470g"].State == scan.Connected })
	d.see("Honeywell 1470g", "не доходит 1 символ", "Не доходят: |", "8-N-1", "[Enter][LF]")
	d.shotWhile("ru-light-scanners-lost")

	w.scans <- scan.SetupText() + "\r\n" // the same scanner once more, set right
	d.until("it is proved anew", func() bool { return fake.Called("prove scanner serial Honeywell 1470g /dev/ttyACM0 lost 0") })
	w.scans <- "10944022440321\r"
	d.until("a letter is no set-up code", func() bool { return strings.Contains(d.texts(), "пришло что-то другое") })

	d.open(view.ScreenToday, "")
	close(w.gone)
	d.until("the pulled cable is told", func() bool { return strings.Contains(d.texts(), "Вставьте кабель") })
}

// inRussian is what a US keyboard's text becomes under the Russian layout: written down from the picture of a keyboard.
func inRussian(text string) string {
	us := []rune("`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?@#$^&|")
	ru := []rune("ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,\"№;:?/")
	keys := map[rune]rune{}
	for i, r := range us {
		keys[r] = ru[i]
	}
	return strings.Map(func(r rune) rune {
		if k, ok := keys[r]; ok {
			return k
		}
		return r
	}, text)
}

// A scan into a field that has the focus goes to where scans go, and the field is as it was.
func TestScanIntoAField(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	id := string(fake.All["506"][2].ShPI)
	search := d.frame.search
	d.win.Canvas().Focus(search)
	search.SetText("Ёлк")
	search.CursorColumn = 3
	d.scan(id)
	d.settle()
	if search.Text != "Ёлк" || d.here.screen != screenBatch {
		t.Errorf("the field says %q, the screen is %q", search.Text, d.here.screen)
	}
	// A name that a program types as fast stays.
	d.open(view.ScreenToday, "")
	d.win.Canvas().Focus(search)
	search.SetText("")
	d.scan("Орешников")
	d.settle()
	if search.Text != "Орешников" || d.here.screen != screenSearch {
		t.Errorf("the field says %q, the screen is %q", search.Text, d.here.screen)
	}
	// The settings have fields and no use for scans.
	d.open(view.ScreenSettings, "")
	d.settle()
	form := d.screen(view.ScreenSettings)
	_ = form
	d.scan(scan.CommandBack.Text())
	d.settle()
	if d.here.screen == view.ScreenSettings {
		t.Error("a command was not done")
	}
}

// The sheet of commands alone leads through a day.
func TestCommandCodes(t *testing.T) {
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	do := func(c scan.Command) {
		t.Helper()
		d.scan(inRussian(c.Text()))
		d.settle()
	}
	do(scan.CommandPause)
	d.see("ничего не печатается")
	do(scan.CommandNext)
	if d.here.screen != screenBatch {
		t.Fatalf("the next batch leads to %q", d.here.screen)
	}
	first := d.batchHere()
	do(scan.CommandNext)
	if !fake.Called(fmt.Sprintf("next after %q", first)) {
		t.Errorf("the batch in view does not count: %v", fake.Calls)
	}
	do(scan.CommandVerify)
	if d.here.screen != view.ScreenVerify {
		t.Errorf("verify leads to %q", d.here.screen)
	}
	do(scan.CommandBack)
	do(scan.CommandTorn)
	d.see("Сначала отсканируйте команду")
	do(scan.CommandSpoiled)
	d.see("Отсканируйте испорченный конверт")
	d.scan(string(fake.All["506"][1].ShPI))
	d.settle()
	do(scan.CommandTorn)
	do(scan.CommandYes)
	if !fake.Called("reprint") {
		t.Errorf("not declared void: %v", fake.Calls)
	}
	do(scan.CommandDestroy)
	if s := d.screen(view.ScreenReprint).(*reprintScreen); s.tab != tabOwed {
		t.Errorf("the desk shows %q", s.tab)
	}
	do(scan.CommandPull)
	if !fake.Called("pull") {
		t.Error("the post was not asked")
	}
	d.open(view.ScreenToday, "")
	badge := ""
	d.Window.badge = func(text string) { badge = text }
	d.scan(scan.BadgeText("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
	d.settle()
	if badge != "ZNAK:ID:JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" {
		t.Error("the badge was not handed on")
	}
	d.open(screenBatch, "506")
	d.settle()
	fake.Hold = make(chan struct{})
	d.scan(scan.CommandPrint.Text())
	d.until("the run begins", func() bool { return d.run != nil })
	d.scan(scan.CommandPause.Text())
	d.until("the run is paused", func() bool { return d.run.paused })
	d.scan(scan.CommandPrint.Text())
	d.until("the run goes on", func() bool { return !d.run.paused })
	d.scan(scan.CommandStop.Text())
	d.until("the run is to stop", func() bool { return d.run.clock.Stopping })
	close(fake.Hold)
	d.settle()
}

// 2,000 scans of an hour, as fast as they can come: by keys in both layouts and at a port, with none lost; the time from the last byte to the verdict on
// the screen is measured.
func TestAnHourOfScansInTheWindow(t *testing.T) {
	scans := 150 // ZNAK_SCANS=2000 is the hour
	if testing.Short() {
		scans = 40
	}
	if n, err := strconv.Atoi(os.Getenv("ZNAK_SCANS")); err == nil {
		scans = n
	}
	fake := viewtest.Sample()
	w := newWire()
	d := deskWith(t, "ru", fake, w)
	d.open(view.ScreenVerify, "")
	d.settle()
	s := d.screen(view.ScreenVerify).(*verifyScreen)
	spec, err := mark.Default()
	if err != nil {
		t.Fatal(err)
	}
	heard := &counting{lines: scan.NewAssembler(scan.NewReader(spec))}
	s.verifier = heard
	s.in.begin(heard)

	var slowest, sum time.Duration
	measured := 0
	for i := range scans {
		id := string(testShPI(i))
		code, err := spec.Payload(mark.Fields{ID: fmt.Sprintf("{%x}|~", i), ShPI: testShPI(i), INN: "7700000016", KPP: "770001001", Value: 8540, Mass: 20, Date: "2026-11-21", From: "101000", To: "190000"})
		if err != nil {
			t.Fatal(err)
		}
		code = strings.ReplaceAll(code, "\r\n", "\n")
		last := time.Now()
		switch i % 3 {
		case 0:
			d.keys(code)
		case 1:
			d.keys(inRussian(code))
		default:
			w.scans <- strings.ReplaceAll(code, "\n", "\r\n") + "\r\n"
		}
		if i%3 != 2 {
			last = time.Now()
		}
		if want := i + 1; i%20 < 3 {
			var took time.Duration // the drain at the end of until is not the window's
			d.until("the verdict", func() bool {
				took = time.Since(last)
				return len(s.last) > 0 && strings.ReplaceAll(s.last[0].Tail, " ", "") == id[9:] && heard.len() == want
			})
			slowest, sum, measured = max(slowest, took), sum+took, measured+1
		} else {
			d.until("the scan is heard", func() bool { return heard.len() == want })
		}
	}
	for i, got := range heard.all() {
		if id := string(testShPI(i)); got != id {
			t.Fatalf("scan %d is %q, not of %s", i, got, id)
		}
	}
	mean := sum / time.Duration(measured)
	t.Logf("%d scans, %d marks read, none lost; verdict on the screen after %v in the mean, %v at the slowest", scans, heard.len(), mean.Round(time.Millisecond), slowest.Round(time.Millisecond))
	if mean > 100*time.Millisecond { // a machine under load may be late once
		t.Errorf("the verdict takes %v", mean)
	}
}

// keys is scan without waiting for its end.
func (d *desk) keys(text string) {
	c := d.win.Canvas()
	for _, r := range text + "\n" {
		if r == '\n' {
			d.hit(fyne.KeyReturn)
			continue
		}
		if f := c.Focused(); f != nil {
			f.TypedRune(r)
		} else {
			c.OnTypedRune()(r)
		}
	}
}

// counting is a verifier that remembers which pieces it was shown, and says yes.
type counting struct {
	lines *scan.Assembler

	mu     sync.Mutex
	pieces []string
}

func (c *counting) Line(_ context.Context, line string) (list []station.ScanVerdict, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.lines.Line(line) {
		c.pieces = append(c.pieces, r.Piece())
		list = append(list, station.ScanVerdict{Text: r.Text, Verdict: scan.VerdictOK, ShPI: postal.ShPI(r.Piece())})
	}
	return list, nil
}

func (c *counting) Flush(context.Context) ([]station.ScanVerdict, error) { return nil, nil }

func (c *counting) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pieces)
}

func (c *counting) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.pieces)
}

// testShPI is the n-th invented identifier.
func testShPI(n int) postal.ShPI {
	thirteen := fmt.Sprintf("99999999%05d", n)
	return postal.ShPI(thirteen + string(postal.ShPICheckDigit(thirteen)))
}
