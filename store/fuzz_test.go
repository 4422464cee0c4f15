package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"znak/app/postal"
)

// FuzzFacts: leaving out what is empty loses nothing.
func FuzzFacts(f *testing.F) {
	f.Add("Ёлкин", "a\\\"b,}]", int64(5_000_000_000), 0, true, false, []byte(`{"x":0}`), int64(0))
	f.Add("", "", int64(0), 20, false, true, []byte(nil), int64(1_700_000_000))
	f.Add("0", "null", int64(-1), -5, true, true, []byte("\x00"), int64(-62135596800))
	f.Fuzz(func(t *testing.T, name, street string, id int64, mass int, marked, notice bool, extra []byte, at int64) {
		p := postal.Piece{PostID: id, Mass: postal.Grams(mass), SimpleNotice: notice, Extra: extra, Postmarks: []postal.Postmark{postal.Postmark(strings.ToValidUTF8(street, "?")), ""}}
		p.To.Name, p.To.Address.Street, p.Comment = strings.ToValidUTF8(name, "?"), strings.ToValidUTF8(street, "?"), strings.ToValidUTF8(street, "?")
		if marked {
			p.Mark = &postal.Mark{ID: strings.ToValidUTF8(name, "?"), Value: postal.Kopecks(id)}
		}
		if at > -62135596800 && at < 253402300800 {
			p.LastAt = time.Unix(at, 0).UTC()
		}
		raw, err := factsOf(p)
		if err != nil {
			t.Fatal(err)
		}
		var back postal.Piece
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if len(p.Extra) == 0 {
			p.Extra, back.Extra = nil, nil
		}
		if !reflect.DeepEqual(p, back) {
			t.Errorf("%+v\nbecame %+v\nby %s", p, back, raw)
		}
		if again, _ := factsOf(back); !bytes.Equal(raw, again) {
			t.Errorf("not stable: %s, %s", raw, again)
		}
	})
}

// FuzzDerive: no history and no data, however wrong, makes the derived state senseless or the program fall.
func FuzzDerive(f *testing.F) {
	f.Add([]byte{0, 3, 5, 9}, `{"job":"j"}`)
	f.Add([]byte{0, 3, 1, 7}, `{"fields":[{"name":"date"}]}`)
	f.Add([]byte{0, 3, 1}, `[`)
	f.Fuzz(func(t *testing.T, history []byte, data string) {
		var d derived
		for i, b := range history {
			r := &record{at: int64(i + 1), data: data, event: NewEvent{Kind: pieceKinds[int(b)%len(pieceKinds)]}}
			next, err := d.after(r)
			if err != nil {
				if next != d {
					t.Fatalf("an error changed %+v to %+v", d, next)
				}
				continue
			}
			d = next
			if d.copies < 0 || d.why != "" && d.state != postal.StateStale || d.state == "" && r.event.Kind != postal.EventScanned && r.event.Kind != postal.EventOperation {
				t.Fatalf("after %s: %+v", r.event.Kind, d)
			}
			if d.owed() < 0 || d.missing < 0 || d.destroyed < 0 {
				t.Fatalf("after %s: %+v: more void copies are accounted for than there are", r.event.Kind, d)
			}
			if why, err := whyList(d.why); err != nil || d.why != "" && len(why) == 0 {
				t.Fatalf("%q: %v", d.why, err)
			}
		}
	})
}

// FuzzFile: a file with wrong bytes is refused, or found out by the audit, or tells the truth in spite of them; it never makes the program fall.
func FuzzFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "znak.db")
	s, err := Open(ctx, Params{Path: path})
	if err != nil {
		f.Fatal(err)
	}
	list := testPieces(0, 30)
	if err := s.Write(ctx, func(tx *Tx) error {
		return errors.Join(pullIn(tx, "1", list), intendIn(tx, "job", list[:10]))
	}); err != nil {
		f.Fatal(err)
	}
	events, err := s.Events(ctx, EventQuery{})
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(18), []byte{9})
	f.Add(uint32(5000), []byte("XXXXXXXXXXXXXXXX"))
	f.Add(uint32(len(whole)-10), []byte{1, 2, 3})
	for page := range len(whole) / 4096 {
		f.Add(uint32(page*4096), []byte{0xFF, 0, 7})
	}
	f.Fuzz(func(t *testing.T, at uint32, noise []byte) {
		bad := filepath.Join(t.TempDir(), "znak.db")
		raw := bytes.Clone(whole)
		copy(raw[int(at)%len(raw):], noise)
		if err := os.WriteFile(bad, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(ctx, Params{Path: bad})
		if err != nil {
			return
		}
		defer s.Close()
		_, _ = s.Batches(ctx)
		_, _ = s.OpenJobs(ctx)
		if _, err := s.Pieces(ctx, PieceQuery{}); err != nil && !errors.Is(err, ErrDamaged) {
			t.Logf("pieces: %v", err)
		}
		r, err := s.Audit(ctx)
		if err != nil || !r.OK {
			return
		}
		now, err := s.Events(ctx, EventQuery{})
		if err != nil || !reflect.DeepEqual(now, events) {
			t.Errorf("the audit holds over a changed ledger: %v", err)
		}
	})
}
