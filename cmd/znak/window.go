//go:build !nowindow

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/app/secret"
	"znak/app/station"
	"znak/app/text"
	"znak/app/ui"
	"znak/app/ui/view"
	"znak/store"
)

// settingLanguage is the language the person chose in the window.
const settingLanguage = "language"

// appID names the program for the desktop: its preferences and its window.
const appID = "ru.znak.station"

// newApp is the toolkit's application, as the desktop knows it.
func newApp() fyne.App {
	a := app.NewWithID(appID)
	a.SetIcon(ui.Icon())
	return a
}

// hasDisplay reports whether there is a screen to open a window on.
func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// window opens the data folder and the window on it.
func (c *command) window(ctx context.Context) error {
	if !hasDisplay() {
		return hint.New("cmd.window.no-display", nil, nil)
	}
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	first, err := holdWindow(dir)
	if errors.Is(err, errShown) {
		fmt.Fprintln(c.out, c.say("window.shown", nil))
		return nil
	}
	if err != nil {
		return err
	}
	defer first.release()
	drawn, err := drewBefore(dir)
	if err != nil {
		c.logger().Warn("nobody knows whether a window could be drawn before", "error", err)
	}
	if !drawn {
		if err := hardOrSoft(tryOpenGL); err != nil {
			return c.noOpenGL(err)
		}
	}
	crashed, err := lastCrash(dir)
	if err != nil {
		c.logger().Warn("crash report not written", "error", err)
	}
	stop, err := catchCrash(dir)
	if err != nil {
		c.logger().Warn("a crash would leave no trace", "error", err)
	}
	defer stop()
	more := func(p *ui.Params) {
		p.Crashed, p.Called = crashed, first.calls
		p.Drawn = func() {
			if err := noteDrawn(dir); err != nil {
				c.logger().Warn("the next start will be slower", "error", err)
			}
		}
	}
	opening := c.beginOpening(ctx, dir)
	defer opening.cancel()
	if opening.isLong() {
		return c.upgrade(ctx, opening, first.calls, more)
	}
	o, err := opening.end()
	if errors.Is(err, store.ErrDamaged) {
		return c.rescue(ctx, dir, err, more)
	}
	if err != nil {
		return err
	}
	return c.runWindow(ctx, o, more)
}

// noOpenGL tells the person that no window can be drawn here, and the ways out. Who has started the program by a click has no terminal to read it in.
func (c *command) noOpenGL(cause error) error {
	err := hint.New("cmd.window.no-opengl", hint.Args{"Error": cause.Error(), "System": runtime.GOOS}, cause)
	tellWithoutWindow(c.say("window.title", nil), c.text.Hint(err))
	return err
}

// rescue opens a window in which a copy can be put in the place of records that are damaged, and goes on with the ordinary one. trouble is what opening
// them brought.
func (c *command) rescue(ctx context.Context, dir string, trouble error, more func(*ui.Params)) (err error) {
	d := &desk{c: c}
	p, err := d.rescue(ctx, dir, trouble, more)
	if err != nil {
		return err
	}
	defer func() { err = d.end(err, recover()) }()
	ui.RunRescue(newApp(), *p)
	return nil
}

// rescue are the parts of that window; where there is no copy to choose, trouble is the error.
func (d *desk) rescue(ctx context.Context, dir string, trouble error, more func(*ui.Params)) (*ui.RescueParams, error) {
	c := d.c
	copies, err := store.Copies(filepath.Join(dir, "backups")) // the office's own folder is named in the records
	if err != nil || len(copies) == 0 {
		return nil, errors.Join(trouble, err)
	}
	return &ui.RescueParams{Text: c.text, Err: trouble, Copies: copies,
		Restore: func(ctx context.Context, path string) (ui.Params, station.RestoreReport, error) {
			report, err := station.Restore(ctx, station.RestoreParams{Dir: dir, File: path, Who: c.who(), Log: c.logger()})
			if err != nil {
				return ui.Params{}, report, err
			}
			o, err := c.openAt(ctx, dir)
			if err != nil {
				return ui.Params{}, report, err
			}
			d.take(ctx, o)
			p, err := d.params(ctx)
			more(&p)
			return p, report, err
		}}, nil
}

// desk is what the window works on: the office, a lesson beside it, and which of the two is in the window.
type desk struct {
	c        *command
	main     atomic.Pointer[office] // nil: closed, and could not be opened again
	work     atomic.Pointer[office]
	stopCare func()
	lesson   training
}

func (c *command) newDesk(ctx context.Context, o *office) *desk {
	d := &desk{c: c}
	d.take(ctx, o)
	return d
}

// take makes an open office the one in the window, and looks after it.
func (d *desk) take(ctx context.Context, o *office) {
	d.main.Store(o)
	d.work.Store(o)
	d.stopCare = d.c.careBeat(ctx, o)
}

// drop closes the office, after the care of it has ended.
func (d *desk) drop() error {
	if d.stopCare != nil {
		d.stopCare()
	}
	if o := d.main.Swap(nil); o != nil {
		return o.Close()
	}
	return nil
}

// restore puts a copy in the place of the store that is in the window and opens it again, also where that is refused. The office is closed meanwhile.
func (d *desk) restore(ctx context.Context, file string, tell func(station.RestoreStep)) (r ui.Reopened, err error) {
	was := d.work.Load()
	lesson := was == d.lesson.office
	if lesson {
		err = was.Close()
	} else {
		err = d.drop()
	}
	if err != nil {
		d.c.logger().Warn("store not closed cleanly", "error", err)
	}
	r.Report, err = station.Restore(ctx, station.RestoreParams{Dir: was.dir, File: file, Who: d.c.who(), Session: was.session, Log: d.c.logger(), Tell: tell})
	again := &office{dir: was.dir, session: was.session}
	if was.lesson {
		again.lesson, again.credentials = true, was.credentials
	}
	o, openErr := d.c.openOffice(ctx, again)
	if openErr != nil {
		return r, errors.Join(err, openErr)
	}
	if lesson {
		d.lesson.office = o
		d.work.Store(o)
	} else {
		d.take(ctx, o)
	}
	r.Station = view.Of(o.station)
	r.Account.URL, _, openErr = o.store.Setting(ctx, settingPost)
	return r, errors.Join(err, openErr)
}

// careBeat looks after the store while the window is open, until stop is called. What does not go well, station.Notices tells.
func (c *command) careBeat(ctx context.Context, o *office) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	kept := *o // another account makes another station on the same store
	go func() {
		defer close(done)
		beat := time.NewTicker(10 * time.Minute)
		defer beat.Stop()
		for {
			c.care(ctx, &kept)
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
		}
	}()
	return func() { cancel(); <-done }
}

// openWindow runs the window on an open data folder until it is closed, and closes the folder.
func (c *command) openWindow(ctx context.Context, o *office) error {
	if err := tryOpenGL(); err != nil {
		return errors.Join(c.noOpenGL(err), o.Close())
	}
	return c.runWindow(ctx, o, func(*ui.Params) {})
}

func (c *command) runWindow(ctx context.Context, o *office, more func(*ui.Params)) (err error) {
	d := c.newDesk(ctx, o)
	defer func() { err = d.end(err, recover()) }()
	p, err := d.params(ctx)
	if err != nil {
		return err
	}
	more(&p)
	ui.Run(newApp(), p)
	return nil
}

// end closes everything after the window; err and panicked are what the window ended with.
func (d *desk) end(err error, panicked any) error {
	if panicked != nil { // on the UI thread; what falls elsewhere, catchCrash catches
		err = d.crashed(panicked, debug.Stack())
	}
	d.lesson.close(d.c)
	if closeErr := d.drop(); err == nil {
		err = closeErr
	}
	return err
}

// crashed leaves a report of what fell in the window, and says where it is.
func (d *desk) crashed(panicked any, stack []byte) error {
	cause := fmt.Errorf("window: %v", panicked)
	o := d.main.Load()
	if o == nil {
		return hint.New("cmd.window.failed", hint.Args{"Error": fmt.Sprint(panicked)}, cause)
	}
	file, err := writeCrash(o.dir, time.Now(), fmt.Appendf(nil, "panic: %v\n\n%s", panicked, stack))
	if err != nil {
		return hint.New("cmd.window.failed", hint.Args{"Error": fmt.Sprint(panicked)}, errors.Join(cause, err))
	}
	return hint.New("cmd.window.crashed", hint.Args{"File": file}, cause)
}

// params are the parts of the window on the office.
func (d *desk) params(ctx context.Context) (ui.Params, error) {
	c, o, words := d.c, d.main.Load(), d.c.text
	if c.lang == "" {
		lang, ok, err := o.store.Setting(ctx, settingLanguage)
		if err == nil && ok {
			words, err = text.Load(lang)
		}
		if err != nil {
			return ui.Params{}, err
		}
	}
	address, _, err := o.store.Setting(ctx, settingPost)
	if err != nil {
		return ui.Params{}, err
	}
	at, err := o.station.SignedIn(ctx)
	if err != nil {
		return ui.Params{}, err
	}
	return ui.Params{
		SignedIn: at,
		Station:  view.Of(o.station),
		Text:     words,
		Account:  ui.Account{URL: address},
		Log:      c.logger(),
		SaveAccount: func(ctx context.Context, a ui.Account) (view.Station, error) {
			o := d.main.Load()
			if err := o.setAccount(ctx, a.URL, secret.Account{Login: a.Login, Token: a.Token, Password: a.Password}); err != nil {
				return nil, err
			}
			o.credentials, o.lesson = nil, false
			if err := o.wire(ctx, c); err != nil {
				return nil, err
			}
			d.work.Store(o)
			return view.Of(o.station), nil
		},
		StartTraining: func(ctx context.Context) (view.Station, error) {
			if err := d.lesson.start(ctx, c, o.dir); err != nil {
				return nil, err
			}
			d.work.Store(d.lesson.office)
			return view.Of(d.lesson.office.station), nil
		},
		SaveOutbox: func(ctx context.Context, words *text.Printer) ([]string, error) {
			return c.saveOutbox(ctx, d.work.Load(), words)
		},
		Copies:   func(ctx context.Context) ([]string, error) { return d.work.Load().copies(ctx) },
		Restore:  d.restore,
		Scanners: scannerDrivers(),
		Versions: versions(),
		Closing:  func() { mustEnd(endLimit) },
		OpenFile: openFile,
		SetLanguage: func(lang string) {
			if err := d.main.Load().store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(settingLanguage, lang) }); err != nil {
				c.logger().Warn("language not kept", "error", err)
			}
		},
	}, nil
}

// saveOutbox writes what has not reached the post into the data folder, as "outbox export" does, in the words of the window.
func (c *command) saveOutbox(ctx context.Context, o *office, words *text.Printer) ([]string, error) {
	speaker := *c
	speaker.text = words
	files, _, err := speaker.writeUndone(ctx, o, filepath.Join(o.dir, "exchange", "outbox-"+time.Now().Format("20060102-150405")))
	return files, err
}

// copies lists the copies of the store, newest first: in the folder that the office has set and, while that is not there, in the data folder.
func (o *office) copies(ctx context.Context) ([]string, error) {
	set, _, err := o.store.Setting(ctx, station.SettingBackupDir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(set); set != "" && err == nil && info.IsDir() {
		return store.Copies(set)
	}
	return store.Copies(filepath.Join(o.dir, "backups"))
}

// training is a sandbox post and a data folder of its own: nothing of it touches the office's records.
type training struct {
	office *office
	server *http.Server
}

// start begins a fresh lesson below dir; a lesson that goes on stays.
func (t *training) start(ctx context.Context, c *command, dir string) error {
	if t.office != nil {
		return nil
	}
	dir = filepath.Join(dir, "training")
	if err := os.RemoveAll(dir); err != nil { // of the last lesson
		return hint.New("cmd.demo.dir", nil, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return hint.New("cmd.demo.listen", nil, err)
	}
	box := sandbox.New(sandbox.Options{Seed: time.Now().UnixNano()})
	t.server = &http.Server{Handler: box.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = t.server.Serve(listener) }() // until the window closes
	if t.office, err = c.openAt(ctx, dir); err != nil {
		return err
	}
	return t.office.useSandbox(ctx, c, "http://"+listener.Addr().String(), secret.Account{Login: box.Login(), Token: box.Token(), Password: box.Password()})
}

func (t *training) close(c *command) {
	if t.office != nil {
		if err := t.office.Close(); err != nil {
			c.logger().Warn("training data not closed", "error", err)
		}
	}
	if t.server != nil {
		_ = t.server.Close() // the training post lives as long as the window
	}
}
