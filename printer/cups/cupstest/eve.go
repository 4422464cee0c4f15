//go:build linux

package cupstest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Eve is a driverless printer: CUPS's own ippeveprinter, on a bus and with an mDNS server of its own, without which it does not start.
type Eve struct {
	URI string // ipp://127.0.0.1:PORT/ipp/print

	dir  string
	port string
}

// StartEve starts a printer that takes PDF and ends with the test. The test is skipped where avahi-daemon, dbus-daemon or ippeveprinter
// is missing, or the user is not root.
func StartEve(t testing.TB) *Eve {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("cupstest: ippeveprinter on a private bus is started by root only")
	}
	for _, need := range []string{"/usr/sbin/ippeveprinter", "/usr/sbin/avahi-daemon", "/usr/bin/dbus-daemon"} {
		if _, err := os.Stat(need); err != nil {
			t.Skipf("cupstest: %s is missing; install the packages cups-ipp-utils, avahi-daemon and dbus", need)
		}
	}
	dir, err := os.MkdirTemp("", "eve")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	e := &Eve{dir: dir}
	if _, e.port, err = net.SplitHostPort(freeAddr(t)); err != nil {
		t.Fatal(err)
	}
	e.URI = "ipp://127.0.0.1:" + e.port + "/ipp/print"
	bus := filepath.Join(dir, "bus")
	for name, text := range map[string]string{
		"bus.conf": fmt.Sprintf(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/><allow send_requested_reply="true"/><allow receive_type="method_call"/><allow receive_type="signal"/><allow receive_requested_reply="true"/></policy>
</busconfig>`, bus),
		"avahi.conf": "[server]\nallow-interfaces=lo\nuse-ipv6=no\nuse-ipv4=yes\n[wide-area]\nenable-wide-area=no\n",
		"print.sh":   eveCommand,
		"mode":       "ok\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+bus, "EVE_DIR="+dir)
	start := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.Env = env
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
			if t.Failed() && testing.Verbose() {
				t.Logf("%s: %s", name, out.String())
			}
		})
		return cmd
	}
	start("/usr/bin/dbus-daemon", "--config-file="+filepath.Join(dir, "bus.conf"), "--nofork", "--nopidfile", "--nosyslog")
	wait(t, "the bus", func() bool { _, err := os.Stat(bus); return err == nil })
	start("/usr/sbin/avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "-f", filepath.Join(dir, "avahi.conf"))
	wait(t, "avahi-daemon", func() bool {
		cmd := exec.Command("dbus-send", "--bus=unix:path="+bus, "--print-reply", "--dest=org.freedesktop.Avahi", "/", "org.freedesktop.Avahi.Server.GetVersionString")
		return cmd.Run() == nil
	})
	start("/usr/sbin/ippeveprinter", "-p", e.port, "-f", "application/pdf,image/pwg-raster,application/octet-stream", "-d", dir,
		"-c", filepath.Join(dir, "print.sh"), "-n", "localhost", "Test "+e.port)
	wait(t, "ippeveprinter", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+e.port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return e
}

// eveCommand is run for each job with the document's file. Its last word is the job's.
const eveCommand = `#!/bin/sh
read -r what at arg <"$EVE_DIR/mode"
case $1 in *.ras|*.pwg) suffix=ras ;; *) suffix=pdf ;; esac
name=$EVE_DIR/$(date +%s%N).document
cp "$1" "$name"
pages=$(grep -ao '/Type */Page[^s]' "$name" | wc -l)
done=0
while [ "$done" -lt "$pages" ]; do
  if [ "$what" = wait ] && [ "$done" -ge "$at" ]; then
    echo "STATE: +$arg" >&2
    while read -r what at more <"$EVE_DIR/mode" && [ "$what" = wait ]; do sleep 0.05; done
    echo "STATE: -$arg" >&2
  fi
  [ "$what" = exit ] && [ "$done" -ge "$at" ] && exit "$arg"
  done=$((done + 1))
  echo "ATTR: job-impressions-completed=$done job-media-sheets-completed=$done" >&2
done
exit 0
`

// Mode says what the printer does with the jobs to come: "ok", "wait N REASON" (until the mode is another), "exit N CODE".
func (e *Eve) Mode(t testing.TB, mode string) {
	t.Helper()
	path := filepath.Join(e.dir, "mode")
	if err := os.WriteFile(path+".new", []byte(mode+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// Paper lists the numbers of 14 digits on the pages of all documents the printer took to their end, in order.
func (e *Eve) Paper(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(e.dir, "*.document"))
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, f := range files {
		for _, text := range pageTexts(t, f) {
			out = append(out, strings.TrimSpace(number.FindString(text)))
		}
	}
	return out
}

// Everywhere makes a driverless queue on the printer.
func (s *Server) Everywhere(t testing.TB, name string, e *Eve) {
	t.Helper()
	s.Lpadmin(t, "-p", name, "-v", e.URI, "-o", "printer-error-policy=abort-job", "-E", "-m", "everywhere")
	// CUPS makes the driver in the background; until then the queue is a raw one.
	wait(t, "the driverless queue", func() bool {
		cmd := exec.Command("lpoptions", "-h", s.Addr, "-p", name)
		out, err := cmd.Output()
		return err == nil && strings.Contains(string(out), "printer-make-and-model=") && !strings.Contains(string(out), "Local Raw Printer")
	})
}
