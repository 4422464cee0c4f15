package station

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/printer/folder"
	"znak/store"
)

// BenchmarkWholeJob prints a batch of 2,000 pieces with the durable ledger to a PDF, without and with the pre-flight of every code.
// The goals: 500 and 150 pieces a second on two cores.
func BenchmarkWholeJob(b *testing.B) {
	const pieces = 2000
	for _, preflight := range []string{"false", "true"} {
		b.Run("preflight="+preflight, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				t := newBench(b, sandbox.Options{Seed: 5, Pieces: pieces})
				_, err := t.Pull(t.ctx)
				t.must(err)
				t.must(t.SetSetting(t.ctx, SettingPreflight, preflight))
				b.StartTimer()
				r, err := t.Print(t.ctx, PrintOrder{Batch: t.purpose("fit", pieces)}, nil, nil)
				t.must(err)
				if r.Printed != pieces {
					b.Fatalf("%+v", r)
				}
			}
			b.ReportMetric(float64(pieces*b.N)/b.Elapsed().Seconds(), "pieces/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkVerdict scans whole envelopes with a store of many pieces; ZNAK_BENCH_PIECES sets how many, the goal is 5 ms at a million.
func BenchmarkVerdict(b *testing.B) {
	pieces := 200_000
	if n, err := strconv.Atoi(os.Getenv("ZNAK_BENCH_PIECES")); err == nil {
		pieces = n
	}
	t := newBench(b, sandbox.Options{Seed: 5, Pieces: 5000})
	_, err := t.Pull(t.ctx)
	t.must(err)
	name := t.purpose("fit", 5000)
	t.must(t.SetSetting(t.ctx, SettingPreflight, "false"))
	_, err = t.Print(t.ctx, PrintOrder{Batch: name}, nil, nil)
	t.must(err)
	texts := t.texts(name)
	fillStore(b, t, name, pieces-5000)
	v := t.Verifier(name)
	var longest time.Duration
	n := 0
	b.ResetTimer()
	for i := range b.N {
		pair := texts[i%len(texts)]
		for _, text := range pair {
			start := time.Now()
			answers, err := v.Scan(t.ctx, text)
			longest = max(longest, time.Since(start))
			t.must(err)
			n++
			if len(answers) != 1 || answers[0].Verdict == scan.VerdictForeign {
				b.Fatalf("%+v", answers)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/scan")
	b.ReportMetric(float64(longest.Microseconds()), "µs-longest")
	b.ReportMetric(float64(pieces), "pieces-in-store")
}

// fillStore adds batches of pieces that look like those of the batch.
func fillStore(b *testing.B, t *bench, like string, pieces int) {
	b.Helper()
	rows, err := t.Pieces(t.ctx, store.PieceQuery{Batch: like, Limit: 1})
	t.must(err)
	batch, err := t.store.Batch(t.ctx, like)
	t.must(err)
	const size = 10_000
	for n := 0; n < pieces; n += size {
		t.must(t.store.Write(t.ctx, func(tx *store.Tx) error {
			facts := batch.Batch
			facts.Name = fmt.Sprintf("filler-%d", n)
			if err := tx.PutBatch(facts, true); err != nil {
				return err
			}
			list := make([]postal.Piece, 0, size)
			events := make([]store.NewEvent, 0, size)
			for i := n; i < min(n+size, pieces); i++ {
				p := rows[0].Piece
				first := fmt.Sprintf("1%012d", i)
				p.PostID, p.ShPI, p.Batch = int64(9_000_000_000+i), postal.ShPI(first+string(postal.ShPICheckDigit(first))), facts.Name
				m := *p.Mark
				m.ID = fmt.Sprintf("FILLER-%09d", i)
				p.Mark = &m
				list = append(list, p)
				events = append(events, store.NewEvent{Kind: postal.EventPulled, Batch: facts.Name, Piece: p.PostID, ShPI: p.ShPI, Data: pieceData(facts, p)})
			}
			if err := tx.PutPieces(facts.Name, 0, list); err != nil {
				return err
			}
			return tx.Record(events...)
		}))
	}
}

// BenchmarkLedgerAgainstCommits compares printing with the durable ledger to the same pages without it: how much of a run the ledger costs.
func BenchmarkLedgerAgainstCommits(b *testing.B) {
	const pieces = 2000
	var with, without time.Duration
	for range b.N {
		t := newBench(b, sandbox.Options{Seed: 5, Pieces: pieces})
		_, err := t.Pull(t.ctx)
		t.must(err)
		t.must(t.SetSetting(t.ctx, SettingPreflight, "false"))
		name := t.purpose("fit", pieces)
		batch, err := t.store.Batch(t.ctx, name)
		t.must(err)
		rows, err := t.Pieces(t.ctx, store.PieceQuery{Batch: name})
		t.must(err)
		device := folder.New(folder.Params{Dir: filepath.Join(t.dir, "bare")})
		start := time.Now()
		job, err := device.Open(context.Background(), "bare")
		t.must(err)
		t.must(t.envelopes(t.ctx, batch.Batch, rows, device.Info().DPI, Sheet{}, func(ready []envelope) error {
			for _, e := range ready {
				if err := job.Send(t.ctx, e.page); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err = job.Finish(t.ctx)
		t.must(err)
		without += time.Since(start)
		start = time.Now()
		_, err = t.Print(t.ctx, PrintOrder{Batch: name}, nil, nil)
		t.must(err)
		with += time.Since(start)
	}
	b.ReportMetric(with.Seconds()/without.Seconds(), "with/without-ledger")
	b.ReportMetric(0, "ns/op")
}
