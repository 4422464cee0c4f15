package post

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"znak/app/postal"
)

// seeds gives f all answers of testdata, so that each reader meets the shapes of the others too.
func seeds(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatal("no testdata")
	}
	for _, name := range names {
		f.Add(fixture(f, filepath.Base(name)))
	}
	for _, s := range []string{``, `[]`, `{}`, `null`, `"`, `[{}]`, `[[]]`, `[{"id":1e99,"barcode":{}}]`, "\ufeff[]", "{\"a\":\"\xff\"}", `{"a":1,"a":2}`, `[1`, `{"batch-name":506}`} {
		f.Add([]byte(s))
	}
}

func FuzzShipments(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var page Page
		err := readList(bytes.NewReader(body), func(i int, raw json.RawMessage) error {
			page.add(readPiece(raw, place(i), true))
			return nil
		})
		if err == nil && !json.Valid(bytes.TrimPrefix(body, []byte("\ufeff"))) && !trailingComma(body) {
			t.Errorf("taken for whole: %q", body)
		}
		broken := map[int]bool{}
		for _, p := range page.Problems {
			broken[p.Index] = true
			if p.Error() == "" {
				t.Error("a problem without words")
			}
		}
		for i, p := range page.Pieces {
			if p.Extra != nil && !json.Valid(p.Extra) {
				t.Errorf("Extra is no JSON: %q", p.Extra)
			}
			if p.Mark != nil && (p.Mark.ID == "" || p.Mark.Value <= 0 || p.Mark.Office == "") {
				t.Errorf("half a mark: %+v", p.Mark)
			}
			if _, bad := postal.ParseShPI(string(p.ShPI)); !broken[i] && bad != nil {
				if _, bad := postal.ParseS10(string(p.ShPI)); bad != nil || p.PostID == 0 {
					t.Errorf("a piece without problems has id %d and identifier %q", p.PostID, p.ShPI)
				}
			}
		}
	})
}

// trailingComma: the streaming decoder of encoding/json lets "[1,]" pass; no field is lost by it.
func trailingComma(body []byte) bool {
	return strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(string(body)), "]"), " \t\r\n"), ",")
}

func FuzzBatch(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := readObject(bytes.NewReader(body), "batch-name")
		if err != nil {
			return
		}
		b, err := batchOf(o)
		if err == nil && (b.Name == "" || b.PieceCount < 0 || b.Mass < 0 || b.Extra != nil && !json.Valid(b.Extra)) {
			t.Errorf("%+v", b)
		}
	})
}

func FuzzErrors(f *testing.F) {
	names, _ := filepath.Glob("testdata/e*.json")
	for _, name := range names {
		for _, status := range []int{200, 400, 401, 404, 407, 500, 509} {
			f.Add(status, fixture(f, filepath.Base(name)))
		}
	}
	f.Add(200, []byte(`{"errors":[{"error-codes":[{"errors":[{"code":"X"}]}]}]}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := refusalOf(status, http.Header{}, body)
		if e.Cause == "" || e.Error() == "" || !utf8.ValidString(e.Error()) || strings.ContainsAny(e.Error(), "\r\n\x00") {
			t.Errorf("%q", e.Error())
		}
		if key, _ := e.HintKey(); !strings.HasPrefix(key, "post.") {
			t.Error(key)
		}
		if o, err := readAnyObject(bytes.NewReader(body)); err == nil {
			sent := []int64{2319421774, 2319421775, 2319421776}
			if r, err := resultOf(o, call{}, sent); err == nil {
				for _, id := range r.Silent {
					for _, done := range r.Accepted {
						if id == done {
							t.Errorf("%d is both accepted and silent", id)
						}
					}
				}
			}
		}
	})
}

func FuzzBalance(f *testing.F) {
	seeds(f)
	f.Add([]byte(`{"balance":0,"balance-date":"2019-06-21","work-with-balance":true,"error-message":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := readObject(bytes.NewReader(body), "balance", "work-with-balance", "balance-date")
		if err != nil {
			return
		}
		b, err := balanceOf(o)
		if err == nil && (b.Why == "" || !b.Known && b.Kopecks != 0 || b.Known != (b.Why == BalanceWorks)) {
			t.Errorf("%+v", b)
		}
	})
}

func FuzzSettings(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := readObject(bytes.NewReader(body), settingsKnown...)
		if err != nil {
			if errors.Is(err, errEmptyBody) && len(bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))) > 0 {
				t.Errorf("not empty: %q", body)
			}
			return
		}
		s, err := settingsOf(o)
		if err != nil {
			return
		}
		for _, p := range s.Points {
			if p.Extra != nil && !json.Valid(p.Extra) {
				t.Errorf("Extra is no JSON: %q", p.Extra)
			}
		}
	})
}

func FuzzFileName(f *testing.F) {
	f.Add(`attachment; filename="F103.pdf"`)
	f.Add(`attachment; filename=..\..\x`)
	f.Fuzz(func(t *testing.T, header string) {
		name := fileName(header)
		if strings.ContainsAny(name, "/\\\x00\r\n") || name == "." || name == ".." || len([]rune(name)) > 100 {
			t.Errorf("%q gives %q", header, name)
		}
	})
}

// Reading a page is not what a pull waits for: the whole of 1,000 pieces.
func BenchmarkReadPage(b *testing.B) {
	var all []json.RawMessage
	if err := json.Unmarshal(fixture(b, "shipments.json"), &all); err != nil {
		b.Fatal(err)
	}
	body := []byte("[" + strings.Repeat(string(all[0])+",", 999) + string(all[0]) + "]")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := readList(bytes.NewReader(body), func(i int, raw json.RawMessage) error {
			_, problems := readPiece(raw, place(i), true)
			n += 1 - len(problems)
			return nil
		}); err != nil || n != 1000 {
			b.Fatal(n, err)
		}
	}
}
