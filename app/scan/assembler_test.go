package scan

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// feed puts a stream through the assembler as a pipe does: broken at line feeds.
func feed(a *Assembler, stream string) []Reading {
	var list []Reading
	lines := bufio.NewScanner(strings.NewReader(stream))
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n, token, err := bufio.ScanLines(data, atEOF)
		if n > 0 && n <= len(data) && token != nil && n > len(token) && data[n-1] == '\n' {
			token = data[:n-1] // keep the carriage return: the assembler must cope with it
		}
		return n, token, err
	})
	for lines.Scan() {
		list = append(list, a.Line(lines.Text())...)
	}
	return append(list, a.Flush()...)
}

// said writes readings down shortly: "mark 99999999000013", "cut".
func said(list []Reading) []string {
	var s []string
	for _, r := range list {
		switch {
		case r.Err == nil:
			s = append(s, string(r.Kind)+" "+r.Piece())
		case errors.Is(r.Err, ErrCut):
			s = append(s, "cut")
		case errors.Is(r.Err, ErrDamaged):
			s = append(s, "damaged")
		case errors.Is(r.Err, ErrForeign):
			s = append(s, "foreign")
		default:
			s = append(s, "error")
		}
	}
	return s
}

func TestAssembler(t *testing.T) {
	spec := testSpec(t)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(7, 7))
	code := func(n int) string {
		s, err := spec.Payload(testFields(rnd, n))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, two := code(1), code(2)
	mark1, mark2 := "mark "+string(testShPI(1)), "mark "+string(testShPI(2))
	shpi1 := string(testShPI(1))
	lf := strings.ReplaceAll(one, "\r\n", "\n")
	lines := strings.Split(one, "\r\n")
	for name, c := range map[string]struct {
		stream string
		want   []string
	}{
		"empty":                  {"", nil},
		"blank lines":            {"\n\r\n \n", nil},
		"CR LF":                  {one + "\r\n" + shpi1 + "\r\n", []string{mark1, "shpi " + shpi1}},
		"LF":                     {lf + "\n" + shpi1 + "\n", []string{mark1, "shpi " + shpi1}},
		"no line end at the end": {shpi1 + "\n" + lf, []string{"shpi " + shpi1, mark1}},
		"one line":               {strings.ReplaceAll(one, "\r\n", " ") + "\n" + two + "\n", []string{mark1, mark2}},
		"only CR":                {strings.ReplaceAll(one, "\r\n", "\r") + "\n" + shpi1, []string{mark1, "shpi " + shpi1}},
		"doubled":                {strings.ReplaceAll(one, "\r\n", "\n\n") + "\n\n\n" + two, []string{mark1, mark2}},
		"some ends lost":         {strings.Join(lines[:3], "") + "\n" + strings.Join(lines[3:], "\n") + "\n", []string{mark1}},
		"Russian":                {inRussian(lf) + "\n" + two, []string{mark1, mark2}},
		"Russian, caps":          {inCapsRussian(lf) + "\n" + two, []string{mark1, mark2}},
		"caps, AIM":              {withCaps("]Q1"+lf) + "\n", []string{mark1}},
		"cut by the end":         {lf[:120], []string{"cut"}},
		"cut by another code":    {strings.Join(lines[:4], "\n") + "\n" + two + "\n", []string{"cut", mark2}},
		"cut by a bar code":      {strings.Join(lines[:4], "\n") + "\n" + shpi1 + "\n" + two, []string{"cut", "shpi " + shpi1, mark2}},
		"cut by nonsense":        {strings.Join(lines[:8], "\n") + "\nhello\n" + lines[8] + "\n" + two, []string{"cut", "foreign", "cut", mark2}},
		"head lost":              {strings.Join(lines[3:], "\n") + "\n" + two, []string{"cut", mark2}},
		"line lost":              {strings.Join(slices.Delete(slices.Clone(lines), 4, 5), "\n") + "\n" + two, []string{"damaged", mark2}},
		"line twice":             {strings.Join(slices.Insert(slices.Clone(lines), 4, lines[3]), "\n") + "\n" + two, []string{"cut", "cut", mark2}},
		"the same code twice":    {lf + "\n" + lf + "\n", []string{mark1, mark1}},
		"two codes run together": {lf + two, []string{"damaged", "cut"}},
	} {
		if got := said(feed(NewAssembler(r), c.stream)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := said(NewAssembler(r).Text(shpi1 + "\r" + one + "\r" + two + "\r\n" + shpi1)); !slices.Equal(got, []string{"shpi " + shpi1, mark1, mark2, "shpi " + shpi1}) {
		t.Errorf("several codes typed without a pause: %v", got)
	}
	if got := NewAssembler(r).Text(strings.ReplaceAll(one, "\r\n", "\r") + "\r"); len(got) != 1 || got[0].Clean != one {
		t.Errorf("one code typed: %v", said(got))
	}
	if got := NewAssembler(r).Text(one); len(got) != 1 || got[0].Text != one || len(got[0].Restored) != 0 {
		t.Errorf("an exact code changed on its way: %+v", got)
	}
	a := NewAssembler(r)
	if a.Line(lines[0]); !a.Holding() {
		t.Error("holds nothing after the first line")
	}
	if a.Flush(); a.Holding() || a.Flush() != nil {
		t.Error("holds something after Flush")
	}
}

// TestNothingIsLostBetweenLines streams codes in every form, some cut, and counts.
func TestNothingIsLostBetweenLines(t *testing.T) {
	spec := testSpec(t)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(8, 8))
	var stream strings.Builder
	var want []string
	for i := range 1000 {
		s, err := spec.Payload(testFields(rnd, i))
		if err != nil {
			t.Fatal(err)
		}
		id := string(testShPI(i))
		switch rnd.IntN(5) {
		case 0:
			stream.WriteString(id)
			want = append(want, "shpi "+id)
		case 1:
			lines := strings.Split(s, "\r\n")
			stream.WriteString(strings.Join(lines[:1+rnd.IntN(8)], "\r\n"))
			want = append(want, "cut")
		default:
			s = strings.ReplaceAll(s, "\r\n", []string{"\r\n", "\n", "\r", "", "\t", "\n\n"}[rnd.IntN(6)])
			stream.WriteString([]func(string) string{inRussian, inCapsRussian, withCaps, strings.TrimSpace}[rnd.IntN(4)](s))
			want = append(want, "mark "+id)
		}
		stream.WriteString("\n")
	}
	got := said(feed(NewAssembler(r), stream.String()))
	if !slices.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("reading %d is %s, want %s", i, got[i], want[i])
			}
		}
		t.Fatalf("%d readings, want %d", len(got), len(want))
	}
}

func FuzzAssembler(f *testing.F) {
	spec := testSpec(f)
	r := NewReader(spec)
	s, err := spec.Payload(testFields(rand.New(rand.NewPCG(1, 1)), 1))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{s, s + "\n" + s, strings.ReplaceAll(s, "\r\n", "\n"), s[:70] + "\n" + s, inRussian(s), "10944022440321\n" + s, "\n\n\r"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := NewAssembler(r)
		list := a.Text(s)
		if a.Holding() {
			t.Fatal("holds something after a whole text")
		}
		seen := 0
		for _, reading := range list {
			at := strings.Index(s[seen:], reading.Text)
			if at < 0 {
				t.Fatalf("reading %q does not come in its order from %q", reading.Text, s)
			}
			if strings.TrimFunc(s[seen:seen+at], isBlank) != "" {
				t.Fatalf("%q was lost", s[seen:seen+at])
			}
			seen += at + len(reading.Text)
		}
		if strings.TrimFunc(s[seen:], isBlank) != "" {
			t.Fatalf("%q was lost at the end", s[seen:])
		}
	})
}
