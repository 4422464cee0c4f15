package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"znak/app/text"
	"znak/app/ui/view/viewtest"
	"znak/store"
)

// ending is how the records were opened.
type ending struct {
	window Params
	rescue *RescueParams
	err    error
}

// upgrading is the window while records are brought up to date, with its own UI thread: what is put there is done by turn.
type upgrading struct {
	*upgrade
	t     *testing.T
	queue chan func()
	at    store.Upgrade
	end   chan ending
}

func newUpgrading(t *testing.T, lang string) *upgrading {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(dressed{ThemeOf(Look{}), theme.VariantLight})
	words, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	u := &upgrading{t: t, queue: make(chan func(), 1000), at: store.Upgrade{Step: store.UpgradeCopies}, end: make(chan ending, 1)}
	u.upgrade = newUpgrade(t.Context(), app, UpgradeParams{Text: words, HowFar: func() store.Upgrade { return u.at },
		Opened: func() (Params, *RescueParams, error) {
			e := <-u.end
			return e.window, e.rescue, e.err
		}})
	u.put = func(f func()) { u.queue <- f }
	u.begin()
	return u
}

// ends lets the opening end, and waits until the window has seen it.
func (u *upgrading) ends(e ending) {
	u.t.Helper()
	u.end <- e
	for limit := time.After(20 * time.Second); u.works || u.next != nil && !u.next.tasks.quiet(); {
		select {
		case f := <-u.queue:
			f()
		case <-time.After(time.Millisecond):
		case <-limit:
			u.t.Fatal("the window does not see the end")
		}
	}
}

func TestUpgradeSaysHowFarItIs(t *testing.T) {
	for _, lang := range text.Languages {
		u := newUpgrading(t, lang)
		said := map[string]bool{}
		for _, step := range store.UpgradeSteps {
			u.at = store.Upgrade{Step: step}
			u.show()
			if u.step.Text == "" || strings.Contains(u.step.Text, "ui.") || said[u.step.Text] {
				t.Errorf("%s: %q", step, u.step.Text)
			}
			said[u.step.Text] = true
			if len(u.bar.slices) != 2 || u.bar.slices[1].share != strollShare {
				t.Errorf("%s: a number nobody knows: %v", step, u.bar.slices)
			}
		}
		u.at = store.Upgrade{Step: store.UpgradeWords, Done: 12000, Of: 48000}
		u.show()
		if !strings.Contains(u.step.Text, u.words.Number(12000)) || !strings.Contains(u.step.Text, u.words.Number(48000)) {
			t.Errorf("%q", u.step.Text)
		}
		if len(u.bar.slices) != 1 || u.bar.slices[0].share != 0.25 {
			t.Errorf("%v", u.bar.slices)
		}
		for u.at = (store.Upgrade{Step: store.UpgradeIndex}); u.beats < 5*strollBeats; {
			if u.show(); u.bar.slices[0].share < 0 || u.bar.slices[0].share+u.bar.slices[1].share > 1.0001 {
				t.Fatalf("beat %d: beyond the end: %v", u.beats, u.bar.slices)
			}
		}
		u.win.SetOnClosed(func() { t.Error("where the program is ended the window may be gone already") })
		u.ends(ending{err: context.Canceled})
		u.win.SetOnClosed(nil)
	}
}

func TestUpgradeGivesWayToTheWindow(t *testing.T) {
	u := newUpgrading(t, "ru")
	closed := false
	u.win.SetOnClosed(func() { closed = true })
	if u.leave(); closed {
		t.Fatal("closed in the middle")
	}
	u.ends(ending{window: Params{Station: viewtest.Sample(), Text: u.params.Text}})
	if u.next == nil || !closed {
		t.Fatalf("the ordinary window: %v; closed: %v", u.next != nil, closed)
	}
	was := u.step.Text
	u.at = store.Upgrade{Step: store.UpgradeStates}
	if u.show(); u.step.Text != was {
		t.Error("it goes on after the end")
	}
}

func TestUpgradeFails(t *testing.T) {
	u := newUpgrading(t, "ru")
	closed := false
	u.win.SetOnClosed(func() { closed = true })
	u.ends(ending{err: store.ErrFull})
	if want := u.words.Trouble(store.ErrFull); u.said.Text != want || !u.close.Visible() || u.step.Visible() || u.bar.Visible() || closed {
		t.Errorf("%q, want %q", u.said.Text, want)
	}
	if test.Tap(u.close); !closed {
		t.Error("cannot be closed")
	}

	u = newUpgrading(t, "ru")
	u.ends(ending{rescue: &RescueParams{Text: u.params.Text, Err: store.ErrDamaged, Copies: []string{"/z/znak-20261121-0902.db"}}})
	if u.rescue == nil || len(u.rescue.list.Objects) != 1 {
		t.Error("damaged records: no rescue")
	}
}
