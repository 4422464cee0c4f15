package postal

import (
	"math"
	"strings"
	"testing"
)

func TestKopecks(t *testing.T) {
	for _, c := range []struct {
		k               Kopecks
		decimal, office string
	}{
		{0, "0.00", "0,00\u00a0₽"},
		{5, "0.05", "0,05\u00a0₽"},
		{8540, "85.40", "85,40\u00a0₽"},
		{100_000, "1000.00", "1\u202f000,00\u00a0₽"},
		{11_756_400, "117564.00", "117\u202f564,00\u00a0₽"},
		{123_456_789_012, "1234567890.12", "1\u202f234\u202f567\u202f890,12\u00a0₽"},
		{-8540, "-85.40", "–85,40\u00a0₽"},
		{-1, "-0.01", "–0,01\u00a0₽"},
		{math.MaxInt64, "92233720368547758.07", "92\u202f233\u202f720\u202f368\u202f547\u202f758,07\u00a0₽"},
		{math.MinInt64, "-92233720368547758.08", "–92\u202f233\u202f720\u202f368\u202f547\u202f758,08\u00a0₽"},
	} {
		if got := c.k.Decimal(); got != c.decimal {
			t.Errorf("%d: %q, want %q", int64(c.k), got, c.decimal)
		}
		if got := c.k.Office(); got != c.office {
			t.Errorf("%d: %q, want %q", int64(c.k), got, c.office)
		}
	}
	if r, k := Kopecks(8540).RoublesKopecks(); r != 85 || k != 40 {
		t.Errorf("%d %d", r, k)
	}
}

func TestParseKopecks(t *testing.T) {
	for s, want := range map[string]Kopecks{"85.40": 8540, "85,40": 8540, "85": 8500, "85.4": 8540, " 0,05 ": 5, "-85.40": -8540, "-0.01": -1, "0": 0,
		"999999999999999.99": 99_999_999_999_999_999, "007": 700} {
		if got, err := ParseKopecks(s); got != want || err != nil {
			t.Errorf("%q: %d, %v", s, int64(got), err)
		}
	}
	for _, s := range []string{"", " ", "-", ".", "85.", ".40", "85.400", "85,40,1", "1.2.3", "1e3", "--1", "+1", "85 40", "１", "1000000000000000", "NaN", "0x10", "85.-4", "1 000,00"} {
		got, err := ParseKopecks(s)
		if got != 0 {
			t.Errorf("%q: %d", s, int64(got))
		}
		checkReason(t, s, err, "sum", "sum.shape")
	}
}

func TestGroupThousands(t *testing.T) {
	for s, want := range map[string]string{"": "", "1": "1", "123": "123", "1234": "1 234", "123456": "123 456", "1234567": "1 234 567"} {
		if got := strings.ReplaceAll(GroupThousands(s), "\u202f", " "); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
}

func FuzzKopecks(f *testing.F) {
	for _, s := range []string{"85.40", "85,4", "-0.01", "1.", "999999999999999.99"} {
		f.Add(s, int64(8540))
	}
	f.Add("", int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, s string, n int64) {
		if k, err := ParseKopecks(s); err == nil {
			if again, err := ParseKopecks(k.Decimal()); again != k || err != nil {
				t.Errorf("%q: %d, then %d, %v", s, int64(k), int64(again), err)
			}
		}
		if k := Kopecks(n); n > -1e17 && n < 1e17 {
			if back, err := ParseKopecks(k.Decimal()); back != k || err != nil {
				t.Errorf("%d: %q: %d, %v", n, k.Decimal(), int64(back), err)
			}
		}
		plain := strings.NewReplacer("\u202f", "", "\u00a0₽", "", "–", "-", ",", ".").Replace(Kopecks(n).Office())
		if plain != Kopecks(n).Decimal() {
			t.Errorf("%d: %q and %q", n, Kopecks(n).Office(), Kopecks(n).Decimal())
		}
	})
}
