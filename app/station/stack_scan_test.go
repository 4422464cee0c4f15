package station

import (
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"znak/app/post/sandbox"
	"znak/app/scan"
	"znak/app/scan/picture"
)

// A real batch, printed: its stack is scanned with both codes, with one, out of order, with old marks; the ledger stays as it was.
func TestStackOfPrintedBatch(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 9})
	b.pulled()
	name := b.purpose("marks-change", 0)
	b.printed(name)
	before, err := b.Audit(b.ctx)
	b.must(err)
	codes := b.texts(name)
	look := func(texts ...string) StackReport {
		t.Helper()
		k, err := b.Stack(b.ctx, name)
		b.must(err)
		for _, text := range texts {
			for line := range strings.Lines(text) { // as a scanner sends them
				_, err := k.Line(b.ctx, strings.TrimRight(line, "\r\n"))
				b.must(err)
			}
		}
		_, err = k.Flush(b.ctx)
		b.must(err)
		return k.Report(true)
	}
	var both, marks, bars []string
	for _, c := range codes {
		both, marks, bars = append(both, c[0], c[1]), append(marks, c[0]), append(bars, c[1])
	}
	for what, texts := range map[string][]string{"both codes": both, "marks": marks, "bar codes": bars} {
		if r := look(texts...); !r.Whole() || r.Seen != len(codes) || r.Expected != len(codes) {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if r := look(append([]string{bars[0], bars[0]}, bars[1:]...)...); len(r.Faults) != 1 || r.Faults[0].Kind != StackDoubled {
		t.Errorf("the first one twice: %+v", r.Faults)
	}
	if r := look(append([]string{"nonsense"}, bars[1:]...)...); len(r.Faults) != 1 || r.Faults[0].Kind != StackMissing || r.Faults[0].No != 1 || r.Faults[0].Above != nil {
		t.Errorf("the first one missing: %+v", r.Faults)
	}
	if after, err := b.Audit(b.ctx); err != nil || after.Events != before.Events {
		t.Errorf("looking wrote %d events, %v", after.Events-before.Events, err)
	}
	if _, err := b.Stack(b.ctx, "no such"); err == nil {
		t.Error("an unknown batch has a stack")
	}

	// The post changes the marks: every envelope has to leave the stack, seen by either code.
	b.must(b.box.ChangeMarks(name, sandbox.ChangeID, sandbox.ChangeDate))
	b.pulled()
	for what, texts := range map[string][]string{"marks": marks, "bar codes": bars} {
		r := look(texts...)
		stale := 0
		for _, f := range r.Faults {
			if f.Kind == StackStale && f.Reasons()[1].Key != "" {
				stale++
			}
		}
		if stale != len(codes) || r.Right != 0 {
			t.Errorf("%s: %d of %d stale, %+v", what, stale, len(codes), r)
		}
	}
}

// Several envelopes on one picture, and a picture that is none: each is judged, page by page.
func TestPicturesOfEnvelopes(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed")
	}
	b := newBench(t, sandbox.Options{Seed: 9})
	b.pulled()
	name := b.purpose("marks-change", 0)
	r, err := b.Print(b.ctx, PrintOrder{Batch: name, Limit: 3}, nil, nil)
	b.must(err)
	var faces []*image.Gray
	for d, err := range picture.Drawings(b.ctx, r.Files, picture.Params{DPI: 200}) {
		b.must(err)
		face := image.NewGray(d.Image.Rect)
		copy(face.Pix, d.Image.Pix)
		faces = append(faces, face)
	}
	if len(faces) != 3 {
		t.Fatalf("%d pages", len(faces))
	}
	w, h := faces[0].Rect.Dx(), faces[0].Rect.Dy()
	table := image.NewGray(image.Rect(0, 0, w, 2*h+60))
	draw.Draw(table, table.Rect, image.White, image.Point{}, draw.Src)
	for i, face := range faces[:2] {
		draw.Draw(table, image.Rect(0, i*(h+60), w, i*(h+60)+h), face, image.Point{}, draw.Src)
	}
	file := func(name string, img image.Image) string {
		path := filepath.Join(b.dir, name)
		f, err := os.Create(path)
		b.must(err)
		b.must(png.Encode(f, img))
		b.must(f.Close())
		return path
	}
	files := []string{file("two.png", table), file("nothing.png", image.NewGray(image.Rect(0, 0, 300, 300))), file("third.png", faces[2]), filepath.Join(b.dir, "missing.png")}
	var got [][]scan.Verdict
	for seen, err := range b.Verifier(name).Pictures(b.ctx, files) {
		b.must(err)
		if seen.File != files[len(got)] {
			t.Errorf("page %d is of %s", len(got), seen.File)
		}
		var list []scan.Verdict
		for _, v := range seen.Verdicts {
			list = append(list, v.Verdict)
			if v.Verdict != scan.VerdictOK && v.Hint.Key == "" {
				t.Errorf("%s says nothing: %+v", seen.File, v)
			}
		}
		got = append(got, list)
	}
	want := [][]scan.Verdict{{scan.VerdictOK, scan.VerdictOK}, {scan.VerdictUnreadable}, {scan.VerdictOK}, {scan.VerdictUnreadable}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if strings.Join(verdictWords(got[i]), " ") != strings.Join(verdictWords(want[i]), " ") {
			t.Errorf("%s: %v, want %v", filepath.Base(files[i]), got[i], want[i])
		}
	}
}

func verdictWords(list []scan.Verdict) (out []string) {
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}
