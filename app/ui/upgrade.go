package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/hint"
	"znak/app/text"
	"znak/app/ui/view"
	"znak/store"
)

// UpgradeParams are the parts of the window that stands while records of an older program are brought up to date. All but Called are required.
type UpgradeParams struct {
	Text   *text.Printer
	HowFar func() store.Upgrade // what is done now; asked on the UI thread
	// Opened waits until the records are open and gives the parts of the ordinary window, or those of the rescue where the records are damaged. It is called
	// once, off the UI thread.
	Opened func() (Params, *RescueParams, error)
	Called <-chan struct{} // another start of the program asks for this window
}

// RunUpgrade shows how far the records are and goes on with the ordinary window, or with the rescue. Where they cannot be opened it says why.
func RunUpgrade(app fyne.App, p UpgradeParams) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	app.Settings().SetTheme(ThemeOf(LookOf(app)))
	end := takeEnd(app)
	u := newUpgrade(ctx, app, p)
	u.win.CenterOnScreen()
	u.win.Show()
	u.begin()
	app.Run()
	end()
}

// upgrade is that window. It cannot be closed while it works: to give up would gain nothing, the next start would begin anew with one copy more.
type upgrade struct {
	ctx    context.Context // of the application
	stop   context.CancelFunc
	app    fyne.App
	params UpgradeParams
	words  view.Words
	put    func(func()) // runs a function on the UI thread
	win    fyne.Window
	next   *Window // the ordinary window, once it is open
	rescue *rescue // or the one in which a copy can be chosen

	title *line
	said  *paragraph
	step  *line
	bar   *bar
	close *widget.Button
	beats int
	works bool
}

// The bar is moved so often; where there is no number a part of it goes to and fro. It is drawn anew each time, on a computer that has other things to do.
const (
	upgradeBeat = 100 * time.Millisecond
	strollShare = 0.2
	strollBeats = 30 // from one end to the other
)

func newUpgrade(ctx context.Context, app fyne.App, p UpgradeParams) *upgrade {
	u := &upgrade{ctx: ctx, app: app, params: p, words: view.NewWords(p.Text), put: fyne.Do, step: newLine(""), bar: newBar(12), works: true}
	u.title = heading(u.words.T("ui.upgrade.title"))
	var said fyne.CanvasObject
	u.said, said = para(u.words.T("ui.upgrade.about"), view.Plain)
	u.close = widget.NewButtonWithIcon(u.words.T("ui.restore.close"), theme.CancelIcon(), u.leave)
	u.close.Hide()
	u.win = app.NewWindow(u.words.T("ui.app"))
	u.win.Resize(fyne.NewSize(600*zoom()+80, 360))
	u.win.SetContent(container.NewCenter(wide(600, newPanel(colorPanel, 10, inset(24, 28, vbox(16, u.title, said, u.step, u.bar, hbox(0, u.close)))))))
	u.win.SetCloseIntercept(u.leave)
	u.show()
	return u
}

// begin lets the window follow the work until it has ended.
func (u *upgrade) begin() {
	ctx, stop := context.WithCancel(u.ctx)
	u.stop = stop
	go answerCalls(ctx, u.params.Called, u.put, u.win)
	go func() {
		beat := time.NewTicker(upgradeBeat)
		defer beat.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
				u.put(u.show)
			}
		}
	}()
	go func() {
		p, r, err := u.params.Opened()
		u.put(func() { u.done(p, r, err) })
	}()
}

// show says how far it is.
func (u *upgrade) show() {
	if !u.works {
		return
	}
	at := u.params.HowFar()
	u.step.set(u.words.Say("ui.upgrade.step."+string(at.Step), hint.Args{"Done": u.words.Number(at.Done), "Of": u.words.Number(at.Of)}), "")
	u.beats++
	if at.Of > 0 {
		u.bar.set(slice{float64(at.Done) / float64(at.Of), colorAccent})
		return
	}
	way := u.beats % (2 * strollBeats)
	way = min(way, 2*strollBeats-way)
	u.bar.set(slice{(1 - strollShare) * float64(way) / strollBeats, theme.ColorNameSeparator}, slice{strollShare, colorAccent})
}

func (u *upgrade) done(p Params, r *RescueParams, err error) {
	u.works = false
	u.stop()
	switch {
	case r != nil:
		u.rescue = newRescue(u.ctx, u.app, *r)
		u.rescue.put = u.put
		u.rescue.win.Show()
		u.win.Close()
	case err == nil:
		u.next = enter(u.ctx, u.app, u.put, p)
		u.win.Close()
	case errors.Is(err, context.Canceled): // the program is told to end: the toolkit may have taken the window down already, so that it cannot be closed
		u.app.Driver().Quit()
	default:
		u.title.set(u.words.T("ui.restore.closed"), "")
		u.said.SetText(u.words.Trouble(err))
		u.step.Hide()
		u.bar.Hide()
		u.close.Show()
	}
}

func (u *upgrade) leave() {
	if !u.works {
		u.win.Close()
		u.app.Quit()
	}
}
