package sandbox

import "time"

// A batch's life after checkin and the tracking operations of its pieces (facts/otpravka-api.md §6.3, §8.11, §10.3).
// Nothing is stored for each piece: what happened is computed from when the batch was checked in.

// Operation is one tracking operation in both of the post's spellings.
type Operation struct {
	Type int       `json:"type"` // code of the operation, 44
	Attr int       `json:"attr"` // its attribute, 11
	At   time.Time `json:"at"`
	Name string    `json:"name"`

	typeName, attrName string // last-oper-type and last-oper-attr of §4
}

// settle brings the batches up to the clock: FROZEN → ACCEPTED, where the money is debited (facts/online-mark.md §1.4
// places the debit at acceptance) → SENT. Refused pieces are not paid for.
func (s *Server) settle(now time.Time) {
	a := s.account
	for _, b := range a.batches {
		if b.status == statusFrozen && !now.Before(b.checkedIn.Add(acceptAfter)) {
			b.status, b.statusAt = statusAccepted, b.checkedIn.Add(acceptAfter)
			debit := b.reserved
			for _, p := range b.pieces {
				if p.refusal == nil {
					continue
				}
				p.refusal.at = b.statusAt
				if p.mark != nil && b.reserved > 0 {
					debit -= p.mark.Value
				}
			}
			a.money -= debit
			b.reserved = 0
			s.calls.debited(b.name, debit, b.statusAt)
		}
		if b.status == statusAccepted && !now.Before(b.checkedIn.Add(sentAfter)) {
			b.status, b.statusAt = statusSent, b.checkedIn.Add(sentAfter)
		}
	}
}

// Codes of refusal that can be played, with the post's words (§10.3).
var refusalWords = map[int]string{
	7:  "Отказ в приеме. ШК РПО был отсканирован ранее",
	11: "Отказ в приеме. Некорректный ЗОО",
}

// track lists what happened to a piece by now, oldest first: 28 → 1/2 → 8/0 → 8/1 → 8/2 → 2/1, or 44 in place of 1/2.
func (p *piece) track(now time.Time) []Operation {
	if p.batch == nil {
		return nil
	}
	ops := []Operation{{28, 0, p.joined, "Присвоен идентификатор", "ID_ASSIGNMENT", "ID_ASSIGNED"}}
	if p.refusal != nil && !p.refusal.at.IsZero() && p.refusal.at.Equal(p.batch.checkedIn.Add(acceptAfter)) {
		return append(ops, p.refusal.operation())
	}
	start := p.batch.checkedIn
	if start.IsZero() {
		return ops
	}
	days := time.Duration(2+p.id%4) * 24 * time.Hour
	for _, next := range []Operation{
		{1, 2, start.Add(acceptAfter), "Прием. Партионный", "ACCEPTING", "PARTIAL_ACCEPTING"},
		{8, 0, start.Add(acceptAfter + 3*time.Hour), "Обработка. Сортировка", "PROCESSING", "SORTING"},
		{8, 1, start.Add(sentAfter), "Обработка. Покинуло место приема", "PROCESSING", "SENT"},
		{8, 2, start.Add(sentAfter + days), "Обработка. Прибыло в место вручения", "PROCESSING", "ARRIVED"},
		{2, 1, start.Add(sentAfter + days + 30*time.Hour), "Вручение. Адресату", "GIVING", "GIVING_RECIPIENT"},
	} {
		if next.At.After(now) || p.refusal != nil && !p.refusal.at.IsZero() && next.At.After(p.refusal.at) {
			break
		}
		ops = append(ops, next)
	}
	if p.refusal != nil && !p.refusal.at.IsZero() {
		ops = append(ops, p.refusal.operation())
	}
	return ops
}

// operation of a refusal. The string attributes of op 44 are not in the facts beyond ACCEPTANCE_REJECTED, so 7 and 11
// differ in human-operation-name only.
func (r *refusal) operation() Operation {
	return Operation{44, r.attr, r.at, refusalWords[r.attr], "ACCEPTANCE_REJECTED", "ACCEPTANCE_REJECTED"}
}

// refused tells whether the office did not take the piece.
func (p *piece) refused() bool { return p.refusal != nil && !p.refusal.at.IsZero() }
