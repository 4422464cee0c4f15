//go:build !nowindow

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/color"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/cmd/znak/hands"
)

// workplace is the real program in a window of its own, on a sandbox post, with a clerk's hands at the keyboard. What was done is asked of the store, by the
// commands, while the window is open.
type workplace struct {
	*hands.Hands
	t       *testing.T
	ctx     context.Context
	dir     string
	display string
	box     *sandbox.Server
	url     string // of the post
	program *program
	shots   string // folder of the pictures
	shot    int
}

// newWorkplace is an empty data folder beside a post; nothing is open yet. Pictures of the window go into the folder ZNAK_SHOTS, else to the test's artefacts.
func newWorkplace(t *testing.T, options sandbox.Options) *workplace {
	t.Helper()
	if testing.Short() {
		t.Skip("opens real windows")
	}
	w := &workplace{t: t, dir: t.TempDir(), box: sandbox.New(options), shots: os.Getenv("ZNAK_SHOTS")}
	if w.shots == "" {
		w.shots = t.ArtifactDir()
	}
	t.Setenv("ZNAK_KEYRING", "file")
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(w.dir, "config"))
	t.Setenv("FYNE_THEME", "light")
	t.Setenv("FYNE_SCALE", "1")
	web := httptest.NewServer(w.box.Handler())
	t.Cleanup(web.Close)
	w.url = web.URL
	var cancel context.CancelFunc
	w.ctx, cancel = context.WithTimeout(t.Context(), time.Duration(4+number(t, "ZNAK_SCANS", 100)/100)*time.Minute)
	t.Cleanup(cancel)
	return w
}

// withAccount connects the data folder with the post, by command.
func (w *workplace) withAccount() *workplace {
	w.t.Helper()
	w.command(w.box.Token()+"\n"+w.box.Password()+"\n", "account", "set", "--post", w.url, "--user", w.box.Login())
	return w
}

// open starts the program on a screen of its own and waits for its window.
func (w *workplace) open() {
	w.t.Helper()
	w.display, w.Hands = atScreen(w.ctx, w.t)
	w.program = starts(w.ctx, w.t, w.dir, w.display)
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	w.must(w.Find(ctx))
}

// atScreen starts an X server and goes to it. One that does not answer is given up for another.
func atScreen(ctx context.Context, t *testing.T, args ...string) (display string, h *hands.Hands) {
	t.Helper()
	for range 3 {
		var err error
		alive, giveUp := context.WithCancel(ctx)
		t.Cleanup(giveUp)
		display = screen(alive, t, args...)
		slow := time.AfterFunc(20*time.Second, giveUp)
		if h, err = hands.At(display); err == nil && slow.Stop() {
			t.Cleanup(h.Close)
			return display, h
		}
		t.Logf("the X server at %s does not answer: %v", display, err)
		giveUp()
	}
	t.Fatal("no X server answers")
	return "", nil
}

// leave closes the window as a person does. The program must end well and have complained of nothing.
func (w *workplace) leave() {
	w.t.Helper()
	w.must(w.CloseWindow())
	if err := w.program.ends(); err != nil || strings.Contains(w.program.said(), "panic") {
		w.t.Errorf("%v\n%s", err, w.program.said())
	}
}

func (w *workplace) must(err error) {
	w.t.Helper()
	if err != nil {
		w.picture("trouble")
		w.t.Fatal(err)
	}
}

// until waits until something is so in the store or at the post.
func (w *workplace) until(what string, so func() bool) {
	w.t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); {
		if time.Now().After(end) {
			w.picture("never")
			w.t.Fatalf("never: %s (see %s)\n%s", what, w.shots, w.program.said())
		}
		w.must(hands.Rest(w.ctx, 30*time.Millisecond))
	}
}

// command runs one of the program's commands beside the window and gives what it wrote.
func (w *workplace) command(input string, args ...string) string {
	w.t.Helper()
	var out, errOut bytes.Buffer
	if code := run(w.ctx, append([]string{"--data", w.dir, "--lang", "ru"}, args...), strings.NewReader(input), &out, &errOut); code != exitDone {
		w.picture("trouble")
		w.t.Fatalf("%v: %d, %s", args, code, &errOut)
	}
	return out.String()
}

// read decodes the JSON of a command into v.
func (w *workplace) read(v any, args ...string) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.command("", append([]string{"--json"}, args...)...)), v); err != nil {
		w.t.Fatal(err)
	}
}

// states counts the letters of a batch by state.
func (w *workplace) states(batch string) map[string]int {
	w.t.Helper()
	var list []struct{ State string }
	w.read(&list, "pieces", batch)
	n := map[string]int{}
	for _, p := range list {
		n[p.State]++
	}
	return n
}

// all waits until so many letters of a batch are in a state.
func (w *workplace) all(count int, state, batch string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%d letters of %s %s", count, batch, state), func() bool { return w.states(batch)[state] == count })
}

// envelopes are the texts of both codes on each envelope of a batch.
func (w *workplace) envelopes(batch string) (list [][2]string) {
	w.t.Helper()
	c := &command{data: w.dir}
	w.must(c.speak("ru"))
	o, err := c.open(w.ctx)
	w.must(err)
	defer o.Close()
	list, err = scansOf(w.ctx, o, batch)
	w.must(err)
	return list
}

// picture keeps what the window shows.
func (w *workplace) picture(name string) {
	w.t.Helper()
	if w.Hands == nil {
		return
	}
	w.shot++
	img, err := w.Picture()
	if err == nil {
		err = hands.Save(img, filepath.Join(w.shots, fmt.Sprintf("%02d-%s.png", w.shot, name)))
	}
	if err != nil {
		w.t.Error(err)
	}
}

// calm waits until the window has painted what it has to, and keeps a picture of it.
func (w *workplace) calm(name string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	w.must(w.Calm(ctx))
	w.picture(name)
}

// layout gives the computer's keyboard another layout, as the switch beside the clock does.
func (w *workplace) layout(name string) {
	w.t.Helper()
	set := exec.CommandContext(w.ctx, "setxkbmap", "-display", w.display, name)
	if out, err := set.CombinedOutput(); err != nil {
		w.t.Fatalf("setxkbmap (x11-xkb-utils): %v\n%s", err, out)
	}
}

// spot is a place in the window, of 1280 × 760 pixels, by whose colour a state is known. Words do not reach it.
type spot struct{ x, y int }

var (
	verdictGround = spot{60, 300}  // the verdict
	faultPicture  = spot{289, 430} // the printer in the picture of what is wrong
	deskReason    = spot{228, 369} // the first reason for which an envelope is void
	menuToday     = spot{16, 62}   // the items of the menu, below the band of training
	menuBatches   = spot{16, 102}  //
	menuReprint   = spot{16, 180}  //
	menuMoney     = spot{16, 258}  //
)

// The colours of app/ui/theme.go that mean something here.
var (
	blue   = rgb(0x1f4788) // half of a pair was seen; the item of the menu that is open
	green  = rgb(0x17713a)
	orange = rgb(0x9a5b00)
	red    = rgb(0xb3261e)
	grey   = rgb(0x556070)
	white  = rgb(0xffffff)
)

func rgb(v uint32) rgba { return rgba{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff} }

type rgba = color.RGBA

// shows reports whether a spot has a colour now.
func (w *workplace) shows(s spot, c rgba) bool {
	w.t.Helper()
	seen, err := w.Colour(s.x, s.y)
	w.must(err)
	return seen == c
}

// turns waits until a spot has one of the colours, and gives the moment.
func (w *workplace) turns(s spot, colours ...rgba) time.Time {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 15*time.Second)
	defer cancel()
	at, err := w.Await(ctx, s.x, s.y, func(seen rgba) bool { return slices.Contains(colours, seen) })
	w.must(err)
	return at
}
