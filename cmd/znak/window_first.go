//go:build !nowindow

package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"znak/app/hint"
)

// One window works on one data folder. The first holds a lock and listens on this computer's own address; another start asks it to come to the front.
// The address stands with a secret in a file that only this user can read, so that nobody else can ask.

// firstWindow is the hold of the first window on its data folder.
type firstWindow struct {
	lock   *flock.Flock
	ear    net.Listener
	place  string
	secret string
	calls  chan struct{}
}

// errShown says that another window of the same data folder was there and has been shown.
var errShown = errors.New("shown the window that is open already")

type windowAddress struct{ Address, Secret string }

const (
	windowLock = "window.lock"
	windowFile = "window.json"

	callWait = 3 * time.Second
)

// holdWindow makes this process the one with the window of dir. Where another is, that one is shown and the error is errShown.
func holdWindow(dir string) (*firstWindow, error) {
	locks := filepath.Join(dir, "locks")
	if err := os.MkdirAll(locks, 0o700); err != nil {
		return nil, hint.New("cmd.window.lock", hint.Args{"Dir": dir}, err)
	}
	f := &firstWindow{lock: flock.New(filepath.Join(locks, windowLock), flock.SetPermissions(0o600)), place: filepath.Join(locks, windowFile),
		secret: rand.Text(), calls: make(chan struct{}, 1)}
	ok, err := f.lock.TryLock()
	if err != nil {
		return nil, hint.New("cmd.window.lock", hint.Args{"Dir": dir}, err)
	}
	if !ok {
		if err := showOther(f.place); err != nil {
			return nil, hint.New("cmd.window.other", hint.Args{"Dir": dir}, err)
		}
		return nil, errShown
	}
	// Without an ear the window works all the same; a second start then says that one is open.
	if f.ear, err = net.Listen("tcp", "127.0.0.1:0"); err == nil {
		raw, _ := json.Marshal(windowAddress{f.ear.Addr().String(), f.secret}) // two texts
		if err := os.WriteFile(f.place, raw, 0o600); err != nil {
			_ = f.ear.Close()
			f.ear = nil
		} else {
			go f.listen()
		}
	}
	return f, nil
}

func (f *firstWindow) listen() {
	for {
		c, err := f.ear.Accept()
		if err != nil {
			return
		}
		go f.answer(c)
	}
}

func (f *firstWindow) answer(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(callWait))
	word, err := bufio.NewReader(&limited{c, 256}).ReadString('\n')
	if err != nil || subtle.ConstantTimeCompare([]byte(strings.TrimSpace(word)), []byte(f.secret)) != 1 {
		return
	}
	select {
	case f.calls <- struct{}{}:
	default: // it is on its way already
	}
	_, _ = c.Write([]byte("shown\n"))
}

// limited is the beginning of what somebody says.
type limited struct {
	c    net.Conn
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("too long")
	}
	n, err := l.c.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// release lets the next window begin.
func (f *firstWindow) release() {
	if f.ear != nil {
		_ = f.ear.Close()
		_ = os.Remove(f.place)
	}
	_ = f.lock.Unlock()
}

// showOther asks the window that is open to come to the front. The first may be starting still: the file is looked for a while.
func showOther(place string) (err error) {
	for end := time.Now().Add(callWait); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var raw []byte
		var at windowAddress
		if raw, err = os.ReadFile(place); err != nil {
			continue
		}
		if err = json.Unmarshal(raw, &at); err != nil {
			continue
		}
		if err = call(at); err == nil {
			return nil
		}
	}
	return err
}

func call(at windowAddress) error {
	d := net.Dialer{Timeout: callWait}
	c, err := d.DialContext(context.Background(), "tcp", at.Address)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(callWait))
	if _, err := c.Write([]byte(at.Secret + "\n")); err != nil {
		return err
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && answer != "shown\n" {
		err = errors.New("an unexpected answer")
	}
	return err
}
