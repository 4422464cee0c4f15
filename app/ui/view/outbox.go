package view

import (
	"znak/app/hint"
	"znak/app/outbox"
	"znak/app/station"
	"znak/store"
)

// Item is one thing that waits for the post.
type Item struct {
	ID     string
	Title  string // «Сообщить о сдаче партии 506»
	Since  string
	Next   string
	Said   string // what the post said last
	Detail string // the technical text
	Tone   Tone
	Dead   bool
}

// Outbox is what waits, or the pleasant sight of nothing.
type Outbox struct {
	Items []Item
	Empty string
	Last  string // when the last contact was
}

// OutboxOf shows the waiting items.
func (w Words) OutboxOf(items []store.Item, st station.Status) Outbox {
	var v Outbox
	for _, it := range items {
		shown := Item{
			ID:     it.ID,
			Title:  w.itemTitle(it),
			Since:  w.Say("ui.outbox.since", hint.Args{"When": w.Moment(it.CreatedAt)}),
			Detail: it.LastError,
			Tone:   Accent,
			Dead:   it.State == "dead",
		}
		if it.Attempts > 0 {
			shown.Since += " · " + w.N("ui.outbox.attempts", it.Attempts)
		}
		switch {
		case shown.Dead:
			shown.Tone, shown.Next = Stop, w.T("ui.outbox.dead")
		case it.State == "sending":
			shown.Next = w.T("ui.outbox.sending")
		case it.NotBefore.After(w.Now()):
			shown.Next = w.Say("ui.outbox.next", hint.Args{"When": w.Moment(it.NotBefore)})
		default:
			shown.Next = w.T("ui.outbox.soon")
		}
		if key, args, ok := outbox.Hint(it); ok {
			shown.Said = w.Say(key, args)
		} else if it.LastError != "" {
			shown.Said = w.T("ui.outbox.unclear")
		}
		v.Items = append(v.Items, shown)
	}
	if len(items) == 0 {
		v.Empty = w.T("ui.outbox.empty")
	}
	v.Last = w.T("ui.outbox.no-contact")
	if !st.LastContact.IsZero() {
		v.Last = w.Say("ui.outbox.contact", hint.Args{"When": w.Moment(st.LastContact)})
	}
	return v
}

func (w Words) itemTitle(it store.Item) string {
	key := "ui.outbox.kind." + it.Kind
	if s := w.Say(key, hint.Args{"Batch": it.Key}); s != key {
		return s
	}
	return w.Say("ui.outbox.kind.other", hint.Args{"Kind": it.Kind, "Batch": it.Key})
}
