package main

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/page/pagetest"
	"znak/printer/socket"
	"znak/printer/zpl/zpltest"
)

// TestLabelPrinter prints through the command's virtual printer, jams it by the script, mends it over HTTP and looks at what came out.
func TestLabelPrinter(t *testing.T) {
	dir := t.TempDir()
	c, lines, rest := start(t, "--zpl", "127.0.0.1:0", "--zpl-dir", dir, "--zpl-dpi", "203", "--zpl-fault", "2 jam")
	fifth, err := rest.ReadString('\n')
	if err != nil || !regexp.MustCompile(`^zpl: socket://127\.0\.0\.1:\d+\n$`).MatchString(fifth) {
		t.Fatalf("%q %v", fifth, err)
	}
	url := strings.TrimSpace(strings.TrimPrefix(lines[0], "url: ")) + "/_sandbox/zpl"
	d, err := socket.New(socket.Params{}).Open(printer.Setup{URI: strings.TrimSpace(strings.TrimPrefix(fifth, "zpl: ")), DPI: 203})
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Open(t.Context(), "job-1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 { // a third would wait for the mending
		if err := j.Send(t.Context(), pagetest.Envelope(i, 203)); err != nil {
			t.Fatal(err)
		}
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if state, _, _ := d.State(t.Context()); state == printer.Jam {
			break
		}
		if time.Now().After(until) {
			t.Fatal("no jam")
		}
	}
	if r := report(t, url); r.Labels != 1 || r.UnderHead != 1 || len(r.Faults) != 1 || r.Faults[0] != zpltest.Jam {
		t.Errorf("%+v", r)
	}
	post(t, url+"/clear", "", http.StatusOK)
	if got, err := j.Finish(t.Context()); err != nil || got.Printed != 2 {
		t.Errorf("%+v %v", got, err)
	}
	post(t, url+"/pace", `{"ms": 5}`, http.StatusOK)
	post(t, url+"/script", `{"rules": "9 cut; 12 pause 2s"}`, http.StatusOK)
	post(t, url+"/script", `{"rules": "nine cut"}`, http.StatusBadRequest)
	post(t, url+"/fault", `{"fault": "rain"}`, http.StatusBadRequest)
	post(t, url+"/fault", `{"fault": "door-open"}`, http.StatusOK)
	if r := report(t, url); r.Labels != 2 || r.Torn != 1 || r.Pace != "5ms" || len(r.Faults) != 1 {
		t.Errorf("%+v", r)
	}
	for path, kind := range map[string]string{"/labels/2.png": "image/png", "/labels/1.zpl": "text/plain; charset=utf-8", "/labels": "application/json"} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close() // read already
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != kind || len(body) < 50 {
			t.Errorf("%s: %s %s, %d bytes", path, resp.Status, resp.Header.Get("Content-Type"), len(body))
		}
	}
	if resp, err := http.Get(strings.TrimSuffix(url, "/zpl") + "/account"); err != nil || resp.StatusCode != 200 {
		t.Errorf("the post beside it: %v %v", resp, err)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	for _, pattern := range []string{"labels/00000[12].zpl", "labels/00000[12].png", "connections/00000[12].zpl"} {
		if files, _ := filepath.Glob(filepath.Join(dir, pattern)); len(files) == 0 {
			t.Errorf("%s: %v", pattern, files)
		}
	}
}

func report(t *testing.T, url string) (r zpltest.Report) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func post(t *testing.T, url, body string, want int) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close() // of no interest
	if resp.StatusCode != want {
		t.Errorf("%s %s: %s", url, body, resp.Status)
	}
}
