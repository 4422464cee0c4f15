//go:build !nowindow

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"znak/cmd/znak/hands"
)

// screen starts an X server of its own and gives its DISPLAY; args are for Xvfb. It goes away with ctx, so that nobody waits for its answers longer.
func screen(ctx context.Context, t testing.TB, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.CommandContext(ctx, "Xvfb", append([]string{"-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"}, args...)...)
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Process.Kill(); _ = x.Wait() })
	_ = w.Close()
	var display string
	if _, err := fmt.Fscan(r, &display); err != nil {
		t.Fatal("Xvfb told no display: ", err)
	}
	return ":" + display
}

// program is the real program with a data folder of its own.
type program struct {
	t     testing.TB
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has ended, with err
	err   error
	out   outlet
}

// outlet keeps what a program writes, also while it still writes.
type outlet struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *outlet) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// starts starts the program, or another command; its window opens on display. It does not outlive ctx or the test.
func starts(ctx context.Context, t testing.TB, data, display string, command ...string) *program {
	t.Helper()
	if len(command) == 0 {
		command = []string{"znak"}
	}
	p := &program{t: t, cmd: exec.CommandContext(ctx, command[0], command[1:]...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), "ZNAK_KEYRING=file", "ZNAK_DATA="+data, "XDG_CONFIG_HOME="+filepath.Join(data, "config"), "HOME="+data, "LANG=ru_RU.UTF-8",
		"DISPLAY="+display, "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.WaitDelay = 5 * time.Second // for a child of it that does not let go of what it writes to
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		p.gone(10 * time.Second)
	})
	return p
}

// said is what the program has written.
func (p *program) said() string {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return p.out.text.String()
}

func (p *program) gone(limit time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(limit):
		return false
	}
}

// ends waits for the end of the program. Where it does not come, the test fails with what the program was doing.
func (p *program) ends() error {
	p.t.Helper()
	if !p.gone(endLimit + 20*time.Second) {
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		p.gone(10 * time.Second)
		first, _, _ := strings.Cut(p.said(), "\n\ngoroutine")
		p.t.Fatalf("the program does not end\n%s", first)
	}
	return p.err
}

// Without a screen, with a wrong one, and with one that has no OpenGL: a sentence with the way out and exit code 5, never a crash.
func TestWindowNoOpenGL(t *testing.T) {
	for name, display := range map[string]func() string{
		"no screen":    func() string { return "" },
		"wrong screen": func() string { return ":9999" },
		"no GLX":       func() string { return screen(t.Context(), t, "-extension", "GLX") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			p := starts(ctx, t, t.TempDir(), display())
			_ = p.ends()
			if code := p.cmd.ProcessState.ExitCode(); code != exitStation {
				t.Errorf("exit code %d\n%s", code, p.said())
			}
			if !strings.Contains(p.said(), "znak --help") {
				t.Errorf("no way out in\n%s", p.said())
			}
			if strings.Contains(p.said(), "runtime error") || name != "no screen" && !strings.Contains(p.said(), "X: ") && !strings.Contains(p.said(), "X11: ") {
				t.Errorf("the system's own reason is not told:\n%s", p.said())
			}
			if strings.Contains(p.said(), "opengl32.dll") {
				t.Errorf("the way out of another system:\n%s", p.said())
			}
			if strings.Contains(p.said(), "goroutine ") {
				t.Errorf("a crash:\n%s", p.said())
			}
		})
	}
}

// A second start shows the first window and ends well; after a crash the next start has a report without names.
func TestWindowSecondStartAndCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	display, data := screen(ctx, t), t.TempDir()
	first := starts(ctx, t, data, display)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(data, crashDir, crashTrace)); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no window: %s", first.said())
		}
	}
	time.Sleep(2 * time.Second) // it paints
	second := starts(ctx, t, data, display)
	if err := second.ends(); err != nil || !strings.Contains(second.said(), "уже открыто") {
		t.Errorf("second start: %v\n%s", err, second.said())
	}
	if err := first.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = first.ends()
	file, err := lastCrash(data)
	if err != nil || file == "" {
		t.Fatalf("no report: %v", err)
	}
	raw, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(raw, []byte("goroutine 1")) || bytes.Contains(raw, []byte(data)) && strings.Contains(data, "/home/") {
		t.Errorf("%v\n%s", err, raw)
	}
	if again, err := lastCrash(data); again != "" || err != nil {
		t.Errorf("told twice: %s %v", again, err)
	}
}

// BenchmarkWindowStart measures from the start of the program to its first painted window, beside an empty window of the toolkit on the same screen, painted by
// software. The goal is twice as long. The very first start, which tries OpenGL beforehand, does not count.
func BenchmarkWindowStart(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), 3*time.Minute)
	defer cancel()
	empty := filepath.Join(b.TempDir(), "empty")
	if out, err := exec.Command("go", "build", "-tags", "gles,migrated_fynedo", "-o", empty, "znak/app/ui/testdata/empty").CombinedOutput(); err != nil {
		b.Skipf("%v\n%s", err, out)
	}
	display, data := screen(ctx, b), b.TempDir()
	h, err := hands.At(display)
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	once := func(command ...string) time.Duration {
		p := starts(ctx, b, data, display, command...)
		began := time.Now()
		if err := h.Find(ctx); err != nil {
			b.Fatalf("%v\n%s", err, p.said())
		}
		for n := 0; n <= 8; { // text has more
			if n, err = h.Colours(200, 760); err != nil || ctx.Err() != nil {
				b.Fatal(err, ctx.Err())
			}
		}
		took := time.Since(began)
		if len(command) == 0 {
			for _, err := os.Stat(filepath.Join(data, drawnFile)); err != nil; _, err = os.Stat(filepath.Join(data, drawnFile)) {
				time.Sleep(20 * time.Millisecond)
			}
		}
		if err := h.CloseWindow(); err != nil {
			b.Fatal(err)
		}
		_ = p.ends()
		return took
	}
	once()
	var plain, station []time.Duration
	for b.Loop() {
		for range 7 {
			plain, station = append(plain, once(empty)), append(station, once())
		}
	}
	slices.Sort(plain)
	slices.Sort(station)
	usual, ours := plain[len(plain)/2], station[len(station)/2]
	b.ReportMetric(float64(usual.Milliseconds()), "empty-ms")
	b.ReportMetric(float64(ours.Milliseconds()), "station-ms")
	b.ReportMetric(float64(ours)/float64(usual), "ratio")
}
