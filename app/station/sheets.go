package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/page"
	"znak/store"
)

// Sheet is how one format of envelope or label lies in a printer, and by how much the printer misses it.
type Sheet struct {
	Tray         string      `json:"tray,omitempty"` // in the device's own word; "": the device chooses
	Turn         int         `json:"turn,omitempty"` // quarter turns clockwise, 0 to 3
	Fault        page.Adjust `json:"fault"`          // as measured; every page is corrected by it
	CalibratedAt time.Time   `json:"calibrated_at,omitzero"`
}

// Sheet is how format lies in the printer; the zero value where nobody has said.
func (s *Station) Sheet(ctx context.Context, name string, format postal.EnvelopeKind) (Sheet, error) {
	var sheet Sheet
	raw, ok, err := s.store.Sheet(ctx, name, string(format))
	if err != nil || !ok {
		return sheet, err
	}
	if err := json.Unmarshal(raw, &sheet); err != nil {
		return sheet, fmt.Errorf("sheet %s of printer %s: %w", format, name, err)
	}
	return sheet, nil
}

// SetSheet says in which tray format lies in the printer and which way. What was measured in another tray, or the other way, no longer holds and is forgotten.
func (s *Station) SetSheet(ctx context.Context, name string, format postal.EnvelopeKind, tray string, turn int) (Sheet, error) {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return Sheet{}, err
	}
	if _, _, err := s.sheetOf(ctx, name, format); err != nil {
		return Sheet{}, err
	}
	if turn < 0 || turn > 3 {
		return Sheet{}, refuse("station.sheet-turn", nil)
	}
	sheet, err := s.Sheet(ctx, name, format)
	if err != nil {
		return sheet, err
	}
	if sheet.Tray != tray || sheet.Turn != turn {
		sheet = Sheet{Tray: tray, Turn: turn}
	}
	return sheet, s.keepSheet(ctx, name, format, sheet)
}

// ForgetFault forgets what was measured of a format in a printer; tray and turn stay. Its pages are printed as the printer does it by itself, as before the
// first calibration.
func (s *Station) ForgetFault(ctx context.Context, name string, format postal.EnvelopeKind) (Sheet, error) {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return Sheet{}, err
	}
	d, _, err := s.sheetOf(ctx, name, format)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := s.Sheet(ctx, d.Info().Name, format)
	if err != nil {
		return sheet, err
	}
	sheet = Sheet{Tray: sheet.Tray, Turn: sheet.Turn}
	return sheet, s.keepSheet(ctx, d.Info().Name, format, sheet)
}

func (s *Station) keepSheet(ctx context.Context, name string, format postal.EnvelopeKind, sheet Sheet) error {
	raw, err := json.Marshal(sheet)
	if err != nil {
		return err
	}
	was, err := s.Sheet(ctx, name, format)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		if err := noteOffice(tx, "sheet", name+", "+string(format), was, sheet); err != nil {
			return err
		}
		return tx.PutSheet(name, string(format), raw)
	})
}

// sheetOf is a format as paper in a printer.
func (s *Station) sheetOf(ctx context.Context, name string, format postal.EnvelopeKind) (printer.Device, calibrate.Sheet, error) {
	d, err := s.device(ctx, name)
	if err != nil {
		return nil, calibrate.Sheet{}, err
	}
	size, ok := format.Format()
	if !ok {
		return nil, calibrate.Sheet{}, refuse("station.format-unknown", hint.Args{"Format": format})
	}
	sheet, err := s.Sheet(ctx, d.Info().Name, format)
	return d, calibrate.Sheet{Media: string(format), Width: page.Millimetres(size.Width), Height: page.Millimetres(size.Height), DPI: d.Info().DPI,
		Turn: sheet.Turn, Tray: sheet.Tray}, err
}

// lay puts a face on the sheet as the printer feeds it.
func (sheet Sheet) lay(p page.Page) (page.Page, error) {
	p.Tray, p.Turn = sheet.Tray, sheet.Turn
	return p.Adjusted(sheet.Fault)
}

// TestPrint prints the test page of a format, corrected as envelopes are. It is no piece and leaves nothing in the ledger.
func (s *Station) TestPrint(ctx context.Context, name string, format postal.EnvelopeKind) (printer.Progress, error) {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return printer.Progress{}, err
	}
	d, paper, err := s.sheetOf(ctx, name, format)
	if err != nil {
		return printer.Progress{}, err
	}
	sheet, err := s.Sheet(ctx, d.Info().Name, format)
	if err != nil {
		return printer.Progress{}, err
	}
	p, err := calibrate.TestPage(calibrate.Test{Device: d.Info().Name, Date: s.now().Format("02.01.2006 15:04")}, paper)
	if err == nil {
		p, err = p.Adjusted(sheet.Fault)
	}
	if err != nil {
		return printer.Progress{}, err
	}
	return s.printAlone(ctx, d, "test", p)
}

// PrintRuler prints the sheet by which a format is calibrated: as the printer does it by itself, or corrected, to see what is left of its fault.
func (s *Station) PrintRuler(ctx context.Context, name string, format postal.EnvelopeKind, corrected bool) (printer.Progress, error) {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return printer.Progress{}, err
	}
	d, paper, err := s.sheetOf(ctx, name, format)
	if err != nil {
		return printer.Progress{}, err
	}
	var fault page.Adjust
	if corrected {
		sheet, err := s.Sheet(ctx, d.Info().Name, format)
		if err != nil {
			return printer.Progress{}, err
		}
		fault = sheet.Fault
	}
	p, err := calibrate.Ruler(paper, fault)
	if err != nil {
		return printer.Progress{}, err
	}
	return s.printAlone(ctx, d, "ruler", p)
}

// Calibrate keeps the printer's fault, by what a person read on the ruler sheet of the format.
func (s *Station) Calibrate(ctx context.Context, name string, format postal.EnvelopeKind, readings calibrate.Readings) (Sheet, error) {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return Sheet{}, err
	}
	d, paper, err := s.sheetOf(ctx, name, format)
	if err != nil {
		return Sheet{}, err
	}
	fault, err := calibrate.Solve(readings, paper)
	if err != nil {
		r := reasonOf(err)
		return Sheet{}, &Refused{[]Reason{r}}
	}
	sheet, err := s.Sheet(ctx, d.Info().Name, format)
	if err != nil {
		return sheet, err
	}
	sheet.Fault, sheet.CalibratedAt = fault, s.now().UTC()
	return sheet, s.keepSheet(ctx, d.Info().Name, format, sheet)
}

// printAlone prints one page that is no piece.
func (s *Station) printAlone(ctx context.Context, d printer.Device, what string, p page.Page) (printer.Progress, error) {
	release, err := s.take(d)
	if err != nil {
		return printer.Progress{}, err
	}
	defer release()
	id, err := uuid.NewV7()
	if err != nil {
		return printer.Progress{}, err
	}
	job, err := d.Open(ctx, fmt.Sprintf("%s-%s-%s-%s", what, fileName(p.Media), s.now().Format("20060102-150405"), id.String()[30:]))
	if err != nil {
		return printer.Progress{}, err
	}
	if err := job.Send(ctx, p); err != nil {
		return printer.Progress{}, errors.Join(err, job.Abort(context.WithoutCancel(ctx)))
	}
	progress, err := job.Finish(ctx)
	if ctx.Err() != nil {
		err = errors.Join(err, job.Abort(context.WithoutCancel(ctx)))
	}
	return progress, err
}
