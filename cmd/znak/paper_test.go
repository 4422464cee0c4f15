package main

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/mark"
	"znak/app/postal"
	"znak/app/scan"
)

// paper is the device's own record: the files that came out of the folder printer, read without the program's help. A file never changes
// and never goes away, as an envelope would not.
type paper struct {
	t      *testing.T
	dir    string
	reader *scan.Reader
	files  map[string]*sheaf
	order  []*sheaf // as they came
	count  map[postal.ShPI]int
}

// sheaf is one file.
type sheaf struct {
	path    string
	size    int64
	written time.Time
	pieces  []postal.ShPI
	texts   map[postal.ShPI][2]string // what a scanner reads from each envelope: mark and ШПИ; nil: not read yet
}

func newPaper(t *testing.T, dir string) *paper {
	t.Helper()
	spec, err := mark.Default()
	if err != nil {
		t.Fatal(err)
	}
	return &paper{t: t, dir: dir, reader: scan.NewReader(spec), files: map[string]*sheaf{}, count: map[postal.ShPI]int{}}
}

// printedShPI is the ШПИ below its bar code. The sandbox's index is 000000.
var printedShPI = regexp.MustCompile(`\b000000\s+\d{2}\s+\d{5}\s+\d\b`)

// read takes in the files that are new and makes sure that the old ones are as they were.
func (p *paper) read() {
	p.t.Helper()
	names, err := filepath.Glob(filepath.Join(p.dir, "*.pdf"))
	if err != nil {
		p.t.Fatal(err)
	}
	seen := 0
	var fresh []*sheaf
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			p.t.Fatal(err)
		}
		if old := p.files[name]; old != nil {
			seen++
			if old.size != info.Size() || !old.written.Equal(info.ModTime()) {
				p.t.Errorf("%s has changed", name)
			}
			continue
		}
		fresh = append(fresh, &sheaf{path: name, size: info.Size(), written: info.ModTime()})
	}
	if seen != len(p.files) {
		p.t.Errorf("of %d files %d are gone", len(p.files), len(p.files)-seen)
	}
	slices.SortFunc(fresh, func(a, b *sheaf) int { return a.written.Compare(b.written) })
	for _, s := range fresh {
		out, err := exec.Command("pdftotext", "-layout", s.path, "-").Output()
		if err != nil {
			p.t.Fatalf("%s: %v", s.path, err)
		}
		for n, text := range strings.Split(strings.TrimSuffix(string(out), "\f"), "\f") {
			found := printedShPI.FindAllString(text, -1)
			if len(found) != 1 {
				p.t.Fatalf("%s: page %d bears %q", s.path, n+1, found)
			}
			id := postal.ShPI(strings.Join(strings.Fields(found[0]), ""))
			s.pieces = append(s.pieces, id)
			p.count[id]++
		}
		p.files[s.path] = s
		p.order = append(p.order, s)
	}
	parts, err := filepath.Glob(filepath.Join(p.dir, ".*.part"))
	if err != nil || len(parts) > 1 {
		p.t.Errorf("half-written files pile up: %v %v", parts, err)
	}
}

// copies gives what a scanner reads from each envelope of a piece, the newest last.
func (p *paper) copies(id postal.ShPI) (texts [][2]string) {
	p.t.Helper()
	for _, s := range p.order {
		if !slices.Contains(s.pieces, id) {
			continue
		}
		if s.texts == nil {
			p.decode(s)
		}
		text, ok := s.texts[id]
		if !ok {
			p.t.Fatalf("%s: no code of %s can be read", s.path, id)
		}
		texts = append(texts, text)
	}
	return texts
}

// decode reads the codes of a file from its pixels.
func (p *paper) decode(s *sheaf) {
	p.t.Helper()
	s.texts = map[postal.ShPI][2]string{}
	for page, err := range p.reader.Images(context.Background(), []string{s.path}, scan.ImageParams{}) {
		if err != nil {
			p.t.Fatalf("%s: %v", s.path, err)
		}
		for _, pair := range page.Pairs {
			if !pair.Whole() {
				p.t.Fatalf("%s: page %d: %v", s.path, page.Page, pair.Err)
			}
			s.texts[pair.ShPI.ShPI] = [2]string{pair.Mark.Clean, pair.ShPI.Clean}
		}
	}
	if got := slices.Sorted(maps.Keys(s.texts)); !slices.Equal(got, slices.Sorted(slices.Values(s.pieces))) {
		p.t.Fatalf("%s: the codes say %v, the text %v", s.path, got, s.pieces)
	}
}

// pages counts the envelopes.
func (p *paper) pages() int { return sum(p.count) }
