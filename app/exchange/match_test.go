package exchange

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"znak/app/postal"
)

func up(day string, sum postal.Kopecks) TopUp {
	return TopUp{Day: postal.Date("2026-11-" + day), Kopecks: sum}
}

func gain(day string, sum postal.Kopecks) Gain {
	return Gain{Day: postal.Date("2026-11-" + day), Kopecks: sum}
}

// shape writes a matching so that it can be compared: pairs as sums, lone ones with their reasons.
func shape(m Matching) string {
	s := ""
	for _, p := range m.Pairs {
		for _, u := range p.TopUps {
			s += fmt.Sprintf("%s:%d ", u.Day[8:], u.Kopecks)
		}
		s += "="
		for _, g := range p.Gains {
			s += fmt.Sprintf(" %s:%d", g.Day[8:], g.Kopecks)
		}
		s += "; "
	}
	for _, u := range m.StatementOnly {
		s += fmt.Sprintf("paid %s:%d %s; ", u.Day[8:], u.Kopecks, u.Why)
	}
	for _, g := range m.BalanceOnly {
		s += fmt.Sprintf("gained %s:%d %s; ", g.Day[8:], g.Kopecks, g.Why)
	}
	return s
}

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct {
		ups   []TopUp
		gains []Gain
		want  string
	}{
		"nothing":                        {nil, nil, ""},
		"the same day":                   {[]TopUp{up("02", 100)}, []Gain{gain("02", 100)}, "02:100 = 02:100; "},
		"some days later":                {[]TopUp{up("02", 100)}, []Gain{gain("07", 100)}, "02:100 = 07:100; "},
		"too late":                       {[]TopUp{up("02", 100)}, []Gain{gain("08", 100)}, "paid 02:100 day; gained 08:100 day; "},
		"gained before it was paid":      {[]TopUp{up("05", 100)}, []Gain{gain("04", 100)}, "paid 05:100 day; gained 04:100 day; "},
		"another sum":                    {[]TopUp{up("02", 100)}, []Gain{gain("03", 99)}, "paid 02:100 sum; gained 03:99 sum; "},
		"nothing near":                   {[]TopUp{up("02", 100)}, []Gain{gain("15", 99)}, "paid 02:100 nothing; gained 15:99 nothing; "},
		"equal sums go in order":         {[]TopUp{up("06", 100), up("02", 100)}, []Gain{gain("09", 100), gain("05", 100)}, "02:100 = 05:100; 06:100 = 09:100; "},
		"two payments seen as one gain":  {[]TopUp{up("02", 100), up("03", 50), up("03", 7)}, []Gain{gain("04", 150)}, "02:100 03:50 = 04:150; paid 03:7 nothing; "},
		"one payment seen in two gains":  {[]TopUp{up("02", 100)}, []Gain{gain("03", 60), gain("04", 40)}, "02:100 = 03:60 04:40; "},
		"an equal sum comes before sums": {[]TopUp{up("02", 150), up("02", 100), up("02", 50)}, []Gain{gain("03", 150), gain("03", 150)}, "02:150 = 03:150; 02:100 02:50 = 03:150; "},
		"still on its way":               {[]TopUp{up("18", 100)}, nil, "paid 18:100 waiting; "},
		"money back":                     {[]TopUp{up("02", -100)}, []Gain{gain("03", -100)}, "02:-100 = 03:-100; "},
	} {
		got := shape(Match(MatchParams{TopUps: c.ups, Gains: c.gains, Days: 5, Today: "2026-11-20"}))
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Whatever is given comes back exactly once; what is paired agrees in sum and time; and no payment and gain that are left alone could be a pair.
func TestMatchKeepsEverything(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := MatchParams{Days: 1 + r.IntN(6), Today: "2026-12-31"}
		for range r.IntN(12) {
			p.TopUps = append(p.TopUps, up(fmt.Sprintf("%02d", 1+r.IntN(28)), postal.Kopecks(1+r.IntN(6))*100))
		}
		for range r.IntN(12) {
			p.Gains = append(p.Gains, gain(fmt.Sprintf("%02d", 1+r.IntN(28)), postal.Kopecks(1+r.IntN(9))*100))
		}
		m := Match(p)
		ups, gains := map[TopUp]int{}, map[Gain]int{}
		for _, u := range p.TopUps {
			ups[u]++
		}
		for _, g := range p.Gains {
			gains[g]++
		}
		helper := &matcher{MatchParams: p}
		for _, pair := range m.Pairs {
			var sum postal.Kopecks
			for _, u := range pair.TopUps {
				ups[u]--
				sum += u.Kopecks
				for _, g := range pair.Gains {
					if !helper.within(u.Day, g.Day) {
						t.Fatalf("seed %d: %v and %v are too far apart", seed, u, g)
					}
				}
			}
			for _, g := range pair.Gains {
				gains[g]--
				sum -= g.Kopecks
			}
			if sum != 0 {
				t.Fatalf("seed %d: %+v", seed, pair)
			}
		}
		for _, u := range m.StatementOnly {
			ups[u.TopUp]--
			for _, g := range m.BalanceOnly {
				if u.Kopecks == g.Kopecks && helper.within(u.Day, g.Day) {
					t.Fatalf("seed %d: %v and %v are a pair", seed, u, g)
				}
			}
		}
		for _, g := range m.BalanceOnly {
			gains[g.Gain]--
		}
		for u, n := range ups {
			if n != 0 {
				t.Fatalf("seed %d: %v is there %+d times", seed, u, -n)
			}
		}
		for g, n := range gains {
			if n != 0 {
				t.Fatalf("seed %d: %v is there %+d times", seed, g, -n)
			}
		}
	}
}

func BenchmarkMatchAYear(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	p := MatchParams{Days: 7, Today: "2026-12-31"}
	for range 500 {
		day := 1 + r.IntN(28)
		sum := postal.Kopecks(1 + r.IntN(50))
		p.TopUps = append(p.TopUps, up(fmt.Sprintf("%02d", day), sum))
		p.Gains = append(p.Gains, gain(fmt.Sprintf("%02d", 1+r.IntN(28)), sum+postal.Kopecks(r.IntN(2))))
	}
	for b.Loop() {
		Match(p)
	}
}
