package station

import (
	"context"
	"errors"
	"iter"
	"sync"

	"znak/app/boundary"
	"znak/app/hint"
	"znak/app/mark"
	"znak/app/postal"
	"znak/app/scan"
	"znak/store"
)

// Verifier judges what a scanner sees, for one operator's stream of scans. It is safe for concurrent use.
type Verifier struct {
	s     *Station
	batch string // "": any

	mu      sync.Mutex
	pairing *scan.Pairing // made at the first scan
	lines   *scan.Assembler
}

// Verifier begins a verification; batch "" takes pieces of any batch.
func (s *Station) Verifier(batch string) *Verifier {
	return &Verifier{s: s, batch: batch, lines: scan.NewAssembler(s.reader)}
}

// Line takes one line of a scanner that sends a code of several lines line by line, and answers the codes that became complete.
func (v *Verifier) Line(ctx context.Context, line string) ([]ScanVerdict, error) {
	ctx, err := v.s.as(ctx, ActWork)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.takeAll(ctx, v.lines.Line(line))
}

// Flush ends the stream: what is held of a code, and an envelope of which one half was seen, is answered as it is.
func (v *Verifier) Flush(ctx context.Context) ([]ScanVerdict, error) {
	ctx, err := v.s.as(ctx, ActWork)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	list, err := v.takeAll(ctx, v.lines.Flush())
	if err != nil || v.pairing == nil {
		return list, err
	}
	for _, pair := range v.pairing.Flush() {
		list = append(list, v.answer(pair))
	}
	return list, nil
}

// Scan judges one whole scanned text. What it answers is in the ledger before it returns. Usually that is one verdict; two when the text
// begins another envelope while one was half seen.
func (v *Verifier) Scan(ctx context.Context, text string) ([]ScanVerdict, error) {
	ctx, err := v.s.as(ctx, ActWork)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.take(ctx, v.s.reader.Read(text))
}

func (v *Verifier) takeAll(ctx context.Context, readings []scan.Reading) (list []ScanVerdict, err error) {
	for _, r := range readings {
		one, err := v.take(ctx, r)
		if err != nil {
			return list, err
		}
		list = append(list, one...)
	}
	return list, nil
}

func (v *Verifier) take(ctx context.Context, reading scan.Reading) ([]ScanVerdict, error) {
	if v.pairing == nil {
		required, err := v.s.settingOn(ctx, SettingVerifyPair)
		if err != nil {
			return nil, err
		}
		v.pairing = scan.NewPairing(required)
	}
	var list []ScanVerdict
	for _, pair := range v.pairing.Take(reading) {
		answer, err := v.judge(ctx, pair)
		if err != nil {
			return list, err
		}
		answer.Text = reading.Text
		if pair.Left { // the code that was left alone came before this one
			answer.Text = halfText(pair)
		}
		list = append(list, answer)
	}
	return list, nil
}

// PictureSeen is a page of a picture or PDF file and the verdict on every envelope on it.
type PictureSeen struct {
	File     string
	Page     int // from 1; 0: the file as a whole cannot be read
	Verdicts []ScanVerdict
}

// Pictures reads pictures and PDFs as a virtual scanner would and judges every envelope on them. A file or page that cannot be read is an unreadable
// envelope and does not end the sequence; an error of the ledger or the context does.
func (v *Verifier) Pictures(ctx context.Context, files []string) iter.Seq2[PictureSeen, error] {
	return func(yield func(PictureSeen, error) bool) {
		ctx, err := v.s.as(ctx, ActWork)
		if err != nil {
			yield(PictureSeen{}, err)
			return
		}
		pair, err := v.s.settingOn(ctx, SettingVerifyPair)
		if err != nil {
			yield(PictureSeen{}, err)
			return
		}
		for page, err := range v.s.reader.Images(ctx, files, scan.ImageParams{MarkAlone: !pair}) {
			if ctx.Err() != nil {
				yield(PictureSeen{}, ctx.Err())
				return
			}
			if err != nil {
				page.Pairs = []scan.Pair{{Verdict: scan.VerdictUnreadable, Err: err}}
			}
			seen := PictureSeen{File: page.File, Page: page.Page}
			for _, pair := range page.Pairs {
				answer, err := v.judgeImage(ctx, pair)
				if err != nil {
					yield(seen, err)
					return
				}
				seen.Verdicts = append(seen.Verdicts, answer)
			}
			if !yield(seen, nil) {
				return
			}
		}
	}
}

// Images is Pictures, verdict by verdict.
func (v *Verifier) Images(ctx context.Context, files []string) iter.Seq2[ScanVerdict, error] {
	return func(yield func(ScanVerdict, error) bool) {
		for seen, err := range v.Pictures(ctx, files) {
			for _, answer := range seen.Verdicts {
				if !yield(answer, nil) {
					return
				}
			}
			if err != nil {
				yield(ScanVerdict{}, err)
				return
			}
		}
	}
}

func (v *Verifier) judgeImage(ctx context.Context, pair scan.Pair) (ScanVerdict, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	answer, err := v.judge(ctx, pair)
	answer.Text = halfText(pair)
	return answer, err
}

func halfText(pair scan.Pair) string {
	if pair.Mark.Clean != "" {
		return pair.Mark.Clean
	}
	return pair.ShPI.Clean
}

// answer is the verdict that the pair carries in itself.
func (v *Verifier) answer(pair scan.Pair) ScanVerdict {
	a := ScanVerdict{Text: halfText(pair), Verdict: pair.Verdict, ShPI: postal.ShPI(pair.Piece)}
	if pair.Err != nil {
		a.Hint = reasonOf(pair.Err)
	}
	return a
}

// judge asks the ledger about the piece of a pair, writes what follows, and answers. An envelope of which one half was seen is told at
// once when the ledger already knows that something is wrong with it.
func (v *Verifier) judge(ctx context.Context, pair scan.Pair) (ScanVerdict, error) {
	if pair.Verdict == scan.VerdictUnreadable || pair.Verdict == scan.VerdictMismatch || pair.Left {
		return v.answer(pair), nil
	}
	for try := 0; ; try++ {
		row, verdict, why, err := v.look(ctx, pair)
		if err != nil {
			return ScanVerdict{}, err
		}
		a := ScanVerdict{Verdict: verdict, ShPI: postal.ShPI(pair.Piece), Hint: why}
		if verdict != scan.VerdictOK && !pair.Whole() && v.pairing != nil {
			v.pairing.Flush() // the envelope is put aside: its other half is not waited for
		}
		switch {
		case verdict == scan.VerdictOK && !pair.Whole():
			return v.answer(pair), nil
		case verdict == scan.VerdictOK:
			err = v.write(ctx, row, postal.EventVerified, store.VerifiedData{Source: "scan"})
		case row.PostID != 0 && (pair.Whole() || pair.Mark.Clean != ""): // once an envelope
			err = v.write(ctx, row, postal.EventScanned, map[string]any{"verdict": verdict})
		}
		var state *postal.StateError
		if errors.As(err, &state) && try == 0 {
			continue // it changed between the look and the write
		}
		return a, err
	}
}

func (v *Verifier) write(ctx context.Context, row store.PieceRow, kind postal.EventKind, data any) error {
	boundary.At(boundary.VerifyBefore)
	defer boundary.At(boundary.VerifyAfter)
	return v.s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(store.NewEvent{Kind: kind, Batch: row.Batch, Piece: row.PostID, ShPI: row.ShPI, Data: data})
	})
}

// look finds the piece that the codes speak of and says what the ledger thinks of this envelope. row is empty where the piece is not known here.
func (v *Verifier) look(ctx context.Context, pair scan.Pair) (row store.PieceRow, verdict scan.Verdict, why Reason, err error) {
	say := func(verdict scan.Verdict, key string, args hint.Args) (store.PieceRow, scan.Verdict, Reason, error) {
		if args == nil {
			args = hint.Args{}
		}
		args["ShPI"] = postal.ShPI(pair.Piece).Grouped()
		return row, verdict, Reason{key, args}, nil
	}
	seen := pair.Mark.Mark // the zero fields where the mark was not seen
	if seen.ID != "" {
		row, err = v.s.store.PieceByMark(ctx, seen.ID)
	} else {
		row, err = v.s.store.PieceByShPI(ctx, postal.ShPI(pair.Piece))
	}
	if errors.Is(err, store.ErrNotFound) && seen.ID != "" {
		// The mark is not in force. If the piece is ours, it was printed with an older one.
		row, err = v.s.store.PieceByShPI(ctx, seen.ShPI)
		if err == nil {
			return say(scan.VerdictStale, "station.verify.old-mark", nil)
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		row = store.PieceRow{}
		return say(scan.VerdictForeign, "station.verify.foreign", nil)
	}
	if err != nil {
		return row, "", why, err
	}
	if v.batch != "" && row.Batch != v.batch {
		other := row.Batch
		row = store.PieceRow{} // not a matter of this batch: nothing is written about it
		return say(scan.VerdictForeign, "station.verify.other-batch", hint.Args{"Batch": other, "Expected": v.batch})
	}
	if seen.ID != "" {
		now, err := v.s.fieldsNow(ctx, row)
		if err != nil {
			return row, "", why, err
		}
		switch {
		case row.ShPI != seen.ShPI:
			return say(scan.VerdictMismatch, "station.verify.other-shpi", hint.Args{"Mark": seen.ShPI.Grouped(), "Known": row.ShPI.Grouped()})
		case now != seen:
			return say(scan.VerdictStale, "station.verify.old-fields", nil)
		}
	}
	switch row.State {
	case postal.StatePulled:
		return say(scan.VerdictNotPrinted, "station.verify.not-printed", nil)
	case postal.StateSpoiled:
		return say(scan.VerdictSpoiled, "station.verify.spoiled", nil) // also one that was said to be missing
	case postal.StateStale:
		return say(scan.VerdictStale, "station.verify.stale", nil)
	case postal.StateWithdrawn, postal.StateOrphan:
		return say(scan.VerdictStale, "station.verify.withdrawn", nil)
	case postal.StateQueued, postal.StatePrinted, postal.StateUnknown:
		if row.Owed > 0 {
			return say(scan.VerdictOK, "station.verify.ok-owed", nil)
		}
		return say(scan.VerdictOK, "station.verify.ok", nil)
	default: // verified, and all that comes after: an envelope more than there should be
		switch {
		case row.Owed > 0:
			return say(scan.VerdictRepeat, "station.verify.repeat-owed", nil)
		case row.Missing > 0:
			return say(scan.VerdictSpoiled, "station.verify.found", nil)
		case row.Copies > 1:
			return say(scan.VerdictRepeat, "station.verify.repeat-copies", hint.Args{"Count": row.Copies})
		}
		return say(scan.VerdictRepeat, "station.verify.repeat", hint.Args{"At": Clock(row.StateAt)})
	}
}

// fieldsNow are the fields the mark of a piece must hold today.
func (s *Station) fieldsNow(ctx context.Context, row store.PieceRow) (mark.Fields, error) {
	b, err := s.store.Batch(ctx, row.Batch)
	if err != nil {
		return mark.Fields{}, err
	}
	sender, err := s.store.Sender(ctx)
	if err != nil {
		return mark.Fields{}, err
	}
	fields, reason := s.fields(b.Batch, row.Piece, sender)
	if reason != nil {
		return mark.Fields{}, nil // a piece that has lost its mark: nothing printed fits any more
	}
	return fields, nil
}
