//go:build linux

package cupstest

import (
	"bufio"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

//go:embed fault.sh
var backend string

//go:embed envelope.ppd
var ppd string

// Queue is a queue on the scripted backend, and the paper behind it.
type Queue struct {
	Name string
	dir  string
	text map[string][]string // of the pages of a document, by its file
}

// Options of a queue.
type Options struct {
	Raw    bool   // no driver: bytes go to the backend as they are
	Policy string // printer-error-policy; "": abort-job
	Counts bool   // the backend reports every page it printed
	Pace   int    // milliseconds a page
}

// Fault makes a queue on the scripted backend. Without Raw it takes PDF, knows A4, C4, C5, DL, other sizes from 90 × 140 to 330 × 460 mm,
// the trays Auto, Upper, Lower and Manual, and 300 and 600 dpi.
func (s *Server) Fault(t testing.TB, name string, o Options) *Queue {
	t.Helper()
	q := &Queue{Name: name, dir: filepath.Join(s.dir, "queues", name), text: map[string][]string{}}
	if err := os.MkdirAll(q.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(q.dir, s.lp[0], s.lp[1]); err != nil {
		t.Fatal(err)
	}
	q.Mode(t, "ok")
	q.write(t, "pace", fmt.Sprintf("%d.%03d", o.Pace/1000, o.Pace%1000))
	if o.Counts {
		q.write(t, "counts", "")
	}
	if o.Policy == "" {
		o.Policy = "abort-job"
	}
	driver := []string{"-m", "raw"}
	if !o.Raw {
		file := filepath.Join(q.dir, "driver.ppd")
		q.write(t, "driver.ppd", ppd)
		driver = []string{"-P", file}
	}
	s.Lpadmin(t, append([]string{"-p", name, "-v", "fault://" + q.dir, "-o", "printer-error-policy=" + o.Policy, "-E"}, driver...)...)
	return q
}

// Raw makes a queue without a driver on any device, for instance socket://HOST:PORT.
func (s *Server) Raw(t testing.TB, name, device string) {
	t.Helper()
	s.Lpadmin(t, "-p", name, "-v", device, "-o", "printer-error-policy=abort-job", "-E", "-m", "raw")
}

// Mode says what the printer does from now on:
//
//	ok               prints
//	wait N REASON    after N pages of a job says REASON (a printer-state-reason) and waits until the mode is another one
//	exit N CODE      after N pages of a job ends with the backend's code: 1 failed, 3 hold, 4 stop, 5 cancel, 6 retry
//	crash N          after N pages of a job dies
//	mute N           after N pages of a job stands still without a word until the mode is another one
func (q *Queue) Mode(t testing.TB, mode string) {
	t.Helper()
	q.write(t, "mode", mode+"\n")
}

// write replaces a file at once, so that the backend never reads half of it.
func (q *Queue) write(t testing.TB, name, text string) {
	t.Helper()
	path := filepath.Join(q.dir, name)
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// Attempts counts how often a document was begun.
func (q *Queue) Attempts(t testing.TB) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(q.dir, "*.document"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// Documents are the bytes of every document begun, in order.
func (q *Queue) Documents(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(q.dir, "*.document"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// JobOptions are the options of every document begun, as CUPS hands them to drivers.
func (q *Queue) JobOptions(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(q.dir, "*.options"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.TrimSpace(string(b)))
	}
	return all
}

// number is how a page of paper is told: the first number of 14 digits on it, the identifier that envelopes carry, grouped or not.
var number = regexp.MustCompile(`\b\d{6} *\d{2} *\d{5} *\d\b`)

// Paper lists the pages that came out, in their order, by the numbers of 14 digits on them. It is the printer's own record and nobody's word.
func (q *Queue) Paper(t testing.TB) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(q.dir, "paper"))
	if os.IsNotExist(err) {
		return []string{}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := []string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		document, n, ok := strings.Cut(lines.Text(), " ")
		page, err := strconv.Atoi(n)
		if !ok || err != nil {
			t.Fatalf("paper: %q", lines.Text())
		}
		text := q.pages(t, document)
		if page > len(text) {
			t.Fatalf("paper: page %d of %d", page, len(text))
		}
		out = append(out, strings.ReplaceAll(number.FindString(text[page-1]), " ", ""))
	}
	return out
}

// pages are the texts of a document's pages.
func (q *Queue) pages(t testing.TB, document string) []string {
	t.Helper()
	if known, ok := q.text[document]; ok {
		return known
	}
	q.text[document] = pageTexts(t, filepath.Join(q.dir, document))
	return q.text[document]
}

// pageTexts are the texts of the pages of a PDF, or of the labels of a ZPL file.
func pageTexts(t testing.TB, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(b), "%PDF") {
		return strings.SplitAfter(string(b), "^XZ")
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}
