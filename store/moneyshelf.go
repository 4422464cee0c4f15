package store

import (
	"database/sql"
	"fmt"
	"slices"

	"znak/app/postal"
)

// money lets an event that was just written move the money. It is the only way money moves.
func (tx *Tx) money(r *record) error {
	b, err := tx.openBooks()
	if err != nil {
		return err
	}
	state := postal.PieceState("")
	if p := tx.pieces[r.event.Piece]; p != nil {
		state = p.derived.state
	}
	return b.take(r, state)
}

// openBooks reads the accounts' sums once a change, and refuses to go on with sums that do not add up.
func (tx *Tx) openBooks() (*books, error) {
	if tx.books != nil {
		return tx.books, nil
	}
	b := &books{shelf: (*tables)(tx), put: tx.putMoney}
	err := tx.row(selectPurse).Scan(b.purse.columns()...)
	if err == sql.ErrNoRows {
		err = fmt.Errorf("%w: the sums of the money are gone", ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	if err := b.purse.check(); err != nil {
		return nil, err
	}
	tx.books, tx.purse = b, b.purse
	return b, nil
}

// flushMoney writes the accounts' sums at the end of a change that has moved them.
func (tx *Tx) flushMoney() error {
	if tx.books == nil || tx.books.purse == tx.purse {
		return nil
	}
	if err := tx.books.purse.check(); err != nil {
		return err
	}
	tx.purse = tx.books.purse
	return tx.writePurse(tx.purse)
}

const (
	purseColumns = `loaded, free, reserved, spent, opened, stated, at_post, early, learned`
	selectPurse  = `SELECT ` + purseColumns + ` FROM money_total`
)

func (p *purse) columns() []any {
	return []any{&p.Loaded, &p.Free, &p.Reserved, &p.Spent, &p.opened, &p.stated, &p.atPost, &p.early, &p.learned}
}

func (tx *Tx) writePurse(p purse) error {
	return tx.exec(`UPDATE money_total SET loaded = ?, free = ?, reserved = ?, spent = ?, opened = ?, stated = ?, at_post = ?, early = ?, learned = ?`,
		int64(p.Loaded), int64(p.Free), int64(p.Reserved), int64(p.Spent), p.opened, int64(p.stated), int64(p.atPost), int64(p.early), int64(p.learned))
}

func (tx *Tx) putMoney(e MoneyEntry) error {
	return tx.exec(`INSERT INTO money (seq, n, day, kind, source, target, kopecks, batch, piece) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.N, string(e.Day), string(e.Kind), string(e.From), string(e.To), int64(e.Kopecks), e.Batch, e.Piece)
}

// tables is the shelf of a change in the making.
type tables Tx

var _ shelf = (*tables)(nil)

func (t *tables) piece(id int64) (m pieceMoney, err error) {
	err = (*Tx)(t).row(`SELECT batch, value, held, paid, taken, live, handed FROM money_pieces WHERE piece = ?`, id).Scan(m.columns()...)
	if err == sql.ErrNoRows {
		err = nil
	}
	return m, err
}

func (m *pieceMoney) columns() []any {
	return []any{&m.batch, &m.value, &m.held, &m.paid, &m.taken, &m.live, &m.handed}
}

func (t *tables) setPiece(id int64, m pieceMoney) error {
	return (*Tx)(t).exec(`INSERT INTO money_pieces (piece, batch, value, held, paid, taken, live, handed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET batch = excluded.batch, value = excluded.value, held = excluded.held, paid = excluded.paid, taken = excluded.taken,
			live = excluded.live, handed = excluded.handed`, id, m.batch, int64(m.value), int64(m.held), int64(m.paid), m.taken, m.live, m.handed)
}

func (t *tables) batch(name string) (m batchMoney, err error) {
	err = (*Tx)(t).row(`SELECT approved, closed FROM money_batches WHERE batch = ?`, name).Scan(&m.approved, &m.closed)
	if err == sql.ErrNoRows {
		err = nil
	}
	return m, err
}

func (t *tables) setBatch(name string, m batchMoney) error {
	return (*Tx)(t).exec(`INSERT INTO money_batches (batch, approved, closed) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET approved = excluded.approved, closed = excluded.closed`, name, m.approved, m.closed)
}

func (t *tables) piecesOf(batch string) ([]int64, error) {
	rows, err := (*Tx)(t).query(`SELECT piece FROM money_pieces WHERE batch = ? ORDER BY piece`, batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// memory is the shelf of a replay: the money of each piece stands with the rest of what the ledger says of it.
type memory struct {
	pieces  map[int64]*replayedPiece
	batches map[string]batchMoney
	members map[string][]int64 // by batch; a piece that has left is still among them, one that came back is there twice
}

var _ shelf = (*memory)(nil)

func (m *memory) piece(id int64) (pieceMoney, error) { return m.pieces[id].money, nil }

func (m *memory) setPiece(id int64, now pieceMoney) error {
	p := m.pieces[id]
	if p.money.batch != now.batch {
		m.members[now.batch] = append(m.members[now.batch], id)
	}
	p.money = now
	return nil
}

func (m *memory) batch(name string) (batchMoney, error) { return m.batches[name], nil }

func (m *memory) setBatch(name string, now batchMoney) error {
	m.batches[name] = now
	return nil
}

func (m *memory) piecesOf(batch string) ([]int64, error) {
	var ids []int64
	for _, id := range m.members[batch] {
		if m.pieces[id].money.batch == batch {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
