//go:build !nowindow

package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"znak/cmd/znak/hands"
)

// standing is the program in its window on a screen of its own.
type standing struct {
	*hands.Hands
	t       *testing.T
	display string
	program *program
	window  string
}

// stand opens the window at a display.
func stand(ctx context.Context, t *testing.T, data, display string) *standing {
	t.Helper()
	if _, err := exec.LookPath("xdotool"); err != nil {
		t.Skip("xdotool is not installed")
	}
	h, err := hands.At(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	s := &standing{h, t, display, starts(ctx, t, data, display), ""}
	if err := h.Find(ctx); err != nil {
		t.Fatalf("%v\n%s", err, s.program.said())
	}
	s.window = strings.Fields(s.xdotool("search", "--onlyvisible", "--name", "."))[0]
	time.Sleep(time.Second) // it settles
	return s
}

func (s *standing) xdotool(args ...string) string {
	s.t.Helper()
	c := exec.Command("xdotool", args...)
	c.Env = append(c.Environ(), "DISPLAY="+s.display)
	out, err := c.Output()
	if err != nil {
		s.t.Fatalf("xdotool %v: %v", args, err)
	}
	return string(out)
}

// at is the place and size of the window, as another program sees it.
func (s *standing) at() (x, y, width, height int) {
	s.t.Helper()
	for _, l := range strings.Fields(s.xdotool("getwindowgeometry", "--shell", s.window)) {
		name, value, _ := strings.Cut(l, "=")
		if to, ok := map[string]*int{"X": &x, "Y": &y, "WIDTH": &width, "HEIGHT": &height}[name]; ok {
			_, _ = fmt.Sscan(value, to)
		}
	}
	return x, y, width, height
}

func (s *standing) leave() {
	s.t.Helper()
	if err := s.CloseWindow(); err != nil {
		s.t.Fatal(err)
	}
	if err := s.program.ends(); err != nil {
		s.t.Fatalf("%v\n%s", err, s.program.said())
	}
}

// An impatient person clicks on the cross twice: the window closes all the same.
func TestWindowClosedTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	w := stand(ctx, t, t.TempDir(), screen(ctx, t))
	if err := w.CloseWindow(); err != nil {
		t.Fatal(err)
	}
	w.leave()
}

// The computer is shut down: the window ends well, and nobody has to click.
func TestWindowTerminated(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	w := stand(ctx, t, t.TempDir(), screen(ctx, t))
	if err := w.program.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := w.program.ends(); err != nil {
		t.Fatalf("%v\n%s", err, w.program.said())
	}
}

// The window comes back where it stood and as large as it was; on a desktop that has no such place any more it comes where it can be taken hold of.
func TestWindowPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	data := t.TempDir()
	wide := screen(ctx, t, "-screen", "0", "2600x1400x24")
	w := stand(ctx, t, data, wide)
	w.xdotool("windowmove", "--sync", w.window, "1437", "212")
	w.xdotool("windowsize", "--sync", w.window, "1100", "740")
	time.Sleep(500 * time.Millisecond)
	w.leave()

	w = stand(ctx, t, data, wide)
	if x, y, width, height := w.at(); x != 1437 || y != 212 || width != 1100 || height != 740 {
		t.Errorf("stands at %d, %d, %d×%d; stood at 1437, 212, 1100×740", x, y, width, height)
	}
	w.leave()

	w = stand(ctx, t, data, screen(ctx, t)) // the large screen is gone
	if x, y, width, _ := w.at(); x < 0 || y < 0 || x+width > 1280+200 || x > 1280-200 || y > 700 {
		t.Errorf("stands at %d, %d, %d wide: off the screen", x, y, width)
	}
	w.leave()
}
