package store

import (
	"database/sql"
	"fmt"
)

// The money's part of Audit and Rebuild: while the ledger is replayed, the same books as ever reckon in memory, and each entry they make is compared with
// the stored one, or written in its place.

func (r *replay) openBooks(put func(MoneyEntry) error) {
	r.money = &books{shelf: &memory{r.pieces, map[string]batchMoney{}, map[string][]int64{}}, put: put}
}

const moneyColumns = `SELECT seq, n, day, kind, source, target, kopecks, batch, piece FROM money `

func (e *MoneyEntry) columns() []any {
	return []any{&e.Seq, &e.N, &e.Day, &e.Kind, &e.From, &e.To, &e.Kopecks, &e.Batch, &e.Piece}
}

// moneyCursor walks along the stored entries beside a replay.
type moneyCursor struct {
	rows  *sql.Rows
	place *badPlace // the first that is not as it should be
	err   error     // of reading
}

func newMoneyCursor(query queryFunc) (*moneyCursor, error) {
	rows, err := query(moneyColumns + `ORDER BY seq, n`)
	return &moneyCursor{rows: rows}, err
}

func (c *moneyCursor) close() { _ = c.rows.Close() }

// expect compares the next stored entry.
func (c *moneyCursor) expect(want MoneyEntry) error {
	if c.place != nil || c.err != nil {
		return nil
	}
	have, ok := c.next()
	switch {
	case c.err != nil:
	case !ok:
		c.place = &badPlace{want.Seq, fmt.Sprintf("money: the entry %s is missing", want)}
	case have != want:
		c.place = &badPlace{min(have.Seq, want.Seq), fmt.Sprintf("money: stored is %s, the ledger says %s", have, want)}
	}
	return nil
}

// end finds an entry that follows from nothing.
func (c *moneyCursor) end() (*badPlace, error) {
	if c.place == nil && c.err == nil {
		if have, ok := c.next(); ok {
			c.place = &badPlace{have.Seq, fmt.Sprintf("money: %s follows from nothing in the ledger", have)}
		}
	}
	return c.place, c.err
}

func (c *moneyCursor) next() (e MoneyEntry, ok bool) {
	if !c.rows.Next() {
		c.err = c.rows.Err()
		return e, false
	}
	c.err = c.rows.Scan(e.columns()...)
	return e, c.err == nil
}

func (e MoneyEntry) String() string {
	return fmt.Sprintf("%d.%d %s %s %d from %s to %s, batch %q, piece %d", e.Seq, e.N, e.Day, e.Kind, e.Kopecks, e.From, e.To, e.Batch, e.Piece)
}

// compareMoney finds the first sum or row beside the entries that is stored otherwise than the ledger says.
func (r *replay) compareMoney(query queryFunc, bad func(int64, string, ...any)) error {
	var sums Accounts
	err := each(query, `SELECT source, target, sum(kopecks) FROM money GROUP BY 1, 2`, func(rows *sql.Rows) error {
		var e MoneyEntry
		err := rows.Scan(&e.From, &e.To, &e.Kopecks)
		sums.add(e.From, -e.Kopecks)
		sums.add(e.To, e.Kopecks)
		return err
	})
	if err != nil {
		return err
	}
	var total purse
	lines := 0
	err = each(query, selectPurse, func(rows *sql.Rows) error {
		lines++
		return rows.Scan(total.columns()...)
	})
	if err != nil {
		return err
	}
	switch {
	case total.check() != nil:
		bad(0, "money: %v", total.check())
	case sums != total.Accounts:
		bad(0, "money: the entries add up to %+v, stored is %+v", sums, total.Accounts)
	case lines != 1 || total != r.money.purse:
		bad(0, "money: the sums are stored as %+v, the ledger says %+v", total, r.money.purse)
	}
	known := 0
	err = each(query, `SELECT piece, batch, value, held, paid, taken, live, handed FROM money_pieces`, func(rows *sql.Rows) error {
		var id int64
		var have pieceMoney
		if err := rows.Scan(append([]any{&id}, have.columns()...)...); err != nil {
			return err
		}
		want := r.pieces[id]
		if want == nil {
			bad(0, "money of piece %d: nothing of it is in the ledger", id)
			return nil
		}
		known++
		if have != want.money {
			bad(want.seq, "money of piece %d: stored as %+v, the ledger says %+v", id, have, want.money)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range r.pieces {
		if p.money != (pieceMoney{}) {
			known--
		}
	}
	if known != 0 {
		bad(0, "money: %d pieces more are stored than the ledger has", known)
	}
	batches := r.money.shelf.(*memory).batches
	found := 0
	err = each(query, `SELECT batch, approved, closed FROM money_batches`, func(rows *sql.Rows) error {
		var name string
		var have batchMoney
		if err := rows.Scan(&name, &have.approved, &have.closed); err != nil {
			return err
		}
		found++
		if want, ok := batches[name]; !ok || have != want {
			bad(0, "money of batch %s: stored as %+v, the ledger says %+v", name, have, want)
		}
		return nil
	})
	if found != len(batches) {
		bad(0, "money: %d batches are stored, the ledger has %d", found, len(batches))
	}
	return err
}

// writeMoney puts what the replay has reckoned in place of what was stored; the entries themselves were written on the way.
func (r *replay) writeMoney(tx *Tx) error {
	for _, text := range []string{`DELETE FROM money_pieces`, `DELETE FROM money_batches`, `DELETE FROM money_total`,
		`INSERT INTO money_total VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0)`} {
		if err := tx.exec(text); err != nil {
			return err
		}
	}
	shelf := (*tables)(tx)
	for id, p := range r.pieces {
		if p.money == (pieceMoney{}) {
			continue
		}
		if err := shelf.setPiece(id, p.money); err != nil {
			return err
		}
	}
	for name, m := range r.money.shelf.(*memory).batches {
		if err := shelf.setBatch(name, m); err != nil {
			return err
		}
	}
	return tx.writePurse(r.money.purse)
}
