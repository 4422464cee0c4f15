//go:build !nowindow

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// screen starts an X server of its own and gives its DISPLAY; args are for Xvfb.
func screen(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"}, args...)...)
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

// program is the real program with a data folder of its own; its window opens on display.
func program(ctx context.Context, data, display string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	c := exec.CommandContext(ctx, "znak", args...)
	c.Env = append(os.Environ(), "ZNAK_KEYRING=file", "ZNAK_DATA="+data, "XDG_CONFIG_HOME="+filepath.Join(data, "config"), "HOME="+data, "LANG=ru_RU.UTF-8",
		"DISPLAY="+display, "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	said := &bytes.Buffer{}
	c.Stdout, c.Stderr = said, said
	return c, said
}

// Without a screen, with a wrong one, and with one that has no OpenGL: a sentence with the way out and exit code 5, never a crash.
func TestWindowNoOpenGL(t *testing.T) {
	for name, display := range map[string]func() string{
		"no screen":    func() string { return "" },
		"wrong screen": func() string { return ":9999" },
		"no GLX":       func() string { return screen(t, "-extension", "GLX") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			c, said := program(ctx, t.TempDir(), display())
			_ = c.Run()
			if code := c.ProcessState.ExitCode(); code != exitStation {
				t.Errorf("exit code %d\n%s", code, said)
			}
			for _, want := range []string{"znak --help"} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("no %q in\n%s", want, said)
				}
			}
			if strings.Contains(said.String(), "goroutine ") {
				t.Errorf("a crash:\n%s", said)
			}
		})
	}
}

// A second start shows the first window and ends well; after a crash the next start has a report without names.
func TestWindowSecondStartAndCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("opens real windows")
	}
	display, data := screen(t), t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	first, said := program(ctx, data, display)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(data, crashDir, crashTrace)); err == nil {
			break
		}
		if time.Now().After(deadline) {
			_ = first.Process.Kill()
			t.Fatalf("no window: %s", said)
		}
	}
	time.Sleep(2 * time.Second) // it paints
	second, answer := program(ctx, data, display)
	if err := second.Run(); err != nil || !strings.Contains(answer.String(), "уже открыто") {
		t.Errorf("second start: %v\n%s", err, answer)
	}
	if err := first.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
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

// Names, addresses and numbers of letters do not get into a report; the places in the program do.
func TestCrashIsMasked(t *testing.T) {
	trace := "panic: no place for \"Ёлкин Пётр\" at Ромашковая, 5: 99999911000015\n\ngoroutine 1 [running]:\nznak/app/ui.(*Window).build(0xc000123456)\n\t/home/ivanova/znak/app/ui/window.go:120 +0x1a\n"
	got := maskTrace(trace)
	for _, bad := range []string{"Ёлкин", "Ромашковая", "99999911000015", "ivanova"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q is in\n%s", bad, got)
		}
	}
	for _, want := range []string{"znak/app/ui.(*Window).build", "window.go:120", "panic: no place for"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func FuzzMaskTrace(f *testing.F) {
	f.Add("panic: «Иванов»\ngoroutine 1 [running]:\nmain.main()\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range maskTrace(s) {
			if r >= 'А' && r <= 'я' {
				t.Fatalf("a Russian letter is left of %q", s)
			}
		}
	})
}
