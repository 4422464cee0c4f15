package pagetest_test

import (
	"testing"

	"znak/printer/page"
	"znak/printer/page/pagetest"
)

func TestEnvelopesAreGoodPages(t *testing.T) {
	for _, dpi := range []int{203, 300, 600} {
		for n := range 50 {
			if err := page.Check(pagetest.Envelope(n, dpi)); err != nil {
				t.Errorf("%d dpi: %v", dpi, err)
			}
		}
	}
}
