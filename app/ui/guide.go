package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

const screenGuide = "guide"

// What the guide remembers on this computer.
const (
	prefHeard  = "guide.heard"
	prefTested = "guide.tested"
)

// guideScreen leads from the account to the first envelope that was printed and scanned. Each step says what is so now; the first that is not done has the
// one button that stands out. It can be left and come back to: nothing is locked by it.
type guideScreen struct {
	w     *Window
	shown []view.GuideStep
	steps *fyne.Container
	said  *line
	box   fyne.CanvasObject
}

func newGuideScreen(w *Window) *guideScreen {
	s := &guideScreen{w: w, steps: vbox(10), said: newLine("")}
	_, about := para(w.words.T("ui.guide.about"), view.Plain)
	s.box = container.NewVScroll(vbox(14, about, s.steps, s.said))
	return s
}

func (s *guideScreen) head() (string, string)     { return s.w.words.T("ui.guide.title"), "" }
func (s *guideScreen) content() fyne.CanvasObject { return s.box }
func (s *guideScreen) show(string)                { s.refresh() }

func (s *guideScreen) refresh() {
	load(s.w.tasks, "guide", func(ctx context.Context) (l view.GuideLook, err error) {
		o, err := s.w.overview(ctx)
		if err != nil {
			return l, err
		}
		l.Status, l.Batches = o.status, o.batches
		l.Printers, err = s.w.station.Printers(ctx)
		return l, err
	}, func(l view.GuideLook, err error) {
		if !s.w.told(err) {
			return
		}
		l.Account, l.Training = s.w.station.HasAccount(), s.w.station.Specimen()
		l.Heard, l.Tested = s.w.app.Preferences().Bool(prefHeard), s.w.app.Preferences().Bool(prefTested)
		s.fill(s.w.words.GuideOf(l))
	})
}

func (s *guideScreen) fill(list []view.GuideStep) {
	same := len(list) == len(s.shown)
	for i := range list {
		same = same && list[i] == s.shown[i]
	}
	if same {
		return
	}
	s.shown = list
	s.steps.Objects = nil
	next := true
	for i, step := range list {
		tone := view.Muted
		if step.Done {
			tone = view.OK
		} else if next {
			tone = view.Accent
		}
		icon := container.NewCenter(boxed(30, 24, widget.NewIcon(s.w.icons.get(shapeOf(tone), inkOf(tone)))))
		title := newLine(s.w.words.Say("ui.guide.step", map[string]any{"N": i + 1, "Title": step.Title}))
		title.Bold = true
		_, about := para(step.About, view.Plain)
		var foot fyne.CanvasObject
		if step.Label != "" {
			b := newButton(s.w, step.Label, nil, func() { s.do(step) })
			if !step.Done && next {
				primary(b)
			}
			foot = container.NewCenter(b)
		}
		if !step.Done {
			next = false
		}
		body := container.New(centerY{}, vbox(2, title, about))
		s.steps.Add(newPanel(colorPanel, 10, inset(10, 16, border(nil, nil, icon, foot, inset(0, 10, body)))))
	}
	if next { // all is done
		s.steps.Add(container.NewHBox(primary(newButton(s.w, s.w.words.T("ui.guide.finish"), theme.HomeIcon(), func() { s.w.open(view.ScreenToday, "") }))))
	}
	s.steps.Refresh()
}

func (s *guideScreen) do(step view.GuideStep) {
	switch step.Key {
	case "check":
		s.w.pull()
	case "scanner":
		s.said.set(s.w.words.T("ui.guide.scan-now"), colorAccent)
	default:
		s.w.open(step.Screen, "")
	}
}

// scanned is the proof that the scanner is heard, and of the test envelope where it is one of a letter.
func (s *guideScreen) scanned(text string) {
	s.w.app.Preferences().SetBool(prefHeard, true)
	if id, ok := view.FindShPI(text); ok {
		s.w.app.Preferences().SetBool(prefTested, true)
		s.said.set(s.w.words.Say("ui.guide.scanned-letter", map[string]any{"ShPI": id.Grouped()}), theme.ColorNameSuccess)
	} else {
		s.said.set(s.w.words.N("ui.guide.scanned", len([]rune(text))), theme.ColorNameSuccess)
	}
	s.refresh()
}

func (s *guideScreen) typedIn(string) {}
