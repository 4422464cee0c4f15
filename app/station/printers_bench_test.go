package station

import (
	"fmt"
	"testing"

	"znak/app/post/sandbox"
	"znak/printer"
	"znak/printer/socket"
	"znak/printer/zpl/zpltest"
)

// BenchmarkQueueToPrinter prints 1,000 pieces from the ledger to a label printer over the network that prints at once. The goals: one piece a job 60 pieces a second,
// slips of 50 300, both without pre-flight; 150 in slips with it at 300 dpi. CUPS has the same in printer/cups, USB in its emulated machine.
func BenchmarkQueueToPrinter(b *testing.B) {
	const pieces = 1000
	for _, run := range []struct {
		slip, dpi int
		preflight string
	}{{1, 203, "false"}, {50, 203, "false"}, {1, 300, "false"}, {50, 300, "false"}, {50, 300, "true"}} {
		b.Run(fmt.Sprintf("socket/slip=%d/dpi=%d/preflight=%s", run.slip, run.dpi, run.preflight), func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				label, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{DPI: run.dpi, Buffer: 200})
				if err != nil {
					b.Fatal(err)
				}
				device, err := socket.New(socket.Params{}).Open(printer.Setup{Name: "label", URI: "socket://" + label.Addr(), DPI: run.dpi, Slip: run.slip,
					Options: map[string]string{"settle-ms": "0"}}) // it never changes its mind, so it need not be waited for
				if err != nil {
					b.Fatal(err)
				}
				t := newBench(b, sandbox.Options{Seed: 5, Pieces: pieces}, device)
				_, err = t.Pull(t.ctx)
				t.must(err)
				t.must(t.SetSetting(t.ctx, SettingPreflight, run.preflight))
				b.StartTimer()
				r, err := t.Print(t.ctx, PrintOrder{Batch: t.purpose("fit", pieces)}, nil, nil)
				t.must(err)
				b.StopTimer()
				if r.Printed != pieces || len(label.Labels()) != pieces {
					b.Fatalf("%+v, %d labels", r, len(label.Labels()))
				}
				bytes := 0
				for _, l := range label.Labels() {
					bytes += len(l.ZPL)
				}
				b.ReportMetric(float64(bytes)/pieces, "bytes/piece")
				label.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(pieces*b.N)/b.Elapsed().Seconds(), "pieces/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
