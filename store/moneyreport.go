package store

import (
	"context"
	"database/sql"

	"znak/app/postal"
)

// Purse is the account as a whole.
type Purse struct {
	Accounts
	Stated *postal.Kopecks // the last balance of the post that is in the ledger; nil: it has stated none, and Free means nothing
	// Unexplained is what was lost and not corrected; Pending is what of it may still be the debit of pieces whose acceptance is not known yet.
	Unexplained, Pending postal.Kopecks
}

// Book is the balance that the post should state now.
func (p Purse) Book() postal.Kopecks { return p.Loaded - p.Spent }

// Purse reads the account.
func (s *Store) Purse(ctx context.Context) (Purse, error) {
	rows, err := s.reader.query(ctx, `SELECT `+purseColumns+`, lost FROM money_total, (`+selectUnexplained+`)`)
	if err != nil {
		return Purse{}, s.trouble("money", err)
	}
	defer rows.Close()
	var p purse
	var lost postal.Kopecks
	for rows.Next() {
		if err := rows.Scan(append(p.columns(), &lost)...); err != nil {
			return Purse{}, s.trouble("money", err)
		}
	}
	return p.public(lost), s.trouble("money", rows.Err())
}

// Purse reads the account as this change has left it.
func (tx *Tx) Purse() (Purse, error) {
	b, err := tx.openBooks()
	if err != nil {
		return Purse{}, tx.fail(err)
	}
	var lost postal.Kopecks
	err = tx.row(selectUnexplained).Scan(&lost)
	return b.purse.public(lost), err
}

const selectUnexplained = `SELECT coalesce(sum(CASE kind WHEN 'loss' THEN kopecks WHEN 'correction' THEN -kopecks END), 0) AS lost FROM money WHERE piece = 0`

func (p purse) public(lost postal.Kopecks) Purse {
	out := Purse{Accounts: p.Accounts, Unexplained: lost, Pending: p.early}
	if p.opened {
		out.Stated = &p.stated
	}
	return out
}

// MoneyQuery narrows Money. Empty fields do not.
type MoneyQuery struct {
	From, To postal.Date // both included
	Account  bool        // only what moved without a piece: the opening, gains, losses and corrections
	Batch    string
	Piece    int64
}

func (q MoneyQuery) where() (string, []any) {
	text, args := `WHERE day >= ? AND day <= ?`, []any{string(q.From), lastDay(q.To)}
	if q.Account {
		text += ` AND piece = 0`
	}
	if q.Batch != "" {
		text, args = text+` AND money.batch = ?`, append(args, q.Batch)
	}
	if q.Piece != 0 {
		text, args = text+` AND piece = ?`, append(args, q.Piece)
	}
	return text, args
}

func lastDay(to postal.Date) string {
	if to == "" {
		return "9999-12-31"
	}
	return string(to)
}

// Money lists the movements in the order of the ledger.
func (s *Store) Money(ctx context.Context, q MoneyQuery) ([]MoneyEntry, error) {
	where, args := q.where()
	rows, err := s.reader.query(ctx, moneyColumns+where+` ORDER BY seq, n`, args...)
	if err != nil {
		return nil, s.trouble("money", err)
	}
	defer rows.Close()
	var list []MoneyEntry
	for rows.Next() {
		var e MoneyEntry
		if err := rows.Scan(e.columns()...); err != nil {
			return nil, s.trouble("money", err)
		}
		list = append(list, e)
	}
	return list, s.trouble("money", rows.Err())
}

// MoneyBy is what movements are added up by.
type MoneyBy string

const (
	ByDay    MoneyBy = "day"    // civil day of Moscow
	ByMonth  MoneyBy = "month"  // 2026-11
	ByBatch  MoneyBy = "batch"  // without what moved without a piece
	ByCentre MoneyBy = "centre" // the same by the cost centre the batch has now; "" for batches without one
)

// MoneySum adds up the movements of a day, a month, a batch or a cost centre.
type MoneySum struct {
	Key      string
	Loaded   postal.Kopecks // came in from Outside, less what was lost
	Reserved postal.Kopecks // from Free
	Released postal.Kopecks // back to Free
	Held     postal.Kopecks // what Reserved grew by: below zero where older reservations were released or spent
	Spent    postal.Kopecks // less what was refunded
	Pieces   int            // pieces it was spent for
}

var moneyKeys = map[MoneyBy]string{
	ByDay:    `SELECT day AS key, * FROM money `,
	ByMonth:  `SELECT substr(day, 1, 7) AS key, * FROM money `,
	ByBatch:  `SELECT batch AS key, * FROM money `,
	ByCentre: `SELECT coalesce(c.name, '') AS key, money.* FROM money LEFT JOIN centres c ON c.batch = money.batch `,
}

// MoneySums adds the movements up, in the order of the keys.
func (s *Store) MoneySums(ctx context.Context, by MoneyBy, q MoneyQuery) ([]MoneySum, error) {
	where, args := q.where()
	if by == ByBatch || by == ByCentre {
		where += ` AND piece <> 0`
	}
	order := `key`
	if by == ByBatch {
		order = `length(key), key`
	}
	rows, err := s.reader.query(ctx, `SELECT key,
		sum(CASE WHEN source = 'outside' THEN kopecks WHEN target = 'outside' THEN -kopecks ELSE 0 END),
		sum(CASE WHEN source = 'free' AND target = 'reserved' THEN kopecks ELSE 0 END),
		sum(CASE WHEN source = 'reserved' AND target = 'free' THEN kopecks ELSE 0 END),
		sum(CASE WHEN source = 'reserved' THEN -kopecks WHEN target = 'reserved' THEN kopecks ELSE 0 END),
		sum(CASE WHEN source = 'spent' THEN -kopecks WHEN target = 'spent' THEN kopecks ELSE 0 END),
		count(DISTINCT CASE WHEN target = 'spent' THEN piece END)
		FROM (`+moneyKeys[by]+where+`) GROUP BY key ORDER BY `+order, args...)
	if err != nil {
		return nil, s.trouble("money", err)
	}
	defer rows.Close()
	var list []MoneySum
	for rows.Next() {
		var m MoneySum
		if err := rows.Scan(&m.Key, &m.Loaded, &m.Reserved, &m.Released, &m.Held, &m.Spent, &m.Pieces); err != nil {
			return nil, s.trouble("money", err)
		}
		list = append(list, m)
	}
	return list, s.trouble("money", rows.Err())
}

// SetCentre names the cost centre of a batch; "" takes it away. All movements of the batch count for the centre it has now.
func (tx *Tx) SetCentre(batch, name string) error {
	var one int
	if err := tx.row(`SELECT 1 FROM batches WHERE name = ?`, batch).Scan(&one); err == sql.ErrNoRows {
		return tx.fail(absent("batch", batch))
	} else if err != nil {
		return err
	}
	if name == "" {
		return tx.exec(`DELETE FROM centres WHERE batch = ?`, batch)
	}
	return tx.exec(`INSERT INTO centres (batch, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name`, batch, name)
}

// Centres gives the cost centres of the batches that have one.
func (s *Store) Centres(ctx context.Context) (map[string]string, error) {
	rows, err := s.reader.query(ctx, `SELECT batch, name FROM centres`)
	if err != nil {
		return nil, s.trouble("cost centres", err)
	}
	defer rows.Close()
	centres := map[string]string{}
	for rows.Next() {
		var batch, name string
		if err := rows.Scan(&batch, &name); err != nil {
			return nil, s.trouble("cost centres", err)
		}
		centres[batch] = name
	}
	return centres, s.trouble("cost centres", rows.Err())
}
