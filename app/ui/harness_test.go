package ui

import (
	"context"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"znak/app/station"
	"znak/app/text"
	"znak/app/ui/view"
	"znak/app/ui/view/viewtest"
)

// desk is a window under test: its UI thread is the test's own, so that nothing races and nothing has to be slept for.
type desk struct {
	*Window
	t     testing.TB
	queue chan func()
	fake  *viewtest.Station

	openFile func(path string) error
	restore  func(ctx context.Context, path string, tell func(station.RestoreStep)) (Reopened, error)
}

// dressed is the look of the program, light or dark whatever the machine says.
type dressed struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

func (d dressed) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return d.Theme.Color(name, d.variant)
}

func newDesk(t testing.TB, lang string, dark bool, fake *viewtest.Station) *desk {
	t.Helper()
	app := test.NewTempApp(t)
	v := theme.VariantLight
	if dark {
		v = theme.VariantDark
	}
	app.Settings().SetTheme(dressed{ThemeOf(Look{}), v})
	words, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	d := &desk{t: t, queue: make(chan func(), 1000), fake: fake}
	tasks := newTasks(ctx)
	tasks.put = func(f func()) { d.queue <- f }
	tasks.looks = func(tick func()) pulse { return &ticker{life: ctx, queue: d.queue, tick: tick} }
	d.openFile = func(string) error { return nil }
	d.Window = newWindow(app, tasks, Params{Station: fake, Text: words,
		SaveAccount: func(_ context.Context, a Account) (view.Station, error) {
			fake.Calls = append(fake.Calls, "account "+a.URL+" "+a.Login)
			fake.Account = true
			return fake, nil
		},
		SaveOutbox: func(context.Context, *text.Printer) ([]string, error) {
			return []string{"/home/office/znak/exchange/outbox-20261121-1105.json", "/home/office/znak/exchange/outbox-20261121-1105.txt"}, nil
		},
		Copies: func(context.Context) ([]string, error) {
			return []string{"/home/office/znak/backups/znak-20261121-0902.db", "/home/office/znak/backups/znak-20261120-0858.db"}, nil
		},
		Restore: func(ctx context.Context, path string, tell func(station.RestoreStep)) (Reopened, error) {
			return d.restore(ctx, path, tell)
		},
		Versions: map[string]string{"znak": "v0"},
		OpenFile: func(path string) error { return d.openFile(path) },
		StartTraining: func(context.Context) (view.Station, error) {
			fake.Account, fake.Training = true, true
			return fake, nil
		},
	})
	d.Window.words.Now = func() time.Time { return viewtest.Now }
	d.Window.words.Zone = time.UTC
	d.win.Resize(fyne.NewSize(1280, 760))
	d.settle()
	return d
}

// settle runs the UI thread until everything that was begun has come back.
func (d *desk) settle() {
	d.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		select {
		case f := <-d.queue:
			f()
			continue
		default:
		}
		if d.tasks.quiet() && len(d.queue) == 0 {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatal("the window does not come to rest")
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// until runs the UI thread until ok.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		select {
		case f := <-d.queue:
			f()
		case <-time.After(time.Millisecond):
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("never: %s; on the screen: %s", what, d.texts())
		}
	}
	d.drain()
}

// shot keeps a picture of the window for a person to look at, in ZNAK_SHOTS or nowhere.
func (d *desk) shot(name string) {
	d.t.Helper()
	d.relayout()
	d.settle()
	d.capture(name)
}

// shotWhile is shot while a run goes on in the background and the window never comes to rest.
func (d *desk) shotWhile(name string) {
	d.t.Helper()
	d.drain()
	d.relayout()
	d.drain()
	d.capture(name)
}

// capture writes the window as a PNG into the folder ZNAK_SHOTS names; without one nothing is drawn, which takes most of the time.
func (d *desk) capture(name string) {
	d.t.Helper()
	dir := os.Getenv("ZNAK_SHOTS")
	if dir == "" {
		return
	}
	img := d.win.Canvas().Capture()
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		d.t.Fatal(err)
	}
}

// relayout does what the desktop's driver does before each frame: what has changed its least size is laid out anew.
func (d *desk) relayout() {
	for range 3 {
		walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
			if c, ok := o.(*fyne.Container); ok && c.Layout != nil {
				c.Layout.Layout(c.Objects, c.Size())
			}
		})
	}
}

// walk visits everything that can be seen.
func walk(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			walk(c, visit)
		}
	case *container.Split:
		walk(o.Leading, visit)
		walk(o.Trailing, visit)
	case *container.Scroll:
		walk(o.Content, visit)
	case *container.ThemeOverride:
		walk(o.Content, visit)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			walk(c, visit)
		}
	}
}

// texts is all that can be read in the window.
func (d *desk) texts() string {
	var list []string
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *line:
			list = append(list, o.Text)
		case *link:
			list = append(list, o.Text)
		case *paragraph:
			list = append(list, o.Text)
		case *button:
			list = append(list, o.Text)
		case *rowButton:
			list = append(list, o.Text)
		case *canvas.Text:
			list = append(list, o.Text)
		}
	})
	return strings.Join(list, "\n")
}

// see fails where a text cannot be read in the window.
func (d *desk) see(parts ...string) {
	d.t.Helper()
	all := d.texts()
	for _, p := range parts {
		if !strings.Contains(all, p) {
			d.t.Errorf("not on the screen: %q\n%s", p, all)
		}
	}
}

// press taps the visible button whose label begins with prefix.
func (d *desk) press(prefix string) {
	d.t.Helper()
	var found pressable
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		if b, label := asButton(o); b != nil && found == nil && strings.HasPrefix(label, prefix) {
			found = b
		}
	})
	if found == nil {
		d.t.Fatalf("no button %q\n%s", prefix, d.texts())
	}
	if found.Disabled() {
		d.t.Fatalf("button %q is dead", prefix)
	}
	test.Tap(found)
	d.settle()
}

// pressable is a button, in a row or elsewhere.
type pressable interface {
	fyne.Tappable
	fyne.Disableable
}

func asButton(o fyne.CanvasObject) (b pressable, label string) {
	switch o := o.(type) {
	case *button:
		return o, o.Text
	case *rowButton:
		return o, o.Text
	}
	return nil, ""
}

// dead reports whether the visible button whose label begins with prefix is dead.
func (d *desk) dead(prefix string) bool {
	d.t.Helper()
	is, found := false, false
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		if b, label := asButton(o); b != nil && strings.HasPrefix(label, prefix) {
			is, found = b.Disabled(), true
		}
	})
	if !found {
		d.t.Fatalf("no button %q", prefix)
	}
	return is
}

// hit is a key pressed by a person or a scanner: to what has the focus, as the desktop gives it.
func (d *desk) hit(name fyne.KeyName) {
	c := d.win.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
	} else {
		c.OnTypedKey()(&fyne.KeyEvent{Name: name})
	}
}

// scan types a text as fast as a scanner, each line ended by Enter.
func (d *desk) scan(textOf string) {
	d.t.Helper()
	c := d.win.Canvas()
	for _, r := range textOf + "\n" {
		switch {
		case r == '\n':
			d.hit(fyne.KeyReturn)
		default:
			if r == ' ' {
				d.hit(fyne.KeySpace)
			}
			if f := c.Focused(); f != nil {
				f.TypedRune(r)
			} else {
				c.OnTypedRune()(r)
			}
		}
	}
	d.until("the scan ends", func() bool { return !d.ears.running() })
}

// pressWhile is press while a run goes on in the background.
func (d *desk) pressWhile(prefix string) {
	d.t.Helper()
	walk(d.win.Canvas().Content(), func(o fyne.CanvasObject) {
		if b, label := asButton(o); b != nil && strings.HasPrefix(label, prefix) && !b.Disabled() {
			test.Tap(b)
		}
	})
	d.drain()
}

// drain runs what waits for the UI thread now.
func (d *desk) drain() {
	for end := time.Now().Add(50 * time.Millisecond); time.Now().Before(end); {
		select {
		case f := <-d.queue:
			f()
		case <-time.After(time.Millisecond):
		}
	}
}

// ticker is the pulse of a window that no loop of Fyne's looks after.
type ticker struct {
	life  context.Context
	queue chan func()
	tick  func()
	stop  context.CancelFunc
}

func (t *ticker) Start() {
	t.Stop()
	ctx, stop := context.WithCancel(t.life)
	t.stop = stop
	go func() {
		beat := time.NewTicker(5 * time.Millisecond)
		defer beat.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
				select {
				case t.queue <- func() {
					if ctx.Err() == nil {
						t.tick()
					}
				}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
}

func (t *ticker) Stop() {
	if t.stop != nil {
		t.stop()
	}
}

// noRace leaves a test that only draws, in one goroutine, out of the short form, which is run for the race detector.
func noRace(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("draws in one goroutine: run in the whole form")
	}
}
