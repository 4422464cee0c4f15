//go:build linux

package cups_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
	"znak/printer/cups"
)

// instant is a printer that has printed as soon as it was asked to. It speaks just enough IPP.
type instant struct {
	jobs, bytes atomic.Int64
}

func (p *instant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var ask goipp.Message
	if err := ask.Decode(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n, _ := io.Copy(io.Discard, r.Body)
	p.bytes.Add(n)
	answer := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, ask.RequestID)
	answer.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	answer.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	switch goipp.Op(ask.Code) {
	case goipp.OpGetPrinterAttributes:
		answer.Printer.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(3)))
		answer.Printer.Add(goipp.MakeAttribute("document-format-supported", goipp.TagMimeType, goipp.String("application/pdf")))
		answer.Printer.Add(goipp.MakeAttribute("printer-resolution-default", goipp.TagResolution, goipp.Resolution{Xres: 300, Yres: 300, Units: goipp.UnitsDpi}))
	case goipp.OpPrintJob:
		answer.Job.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(p.jobs.Add(1))))
		answer.Job.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(9)))
	case goipp.OpGetJobAttributes:
		answer.Job.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(9)))
		answer.Job.Add(goipp.MakeAttribute("time-at-processing", goipp.TagInteger, goipp.Integer(1)))
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	b, _ := answer.EncodeBytes()
	w.Write(b)
}

// The goals: 60 pieces a second one a job, 300 in slips of 50, to a device that answers at once.
func BenchmarkPieces(b *testing.B) {
	pages := envelopes(0, 200)
	for _, slip := range []int{1, 50} {
		b.Run(fmt.Sprintf("slips of %d", slip), func(b *testing.B) {
			p := &instant{}
			server := httptest.NewServer(p)
			defer server.Close()
			d, err := cups.New(cups.Params{Kind: cups.KindDirect, Record: b.TempDir()}).Open(printer.Setup{
				Name: "instant", URI: strings.Replace(server.URL, "http", "ipp", 1) + "/ipp/print",
			})
			if err != nil {
				b.Fatal(err)
			}
			done := 0
			b.ResetTimer()
			for n := 0; b.Loop(); n++ {
				j, err := d.Open(b.Context(), fmt.Sprintf("job-%d", n))
				if err != nil {
					b.Fatal(err)
				}
				for i := range slip {
					if err := j.Send(b.Context(), pages[(n*slip+i)%len(pages)]); err != nil {
						b.Fatal(err)
					}
				}
				got, err := j.Finish(b.Context())
				if err != nil || got.Printed != slip {
					b.Fatalf("%+v %v", got, err)
				}
				done += slip
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "pieces/s")
			b.ReportMetric(float64(p.bytes.Load())/float64(done), "bytes/piece")
		})
	}
}
