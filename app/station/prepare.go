package station

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"znak/app/hint"
	"znak/app/paper"
	"znak/app/postal"
	"znak/printer/page"
	"znak/printer/raster"
	"znak/store"
)

// envelope is a piece made ready to be printed, or the reason why it cannot be.
type envelope struct {
	row     store.PieceRow
	page    page.Page
	refused *Reason
}

// envelopes draws the faces of rows, checks them, and hands them on in order, a group at a time. While one group is being printed the next is drawn.
func (s *Station) envelopes(ctx context.Context, b postal.Batch, rows []store.PieceRow, dpi int, sheet Sheet, hand func([]envelope) error) error {
	sender, err := s.store.Sender(ctx)
	if err != nil {
		return err
	}
	preflight, err := s.settingOn(ctx, SettingPreflight)
	if err != nil {
		return err
	}
	draw := func(rows []store.PieceRow) <-chan []envelope {
		done := make(chan []envelope, 1)
		go func() {
			out := make([]envelope, len(rows))
			var next atomic.Int64
			var workers sync.WaitGroup
			for range runtime.GOMAXPROCS(0) {
				workers.Go(func() {
					check := newChecker(dpi)
					for i := int(next.Add(1)) - 1; i < len(rows) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
						out[i] = s.envelope(b, rows[i], sender, dpi, sheet)
						if preflight && out[i].refused == nil {
							out[i].refused = check.readBack(s, b, out[i], sender)
						}
					}
				})
			}
			workers.Wait()
			done <- out
		}()
		return done
	}
	cut := func() (part []store.PieceRow) {
		part, rows = rows[:min(group, len(rows))], rows[min(group, len(rows)):]
		return part
	}
	for next := draw(cut()); next != nil; {
		ready := <-next
		if ctx.Err() != nil {
			return ctx.Err()
		}
		next = nil
		if len(rows) > 0 {
			next = draw(cut())
		}
		if err := hand(ready); err != nil {
			return err
		}
	}
	return nil
}

// envelope draws one piece for a device of dpi dots per inch.
func (s *Station) envelope(b postal.Batch, row store.PieceRow, sender postal.Sender, dpi int, sheet Sheet) envelope {
	e := envelope{row: row}
	face, err := paper.Envelope(paper.Face{Batch: b, Piece: row.Piece, Sender: sender, Mark: s.mark, DPI: dpi, Specimen: s.specimen})
	if err != nil {
		r := reasonOf(err)
		e.refused = &r
		return e
	}
	if e.page, err = sheet.lay(face); err != nil {
		r := reasonOf(err)
		e.refused = &r
	}
	return e
}

// checker is the pre-flight of one worker; it keeps its buffers.
type checker struct {
	raster *raster.Renderer
}

func newChecker(dpi int) *checker { return &checker{raster: raster.New(dpi)} }

// readBack draws the codes of the face at the device's dots, as the sheet lies and with the printer's fault corrected, decodes them and compares with what the ledger says must stand there, byte for byte.
func (c *checker) readBack(s *Station, b postal.Batch, e envelope, sender postal.Sender) *Reason {
	failed := func(why string) *Reason {
		return &Reason{"station.preflight", hint.Args{"ShPI": e.row.ShPI.Grouped(), "Why": why}}
	}
	fields, reason := s.fields(b, e.row.Piece, sender)
	if reason != nil {
		return reason
	}
	want, err := s.mark.Payload(fields)
	if err != nil {
		r := reasonOf(err)
		return &r
	}
	codes, err := c.raster.ReadBack(e.page)
	var glyph *page.MissingGlyphError
	if errors.As(err, &glyph) {
		r := reasonOf(err)
		return &r
	}
	if err != nil {
		return failed(err.Error())
	}
	var sawMark, sawShPI bool
	for _, code := range codes {
		switch code.Text {
		case want:
			sawMark = true
		case string(e.row.ShPI):
			sawShPI = true
		default:
			return failed(code.Kind)
		}
	}
	if !sawMark || !sawShPI {
		return failed("")
	}
	return nil
}

// Preview draws the envelope of a piece as the default device would get it.
func (s *Station) Preview(ctx context.Context, id postal.ShPI) (page.Page, error) {
	row, err := s.Piece(ctx, id)
	if err != nil {
		return page.Page{}, err
	}
	batch, err := s.store.Batch(ctx, row.Batch)
	if err != nil {
		return page.Page{}, err
	}
	sender, err := s.store.Sender(ctx)
	if err != nil {
		return page.Page{}, err
	}
	d, err := s.device(ctx, "")
	if err != nil {
		return page.Page{}, err
	}
	e := s.envelope(batch.Batch, row, sender, d.Info().DPI, Sheet{})
	if e.refused != nil {
		return page.Page{}, &Refused{[]Reason{*e.refused}}
	}
	return e.page, nil
}
