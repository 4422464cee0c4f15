package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"znak/app/postal"
)

// peopled is an invented piece with a name and an address of its own: every second goes to one city, the others all over the country.
func peopled(n int) postal.Piece {
	p := testPiece(n)
	r := uint64(n)*0x9E3779B97F4A7C15 + 1
	pick := func(list string) string {
		r ^= r << 13
		r ^= r >> 7
		r ^= r << 17
		words := strings.Fields(list)
		return words[r%uint64(len(words))]
	}
	syllables := "ба ве ги до жу зе ки лу мо на пе ро са ту фе ха цы ша ще яр"
	surname := pick(syllables) + pick(syllables) + pick(syllables) + pick("ев ов ин ский")
	p.To.Name = strings.ToUpper(surname[:2]) + surname[2:] + " " + pick("Анна Борис Вера Глеб Дарья Егор Жанна Захар") + " " + pick("Иванович Кирилловна Львович Марковна Осипович")
	p.To.Address = postal.Address{Kind: postal.AddressDefault, Index: postal.PostIndex(fmt.Sprintf("%06d", 900_000+r%90_000)), Region: "г. Москва", Place: "г Москва",
		Street: "ул " + pick("Лесная Новая Дальняя Речная Полевая Южная Верхняя Старая"), House: "7", Room: fmt.Sprint(n%200 + 1)}
	if n%2 == 1 {
		p.To.Address.Region, p.To.Address.Place = "обл. "+pick("Северная Тихоокеанская Предуральская Заречная"), "г "+pick(syllables)+pick(syllables)+"град"
	}
	return p
}

// BenchmarkSearch asks a store of a million pieces for what people type. ZNAK_BENCH_STORE keeps it in a file for the next time.
func BenchmarkSearch(b *testing.B) {
	if testing.Short() {
		b.Skip("fills a store with a million pieces")
	}
	const pieces, size = 1_000_000, 10_000
	path := os.Getenv("ZNAK_BENCH_STORE")
	if path == "" {
		path = filepath.Join(b.TempDir(), "znak.db")
	}
	s := openAt(b, path)
	began := time.Now()
	for n := 0; n < pieces; n += size {
		if _, err := s.Piece(ctx, peopled(n).PostID); err == nil {
			continue
		}
		list := make([]postal.Piece, size)
		for i := range list {
			list[i] = peopled(n + i)
		}
		name, pos := fmt.Sprint(n/size+1), 0
		if n >= pieces-10*size { // the last is a batch of 100,000
			name, pos = "100", n-(pieces-10*size)
		}
		write(b, s, func(tx *Tx) error {
			if err := tx.PutBatch(testBatch(name), true); err != nil {
				return err
			}
			if err := tx.PutPieces(name, pos, list); err != nil {
				return err
			}
			events := make([]NewEvent, len(list))
			for i, p := range list {
				events[i] = NewEvent{Kind: postal.EventPulled, Batch: name, Piece: p.PostID, ShPI: p.ShPI, Data: pulledData(p)}
			}
			return tx.Record(events...)
		})
	}
	b.Logf("%d pieces in %v", pieces, time.Since(began))
	one := peopled(123_456)
	surname, _, _ := strings.Cut(one.To.Name, " ")
	for _, q := range []struct {
		name string
		PieceQuery
	}{
		{"ШПИ", PieceQuery{Text: one.ShPI.Grouped()}},
		{"last-five", PieceQuery{Text: string(one.ShPI[9:])}},
		{"number", PieceQuery{Text: string(one.ShPI[8:13])}},
		{"mark", PieceQuery{Text: one.Mark.ID}},
		{"mark-beginning", PieceQuery{Text: one.Mark.ID[:4]}},
		{"sender's-number", PieceQuery{Text: one.OrderNum}},
		{"index", PieceQuery{Text: string(one.To.Address.Index)}},
		{"surname", PieceQuery{Text: surname}},
		{"surname-beginning", PieceQuery{Text: surname[:8]}},
		{"whole-name", PieceQuery{Text: one.To.Name}},
		{"two-words", PieceQuery{Text: surname[:6] + " моск"}},
		{"common-word", PieceQuery{Text: "Москва"}},
		{"common-long-word", PieceQuery{Text: "тихоокеанск"}},
		{"common-words", PieceQuery{Text: "Москва Лесная Анна"}},
		{"one-letter", PieceQuery{Text: "м"}},
		{"one-digit", PieceQuery{Text: "9"}},
		{"nothing", PieceQuery{Text: "Ъъъ"}},
		{"nothing-of-common-words", PieceQuery{Text: "Москва тихоокеанская"}},
		{"in-batch-common", PieceQuery{Batch: "100", Text: "Москва", Limit: 50}},
		{"in-batch-common-end", PieceQuery{Batch: "100", Text: "Москва", Limit: 50, Offset: 49_000}},
		{"in-batch-all", PieceQuery{Batch: "100", Text: "г", Limit: 50, Offset: 90_000}},
		{"in-batch-surname", PieceQuery{Batch: "100", Text: surname[:6], Limit: 50}},
		{"in-batch-nothing", PieceQuery{Batch: "100", Text: "Ъъъ", Limit: 50}},
	} {
		b.Run(q.name, func(b *testing.B) {
			if q.Limit == 0 {
				q.Limit = 201 // what the window asks for
			}
			n := 0
			for b.Loop() {
				list, err := s.Pieces(ctx, q.PieceQuery)
				if err != nil {
					b.Fatal(err)
				}
				n = len(list)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
			b.ReportMetric(float64(n), "letters")
			b.ReportMetric(0, "ns/op")
		})
	}
}
