//go:build linux && cgo && !nousb

package usb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/pdf"
	"znak/printer/usb"
	"znak/printer/usb/usbtest"
)

func cableOut(t *testing.T) {
	g := office(t)
	d := open(t, g)
	g.StopAfter(200_000)
	j, err := d.Open(t.Context(), "cut")
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	sent := 0
	go func() {
		for {
			if err := j.Send(context.Background(), noise(sent)); err != nil {
				failed <- err
				return
			}
			sent++
		}
	}()
	usbtest.Within(t, 30*time.Second, "the printer stops reading", func() bool { return len(g.Got()) >= 200_000 })
	time.Sleep(300 * time.Millisecond)
	wantState(t, d, printer.Printing)
	g.Cable(t, false)
	select {
	case err := <-failed:
		wantCode(t, err, "usb.gone")
	case <-time.After(5 * time.Second):
		t.Fatal("Send does not end")
	}
	p, err := j.Finish(t.Context())
	wantCode(t, err, "usb.gone")
	if p.State != printer.Offline || p.Printed != 0 || p.Started < 1 || p.Started > sent+1 || p.Open {
		t.Errorf("%+v after %d pages", p, sent)
	}
	t.Logf("%d pages sent, %+v, %d bytes read", sent, p, len(g.Got()))
	wantState(t, d, printer.Offline)
	_, err = d.Open(t.Context(), "none")
	wantCode(t, err, "usb.offline")
	after, err := d.Progress(t.Context(), "cut", sent+1)
	if err != nil || after.Started != p.Started || after.Printed != 0 {
		t.Errorf("%+v %v", after, err)
	}
	// In again: it goes on without a new Device, and what comes is whole.
	g.StopAfter(-1)
	g.Cable(t, true)
	usbtest.Within(t, 5*time.Second, "ready again", func() bool { s, _, _ := d.State(t.Context()); return s == printer.Ready })
	settled(g)
	g.Forget()
	run(t, d, "next", 2)
	text := settled(g)
	_, text, _ = bytes.Cut(text, []byte("LANGUAGE=PDF\r\n"))
	text = bytes.TrimSuffix(text, []byte("\x1b%-12345X"))
	if n, err := pdf.CountPages(bytes.NewReader(text), int64(len(text))); n != 2 {
		t.Errorf("after the cable: %d pages, %v", n, err)
	}
}

func switchedOff(t *testing.T) {
	g := office(t)
	d := open(t, g)
	run(t, d, "first", 1)
	g.PowerOff() // while the printer is still held after the job
	usbtest.Within(t, 3*time.Second, "offline", func() bool { s, _, _ := d.State(t.Context()); return s == printer.Offline })
	g.Plug(t)
	usbtest.Within(t, 3*time.Second, "ready", func() bool { s, _, _ := d.State(t.Context()); return s == printer.Ready })
	run(t, d, "second", 1)
	// Off between two pages: the second surely was not begun.
	j, err := d.Open(t.Context(), "third")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Send(t.Context(), small(1)); err != nil {
		t.Fatal(err)
	}
	g.PowerOff()
	p, err := j.Finish(t.Context())
	wantCode(t, err, "usb.gone")
	if p.State != printer.Offline || p.Started != 0 {
		t.Errorf("%+v: nothing had left", p)
	}
}

func stopsReading(t *testing.T) {
	g := office(t)
	d := open(t, g)
	g.Hold(true)
	j, err := d.Open(t.Context(), "stall")
	if err != nil {
		t.Fatal(err)
	}
	const limit = 4 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	began := time.Now()
	sent := 0
	for err == nil {
		if err = j.Send(ctx, noise(sent)); err == nil {
			sent++
		}
	}
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > limit+2*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	wantState(t, d, printer.Printing)
	if err := j.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	p, err := d.Progress(t.Context(), "stall", sent+1)
	if err != nil || p.State != printer.Unknown || p.Printed != 0 || p.Started < 1 || p.Open {
		t.Errorf("%+v %v", p, err)
	}
	t.Logf("%d pages sent, %+v", sent, p)
	g.Hold(false)
	before := len(settled(g))
	time.Sleep(500 * time.Millisecond)
	if after := len(g.Got()); after != before {
		t.Errorf("%d bytes came after Abort", after-before)
	}
	g.Forget()
	run(t, d, "next", 2)
	if text := settled(g); !bytes.Contains(text, []byte("%%EOF")) {
		t.Error("the next job did not come whole")
	}
}

func paperOut(t *testing.T) {
	g := office(t)
	d := open(t, g)
	j, err := d.Open(t.Context(), "paper")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Send(t.Context(), small(1)); err != nil {
		t.Fatal(err)
	}
	g.Status(t, usbtest.PaperOut)
	type end struct {
		p   printer.Progress
		err error
	}
	done := make(chan end, 1)
	go func() {
		p, err := j.Finish(context.Background())
		done <- end{p, err}
	}()
	time.Sleep(400 * time.Millisecond)
	wantState(t, d, printer.OutOfPaper)
	if p, err := d.Progress(t.Context(), "paper", 1); err != nil || p.State != printer.OutOfPaper || !p.Open || p.Started != 1 {
		t.Errorf("%+v %v", p, err)
	}
	g.Status(t, usbtest.Well)
	e := <-done
	if e.err != nil || e.p.State != printer.Done || e.p.Started != 1 || e.p.Printed != 0 {
		t.Errorf("%+v", e)
	}
}

func otherInterfaces(t *testing.T) {
	serials++
	g := usbtest.NewGadget(t, usbtest.GadgetParams{Vendor: 0x0a5f, Product: 0x00d3, Serial: fmt.Sprintf("S%d", serials), DeviceID: officeID, Serials: true})
	d := open(t, g)
	usbtest.Within(t, 5*time.Second, "serial port", func() bool { return boundDriver("02") == "cdc_acm" })
	ours, err := os.OpenFile("/dev/ttyGS0", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile("/dev/ttyACM0", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	defer ours.Close() // first: what it echoes is taken by the other side, else closing waits for that for 15 s
	j, err := d.Open(t.Context(), "job")
	if err != nil {
		t.Fatal(err)
	}
	if got := boundDriver("07"); got != "usbfs" {
		t.Errorf("the printer's driver is %s", got)
	}
	if got := boundDriver("02"); got != "cdc_acm" {
		t.Errorf("the serial port's driver is %s", got)
	}
	if _, err := io.WriteString(tty, "scanned\n"); err != nil {
		t.Error(err)
	}
	read := make(chan string, 1)
	go func() {
		b := make([]byte, 64)
		n, _ := ours.Read(b)
		read <- string(b[:n])
	}()
	select {
	case got := <-read:
		if !strings.HasPrefix(got, "scanned") {
			t.Errorf("%q", got)
		}
	case <-time.After(3 * time.Second):
		t.Error("nothing came through the serial port")
	}
	if err := j.Send(t.Context(), small(1)); err != nil {
		t.Error(err)
	}
	if _, err := j.Finish(t.Context()); err != nil {
		t.Error(err)
	}
	d.Close()
	if got := boundDriver("07"); got != "usblp" {
		t.Errorf("afterwards the printer's driver is %s", got)
	}
}

func givenBack(t *testing.T) {
	g := office(t)
	d := open(t, g)
	usbtest.Within(t, 3*time.Second, "usblp", func() bool { return boundDriver("07") == "usblp" })
	run(t, d, "one", 1)
	if got := boundDriver("07"); got != "usbfs" {
		t.Errorf("right after the job: %s, the next one had to claim it anew", got)
	}
	usbtest.Within(t, 3*time.Second, "usblp again", func() bool { return boundDriver("07") == "usblp" })
	wantState(t, d, printer.Ready)
	if boundDriver("07") != "usblp" {
		t.Error("State took the printer")
	}
	j, err := d.Open(t.Context(), "two")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Abort(t.Context()); err != nil {
		t.Error(err)
	}
	d.Close()
	if got := boundDriver("07"); got != "usblp" {
		t.Errorf("after Close: %s", got)
	}
}

func usedByAnother(t *testing.T) {
	g := office(t)
	first, second := open(t, g), open(t, g)
	j, err := first.Open(t.Context(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	_, err = second.Open(t.Context(), "yours")
	wantCode(t, err, "usb.busy")
	wantState(t, second, printer.Unknown)
	if list := find(t); len(list) != 1 || list[0].State != printer.Unknown || len(list[0].Words) == 0 || list[0].Model != "Acme Office 3" {
		t.Errorf("%+v", list)
	}
	if err := j.Send(t.Context(), small(1)); err != nil {
		t.Error(err)
	}
	if p, err := j.Finish(t.Context()); err != nil || p.Started != 1 {
		t.Errorf("%+v %v", p, err)
	}
	run(t, second, "yours", 1) // the first still holds it, and lets go for us
	run(t, first, "mine again", 1)
}

func noRight(t *testing.T) {
	g := office(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), victimName+"="+uri(g), "ZNAK_USB_DEED=ask")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "code usb.access") || !strings.Contains(string(out), "state offline") {
		t.Errorf("%v: %s", err, out)
	}
}

func victim() {
	d, err := usb.New(usb.Params{}).Open(printer.Setup{Name: "victim", URI: os.Getenv(victimName)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if os.Getenv("ZNAK_USB_DEED") == "ask" {
		state, words, _ := d.State(context.Background())
		fmt.Printf("state %s %q\n", state, words)
		_, err := d.Open(context.Background(), "job")
		var e *printer.Error
		if errors.As(err, &e) {
			fmt.Println("code", e.Code, err)
		}
		os.Exit(0)
	}
	j, err := d.Open(context.Background(), "victim-1")
	for i := 0; err == nil; i++ {
		err = j.Send(context.Background(), noise(i))
	}
	fmt.Println(err)
	os.Exit(1)
}

func killed(t *testing.T) {
	g := office(t)
	g.StopAfter(300_000)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), victimName+"="+uri(g))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	usbtest.Within(t, 20*time.Second, "300,000 bytes", func() bool { return len(g.Got()) >= 300_000 })
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	g.StopAfter(-1)
	came := settled(g)
	d := open(t, g)
	p, err := d.Progress(t.Context(), "victim-1", 40)
	if err != nil || p.State != printer.Unknown || p.Printed != 0 || p.Started != 40 {
		t.Errorf("%+v %v", p, err)
	}
	wantState(t, d, printer.Ready)
	time.Sleep(300 * time.Millisecond)
	if now := g.Got(); len(now) != len(came) {
		t.Errorf("%d bytes more came after the death", len(now)-len(came))
	}
	if n := bytes.Count(came, []byte("%PDF-")); n != 1 {
		t.Errorf("%d documents in the printer's record", n)
	}
	g.Forget()
	run(t, d, "second", 1)
	if text := settled(g); bytes.Count(text, []byte("%PDF-")) != 1 || !bytes.Contains(text, []byte("%%EOF")) {
		t.Errorf("the next job: %d bytes", len(text))
	}
	d.Close()
	if got := boundDriver("07"); got != "usblp" {
		t.Errorf("the killed program's claim is not mended: %s", got)
	}
}
