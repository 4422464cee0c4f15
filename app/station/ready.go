package station

import (
	"context"
	"errors"

	"znak/app/hint"
	"znak/app/mark"
	"znak/app/postal"
	"znak/store"
)

// Batches lists the batches known here, each with what can be done with it.
func (s *Station) Batches(ctx context.Context) ([]BatchView, error) {
	rows, err := s.store.Batches(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.courier.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.money(ctx)
	if err != nil {
		return nil, err
	}
	approval, err := s.settingOn(ctx, SettingApproval)
	if err != nil {
		return nil, err
	}
	views := make([]BatchView, len(rows))
	for i, row := range rows {
		views[i] = s.view(row, m, approval)
		for _, item := range items {
			if item.Key == row.Name {
				views[i].Waiting = append(views[i].Waiting, item)
			}
		}
	}
	return views, nil
}

// Batch shows one batch; a name not known here is refused.
func (s *Station) Batch(ctx context.Context, name string) (BatchView, error) {
	views, err := s.Batches(ctx)
	if err != nil {
		return BatchView{}, err
	}
	for _, v := range views {
		if v.Name == name {
			return v, nil
		}
	}
	return BatchView{}, refuse("station.batch-unknown", hint.Args{"Batch": name})
}

// reasonMoney is why a batch is not ready that the free money does not reach for.
const reasonMoney = "station.ready.money"

// view says whether a batch is ready, and otherwise each reason. The rules: facts/otpravka-api.md §6.3 ("approved batch"), §7;
// which kinds take the mark: facts/online-mark.md §1.1.
func (s *Station) view(row store.BatchRow, m money, approval bool) BatchView {
	v := BatchView{BatchRow: row, Sum: row.MarkSum}
	v.ToPrint = row.States[postal.StatePulled] + row.States[postal.StateSpoiled]
	if len(row.Envelopes) == 1 {
		for kind := range row.Envelopes {
			v.Envelope = kind
		}
	}
	no := func(key string, args hint.Args) { v.Reasons = append(v.Reasons, Reason{key, args}) }
	if !row.HandedAt.IsZero() {
		no("station.ready.handed", hint.Args{"Batch": row.Name})
		return v
	}
	if row.Status != postal.BatchCreated {
		no("station.ready.status", hint.Args{"Status": row.Status})
		return v
	}
	if row.Pieces == 0 {
		no("station.ready.empty", nil)
	}
	if row.Payment != postal.PaidByMark {
		no("station.ready.payment", hint.Args{"Payment": string(row.Payment)})
	} else if !row.UseOnlineBalance {
		no("station.ready.offline-balance", nil)
	}
	if !letters[row.MailType] {
		no("station.ready.type", hint.Args{"Type": wordsOr(row.MailTypeText, string(row.MailType))})
	}
	if row.Category != postal.CategoryOrdered {
		no("station.ready.category", hint.Args{"Category": wordsOr(row.CategoryText, string(row.Category))})
	}
	for kind, n := range row.Envelopes {
		if !kind.TakesMark() {
			no("station.ready.envelope", hint.Args{"Kind": string(kind), "Count": n})
		}
	}
	if row.WithoutMark > 0 {
		no("station.ready.no-mark", hint.Args{"Count": row.WithoutMark})
	}
	if row.Problems > 0 {
		no("station.ready.problems", hint.Args{"Count": row.Problems})
	}
	if row.PieceCount > row.Pieces {
		no("station.ready.incomplete", hint.Args{"Have": row.Pieces, "Count": row.PieceCount})
	}
	if row.SeenAt.After(row.PulledAt) && row.Documents.MarksChanged() {
		no("station.ready.changed", nil)
	}
	if m.free != nil && row.ApprovedAt.IsZero() && v.Sum > *m.free {
		no(reasonMoney, hint.Args{"Sum": v.Sum, "Free": *m.free, "Lacking": v.Sum - *m.free})
	}
	if approval && row.ApprovedAt.IsZero() {
		no("station.ready.approval", hint.Args{"Batch": row.Name})
	}
	v.Ready = len(v.Reasons) == 0
	v.Warning = m.warning(v)
	return v
}

// letters are the kinds of mail that the mark is for here: registered written correspondence (facts/online-mark.md §1.1, pilot criteria).
var letters = map[postal.MailType]bool{postal.Letter: true, postal.LetterClass1: true}

func wordsOr(words, code string) string {
	if words != "" {
		return words
	}
	return code
}

// fields are the fields of the piece's mark, or the reason why it has none.
func (s *Station) fields(b postal.Batch, p postal.Piece, sender postal.Sender) (mark.Fields, *Reason) {
	f, err := mark.FieldsOf(b, p, sender)
	if err == nil {
		return f, nil
	}
	if key, args, ok := hint.Of(err); ok {
		return f, &Reason{key, args}
	}
	return f, &Reason{"hint.unexpected", hint.Args{"Error": err.Error()}}
}

// reasonOf turns an error into the sentence it carries.
func reasonOf(err error) Reason {
	var r *Refused
	if errors.As(err, &r) && len(r.Reasons) > 0 {
		return r.Reasons[0]
	}
	if key, args, ok := hint.Of(err); ok {
		return Reason{key, args}
	}
	return Reason{"hint.unexpected", hint.Args{"Error": err.Error()}}
}
