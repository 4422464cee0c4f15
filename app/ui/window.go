// Package ui is the window: screens over the same station that the commands use. Nothing here decides anything about mail or
// money; what a screen shows comes from package view, which is tested without pixels.
//
// One rule holds everywhere: widgets are written on the UI thread, the station is called off it (async.go). A refresh keeps the row, the
// scroll and the focus.
package ui

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"

	"znak/app/scan"
	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/sound"
	"znak/app/ui/view"
)

// Params are the parts of the window. Station, Text, SaveAccount and StartTraining are required.
type Params struct {
	Station view.Station // view.Of makes one of the real station
	Text    *text.Printer

	// SaveAccount checks and keeps the account (its secrets go into the keyring) and gives the station to go on with. It is called off the UI thread.
	SaveAccount func(ctx context.Context, a Account) (view.Station, error)
	// StartTraining starts the training post office and gives the station on it. It is called off the UI thread.
	StartTraining func(ctx context.Context) (view.Station, error)

	// optional

	Account     Account           // what is known of the account, without secrets
	SetLanguage func(lang string) // remembers the language; the window itself changes at once
	// SaveOutbox writes what waits for the post into files, in the words of t, and says where they are; nil: the window does not offer it.
	SaveOutbox func(ctx context.Context, t *text.Printer) (files []string, err error)
	// Copies lists the copies of the store, newest first; nil: none are shown.
	Copies func(ctx context.Context) (paths []string, err error)
	// Restore puts a copy in the place of the store, with the station closed meanwhile, and opens it again: in any case, unless that fails as well. It is
	// called off the UI thread while nothing else is asked of the station; tell says how far it is. nil: the window does not offer it.
	Restore  func(ctx context.Context, path string, tell func(station.RestoreStep)) (Reopened, error)
	Theme    func(Look) fyne.Theme   // nil: ThemeOf
	Sound    func(sound.Tone)        // lets a tone be heard; nil: Run takes the computer's own
	Chime    func(well bool)         // tells by sound that a run has ended; nil: silent
	Crashed  string                  // the report of a crash of the last window; "" where there was none
	Drawn    func()                  // is told once that the window has been on the screen for a while; nil: nobody
	Closing  func()                  // is told that the window closes; nil: nobody
	OpenFile func(path string) error // shows a file in the program that the desktop has for it; nil: the window does not offer it
	Called   <-chan struct{}         // another start of the program asks for this window; nil: nobody does
	Scanners []scan.Driver           // for scanners that are no keyboards, optional
	SignedIn station.SignedIn        // who is at the station when the window opens
	Versions map[string]string       // of the program and its parts, for the support report
	Log      *slog.Logger
}

// Account is what a person types to connect the station with the post.
type Account struct{ URL, Login, Token, Password string }

// Reopened is the station after a restore, whether it went well or not.
type Reopened struct {
	Station view.Station // nil: it could not be opened again
	Account Account      // what is known of the account, without secrets
	Report  station.RestoreReport
}

// Run builds the window and runs the application until it is closed.
func Run(app fyne.App, p Params) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	app.Settings().SetTheme(ThemeOf(LookOf(app)))
	enter(ctx, app, fyne.Do, p)
	end := takeEnd(app)
	app.Run()
	end()
}

// enter builds the window and shows it. ctx is of the application; put runs a function on the UI thread.
func enter(ctx context.Context, app fyne.App, put func(func()), p Params) *Window {
	t := newTasks(ctx)
	t.put = put
	w := newWindow(app, t, withSound(app, p))
	go w.beat(ctx)
	go answerCalls(ctx, p.Called, put, w.win)
	w.win.Show()
	w.backInPlace()
	return w
}

// Window is the program's window.
type Window struct {
	params  Params
	app     fyne.App
	win     fyne.Window
	tasks   *tasks
	log     *slog.Logger
	station view.Station
	words   view.Words
	icons   tinted
	ears    *ears
	hearing *hearing
	over    *overlay
	badge   func(text string) // what an operator's badge does where no screen takes it; nil: nothing
	started time.Time

	frame   *frame
	gate    gate
	screens map[string]screen
	here    place
	back    []place
	run     *printRun // the print run that goes on, or the last one
	pics    *pictures
	beats   int
}

// place is a screen with what it shows.
type place struct{ screen, arg string }

// screen is one page of the window. It is built once; show gives it something to show, refresh asks the station again.
type screen interface {
	head() (title, about string)
	content() fyne.CanvasObject
	show(arg string)
	refresh()
}

// fullScreen takes the whole window and every key.
type fullScreen interface {
	screen
	key(*fyne.KeyEvent)
	heard(scan.Input)
}

// scanTaker is a screen that wants what the scanner says; other screens open the scanned letter.
type scanTaker interface {
	scanned(text string)
	typedIn(text string) // what a person typed meanwhile, for the field of the screen
}

// batchHolder is a screen on which the keys F2 to F4 mean one batch.
type batchHolder interface{ batch() string }

// Screens that no menu item leads to.
const (
	screenBatch    = "batch"
	screenPrint    = "print"
	screenHandOver = "handover"
	screenSearch   = "search"
	screenHelp     = "help"
	screenFirst    = "first"
	screenPaper    = "paper"
	screenRestore  = "restore"

	screenFindPrinters = "find-printers"
	screenCalibrate    = "calibrate"
)

func newWindow(app fyne.App, t *tasks, p Params) *Window {
	w := &Window{params: p, app: app, tasks: t, log: p.Log, station: p.Station, icons: tinted{}, started: time.Now()}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	w.words = view.NewWords(p.Text)
	w.ears = newEars(t, w.heard)
	w.over = &overlay{w: w}
	w.badge = w.takeBadge
	w.gate = gate{shut: !p.SignedIn.Present(), at: p.SignedIn}
	w.words.At = p.SignedIn
	w.hearing = newHearing(w, p.Scanners)
	w.ears.whole = w.hearing.whole
	w.pics = newPictures(w)
	w.win = app.NewWindow(w.words.T("ui.app"))
	w.win.SetPadded(false)
	w.win.Resize(windowSize(app))
	w.win.SetCloseIntercept(w.close)
	w.win.SetOnDropped(func(_ fyne.Position, list []fyne.URI) {
		var paths []string
		for _, u := range list {
			paths = append(paths, u.Path())
		}
		w.dropped(paths)
	})
	w.listenToKeys()
	w.build()
	if p.Crashed != "" {
		w.say(view.Warn, w.words.Say("ui.crashed", map[string]any{"File": p.Crashed}))
	}
	return w
}

// build makes all screens anew: at the start, for another language, for another station.
func (w *Window) build() {
	if s, ok := w.screens[w.here.screen].(interface{ hidden() }); ok {
		s.hidden()
	}
	w.screens = map[string]screen{}
	w.here, w.back = place{}, nil
	w.frame = newFrame(w)
	w.tasks.busy = w.frame.busy
	w.win.SetTitle(w.words.T("ui.app"))
	w.win.SetContent(newPresence(w, w.frame.root))
	if !w.station.HasAccount() {
		w.open(screenFirst, "")
	} else {
		w.open(view.ScreenToday, "")
	}
	w.refreshStatus()
	w.hearing.load()
}

func (w *Window) make(name string) screen {
	switch name {
	case view.ScreenBatches:
		return newBatchesScreen(w)
	case view.ScreenVerify:
		return newVerifyScreen(w)
	case screenStack:
		return newStackScreen(w)
	case screenPictures:
		return newPicturesScreen(w)
	case view.ScreenReprint:
		return newReprintScreen(w)
	case view.ScreenOutbox:
		return newOutboxScreen(w)
	case view.ScreenMoney:
		return newMoneyScreen(w)
	case view.ScreenPrinters:
		return newPrintersScreen(w)
	case view.ScreenScanners:
		return newScannersScreen(w)
	case view.ScreenSettings:
		return newSettingsScreen(w)
	case view.ScreenOperators:
		return newOperatorsScreen(w)
	case screenSignIn:
		return newSignInScreen(w)
	case screenBatch:
		return newBatchScreen(w)
	case screenPrint:
		return newPrintScreen(w)
	case screenHandOver:
		return newHandOverScreen(w)
	case screenSearch:
		return newSearchScreen(w)
	case screenHelp:
		return newHelpScreen(w)
	case screenFirst:
		return newFirstScreen(w)
	case screenPaper:
		return newPaperScreen(w)
	case screenRestore:
		return newRestoreScreen(w)
	case screenZoom:
		return newZoomScreen(w)
	case screenAbout:
		return newAboutScreen(w)
	case screenGuide:
		return newGuideScreen(w)
	case screenFindPrinters:
		return newFindPrintersScreen(w)
	case screenCalibrate:
		return newCalibrationScreen(w)
	case screenPrinterSetup:
		return newSetupScreen(w)
	case screenJournal:
		return newJournalScreen(w)
	}
	return newTodayScreen(w)
}

func (w *Window) screen(name string) screen {
	s, ok := w.screens[name]
	if !ok {
		s = w.make(name)
		w.screens[name] = s
	}
	return s
}

// open goes to a screen and remembers the way back.
func (w *Window) open(name, arg string) {
	to := place{name, arg}
	if w.here.screen != "" && w.here != to && w.here.screen != screenFirst {
		w.back = append(w.back, w.here)
		if len(w.back) > 50 {
			w.back = w.back[1:]
		}
	}
	w.goTo(to)
}

// goBack is Esc.
func (w *Window) goBack() {
	if len(w.back) == 0 {
		if w.here.screen != view.ScreenToday && w.here.screen != screenFirst {
			w.goTo(place{view.ScreenToday, ""})
		}
		return
	}
	to := w.back[len(w.back)-1]
	w.back = w.back[:len(w.back)-1]
	w.goTo(to)
}

func (w *Window) goTo(to place) {
	if w.gated(to) {
		return
	}
	w.station.Touch()
	if s, ok := w.screens[w.here.screen].(interface{ hidden() }); ok && w.here.screen != to.screen {
		s.hidden()
	}
	w.here = to
	w.frame.notice.leave()
	w.win.Canvas().Unfocus()
	s := w.screen(to.screen)
	s.show(to.arg)
	w.frame.put(s)
	if f, ok := s.(interface{ focus() fyne.Focusable }); ok && f.focus() != nil {
		w.win.Canvas().Focus(f.focus())
	}
}

// current is the screen in view.
func (w *Window) current() screen { return w.screen(w.here.screen) }

// retitle shows the head of the current screen after it has changed.
func (w *Window) retitle(s screen) {
	if w.current() == s {
		w.frame.retitle(s)
	}
}

// close refuses to leave a run or a restore alone.
func (w *Window) close() {
	if s, ok := w.current().(*restoreScreen); ok && s.works {
		return // it says what it does; a few seconds
	}
	if w.run != nil && !w.run.done {
		w.open(screenPrint, "")
		w.say(view.Warn, w.words.T("ui.print.close"))
		return
	}
	if w.params.Closing != nil {
		w.params.Closing()
	}
	w.keepPlace()
	w.win.Close()
	w.app.Quit() // a second click on the cross, which came meanwhile, would take back the first
}

// say shows one line.
func (w *Window) say(tone view.Tone, text string) { w.frame.notice.set(tone, text, "") }

// trouble shows an error: what happened, what it means, what to do; the technical text is folded.
func (w *Window) trouble(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	w.log.Warn("shown to the person", "error", err)
	if view.ShutOut(err) {
		w.lookWho()
	}
	w.frame.notice.set(view.Stop, w.words.Trouble(err), err.Error())
}

// told shows err where there is one and reports whether all went well.
func (w *Window) told(err error) bool {
	w.trouble(err)
	return err == nil
}

// speak changes the language of the whole window.
func (w *Window) speak(lang string) {
	p, err := text.Load(lang)
	if !w.told(err) {
		return
	}
	if w.params.SetLanguage != nil {
		w.params.SetLanguage(lang)
	}
	w.words.Printer = p
	w.rebuild(place{view.ScreenSettings, ""})
}

// goOn continues with another station: after the account is set or the training started.
func (w *Window) goOn(s view.Station) {
	w.station = s
	w.run = nil
	w.pics.forget()
	w.build()
	w.lookWho()
	w.pull()
}
