package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"znak/app/postal"
)

// Event is one thing that happened, as the ledger keeps it for ever.
type Event struct {
	Seq     int64  // place in this store's ledger: 1, 2, 3…
	ID      string // UUID of version 7: the event's identity everywhere
	At      time.Time
	Station string
	Who     string
	Kind    postal.EventKind
	Batch   string
	Piece   int64 // the post's id; 0 for events of a batch
	ShPI    postal.ShPI
	Run     string
	Data    json.RawMessage // nil: none
	Prev    string          // hash of the event before, hexadecimal
	Hash    string          // SHA-256 over all of the above (see sum), hexadecimal
}

// NewEvent is what its writer has to say; the ledger adds the rest. An empty batch or ШПИ of a piece's event is taken from the piece.
type NewEvent struct {
	Kind  postal.EventKind
	Batch string
	Piece int64
	ShPI  postal.ShPI
	Run   string
	Data  any // written as JSON; nil: none. Kinds the ledger reads itself are in eventdata.go
}

// record is an event in its stored form.
type record struct {
	seq   int64
	id    uuid.UUID
	at    int64
	event NewEvent // Data unused
	who   string
	where string // station
	data  string
	prev  [sha256.Size]byte
	hash  [sha256.Size]byte
}

// head is the end of the ledger.
type head struct {
	seq     int64
	hash    [sha256.Size]byte
	changed bool
}

// sum is the hash of an event: SHA-256 over the name of this encoding, the hash of the event before, and then every field as its
// length (8 bytes, big-endian) and its bytes, numbers being 8 bytes big-endian. Two different events cannot have one encoding.
func (r *record) sum(buf *bytes.Buffer) [sha256.Size]byte {
	buf.Reset()
	var n [8]byte
	number := func(v int64) {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		buf.Write(n[:])
	}
	text := func(s string) {
		number(int64(len(s)))
		buf.WriteString(s)
	}
	text("znak event 1")
	buf.Write(r.prev[:])
	number(r.seq)
	buf.Write(r.id[:])
	number(r.at)
	text(r.where)
	text(r.who)
	text(string(r.event.Kind))
	text(r.event.Batch)
	number(r.event.Piece)
	text(string(r.event.ShPI))
	text(r.event.Run)
	text(r.data)
	return sha256.Sum256(buf.Bytes())
}

func (r *record) public() Event {
	e := Event{Seq: r.seq, ID: r.id.String(), At: moment(r.at), Station: r.where, Who: r.who, Kind: r.event.Kind, Batch: r.event.Batch,
		Piece: r.event.Piece, ShPI: r.event.ShPI, Run: r.event.Run, Prev: hex.EncodeToString(r.prev[:]), Hash: hex.EncodeToString(r.hash[:])}
	if r.data != "" {
		e.Data = json.RawMessage(r.data)
	}
	return e
}

// Record appends events to the ledger and moves their pieces on, in this order. An event that cannot happen to its piece in its state is a
// *postal.StateError with the ШПИ, an intent for a piece whose identity belongs to another is ErrConflict, a piece or batch not known here ErrNotFound; each
// undoes the whole change.
func (tx *Tx) Record(events ...NewEvent) error {
	if tx.err != nil {
		return tx.err
	}
	if len(events) == 0 {
		return nil
	}
	h, err := tx.ledgerEnd()
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	for _, e := range events {
		if err := tx.record(h, &buf, e); err != nil {
			return tx.fail(err)
		}
	}
	return nil
}

const insertEvent = `INSERT INTO events (seq, id, at, station, who, kind, batch, piece, shpi, run, data, prev, hash)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (tx *Tx) record(h *head, buf *bytes.Buffer, e NewEvent) error {
	r := record{seq: h.seq + 1, at: micros(tx.at), event: e, who: tx.who, where: tx.store.station, prev: h.hash}
	var err error
	if r.id, err = uuid.NewV7(); err != nil {
		return err
	}
	if e.Data != nil {
		raw, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("data of event %s: %w", e.Kind, err)
		}
		r.data = string(raw)
	}
	if err := tx.happen(&r); err != nil {
		return err
	}
	r.hash = r.sum(buf)
	err = tx.exec(insertEvent, r.seq, r.id[:], r.at, r.where, r.who, string(r.event.Kind), r.event.Batch, r.event.Piece,
		string(r.event.ShPI), r.event.Run, r.data, r.prev[:], r.hash[:])
	if err != nil {
		return err
	}
	h.seq, h.hash, h.changed = r.seq, r.hash, true
	return tx.money(&r)
}

// happen completes an event from its piece or batch and writes what follows from it.
func (tx *Tx) happen(r *record) error {
	if r.event.Piece == 0 {
		return tx.happenBatch(r)
	}
	p, err := tx.piece(r.event.Piece)
	if err != nil {
		return err
	}
	if p == nil {
		return absent("piece", fmt.Sprint(r.event.Piece))
	}
	if r.event.Batch == "" {
		r.event.Batch = p.batch
	}
	if r.event.ShPI == "" {
		r.event.ShPI = p.shpi
	}
	if r.event.Kind == postal.EventIntent {
		if err := tx.mayPrint(p, r); err != nil {
			return err
		}
	}
	if r.event.Kind == postal.EventHanded {
		if err := mayHand(p); err != nil {
			return err
		}
	}
	next, err := p.derived.after(r)
	if err != nil {
		return err
	}
	return tx.putState(p, next)
}

// ledgerEnd reads the end of the ledger once a change.
func (tx *Tx) ledgerEnd() (*head, error) {
	if tx.head != nil {
		return tx.head, nil
	}
	h := &head{}
	var hash []byte
	err := tx.row(`SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1`).Scan(&h.seq, &hash)
	if err != nil && err != sql.ErrNoRows {
		return nil, err
	}
	copy(h.hash[:], hash)
	tx.head = h
	return h, nil
}

func (tx *Tx) flushHead() error {
	if tx.head == nil || !tx.head.changed {
		return nil
	}
	return tx.exec(`UPDATE ledger_end SET seq = ?, hash = ? WHERE one = 1`, tx.head.seq, tx.head.hash[:])
}

// EventQuery narrows Events. Empty fields do not.
type EventQuery struct {
	Batch   string
	NoBatch bool // only events of no batch: of the office, its people, its account
	Piece   int64
	Kinds   []postal.EventKind
	After   int64 // only events with a greater Seq
	Limit   int
	Last    int // like Limit, but the last ones
}

const eventColumns = `SELECT seq, id, at, station, who, kind, batch, piece, shpi, run, data, prev, hash FROM events `

// Events reads the ledger in its order.
func (s *Store) Events(ctx context.Context, q EventQuery) ([]Event, error) {
	where, args := `WHERE seq > ?`, []any{q.After}
	if q.Piece != 0 {
		where, args = where+` AND piece = ?`, append(args, q.Piece)
	}
	if q.Batch != "" {
		if q.Piece != 0 {
			where += ` AND +batch = ?` // the piece's own index is the narrower one
		} else {
			where += ` AND batch = ?`
		}
		args = append(args, q.Batch)
	}
	if q.NoBatch {
		where += ` AND batch = ''`
	}
	if len(q.Kinds) > 0 {
		where, args = where+` AND kind IN (SELECT value FROM json_each(?))`, append(args, jsonList(q.Kinds))
	}
	order := ` ORDER BY seq LIMIT ?`
	if q.Last > 0 {
		order, q.Limit = ` ORDER BY seq DESC LIMIT ?`, q.Last
	} else if q.Limit <= 0 {
		q.Limit = -1
	}
	rows, err := s.reader.query(ctx, eventColumns+where+order, append(args, q.Limit)...)
	if err != nil {
		return nil, s.trouble("events", err)
	}
	defer rows.Close()
	var list []Event
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return nil, s.trouble("events", err)
		}
		list = append(list, r.public())
	}
	if q.Last > 0 {
		slices.Reverse(list)
	}
	return list, s.trouble("events", rows.Err())
}

// CountEvents is how many events the ledger has.
func (s *Store) CountEvents(ctx context.Context) (n int64, err error) {
	st, err := s.reader.stmt(ctx, `SELECT coalesce(max(seq), 0) FROM events`)
	if err == nil {
		err = st.QueryRowContext(ctx).Scan(&n)
	}
	return n, s.trouble("events", err)
}

func scanRecord(rows *sql.Rows) (*record, error) {
	r := &record{}
	var id, prev, hash sql.RawBytes
	var kind, shpi string
	err := rows.Scan(&r.seq, &id, &r.at, &r.where, &r.who, &kind, &r.event.Batch, &r.event.Piece, &shpi, &r.event.Run, &r.data, &prev, &hash)
	if err != nil {
		return nil, err
	}
	r.event.Kind, r.event.ShPI = postal.EventKind(kind), postal.ShPI(shpi)
	copy(r.id[:], id)
	copy(r.prev[:], prev)
	copy(r.hash[:], hash)
	return r, nil
}
