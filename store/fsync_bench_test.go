package store

import (
	"fmt"
	"testing"
	"time"

	"znak/app/postal"
)

// BenchmarkLedgerVsFsync takes pieces through their two durable steps, intent and printed, in groups of 200 as the station does, and compares with the
// rate at which SQLite alone makes single rows durable on the same disk in the same run.
//
//	pieces/s       through both steps
//	raw-commits/s  FULL commits of one row
//	pieces/commit  pieces/s by raw-commits/s: pieces that are made durable, twice, in the time of one raw commit
//	of-limit       the same by 100, the pieces that two commits a group of 200 would allow if nothing but the commits took time
func BenchmarkLedgerVsFsync(b *testing.B) {
	const size, group = 10_000, 200
	raw := rawCommit(b)
	s := openTest(b)
	pieces := 0
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		list := testPieces(i*size, size)
		pull(b, s, fmt.Sprint(i+1), list)
		mustHappen(b, s, approved(fmt.Sprint(i+1)))
		b.StartTimer()
		for n := 0; n < size; n += group {
			some := list[n : n+group]
			intend(b, s, fmt.Sprint("job", i, "-", n), some)
			write(b, s, func(tx *Tx) error { return tx.Record(eventsOf(postal.EventPrinted, some, nil)...) })
		}
		pieces += size
	}
	rate, limit := float64(pieces)/b.Elapsed().Seconds(), float64(time.Second)/float64(raw)
	b.ReportMetric(rate, "pieces/s")
	b.ReportMetric(limit, "raw-commits/s")
	b.ReportMetric(rate/limit, "pieces/commit")
	b.ReportMetric(rate/limit/(group/2), "of-limit")
}

// BenchmarkApprove reserves the money of a batch of 10,000 pieces in one change.
func BenchmarkApprove(b *testing.B) {
	s := openTest(b)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		pull(b, s, fmt.Sprint(i+1), testPieces(i*10_000, 10_000))
		b.StartTimer()
		mustHappen(b, s, approved(fmt.Sprint(i+1)))
	}
}
