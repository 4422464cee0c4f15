package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/view"
)

// RescueParams are the parts of the window that opens where the records cannot be opened. All are required.
type RescueParams struct {
	Text   *text.Printer
	Err    error    // why they cannot
	Copies []string // of the store, newest first
	// Restore puts a copy in the place of the store and gives the parts of the ordinary window. It is called off the UI thread.
	Restore func(ctx context.Context, path string) (Params, station.RestoreReport, error)
}

// RunRescue shows the copies to choose from and goes on with the ordinary window when one has taken the place of the records.
func RunRescue(app fyne.App, p RescueParams) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	app.Settings().SetTheme(ThemeOf(LookOf(app)))
	end := takeEnd(app)
	newRescue(ctx, app, p).win.ShowAndRun()
	end()
}

// rescue is that window. There is no station behind it, so it is made of few and plain parts.
type rescue struct {
	ctx    context.Context // of the application
	app    fyne.App
	params RescueParams
	words  view.Words
	put    func(func()) // runs a function on the UI thread
	win    fyne.Window
	next   *Window // the ordinary window, once it is open

	said   *paragraph
	list   *fyne.Container
	do     *widget.Button
	chosen view.Copy
	works  bool
}

func newRescue(ctx context.Context, app fyne.App, p RescueParams) *rescue {
	r := &rescue{ctx: ctx, app: app, params: p, words: view.NewWords(p.Text), put: fyne.Do, list: vbox(6)}
	title := heading(r.words.T("ui.restore.closed"))
	_, why := para(r.words.Trouble(p.Err), view.Plain)
	ask := r.words.T("ui.rescue.choose")
	copies := r.words.CopiesOf(p.Copies, fileSize).List
	if len(copies) == 0 {
		ask = r.words.T("ui.rescue.none")
	}
	var said fyne.CanvasObject
	r.said, said = para(ask, view.Plain)
	for _, c := range copies {
		label := c.When
		if c.Size != "" {
			label += " · " + c.Size
		}
		b := widget.NewButton(label, func() { r.choose(c) })
		b.Alignment = widget.ButtonAlignLeading
		r.list.Add(b)
	}
	r.do = widget.NewButtonWithIcon(r.words.T("ui.restore.do"), theme.HistoryIcon(), r.work)
	r.do.Importance = widget.HighImportance
	r.do.Hide()
	r.win = app.NewWindow(r.words.T("ui.app"))
	r.win.Resize(fyne.NewSize(windowWidth, windowHeight))
	r.win.SetContent(container.NewCenter(wide(760, newPanel(colorPanel, 10, inset(24, 28, vbox(16, title, why, r.list, said, hbox(0, r.do)))))))
	r.win.SetCloseIntercept(func() {
		if !r.works {
			r.win.Close()
			r.app.Quit()
		}
	})
	return r
}

// choose says what taking a copy means, and asks once more.
func (r *rescue) choose(c view.Copy) {
	if r.works {
		return
	}
	r.chosen = c
	r.said.SetText(r.words.Say("ui.rescue.ask", map[string]any{"When": c.When}))
	r.do.Show()
}

func (r *rescue) work() {
	if r.works {
		return
	}
	r.works = true
	r.list.Hide()
	r.do.Hide()
	r.said.SetText(r.words.T("ui.restore.works"))
	path := r.chosen.Path
	go func() {
		p, report, err := r.params.Restore(r.ctx, path)
		r.put(func() { r.done(p, report, err) })
	}()
}

func (r *rescue) done(p Params, report station.RestoreReport, err error) {
	r.works = false
	if err != nil {
		r.said.SetText(r.words.Trouble(err))
		r.list.Show()
		return
	}
	w := enter(r.ctx, r.app, r.put, p)
	r.next = w
	tone, text := w.words.RestoredOf(report)
	w.say(tone, text)
	r.win.Close()
}
