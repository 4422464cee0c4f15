package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
)

// handOverScreen closes a batch and tells what came of it, or what is missing.
type handOverScreen struct {
	w     *Window
	name  string
	mark  *widget.Icon
	title *paragraph
	lines *fyne.Container
	next  *button
	do    func()
	box   fyne.CanvasObject
}

func newHandOverScreen(w *Window) *handOverScreen {
	s := &handOverScreen{w: w, mark: widget.NewIcon(nil), lines: vbox(8), do: func() {}}
	var title fyne.CanvasObject
	s.title, title = para("", view.Plain)
	s.title.SizeName = theme.SizeNameHeadingText
	s.title.TextStyle.Bold = true
	s.next = primary(newButton(w, "", nil, func() { s.do() }))
	head := border(nil, nil, container.NewCenter(container.NewGridWrap(fyne.NewSize(36, 32), s.mark)), nil, title)
	s.box = border(vbox(16, head, hbox(0, wide(280, s.next))), nil, nil, nil, inset(16, 0, container.NewVScroll(s.lines)))
	return s
}

func (s *handOverScreen) head() (string, string) {
	return s.w.words.Say("ui.batch.title", map[string]any{"Name": s.name}), ""
}
func (s *handOverScreen) content() fyne.CanvasObject { return s.box }
func (s *handOverScreen) refresh()                   {}
func (s *handOverScreen) batch() string              { return s.name }

// show hands the batch over.
func (s *handOverScreen) show(name string) {
	s.name = name
	s.title.SetText(s.w.words.T("ui.handover.working"))
	s.mark.SetResource(nil)
	s.lines.Objects = nil
	s.next.Hide()
	start(s.w.tasks, "handover", func(ctx context.Context) (station.HandOverReport, error) { return s.w.station.HandOver(ctx, name) },
		func(r station.HandOverReport, err error) {
			if err == nil || len(r.Missing) > 0 {
				v := s.w.words.HandOverOf(r)
				s.fill(v)
				if v.Tone == view.OK {
					s.tell(name, v)
				}
			} else {
				s.fill(view.HandOver{Tone: view.Stop, Title: s.w.words.Trouble(err)})
				s.w.trouble(err)
			}
			s.w.refreshStatus()
		})
}

// tell sends the news to the post at once where that is possible; where not, the line about the outbox stays true.
func (s *handOverScreen) tell(name string, v view.HandOver) {
	background(s.w.tasks, s.w.station.Sync, func(r station.SyncReport, err error) {
		s.w.refreshStatus()
		if err == nil && r.Pending == 0 && len(r.Dead) == 0 && s.name == name {
			v.Lines = []string{s.w.words.T("ui.handover.sent")}
			s.fill(v)
		}
	})
}

func (s *handOverScreen) fill(v view.HandOver) {
	s.title.SetText(v.Title)
	s.mark.SetResource(s.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	s.lines.Objects = nil
	add := func(text string) {
		_, body := para(text, view.Plain)
		s.lines.Add(body)
	}
	for _, l := range v.Lines {
		add(l)
	}
	name := s.name
	switch v.Tone {
	case view.OK:
		add(s.w.words.T("ui.handover.paper"))
		s.do = func() { s.w.open(view.ScreenToday, "") }
		s.next.set(s.w.words.T("ui.menu.today"), true)
	case view.Warn:
		add(s.w.words.T("ui.handover.what-now"))
		s.do = func() { s.w.open(view.ScreenVerify, name) }
		s.next.set(s.w.words.T("ui.do.verify-none"), true)
	default:
		s.do = func() { s.w.open(screenBatch, name) }
		s.next.set(s.w.words.T("ui.do.to-batch"), true)
	}
	for _, l := range v.Missing {
		text, body := para(l, view.Plain)
		text.SizeName = sizeTable
		s.lines.Add(inset(0, 16, body))
	}
	s.w.files(s.lines, v.Files)
	s.next.Show()
	s.lines.Refresh()
}
