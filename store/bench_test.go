package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"znak/app/postal"
)

// BenchmarkPull puts 10,000 new pieces with their events in one change.
func BenchmarkPull(b *testing.B) {
	s := openTest(b)
	for i := 0; b.Loop(); i++ {
		pull(b, s, fmt.Sprint(i+1), testPieces(i*10_000, 10_000))
	}
}

// BenchmarkPullAgain reads 10,000 known pieces once more.
func BenchmarkPullAgain(b *testing.B) {
	s := openTest(b)
	list := testPieces(0, 10_000)
	pull(b, s, "1", list)
	for b.Loop() {
		write(b, s, func(tx *Tx) error {
			if _, err := tx.Pieces("1"); err != nil {
				return err
			}
			return tx.PutPieces("1", 0, list)
		})
	}
}

// BenchmarkIntents and BenchmarkPrinted move 10,000 pieces in one change.
func BenchmarkIntents(b *testing.B) {
	benchmarkEvents(b, func(b *testing.B, s *Store, i int, list []postal.Piece) func() {
		return func() { intend(b, s, fmt.Sprint("job", i), list) }
	})
}

func BenchmarkPrinted(b *testing.B) {
	benchmarkEvents(b, func(b *testing.B, s *Store, i int, list []postal.Piece) func() {
		intend(b, s, fmt.Sprint("job", i), list)
		return func() {
			write(b, s, func(tx *Tx) error { return tx.Record(eventsOf(postal.EventPrinted, list, nil)...) })
		}
	})
}

func benchmarkEvents(b *testing.B, prepare func(*testing.B, *Store, int, []postal.Piece) func()) {
	s := openTest(b)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		list := testPieces(i*10_000, 10_000)
		pull(b, s, fmt.Sprint(i+1), list)
		f := prepare(b, s, i, list)
		b.StartTimer()
		f()
	}
}

// BenchmarkList lists a batch of 10,000 pieces.
func BenchmarkList(b *testing.B) {
	s := openTest(b)
	pull(b, s, "1", testPieces(0, 10_000))
	for b.Loop() {
		list, err := s.Pieces(ctx, PieceQuery{Batch: "1"})
		if err != nil || len(list) != 10_000 {
			b.Fatal(len(list), err)
		}
	}
}

// BenchmarkMillion asks a store of 100 batches with 10,000 pieces each.
func BenchmarkMillion(b *testing.B) {
	if testing.Short() {
		b.Skip("fills a store with a million pieces")
	}
	path := filepath.Join(b.TempDir(), "znak.db")
	s := openAt(b, path)
	began := time.Now()
	for i := range 100 {
		pull(b, s, fmt.Sprint(i+1), testPieces(i*10_000, 10_000))
	}
	b.Logf("a million pieces pulled in %v", time.Since(began))
	n := 0
	b.Run("PieceByShPI", func(b *testing.B) {
		for b.Loop() {
			n = (n + 7919) % 1_000_000
			if _, err := s.PieceByShPI(ctx, testPiece(n).ShPI); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("PieceByMark", func(b *testing.B) {
		for b.Loop() {
			n = (n + 7919) % 1_000_000
			if _, err := s.PieceByMark(ctx, testPiece(n).Mark.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Batches", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Batches(ctx); err != nil || len(list) != 100 || list[7].Pieces != 10_000 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("Search", func(b *testing.B) {
		for b.Loop() {
			if list, err := s.Pieces(ctx, PieceQuery{Batch: "50", Text: "елкин", Limit: 50, Offset: 9_000}); err != nil || len(list) != 50 {
				b.Fatal(len(list), err)
			}
		}
	})
	b.Run("Commit", func(b *testing.B) {
		for b.Loop() {
			n++
			if err := happen(s, NewEvent{Kind: postal.EventScanned, Piece: testPiece(n % 1_000_000).PostID}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Open", func(b *testing.B) {
		for b.Loop() {
			again := openAt(b, path)
			if err := again.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Audit", func(b *testing.B) {
		for b.Loop() {
			mustAudit(b, s)
		}
	})
}

// BenchmarkCommit compares a durable event with the least that SQLite can do durably on the same disk: one row of the same
// size in one table, WAL, synchronous=FULL. The metric "x-raw" is how many times longer the ledger takes.
func BenchmarkCommit(b *testing.B) {
	raw := rawCommit(b)
	for _, group := range []int{1, 10, 100} {
		b.Run(fmt.Sprint("events=", group), func(b *testing.B) {
			s := openTest(b)
			list := testPieces(0, 1000)
			pull(b, s, "1", list)
			intend(b, s, "job", list)
			i, events := 0, 0
			for b.Loop() {
				some := make([]NewEvent, group)
				for j := range some {
					some[j] = NewEvent{Kind: postal.EventScanned, Piece: list[i%1000].PostID}
					i++
				}
				if err := happen(s, some...); err != nil {
					b.Fatal(err)
				}
				events += group
			}
			each := b.Elapsed() / time.Duration(events)
			b.ReportMetric(float64(each)/float64(raw), "x-raw")
			b.ReportMetric(float64(time.Second)/float64(each), "events/s")
		})
	}
}

// rawCommit measures one FULL commit of SQLite itself.
func rawCommit(b *testing.B) time.Duration {
	db, err := sql.Open("sqlite", dsn(filepath.Join(b.TempDir(), "raw.db"), "_journal_mode", "WAL", "_synchronous", "FULL"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)`); err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare(`INSERT INTO rows (text) VALUES (?)`)
	if err != nil {
		b.Fatal(err)
	}
	defer insert.Close()
	text := fmt.Sprintf("%0300d", 0)
	const n = 2000
	began := time.Now()
	for range n {
		if _, err := insert.Exec(text); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began) / n
}
