package ui

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/sound"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// tones notes what could be heard.
func (d *desk) tones() *[]sound.Tone {
	heard := &[]sound.Tone{}
	d.Window.params.Sound = func(t sound.Tone) { *heard = append(*heard, t) }
	return heard
}

// sayings are an answer of each kind, as the station gives them.
func sayings() []station.ScanVerdict {
	id := viewtest.ShPI(413)
	args := func(more hint.Args) hint.Args {
		all := hint.Args{"ShPI": id.Grouped()}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	return []station.ScanVerdict{
		{Verdict: scan.VerdictOK, ShPI: id, Hint: station.Reason{Key: "station.verify.ok"}},
		{Verdict: scan.VerdictRepeat, ShPI: id, Hint: station.Reason{Key: "station.verify.repeat", Args: args(hint.Args{"At": "10:41"})}},
		{Verdict: scan.VerdictForeign, ShPI: id, Hint: station.Reason{Key: "station.verify.other-batch", Args: args(hint.Args{"Batch": "508", "Expected": "506"})}},
		{Verdict: scan.VerdictStale, ShPI: id, Hint: station.Reason{Key: "station.verify.old-fields", Args: args(nil)}},
		{Verdict: scan.VerdictMismatch, ShPI: id, Hint: station.Reason{Key: "station.verify.other-shpi", Args: args(hint.Args{"Mark": id.Grouped(), "Known": viewtest.ShPI(7).Grouped()})}},
		{Verdict: scan.VerdictSpoiled, ShPI: id, Hint: station.Reason{Key: "station.verify.spoiled", Args: args(nil)}},
		{Verdict: scan.VerdictNotPrinted, ShPI: id, Hint: station.Reason{Key: "station.verify.not-printed", Args: args(nil)}},
		{Verdict: scan.VerdictIncomplete, ShPI: id, Hint: station.Reason{Key: "scan.incomplete.mark", Args: args(nil)}},
		{Verdict: scan.VerdictUnreadable, Text: "ghbdtn", Hint: station.Reason{Key: "ui.verdict.do.unreadable"}},
	}
}

// Every verdict in both languages, at usual and at double size of text: it fits, says what to do, and is heard.
func TestVerdictsInAllSizes(t *testing.T) {
	noRace(t)
	want := map[scan.Verdict]sound.Tone{scan.VerdictOK: sound.OK, scan.VerdictIncomplete: sound.Half, scan.VerdictRepeat: sound.Check, scan.VerdictUnreadable: sound.Check,
		scan.VerdictForeign: sound.Stop, scan.VerdictStale: sound.Stop, scan.VerdictMismatch: sound.Stop, scan.VerdictSpoiled: sound.Stop, scan.VerdictNotPrinted: sound.Stop}
	for _, c := range []struct {
		lang string
		size int
	}{{"ru", 100}, {"ru", 200}, {"en", 100}, {"en", 200}} {
		t.Run(fmt.Sprint(c.lang, c.size), func(t *testing.T) {
			d := newDesk(t, c.lang, false, viewtest.Sample())
			d.app.Settings().SetTheme(dressed{ThemeOf(Look{Percent: c.size}), 1})
			d.build()
			d.win.Resize(fyne.NewSize(1280, 720))
			heard := d.tones()
			d.open(view.ScreenVerify, "506")
			d.settle()
			v := d.screen(view.ScreenVerify).(*verifyScreen)
			for _, s := range sayings() {
				*heard = nil
				v.answer([]station.ScanVerdict{s}, nil)
				d.settle()
				if !slices.Equal(*heard, []sound.Tone{want[s.Verdict]}) {
					t.Errorf("%s is heard as %q", s.Verdict, *heard)
				}
				if v.verdict.do.Text == "" || strings.HasPrefix(v.verdict.do.Text, "station.") || v.verdict.word.Text == "" {
					t.Errorf("%s: %q %q", s.Verdict, v.verdict.word.Text, v.verdict.do.Text)
				}
				d.inside(string(s.Verdict))
				d.shot(fmt.Sprintf("verdict-%s-%d-%s", c.lang, c.size, s.Verdict))
			}
		})
	}
}

// inside fails where the window asks for more room than it has.
func (d *desk) inside(what string) {
	d.t.Helper()
	if m := d.frame.root.MinSize(); m.Width > 1280 || m.Height > 720 {
		d.t.Errorf("%s does not fit into 1280×720: %v", what, m)
	}
}

func TestStackScreen(t *testing.T) {
	for _, c := range []struct {
		lang string
		size int
	}{{"ru", 100}, {"ru", 200}, {"en", 100}, {"en", 200}} {
		if testing.Short() && (c.lang != "ru" || c.size != 100) {
			continue
		}
		t.Run(fmt.Sprint(c.lang, c.size), func(t *testing.T) {
			fake := viewtest.Sample()
			foreign := viewtest.ShPI(2000)
			fake.All["505"] = viewtest.Pieces("505", 60, 0, map[postal.PieceState]int{postal.StatePrinted: 60})
			fake.Verdicts = map[string]station.ScanVerdict{string(foreign): {Verdict: scan.VerdictForeign, ShPI: foreign, Hint: station.Reason{Key: "station.verify.other-batch",
				Args: hint.Args{"ShPI": foreign.Grouped(), "Batch": "508", "Expected": "505"}}}}
			d := newDesk(t, c.lang, false, fake)
			d.app.Settings().SetTheme(dressed{ThemeOf(Look{Percent: c.size}), 1})
			d.build()
			d.win.Resize(fyne.NewSize(1280, 720))
			heard := d.tones()
			d.open(view.ScreenVerify, "505")
			d.settle()
			d.press(d.words.T("ui.check.tab.stack"))
			s := d.screen(screenStack).(*stackScreen)
			if d.here != (place{screenStack, "505"}) || s.check == nil {
				t.Fatalf("at %v", d.here)
			}
			d.shot(fmt.Sprintf("stack-%s-%d-begin", c.lang, c.size))
			put := func(id postal.ShPI) {
				t.Helper()
				n := s.check.Report(false).Seen
				s.heard(scan.Input{Text: string(id) + "\r", Scan: true})
				d.until("the envelope counts", func() bool { return s.check.Report(false).Seen == n+1 })
			}
			for i := range 12 {
				if i != 6 { // no. 7 is missing
					put(viewtest.ShPI(i))
				}
			}
			if c.lang == "ru" {
				d.see("Нет письма № 7", "между № 6 и № 8: сверху это 6-й и 7-й конверты", "на месте 11 из 60")
			}
			put(foreign)
			put(viewtest.ShPI(3))
			if got := (*heard)[len(*heard)-2:]; !slices.Equal(got, []sound.Tone{sound.Stop, sound.Check}) {
				t.Errorf("a foreign and a doubled envelope are heard as %q", got)
			}
			put(viewtest.ShPI(40)) // too early
			for i := 12; i < 40; i++ {
				put(viewtest.ShPI(i))
			}
			d.inside("stack")
			d.shot(fmt.Sprintf("stack-%s-%d-errors", c.lang, c.size))

			// One scan back, then the end: the rest is missing in one line.
			seen := s.check.Report(false).Seen
			d.hit(fyne.KeyBackspace)
			if now := s.check.Report(false).Seen; now != seen-1 {
				t.Errorf("%d envelopes after one was taken back from %d", now, seen)
			}
			put(viewtest.ShPI(39))
			d.hit(fyne.KeyF2)
			d.settle()
			if c.lang == "ru" {
				d.see("от № 42 до № 60", "Письмо № 41 ", "лежит не на месте: 14-й конверт", "в самом низу, под № 40", "лежит дважды: 4-й и 13-й")
			}
			d.shot(fmt.Sprintf("stack-%s-%d-end", c.lang, c.size))

			// A whole stack, the other way up.
			d.press(d.words.T("ui.stack.anew"))
			for i := 59; i >= 0; i-- {
				put(viewtest.ShPI(i))
			}
			*heard = nil
			d.hit(fyne.KeyF2)
			d.settle()
			if v := s.fill(); v.Tone != view.OK || len(v.About) != 1 || !slices.Equal(*heard, []sound.Tone{sound.Done}) {
				t.Errorf("whole: %+v, heard %q", v, *heard)
			}
			d.shot(fmt.Sprintf("stack-%s-%d-whole", c.lang, c.size))
			d.hit(fyne.KeyEscape)
			if d.here.screen != view.ScreenToday {
				t.Errorf("Esc leads to %v", d.here)
			}

			// By keyboard alone: Space presses what has the focus.
			d.open(screenStack, "505")
			d.settle()
			d.win.Canvas().Focus(s.anew)
			d.hit(fyne.KeySpace)
			s.anew.TypedRune(' ')
			d.until("the space is over", func() bool { return !d.ears.running() && s.in.typed == "" })
			d.settle()
			if n := s.check.Report(false).Seen; n != 0 {
				t.Errorf("%d envelopes after a new begin", n)
			}
			d.open(screenStack, "")
			d.settle()
			if !strings.Contains(d.texts(), d.words.T("ui.stack.which-word")) {
				t.Error("no batch is asked for")
			}
		})
	}
}

func TestPicturesScreen(t *testing.T) {
	fake := viewtest.Sample()
	dir := t.TempDir()
	write := func(name string) string {
		file := filepath.Join(dir, name)
		f, err := os.Create(file)
		if err == nil {
			err = png.Encode(f, image.NewGray(image.Rect(0, 0, 8, 8)))
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		return file
	}
	one, text := write("стол.png"), write("письмо.txt")
	all := sayings()
	for i := range all {
		if all[i].ShPI != "" {
			all[i].ShPI = viewtest.ShPI(i)
		}
	}
	fake.Shown = []station.PictureSeen{{File: one, Page: 1, Verdicts: all[:4]}, {File: filepath.Join(dir, "скан.pdf"), Page: 2, Verdicts: all[4:]}}
	d := newDesk(t, "ru", false, fake)
	heard := d.tones()
	d.open(screenPictures, "506")
	d.settle()
	d.see("Перетащите сюда снимки")
	d.shot("ru-light-pictures-empty")
	d.open(view.ScreenToday, "")
	d.settle()

	// Dropped anywhere; what is no picture is left alone.
	d.dropped([]string{text})
	if d.here.screen != view.ScreenToday {
		t.Error("a text was taken for a picture")
	}
	d.open(view.ScreenVerify, "506")
	d.dropped([]string{dir, text})
	d.settle()
	if d.here != (place{screenPictures, "506"}) || !fake.Called("pictures 506 "+one) {
		t.Fatalf("at %v: %q", d.here, fake.Calls)
	}
	d.see("2 страницы · верно 1 письмо · посмотреть 8 мест")
	s := d.screen(screenPictures).(*picturesScreen)
	if len(s.lines) != 9 || s.lines[8].Where != "скан.pdf · с. 2" || s.lines[7].Tone != view.Warn {
		t.Errorf("%+v", s.lines)
	}
	if !slices.Equal(*heard, []sound.Tone{sound.Check}) {
		t.Errorf("heard %q", *heard)
	}
	s.list.Select(4)
	d.see("а этот знак выдан письму")
	d.shot("ru-light-pictures")

	d.app.Settings().SetTheme(dressed{ThemeOf(Look{Percent: 200}), 1})
	d.win.Resize(fyne.NewSize(1280, 720))
	d.settle()
	d.inside("pictures")
	d.shot("ru-200-pictures")
	d.app.Settings().SetTheme(dressed{ThemeOf(Look{}), 1})

	// Stopped after the first page: what was read stays, the rest is left.
	fake.Hold = make(chan struct{})
	s.clear()
	s.take([]string{one})
	fake.Hold <- struct{}{}
	d.until("a page", func() bool { return s.pages == 1 })
	d.shotWhile("ru-light-pictures-working")
	d.pressWhile("Остановить")
	d.until("it stops", func() bool { return !s.works })
	d.settle()
	d.see("Остановлено", "верно 1 письмо")
	if len(s.lines) != 4 {
		t.Errorf("%d lines", len(s.lines))
	}
	if got := unfold([]string{dir, text}); !slices.Equal(got, []string{one, text}) {
		t.Errorf("unfolded %q", got)
	}

	// A scanner means the letter in the hand.
	fake.Hold = nil
	d.scan(string(viewtest.ShPI(1)))
	d.until("the letter is judged", func() bool { return fake.Called("scan 506") })
	d.settle()
	if d.here.screen != view.ScreenVerify {
		t.Errorf("at %v", d.here)
	}
}

func TestSoundIsAChoice(t *testing.T) {
	d := newDesk(t, "ru", false, viewtest.Sample())
	heard := d.tones()
	d.open(view.ScreenVerify, "506")
	d.settle()
	d.press("Звук")
	d.see("Без звука")
	d.screen(view.ScreenVerify).(*verifyScreen).answer(sayings()[:1], nil)
	d.settle()
	if len(*heard) != 0 {
		t.Errorf("heard %q", *heard)
	}
	d.press("Без звука")
	if !slices.Equal(*heard, []sound.Tone{sound.OK}) {
		t.Errorf("turned on, heard %q", *heard)
	}
	p := withSound(d.app, Params{Sound: d.params.Sound})
	p.Chime(true)
	p.Chime(false)
	if !slices.Equal(*heard, []sound.Tone{sound.OK, sound.Done, sound.Trouble}) {
		t.Errorf("runs end with %q", *heard)
	}
}

// The verdict is painted within a tenth of a second of the last byte of a scan.
func TestVerdictIsPaintedAtOnce(t *testing.T) {
	noRace(t)
	fake := viewtest.Sample()
	d := newDesk(t, "ru", false, fake)
	d.open(view.ScreenVerify, "506")
	d.settle()
	v := d.screen(view.ScreenVerify).(*verifyScreen)
	var said, painted []time.Duration
	for i := range 12 {
		id := viewtest.ShPI(i)
		fake.Verdicts[string(id)] = station.ScanVerdict{Verdict: scan.VerdictOK, ShPI: id, Hint: station.Reason{Key: "station.verify.ok"}}
		_, tail := view.SplitShPI(id)
		for _, r := range string(id) {
			v.w.typed(r, false)
		}
		begin := time.Now()
		d.hit(fyne.KeyReturn)
		for v.verdict.tail.Text != tail {
			(<-d.queue)()
		}
		said = append(said, time.Since(begin))
		d.win.Canvas().Capture() // by the processor alone, the slowest way there is
		painted = append(painted, time.Since(begin))
		d.settle()
	}
	slices.Sort(said)
	slices.Sort(painted)
	t.Logf("from the last byte: verdict set after %v (slowest %v), painted by software after %v (slowest %v)", said[len(said)/2], said[len(said)-1], painted[len(painted)/2], painted[len(painted)-1])
	if m := said[len(said)/2]; m > 100*time.Millisecond { // of the median: a machine under load may be late once
		t.Errorf("the verdict takes %v", m)
	}
}
