package store

import (
	"context"
	"time"

	"znak/app/postal"
)

// Payment is money paid to the post, or come back from it, as a bank statement tells. Account, Number, Date, Sum and Payer are its identity: two
// statements may tell of one payment.
type Payment struct {
	Account    string // the office's own
	Number     string
	Date       postal.Date    // of the document
	Sum        postal.Kopecks // below zero: it came back
	Payer      string         // taxpayer's number, or the name where the bank gives none
	Day        postal.Date    // on which the money moved
	PayeeINN   string
	Payee      string
	Purpose    string
	Kind       string    // the bank's own word
	Statement  string    // SHA-256 of the file that told of it first, hexadecimal
	ImportedAt time.Time // filled in
}

// PutPayments keeps payments and says which of them were not known before; those that were stay as they are.
func (tx *Tx) PutPayments(list []Payment) (added []Payment, err error) {
	for _, p := range list {
		n, err := tx.change(`INSERT INTO payments (account, number, date, kopecks, payer, day, payee_inn, payee, purpose, kind, statement, imported_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, p.Account, p.Number, string(p.Date), int64(p.Sum), p.Payer,
			string(p.Day), p.PayeeINN, p.Payee, p.Purpose, p.Kind, p.Statement, micros(tx.at))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			p.ImportedAt = tx.at
			added = append(added, p)
		}
	}
	return added, nil
}

// Payments lists the payments whose money moved in the days from and to, both included, by day and number. An empty day is no bound.
func (s *Store) Payments(ctx context.Context, from, to postal.Date) ([]Payment, error) {
	if to == "" {
		to = "9999-12-31"
	}
	rows, err := s.reader.query(ctx, `SELECT account, number, date, kopecks, payer, day, payee_inn, payee, purpose, kind, statement, imported_at
		FROM payments WHERE day BETWEEN ? AND ? ORDER BY day, number, account, kopecks`, string(from), string(to))
	if err != nil {
		return nil, s.trouble("payments", err)
	}
	defer rows.Close()
	var list []Payment
	for rows.Next() {
		var p Payment
		var at int64
		if err := rows.Scan(&p.Account, &p.Number, &p.Date, &p.Sum, &p.Payer, &p.Day, &p.PayeeINN, &p.Payee, &p.Purpose, &p.Kind, &p.Statement, &at); err != nil {
			return nil, s.trouble("payments", err)
		}
		p.ImportedAt = moment(at)
		list = append(list, p)
	}
	return list, s.trouble("payments", rows.Err())
}
