package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Printer is a printer that the office has added.
type Printer struct {
	Name  string
	Setup []byte // JSON, for the room that opens it
	Held  bool   // a person has paused it
}

// Printers lists the added printers by name.
func (s *Store) Printers(ctx context.Context) ([]Printer, error) {
	rows, err := s.reader.query(ctx, `SELECT name, setup, held FROM printers ORDER BY name`)
	if err != nil {
		return nil, s.trouble("printers", err)
	}
	defer rows.Close()
	var list []Printer
	for rows.Next() {
		var p Printer
		var setup string
		if err := rows.Scan(&p.Name, &setup, &p.Held); err != nil {
			return nil, s.trouble("printers", err)
		}
		p.Setup = []byte(setup)
		list = append(list, p)
	}
	return list, s.trouble("printers", rows.Err())
}

// PutPrinter adds a printer or replaces the one of that name.
func (tx *Tx) PutPrinter(p Printer) error {
	return tx.exec(`INSERT INTO printers (name, setup, held, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET setup = excluded.setup, held = excluded.held, at = excluded.at`, p.Name, string(p.Setup), p.Held, micros(tx.at))
}

// HoldPrinter notes that a person has paused a printer, or lets it go on. A device that needs no adding is noted like any other.
func (tx *Tx) HoldPrinter(name string, held bool) error {
	n, err := tx.change(`UPDATE printers SET held = ?, at = ? WHERE name = ?`, held, micros(tx.at), name)
	if err == nil && n == 0 {
		return tx.PutPrinter(Printer{Name: name, Setup: []byte("{}"), Held: held})
	}
	return err
}

// RemovePrinter forgets a printer with its sheets; what was seen of its quality stays.
func (tx *Tx) RemovePrinter(name string) error {
	if err := tx.exec(`DELETE FROM sheets WHERE printer = ?`, name); err != nil {
		return err
	}
	n, err := tx.change(`DELETE FROM printers WHERE name = ?`, name)
	if err == nil && n == 0 {
		return tx.fail(absent("printer", name))
	}
	return err
}

// Sheet reads how a format lies in a printer, as JSON; ok is false where nobody has said.
func (s *Store) Sheet(ctx context.Context, printer, format string) (fit []byte, ok bool, err error) {
	st, err := s.reader.stmt(ctx, `SELECT fit FROM sheets WHERE printer = ? AND format = ?`)
	var text string
	if err == nil {
		err = st.QueryRowContext(ctx, printer, format).Scan(&text)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return []byte(text), err == nil, s.trouble("sheet", err)
}

// PutSheet keeps how a format lies in a printer.
func (tx *Tx) PutSheet(printer, format string, fit []byte) error {
	return tx.exec(`INSERT INTO sheets (printer, format, fit, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (printer, format) DO UPDATE SET fit = excluded.fit, at = excluded.at`, printer, format, string(fit), micros(tx.at))
}

// Quality is one look at the print of a printer.
type Quality struct {
	Printer string
	At      time.Time
	Score   float64 // 0…4
	Reading []byte  // JSON
}

// PutQuality adds a look; an empty time is now.
func (tx *Tx) PutQuality(q Quality) error {
	if q.At.IsZero() {
		q.At = tx.at
	}
	return tx.exec(`INSERT INTO quality (printer, at, score, reading) VALUES (?, ?, ?, ?)`, q.Printer, micros(q.At), q.Score, string(q.Reading))
}

// Qualities lists the newest looks at a printer, newest first, at most limit.
func (s *Store) Qualities(ctx context.Context, printer string, limit int) ([]Quality, error) {
	rows, err := s.reader.query(ctx, `SELECT printer, at, score, reading FROM quality WHERE printer = ? ORDER BY at DESC, id DESC LIMIT ?`, printer, limit)
	if err != nil {
		return nil, s.trouble("quality", err)
	}
	defer rows.Close()
	var list []Quality
	for rows.Next() {
		var q Quality
		var at int64
		var reading string
		if err := rows.Scan(&q.Printer, &at, &q.Score, &reading); err != nil {
			return nil, s.trouble("quality", err)
		}
		q.At, q.Reading = moment(at), []byte(reading)
		list = append(list, q)
	}
	return list, s.trouble("quality", rows.Err())
}
