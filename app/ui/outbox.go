package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/ui/view"
	"znak/store"
)

// outboxScreen tells what waits for the post, since when, and why.
type outboxScreen struct {
	w     *Window
	shown []view.Item
	sure  string // the item whose second, sure button is out
	last  *line
	items *fyne.Container
	keep  *button
	files *fyne.Container // that were saved
	empty *paragraph
	none  fyne.CanvasObject
	box   fyne.CanvasObject
}

func newOutboxScreen(w *Window) *outboxScreen {
	s := &outboxScreen{w: w, last: muted(""), items: vbox(8)}
	send := newButton(w, w.words.T("ui.do.sync"), theme.MailSendIcon(), s.send)
	var words fyne.CanvasObject
	s.empty, words = para("", view.Plain)
	icon := container.NewGridWrap(fyne.NewSize(48, 48), widget.NewIcon(w.icons.get(theme.ConfirmIcon(), inkOf(view.OK))))
	s.empty.Alignment = fyne.TextAlignCenter
	s.none = middle(vbox(12, container.NewCenter(icon), words))
	s.none.Hide()
	s.keep = newButton(w, w.words.T("ui.outbox.save"), theme.DocumentSaveIcon(), s.save)
	s.keep.Hide()
	s.files = vbox(4)
	s.files.Hide()
	s.box = border(vbox(8, border(nil, nil, nil, hbox(8, s.keep, send), s.last), s.files), nil, nil, nil,
		inset(12, 0, container.NewStack(container.NewVScroll(s.items), s.none)))
	return s
}

func (s *outboxScreen) head() (string, string)     { return s.w.words.T("ui.menu.outbox"), "" }
func (s *outboxScreen) content() fyne.CanvasObject { return s.box }

func (s *outboxScreen) show(string) {
	s.files.Hide()
	s.refresh()
}

func (s *outboxScreen) refresh() {
	type look struct {
		items  []store.Item
		status station.Status
	}
	load(s.w.tasks, "outbox", func(ctx context.Context) (l look, err error) {
		if l.items, err = s.w.station.Waiting(ctx); err == nil {
			l.status, err = s.w.station.Status(ctx)
		}
		return l, err
	}, func(l look, err error) {
		if s.w.told(err) {
			s.fill(s.w.words.OutboxOf(l.items, l.status))
		}
	})
}

func (s *outboxScreen) fill(v view.Outbox) {
	s.last.set(v.Last, colorMuted)
	s.empty.SetText(v.Empty)
	show(s.none, v.Empty != "")
	show(s.keep, v.Empty == "" && s.w.params.SaveOutbox != nil)
	if sameItems(v.Items, s.shown) {
		return
	}
	s.shown = v.Items
	s.items.Objects = nil
	for _, it := range v.Items {
		s.items.Add(s.item(it))
	}
	s.items.Refresh()
}

func sameItems(a, b []view.Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (s *outboxScreen) item(it view.Item) fyne.CanvasObject {
	title := newLine(it.Title)
	title.Step, title.Bold = theme.SizeNameSubHeadingText, true
	when := muted(it.Since + " · " + it.Next)
	if it.Dead {
		when.Ink = inkOf(view.Stop)
	}
	lines := vbox(4, title, when)
	if it.Said != "" {
		_, said := para(it.Said, view.Plain)
		lines.Add(said)
	}
	if it.Detail != "" {
		_, detail := newQuote(s.w, it.Detail)
		detail.Hide()
		var more *button
		more = quiet(newButton(s.w, s.w.words.T("ui.more"), nil, func() {
			show(detail, !detail.Visible())
			key := "ui.more"
			if detail.Visible() {
				key = "ui.less"
			}
			more.SetText(s.w.words.T(key))
			s.items.Refresh()
		}))
		lines.Add(hbox(0, more))
		lines.Add(detail)
	}
	retry := newButton(s.w, s.w.words.T("ui.outbox.retry"), theme.ViewRefreshIcon(), func() { s.retry(it.ID) })
	var skip *button
	skip = quiet(newButton(s.w, s.w.words.T("ui.outbox.skip"), nil, func() {
		if s.sure != it.ID { // the button itself asks once more, in the same place
			s.sure = it.ID
			skip.Importance = widget.DangerImportance
			skip.SetText(s.w.words.T("ui.outbox.skip-sure"))
			return
		}
		s.skip(it.ID)
	}))
	icon := container.NewGridWrap(fyne.NewSize(28, 24), widget.NewIcon(s.w.icons.get(shapeOf(it.Tone), inkOf(it.Tone))))
	return newPanel(colorPanel, 10, inset(12, 16, border(nil, nil, container.NewVBox(icon), container.NewVBox(retry, skip), inset(0, 12, lines))))
}

func (s *outboxScreen) send() {
	start(s.w.tasks, "sync", s.w.station.Sync, func(r station.SyncReport, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.N("ui.sync.done", r.Sent))
		}
		s.w.changed()
	})
}

// save writes what waits into files, so that a person can do it by hand in the post's web account.
func (s *outboxScreen) save() {
	words := s.w.words.Printer
	start(s.w.tasks, "outbox-save", func(ctx context.Context) ([]string, error) { return s.w.params.SaveOutbox(ctx, words) }, func(files []string, err error) {
		if !s.w.told(err) {
			return
		}
		s.w.say(view.OK, s.w.words.T("ui.outbox.saved"))
		s.files.Objects = nil
		s.w.files(s.files, files)
		s.files.Show()
		s.box.Refresh()
	})
}

func (s *outboxScreen) retry(id string) {
	start(s.w.tasks, "retry", func(ctx context.Context) (station.SyncReport, error) {
		if err := s.w.station.Retry(ctx, id); err != nil {
			return station.SyncReport{}, err
		}
		return s.w.station.Sync(ctx)
	}, func(r station.SyncReport, err error) {
		if s.w.told(err) {
			s.w.say(view.OK, s.w.words.N("ui.sync.done", r.Sent))
		}
		s.w.changed()
	})
}

func (s *outboxScreen) skip(id string) {
	s.sure = ""
	start(s.w.tasks, "skip", func(ctx context.Context) (bool, error) { return true, s.w.station.Skip(ctx, id) }, func(_ bool, err error) {
		if s.w.told(err) {
			s.w.say(view.Warn, s.w.words.T("ui.outbox.skipped"))
		}
		s.w.changed()
	})
}
