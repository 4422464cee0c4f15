package postal

import (
	"testing"
	"time"
)

func TestPostIndex(t *testing.T) {
	if got, err := ParsePostIndex("101000"); got != "101000" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, s := range []string{"", "10100", "1010000", "001000", "10100O", "101 00", " 101000", "１01000"} {
		_, err := ParsePostIndex(s)
		checkReason(t, s, err, "index", "index.shape")
	}
}

func TestDate(t *testing.T) {
	d, err := ParseDate("2026-11-23")
	if err != nil || d.Office() != "23.11.2026" || d.Layout("20060102") != "20261123" || !d.Time().Equal(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%q, %v", d, err)
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "23.11.2026", "2026-1-2", "2026-11-23T00:00:00Z", "26-11-23"} {
		_, err := ParseDate(s)
		checkReason(t, s, err, "date", "date.shape")
	}
	if _, err := ParseDate("2028-02-29"); err != nil {
		t.Error(err)
	}
	if !Date("").Time().IsZero() || Date("").Office() != "" || Date("сломана").Office() != "сломана" {
		t.Error("a date that is none")
	}
	// The day is that of the place, not of Greenwich.
	vladivostok := time.FixedZone("VLAT", 10*3600)
	if got := DateOf(time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC).In(vladivostok)); got != "2026-11-23" {
		t.Errorf("%q", got)
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-23")
	f.Add("0000-00-00")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil && (string(d) != s || len(s) != 10 || DateOf(d.Time()) != d) {
			t.Errorf("%q gave %q", s, d)
		}
		_, _ = Date(s).Office(), Date(s).Time()
	})
}

func FuzzParsePostIndex(f *testing.F) {
	f.Add("101000")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := ParsePostIndex(s); err == nil && (string(got) != s || len(s) != 6 || s < "100000" || s > "999999") {
			t.Errorf("%q gave %q", s, got)
		}
	})
}

// facts/online-mark.md §1.1: which kinds take the mark.
func TestEnvelopeKinds(t *testing.T) {
	takes := map[EnvelopeKind]bool{C4: true, C5: true, DL: true, OX: true, OA: true, C6: false, A6: false, A7: false, "НОВЫЙ": false, "": false}
	for kind, want := range takes {
		if got := kind.TakesMark(); got != want {
			t.Errorf("%q takes the mark: %v", kind, got)
		}
	}
	seen := map[EnvelopeKind]bool{}
	for _, f := range EnvelopeFormats {
		if seen[f.Kind] || f.Width < f.Height || f.Height <= 0 {
			t.Errorf("%+v", f)
		}
		seen[f.Kind] = true
		if got, ok := f.Kind.Format(); !ok || got != f {
			t.Errorf("%+v, %+v", f, got)
		}
	}
	if f, ok := EnvelopeKind("B4").Format(); ok || f.Kind != "B4" || f.TakesMark {
		t.Errorf("%+v %v", f, ok)
	}
}

func TestBatchAndPiece(t *testing.T) {
	p := Piece{Rate: 7000, VAT: 1540, Postmarks: []Postmark{MarkSimpleNotice}}
	if p.Charge() != 8540 || !p.HasPostmark(MarkSimpleNotice) || p.HasPostmark(MarkNoReturn) {
		t.Errorf("%+v", p)
	}
	for status, want := range map[DocumentStatus]bool{"F103_AND_OPM": true, "TRANSPORT_BLANK_AND_OPM": true, "F103": false, "": false, "NEW_ONE": false} {
		if status.MarksChanged() != want {
			t.Errorf("%q", status)
		}
	}
}
