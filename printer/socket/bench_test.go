package socket_test

import (
	"fmt"
	"testing"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/socket"
	"znak/printer/zpl/zpltest"
)

// BenchmarkPieces prints C5 envelopes on a printer that prints at once and is believed at once (settle-ms 0), one page a job and in slips of 50.
func BenchmarkPieces(b *testing.B) {
	for _, dpi := range []int{203, 300} {
		pages := make([]page.Page, 50)
		for i := range pages {
			pages[i] = pagetest.Envelope(i, dpi)
		}
		for _, slip := range []int{1, 50} {
			b.Run(fmt.Sprintf("%ddpi-slip%d", dpi, slip), func(b *testing.B) {
				v := start(b, zpltest.Params{DPI: dpi})
				d, err := socket.New(socket.Params{}).Open(printer.Setup{URI: "socket://" + v.Addr(), DPI: dpi, Options: map[string]string{"settle-ms": "0"}})
				if err != nil {
					b.Fatal(err)
				}
				n, jobs := 0, 0
				for b.Loop() {
					jobs++
					j, err := d.Open(b.Context(), fmt.Sprintf("job-%d", jobs))
					if err != nil {
						b.Fatal(err)
					}
					for i := range slip {
						if err := j.Send(b.Context(), pages[(n+i)%len(pages)]); err != nil {
							b.Fatal(err)
						}
					}
					if got, err := j.Finish(b.Context()); err != nil || got.Printed != slip {
						b.Fatal(got, err)
					}
					n += slip
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pieces/s")
				if got := len(v.Labels()); got != n {
					b.Errorf("%d labels of %d pieces", got, n)
				}
			})
		}
	}
}
