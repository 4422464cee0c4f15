package raster_test

import (
	"fmt"
	"image"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
	"znak/printer/raster"
)

// perCore runs work on all cores and reports pages a second.
func perCore(b *testing.B, prepare func() func(n int) error) {
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			work := prepare()
			for {
				n := int(next.Add(1))
				if n > b.N {
					return
				}
				if err := work(n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

func envelopes() []page.Page {
	out := make([]page.Page, 64)
	for i := range out {
		out[i] = pagetest.Envelope(i, 300)
	}
	return out
}

// BenchmarkRaster draws envelopes at 300 dpi on all cores.
func BenchmarkRaster(b *testing.B) {
	pages := envelopes()
	perCore(b, func() func(int) error {
		r := raster.New(300)
		var img *image.Gray
		return func(n int) (err error) {
			img, err = r.Render(pages[n%len(pages)], img)
			return err
		}
	})
}

// BenchmarkReadBack draws envelopes at 300 dpi and reads their two codes, on all cores: the pre-flight of a page.
func BenchmarkReadBack(b *testing.B) {
	pages := envelopes()
	perCore(b, func() func(int) error {
		r := raster.New(300)
		var img *image.Gray
		return func(n int) (err error) {
			p := pages[n%len(pages)]
			if img, err = r.Render(p, img); err != nil {
				return err
			}
			codes, err := raster.ReadBack(img, p)
			if err == nil && codes[1].Text != pagetest.Payload(n%len(pages)) {
				err = fmt.Errorf("read %q", codes)
			}
			return err
		}
	})
}

// BenchmarkReadBackAlone reads the same codes without drawing the rest of the envelopes.
func BenchmarkReadBackAlone(b *testing.B) {
	pages := envelopes()
	perCore(b, func() func(int) error {
		r := raster.New(300)
		return func(n int) error {
			codes, err := r.ReadBack(pages[n%len(pages)])
			if err == nil && codes[1].Text != pagetest.Payload(n%len(pages)) {
				err = fmt.Errorf("read %q", codes)
			}
			return err
		}
	})
}

// BenchmarkTurned draws envelopes that lie across.
func BenchmarkTurned(b *testing.B) {
	pages := envelopes()
	for i := range pages {
		pages[i].Turn = 1
	}
	perCore(b, func() func(int) error {
		r := raster.New(300)
		var img *image.Gray
		return func(n int) (err error) {
			img, err = r.Render(pages[n%len(pages)], img)
			return err
		}
	})
}
