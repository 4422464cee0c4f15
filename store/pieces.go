package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
)

// PieceRow is a piece as the post last showed it, with what has become of it here.
type PieceRow struct {
	postal.Piece
	State    postal.PieceState
	StateAt  time.Time // when it came into this state
	Pos      int       // print order within the batch
	Copies   int       // how many times it went to paper
	Voided   int       // copies of it that a person declared void
	Owed     int       // void copies that were neither seen destroyed nor declared missing
	Missing  int       // void copies declared missing and not found since
	Problem  string    // "", or why it must not be printed: ProblemMark, ProblemShPI, ProblemRead
	Job      string    // the last job it was given to a device with
	StaleWhy []string  // printed fields that changed at the post since it went to paper
}

// Problems of a piece. A piece with both has the first.
const (
	ProblemMark = "mark-duplicate" // its mark was issued to another piece already
	ProblemShPI = "shpi-duplicate" // its ШПИ belongs to another piece already
	ProblemRead = "unreadable"     // the post's answer about it could not be read whole
)

// piece is the part of a stored piece that changes are reckoned with.
type piece struct {
	postID   int64
	batch    string
	pos      int
	shpi     postal.ShPI // as the post shows it
	heldShPI string      // as held in the unique column; "" where another piece has it
	heldMark string
	envelope postal.EnvelopeKind
	category postal.MailCategory
	marked   bool
	sum      postal.Kopecks
	problem  string
	facts    factsSum
	derived  derived
}

func (p *piece) tallyKey() tallyKey {
	return tallyKey{p.batch, p.derived.state, p.envelope, p.category, p.marked, p.problem != ""}
}

// count adds the piece to the counters, or takes it away (sign -1).
func (tx *Tx) count(p *piece, sign int) {
	k := p.tallyKey()
	t := tx.tally[k]
	t.pieces += sign
	t.sum += postal.Kopecks(sign) * p.sum
	tx.tally[k] = t
}

// piece reads what changes are reckoned with, once a change; nil where the piece is not known.
func (tx *Tx) piece(id int64) (*piece, error) {
	if p, asked := tx.pieces[id]; asked {
		return p, nil
	}
	p := &piece{postID: id}
	var shpi, mark sql.NullString
	var shown string
	var facts []byte
	err := tx.row(`SELECT p.batch, p.pos, p.shpi, p.mark_id, coalesce(p.shpi, p.facts ->> '$.ShPI', ''), p.envelope, p.category, p.marked, p.kopecks,
		p.problem, p.facts, s.state, s.state_at, s.copies, s.job, s.stale_why, s.voided, s.destroyed, s.missing FROM pieces p JOIN states s USING (post_id) WHERE p.post_id = ?`, id).
		Scan(&p.batch, &p.pos, &shpi, &mark, &shown, &p.envelope, &p.category, &p.marked, &p.sum,
			&p.problem, &facts, &p.derived.state, &p.derived.stateAt, &p.derived.copies, &p.derived.job, &p.derived.why,
			&p.derived.voided, &p.derived.destroyed, &p.derived.missing)
	if err == sql.ErrNoRows {
		tx.pieces[id] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p.facts = sha256.Sum256(facts)
	p.shpi, p.heldShPI, p.heldMark = postal.ShPI(shown), shpi.String, mark.String
	tx.pieces[id] = p
	return p, nil
}

// putState writes what has become of a piece.
func (tx *Tx) putState(p *piece, next derived) error {
	if next == p.derived {
		return nil
	}
	tx.count(p, -1)
	p.derived = next
	tx.count(p, +1)
	return tx.exec(updateState, string(next.state), next.stateAt, next.copies, next.job, next.why, next.voided, next.destroyed, next.missing, p.postID)
}

const updateState = `UPDATE states SET state = ?, state_at = ?, copies = ?, job = ?, stale_why = ?, voided = ?, destroyed = ?, missing = ? WHERE post_id = ?`

// mayHand refuses to hand a piece over while a void copy of it may be about: two envelopes with one mark could reach the post.
func mayHand(p *piece) error {
	if p.derived.owed() == 0 {
		return nil
	}
	return hint.New("store.owed", hint.Args{"ShPI": p.shpi.Grouped()},
		fmt.Errorf("%d void copies are owed: %w", p.derived.owed(), &postal.StateError{ShPI: p.shpi, State: p.derived.state, Event: postal.EventHanded}))
}

// mayPrint refuses an intent that could put one mark on two envelopes, or that names a job nobody opened.
func (tx *Tx) mayPrint(p *piece, r *record) error {
	if p.problem != "" {
		return hint.New("store."+p.problem, hint.Args{"ShPI": string(p.shpi)}, fmt.Errorf("piece %d has %s: %w", p.postID, p.problem, ErrConflict))
	}
	var data IntentData
	if err := readData(r, &data); err != nil {
		return err
	}
	if data.Job == "" || tx.jobs[data.Job] {
		return nil
	}
	var one int
	err := tx.row(`SELECT 1 FROM jobs WHERE id = ?`, data.Job).Scan(&one)
	if err == sql.ErrNoRows {
		return absent("job", data.Job)
	}
	tx.jobs[data.Job] = err == nil
	return err
}

// PutPieces keeps what the post shows of pieces of a batch, in print order from pos0 on; the batch must be known. States and the ledger are
// not touched: a new piece is in no state until its first event. A mark or ШПИ that belongs to another piece stays that piece's, unless
// that one is withdrawn; the newcomer is kept with a Problem.
func (tx *Tx) PutPieces(batch string, pos0 int, list []postal.Piece) error {
	// Identities that move from one piece of the list to another must be free before they are taken.
	for _, p := range list {
		if p.PostID == 0 {
			return tx.fail(fmt.Errorf("piece %s of batch %s has no id: %w", p.ShPI, batch, ErrConflict))
		}
		if err := tx.releaseIdentities(p); err != nil {
			return err
		}
	}
	for i, p := range list {
		p.Batch = batch
		if err := tx.putPiece(batch, pos0+i, p); err != nil {
			return err
		}
	}
	return nil
}

func markOf(p postal.Piece) (id string, value postal.Kopecks) {
	if p.Mark == nil {
		return "", 0
	}
	return p.Mark.ID, p.Mark.Value
}

func (tx *Tx) releaseIdentities(p postal.Piece) error {
	was, err := tx.piece(p.PostID)
	if err != nil || was == nil {
		return err
	}
	mark, _ := markOf(p)
	if was.heldShPI != "" && was.heldShPI != string(p.ShPI) {
		was.heldShPI = ""
		if err := tx.exec(`UPDATE pieces SET shpi = NULL WHERE post_id = ?`, p.PostID); err != nil {
			return err
		}
	}
	if was.heldMark != "" && was.heldMark != mark {
		was.heldMark = ""
		return tx.exec(`UPDATE pieces SET mark_id = NULL WHERE post_id = ?`, p.PostID)
	}
	return nil
}

func (tx *Tx) putPiece(batch string, pos int, p postal.Piece) error {
	old, err := tx.piece(p.PostID)
	if err != nil {
		return err
	}
	now := &piece{postID: p.PostID, batch: batch, pos: pos, shpi: p.ShPI, envelope: p.Envelope, category: p.Category, marked: p.Mark != nil}
	if old != nil {
		now.derived = old.derived
	}
	mark, value := markOf(p)
	now.sum = value
	if now.heldShPI, err = tx.hold("shpi", string(p.ShPI), old != nil && old.heldShPI == string(p.ShPI)); err != nil {
		return err
	}
	if now.heldMark, err = tx.hold("mark_id", mark, old != nil && old.heldMark == mark); err != nil {
		return err
	}
	switch {
	case now.heldMark != mark:
		now.problem = ProblemMark
	case now.heldShPI != string(p.ShPI):
		now.problem = ProblemShPI
	case p.Unreadable != "":
		now.problem = ProblemRead
	}
	facts, err := factsOf(p)
	if err != nil {
		return tx.fail(err)
	}
	now.facts = sha256.Sum256(facts)
	if old != nil && *now == *old {
		return nil // most pieces of most pulls
	}
	tx.words = true
	err = tx.exec(`INSERT INTO pieces (post_id, batch, pos, shpi, mark_id, envelope, category, marked, kopecks, problem, search, facts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (post_id) DO UPDATE SET batch = excluded.batch, pos = excluded.pos, shpi = excluded.shpi, mark_id = excluded.mark_id,
			envelope = excluded.envelope, category = excluded.category, marked = excluded.marked, kopecks = excluded.kopecks,
			problem = excluded.problem, search = excluded.search, facts = excluded.facts`,
		p.PostID, batch, pos, orNull(now.heldShPI), orNull(now.heldMark), string(p.Envelope), string(p.Category), now.marked, int64(value),
		now.problem, searchText(p), string(facts))
	if err != nil {
		return err
	}
	if old == nil {
		if err := tx.exec(`INSERT INTO states (post_id, state, state_at, copies, job, stale_why) VALUES (?, '', 0, 0, '', '')`, p.PostID); err != nil {
			return err
		}
	} else {
		tx.count(old, -1)
	}
	tx.pieces[p.PostID] = now
	tx.count(now, +1)
	return nil
}

// hold gives the identity back where the piece may have it, and "" where another piece has it. A piece that is withdrawn, with nothing on paper, gives
// up what the post has issued anew; an orphan does not, because its envelope is about.
func (tx *Tx) hold(column, identity string, mine bool) (string, error) {
	if identity == "" || mine {
		return identity, nil
	}
	var owner int64
	err := tx.row(`SELECT post_id FROM pieces WHERE `+column+` = ?`, identity).Scan(&owner)
	if err == sql.ErrNoRows {
		return identity, nil
	}
	if err != nil {
		return "", err
	}
	p, err := tx.piece(owner)
	if err != nil || p.derived.state != postal.StateWithdrawn {
		return "", err
	}
	tx.count(p, -1)
	switch {
	case column == "mark_id":
		p.heldMark, p.problem = "", ProblemMark
	case p.problem == "":
		p.heldShPI, p.problem = "", ProblemShPI
	default:
		p.heldShPI = ""
	}
	tx.count(p, +1)
	return identity, tx.exec(`UPDATE pieces SET `+column+` = NULL, problem = ? WHERE post_id = ?`, p.problem, owner)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// PieceQuery narrows Pieces. Empty fields do not.
type PieceQuery struct {
	Batch  string
	States []postal.PieceState
	ShPIs  []postal.ShPI
	Owed   bool   // only pieces with void copies owed
	Text   string // beginnings of words: identifiers, the sender's number, the recipient's name and place, or the end of a ШПИ (search.go)
	Offset int
	Limit  int
}

const (
	pieceFields  = `SELECT p.facts, p.batch, p.pos, p.problem, s.state, s.state_at, s.copies, s.job, s.stale_why, s.voided, s.destroyed, s.missing `
	pieceColumns = pieceFields + `FROM pieces p JOIN states s USING (post_id) `
	wordColumns  = pieceFields + `FROM piece_words CROSS JOIN pieces p ON p.post_id = piece_words.rowid CROSS JOIN states s ON s.post_id = p.post_id `
)

// Pieces lists pieces in print order; with a Text and no batch the newest of the post first.
func (s *Store) Pieces(ctx context.Context, q PieceQuery) ([]PieceRow, error) {
	query, args := q.sql()
	rows, err := s.reader.query(ctx, query, args...)
	if err != nil {
		return nil, s.trouble("pieces", err)
	}
	list, err := scanPieces(rows)
	return list, s.trouble("pieces", err)
}

// States reads the states of the pieces with these ids of the post; an id not known here is left out.
func (s *Store) States(ctx context.Context, ids []int64) (map[int64]postal.PieceState, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := s.reader.query(ctx, `SELECT post_id, state FROM states WHERE post_id IN (SELECT value FROM json_each(?))`, string(list))
	if err != nil {
		return nil, s.trouble("states", err)
	}
	defer rows.Close()
	states := make(map[int64]postal.PieceState, len(ids))
	for rows.Next() {
		var id int64
		var state postal.PieceState
		if err := rows.Scan(&id, &state); err != nil {
			return nil, s.trouble("states", err)
		}
		states[id] = state
	}
	return states, s.trouble("states", rows.Err())
}

func (q PieceQuery) sql() (string, []any) {
	var where []string
	var args []any
	add := func(condition string, arg any) {
		where, args = append(where, condition), append(args, arg)
	}
	if len(q.ShPIs) > 0 {
		add(`p.shpi IN (SELECT value FROM json_each(?))`, jsonList(q.ShPIs))
	}
	if q.Batch != "" {
		add(`p.batch = ?`, q.Batch)
	}
	if len(q.States) > 0 {
		add(`s.state IN (SELECT value FROM json_each(?))`, jsonList(q.States))
	}
	if q.Owed {
		where = append(where, `s.voided > s.destroyed + s.missing`)
	}
	query, order := pieceColumns, `p.batch, p.pos, p.post_id`
	if strings.TrimSpace(q.Text) != "" {
		switch match := match(q.Text); {
		case match == "":
			where = append(where, `FALSE`)
		case q.Batch == "":
			query, order = wordColumns, `piece_words.rowid DESC`
			add(`piece_words MATCH ?`, match)
		default: // the post numbers the pieces of a batch not far from one another: the index is read between its first and its last
			add(`+p.post_id IN (SELECT rowid FROM (SELECT min(post_id) AS first, max(post_id) AS last FROM pieces WHERE batch = ?) CROSS JOIN piece_words
				WHERE piece_words MATCH ? AND rowid BETWEEN first AND last)`, q.Batch)
			args = append(args, match)
		}
	}
	if len(where) > 0 {
		query += `WHERE ` + strings.Join(where, ` AND `)
	}
	if q.Limit <= 0 {
		q.Limit = -1
	}
	return query + ` ORDER BY ` + order + ` LIMIT ? OFFSET ?`, append(args, q.Limit, q.Offset)
}

const (
	selectByShPI = pieceColumns + `WHERE p.shpi = ?`
	selectByMark = pieceColumns + `WHERE p.mark_id = ?`
	selectByID   = pieceColumns + `WHERE p.post_id = ?`
)

// OwedCopies counts the void envelopes of all batches that nobody has accounted for, with the dead envelopes of orphans.
func (s *Store) OwedCopies(ctx context.Context) (n int, err error) {
	st, err := s.reader.stmt(ctx, `SELECT (SELECT coalesce(sum(voided - destroyed - missing), 0) FROM states WHERE voided > destroyed + missing)
		+ (SELECT coalesce(sum(pieces), 0) FROM tally WHERE state = 'orphan')`)
	if err == nil {
		err = st.QueryRowContext(ctx).Scan(&n)
	}
	return n, s.trouble("owed copies", err)
}

// PieceByShPI finds the piece that has the identifier; ErrNotFound where it is not known here.
func (s *Store) PieceByShPI(ctx context.Context, shpi postal.ShPI) (PieceRow, error) {
	return s.onePiece(ctx, selectByShPI, string(shpi))
}

// PieceByMark finds the piece that has the mark; ErrNotFound where it is not known here.
func (s *Store) PieceByMark(ctx context.Context, id string) (PieceRow, error) {
	return s.onePiece(ctx, selectByMark, id)
}

// Piece finds a piece by the post's id; ErrNotFound where it is not known here.
func (s *Store) Piece(ctx context.Context, id int64) (PieceRow, error) {
	return s.onePiece(ctx, selectByID, id)
}

func (s *Store) onePiece(ctx context.Context, query string, key any) (PieceRow, error) {
	rows, err := s.reader.query(ctx, query, key)
	if err != nil {
		return PieceRow{}, s.trouble("piece", err)
	}
	p, err := firstPiece(rows, key)
	return p, s.trouble("piece", err)
}

// Piece finds a piece by the post's id, as this change has left it; ErrNotFound where it is not known here.
func (tx *Tx) Piece(id int64) (PieceRow, error) { return tx.onePiece(selectByID, id) }

// PieceByShPI finds the piece that has the identifier, as this change has left it; ErrNotFound where it is not known here.
func (tx *Tx) PieceByShPI(shpi postal.ShPI) (PieceRow, error) {
	return tx.onePiece(selectByShPI, string(shpi))
}

func (tx *Tx) onePiece(query string, key any) (PieceRow, error) {
	rows, err := tx.query(query, key)
	if err != nil {
		return PieceRow{}, err
	}
	return firstPiece(rows, key)
}

// Pieces lists the pieces of a batch in print order, as this change has left them.
func (tx *Tx) Pieces(batch string) ([]PieceRow, error) {
	query, args := PieceQuery{Batch: batch}.sql()
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	return scanPieces(rows)
}

func firstPiece(rows *sql.Rows, key any) (PieceRow, error) {
	list, err := scanPieces(rows)
	if err == nil && len(list) == 0 {
		err = absent("piece", fmt.Sprint(key))
	}
	if err != nil {
		return PieceRow{}, err
	}
	return list[0], nil
}

func scanPieces(rows *sql.Rows) ([]PieceRow, error) {
	defer rows.Close()
	var list []PieceRow
	for rows.Next() {
		var p PieceRow
		var facts sql.RawBytes
		var batch, why string
		var at int64
		var void derived
		err := rows.Scan(&facts, &batch, &p.Pos, &p.Problem, &p.State, &at, &p.Copies, &p.Job, &why, &void.voided, &void.destroyed, &void.missing)
		if err != nil {
			return nil, err
		}
		err = json.Unmarshal(facts, &p.Piece)
		if err == nil {
			p.StaleWhy, err = whyList(why)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: a piece of batch %s: %w", ErrDamaged, batch, err)
		}
		p.Batch, p.StateAt = batch, moment(at)
		p.Voided, p.Owed, p.Missing = void.voided, void.owed(), void.missing
		list = append(list, p)
	}
	return list, rows.Err()
}
