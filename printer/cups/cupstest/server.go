//go:build linux

package cupstest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to answer after its start.
const patience = 15 * time.Second

// Server is a private cupsd.
type Server struct {
	Addr string // HOST:PORT
	Sock string // its unix socket

	dir string
	cmd *exec.Cmd
	lp  [2]int // ids of the user and the group its helpers run as
}

// Start starts a server that ends with the test. Beside the operation policy "default", under which anybody may do anything, it has "strict", under
// which nobody may pause a queue, and "operators", under which root may. The test is skipped where there is no cupsd or the user is not root, who alone may
// start one that changes to another user for its helpers.
func Start(t testing.TB) *Server {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("cupstest: a private cupsd is started by root only")
	}
	for _, need := range []string{"/usr/sbin/cupsd", "/usr/sbin/lpadmin", "/usr/lib/cups/daemon/cups-driverd"} {
		if _, err := os.Stat(need); err != nil {
			t.Skipf("cupstest: %s is missing; install the packages cups, cups-client and cups-filters", need)
		}
	}
	s := &Server{}
	lp, err := user.Lookup("lp")
	if err != nil {
		t.Skipf("cupstest: %v", err)
	}
	s.lp[0], _ = strconv.Atoi(lp.Uid)
	s.lp[1], _ = strconv.Atoi(lp.Gid)
	// Not t.TempDir: helpers run as lp, who may not enter it, and the path of a socket has room for 107 bytes only.
	if s.dir, err = os.MkdirTemp("", "cups"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(s.dir) })
	s.Sock = filepath.Join(s.dir, "sock")
	s.Addr = freeAddr(t)
	if err := s.lay(); err != nil {
		t.Fatal(err)
	}
	s.Run(t)
	t.Cleanup(func() {
		s.Kill(t)
		if t.Failed() && testing.Verbose() {
			if b, err := os.ReadFile(filepath.Join(s.dir, "log", "error_log")); err == nil {
				t.Logf("cupsd: %s", b)
			}
		}
	})
	return s
}

// freeAddr is an address of this machine that nobody listened on a moment ago.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// lay makes the server's folders and files.
func (s *Server) lay() error {
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return err
	}
	for name, mode := range map[string]os.FileMode{
		"etc": 0o755, "etc/ppd": 0o755, "spool": 0o710, "spool/tmp": 0o1770, "cache": 0o770, "state": 0o755, "log": 0o755, "bin/backend": 0o755, "queues": 0o755,
	} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(path, mode); err != nil {
			return err
		}
		if err := errors.Join(os.Chmod(path, mode), os.Chown(path, 0, s.lp[1])); err != nil {
			return err
		}
	}
	const system = "/usr/lib/cups"
	for _, sub := range []string{"daemon", "driver", "filter", "monitor", "notifier", "cgi-bin"} {
		if err := os.Symlink(filepath.Join(system, sub), filepath.Join(s.dir, "bin", sub)); err != nil {
			return err
		}
	}
	backends, err := os.ReadDir(filepath.Join(system, "backend"))
	if err != nil {
		return err
	}
	for _, b := range backends {
		if err := os.Symlink(filepath.Join(system, "backend", b.Name()), filepath.Join(s.dir, "bin/backend", b.Name())); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"bin/backend/fault": backend,
		"etc/cupsd.conf": fmt.Sprintf(`
LogLevel warn
MaxLogSize 0
Listen %s
Listen %s
Browsing Off
WebInterface No
DefaultAuthType Basic
PreserveJobHistory Yes
DirtyCleanInterval 0
JobRetryInterval 1
JobKillDelay 2
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
<Policy strict>
  <Limit Pause-Printer Resume-Printer>
    AuthType Basic
    Require user nobody-at-all
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
<Policy operators>
  <Limit Pause-Printer Resume-Printer>
    AuthType Basic
    Require user root
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
`, s.Addr, s.Sock),
		"etc/cups-files.conf": fmt.Sprintf(`
User lp
Group lp
SystemGroup root
FileDevice Yes
ServerRoot %[1]s/etc
ServerBin %[1]s/bin
DataDir /usr/share/cups
DocumentRoot /usr/share/cups/doc-root
RequestRoot %[1]s/spool
TempDir %[1]s/spool/tmp
CacheDir %[1]s/cache
StateDir %[1]s/state
AccessLog %[1]s/log/access_log
ErrorLog %[1]s/log/error_log
PageLog %[1]s/log/page_log
`, s.dir),
	} {
		mode := os.FileMode(0o644)
		if name == "bin/backend/fault" {
			mode = 0o755
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), mode); err != nil {
			return err
		}
	}
	return nil
}

// Run starts the server again after Stop or Kill, with all it had on its disk.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command("/usr/sbin/cupsd", "-f", "-c", filepath.Join(s.dir, "etc/cupsd.conf"), "-s", filepath.Join(s.dir, "etc/cups-files.conf"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// No bus of the machine is asked for colour profiles or told of printers.
	s.cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent")
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wait(t, "cupsd", func() bool {
		for _, at := range [][2]string{{"tcp", s.Addr}, {"unix", s.Sock}} {
			c, err := net.Dial(at[0], at[1])
			if err != nil {
				return false
			}
			c.Close()
		}
		return true
	})
}

// Stop ends the server as the system does: what is being printed is broken off and kept for the next start.
func (s *Server) Stop(t testing.TB) { s.end(t, syscall.SIGTERM) }

// Kill ends the server as a crash does.
func (s *Server) Kill(t testing.TB) { s.end(t, syscall.SIGKILL) }

func (s *Server) end(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Errorf("cupsd: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		s.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		s.cmd.Process.Kill()
		t.Error("cupsd did not end")
	}
	s.cmd = nil
}

// Lpadmin runs lpadmin on the server.
func (s *Server) Lpadmin(t testing.TB, args ...string) { s.tool(t, "/usr/sbin/lpadmin", args...) }

// Tool runs one of CUPS's own commands (cancel, lp, cupsdisable, cupsenable, cupsreject) as another person at the server.
func (s *Server) Tool(t testing.TB, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path = filepath.Join("/usr/sbin", name)
	}
	s.tool(t, path, args...)
}

func (s *Server) tool(t testing.TB, path string, args ...string) {
	t.Helper()
	cmd := exec.Command(path, append([]string{"-h", s.Addr}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "CUPS_SERVER="+s.Addr)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v: %s", filepath.Base(path), args, err, out)
	}
}

// wait asks until ok or until the patience is at its end.
func wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("cupstest: %s does not come", what)
		}
	}
}
