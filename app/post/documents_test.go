package post

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"

	"znak/app/postal"
)

var onePDF = []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n")

func oneZip(t testing.TB) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("F103.pdf")
	if err != nil {
		t.Fatal(err)
	}
	w.Write(onePDF)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDocuments(t *testing.T) {
	zipped := oneZip(t)
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", `attachment; filename="../../all 506.zip"`)
		if r.URL.Path == "/1.0/forms/506/zip-all" {
			w.Write(zipped)
			return
		}
		w.Write(onePDF)
	})
	ctx := context.Background()
	d, err := o.BatchZip(ctx, "506", Forms{TwoSided: true})
	if err != nil || d.Type != "application/zip" || d.Name != "all 506.zip" || !bytes.Equal(d.Body, zipped) {
		t.Errorf("%q %q %v", d.Name, d.Type, err)
	}
	if d, err = o.F103(ctx, "506"); err != nil || d.Type != "application/pdf" {
		t.Errorf("%q %v", d.Type, err)
	}
	if d, err = o.ItemForms(ctx, 2319421774, postal.Date("2026-07-13"), Forms{Thermo: true}); err != nil || d.Type != "application/pdf" {
		t.Errorf("%q %v", d.Type, err)
	}
	want := []string{"GET /1.0/forms/506/zip-all?print-type=PAPER&print-type-form=TWO_SIDED", "GET /1.0/forms/506/f103pdf",
		"GET /1.0/forms/2319421774/forms?print-type=THERMO&sending-date=2026-07-13"}
	for i, asked := range o.asked() {
		if asked != want[i] {
			t.Errorf("asked %q, want %q", asked, want[i])
		}
	}
}

func TestDocumentsRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   error
		calls  int
	}{
		{"before checkin", 400, ``, nil, 1},
		{"unknown batch", 500, string(fixture(t, "e5.json")), ErrUnreachable, 1}, // coded: an answer, not repeated
		{"accident", 500, string(fixture(t, "e13.json")), ErrUnreachable, 3},
		{"money short", 403, string(fixture(t, "e7.json")), ErrForbidden, 1},
		{"refusal with 200", 200, string(fixture(t, "e4.json")), ErrNotFound, 1},
		{"gateway with 200", 200, string(fixture(t, "e11.json")), ErrUnauthorized, 1},
		{"another object", 200, `{"hello":1}`, ErrForeign, 1},
		{"HTML", 200, `<html>%PDF is what you asked for</html>`, ErrForeign, 1},
		{"empty", 200, ``, ErrForeign, 1},
		{"noise", 200, "\x00\x01\x02", ErrForeign, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, always(c.status, []byte(c.body)))
			d, err := o.F103(context.Background(), "506")
			var e *Error
			if !errors.As(err, &e) || c.want != nil && !errors.Is(err, c.want) || len(d.Body) > 0 {
				t.Errorf("%v, %d bytes", err, len(d.Body))
			}
			if n := len(o.asked()); n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
		})
	}
	for name, whole := range map[string][]byte{"pdf": bytes.TrimSpace(onePDF), "zip": oneZip(t)} {
		for cut := 0; cut < len(whole); cut++ {
			o := serve(t, always(200, whole[:cut]), func(p *Params) { p.Tries = 1 })
			if d, err := o.F103(context.Background(), "506"); !errors.Is(err, ErrForeign) {
				t.Errorf("%s cut at byte %d is taken for whole: %q %v", name, cut, d.Type, err)
			}
			o.server.Close()
		}
	}
}

func TestFileName(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="F103.pdf"`:            "F103.pdf",
		`attachment; filename=F103.pdf`:              "F103.pdf",
		`attachment; filename="all.zip"; size=7`:     "all.zip",
		`attachment; filename*=UTF-8''%D0%A4103.pdf`: "Ф103.pdf",
		`attachment; filename=Ф103 партия.pdf`:       "Ф103 партия.pdf",
		`attachment; filename="../../etc/passwd"`:    "passwd",
		`attachment; filename="C:\Windows\a.pdf"`:    "a.pdf",
		`attachment; filename="a:b*c?.pdf"`:          "a_b_c_.pdf",
		`attachment; filename=".."`:                  "",
		`attachment; filename=""`:                    "",
		`attachment`:                                 "",
		``:                                           "",
		`;;;=`:                                       "",
	} {
		if got := fileName(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}
