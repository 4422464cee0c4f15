package paper

import (
	"image"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"znak/app/postal"
	"znak/printer/page"
	"znak/printer/raster"
)

// BenchmarkPreflight draws finished faces at 300 dpi and reads their codes back, on all cores, for each kind that takes the mark. The goal is 150 a
// second with all the rest of a run beside it.
func BenchmarkPreflight(b *testing.B) {
	const dpi = 300
	for _, kind := range []postal.EnvelopeKind{postal.C4, postal.C5, postal.DL, postal.OX, postal.OA} {
		face, err := Envelope(sample(b, kind, dpi))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(kind)+"/whole", func(b *testing.B) {
			onAllCores(b, func() func() ([]raster.Code, error) {
				r := raster.New(dpi)
				var img *image.Gray
				return func() (_ []raster.Code, err error) {
					if img, err = r.Render(face, img); err != nil {
						return nil, err
					}
					return raster.ReadBack(img, face)
				}
			})
		})
		b.Run(string(kind)+"/codes", func(b *testing.B) {
			onAllCores(b, func() func() ([]raster.Code, error) {
				r := raster.New(dpi)
				return func() ([]raster.Code, error) { return r.ReadBack(face) }
			})
		})
	}
}

func onAllCores(b *testing.B, prepare func() func() ([]raster.Code, error)) {
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			work := prepare()
			for int(next.Add(1)) <= b.N {
				if codes, err := work(); err != nil || len(codes) != 2 {
					b.Error(codes, err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// TestFacesCanBeAdjusted corrects real faces for faults as office printers have them: everything stays on the paper and both codes stay readable.
func TestFacesCanBeAdjusted(t *testing.T) {
	for _, kind := range marked() {
		for _, dpi := range resolutions {
			face, err := Envelope(sample(t, kind, dpi))
			if err != nil {
				t.Fatal(err)
			}
			want, err := raster.New(dpi).ReadBack(face)
			if err != nil || len(want) != 2 {
				t.Fatal(want, err)
			}
			for i, a := range []page.Adjust{{DX: 2, DY: -1.5}, {DX: -2, DY: 1.5}, {Skew: 5.2}, {Skew: -5.2}, {ScaleX: 4, ScaleY: -4}, {ScaleX: -4, ScaleY: 4},
				{DX: 1.2, DY: 0.8, Skew: 5, ScaleX: 3, ScaleY: 3}, {DX: -1.2, DY: -0.8, Skew: -5, ScaleX: -3, ScaleY: -3}} {
				face.Turn = i % 4
				moved, err := face.Adjusted(a)
				if err != nil {
					t.Errorf("%s %d dpi turn %d %+v: %v", kind, dpi, face.Turn, a, err)
					continue
				}
				codes, err := raster.New(dpi).ReadBack(moved)
				if err != nil || len(codes) != 2 || codes[0] != want[0] || codes[1] != want[1] {
					t.Errorf("%s %d dpi turn %d %+v: %v %v", kind, dpi, face.Turn, a, codes, err)
				}
			}
		}
	}
}
