package view

import (
	"encoding/json"

	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// Sentence is one line of a piece's story.
type Sentence struct {
	When string
	Text string
	Tone Tone
}

// Detail is the selected piece: who, where to, its mark, its story.
type Detail struct {
	Piece
	To    []string // name and address lines
	Facts string   // 20 г · знак 85,40 ₽ · копий 1
	Mark  string   // identity of the mark
	Story []Sentence
	// A person can say what became of a letter of which nobody knows.
	Unknown bool
}

// DetailOf shows a piece with its events.
func (w Words) DetailOf(p store.PieceRow, events []store.Event) Detail {
	d := Detail{Piece: w.PieceOf(p), Unknown: p.State == postal.StateUnknown}
	d.To = append([]string{p.To.Name}, p.To.Address.Lines()...)
	if p.To.Address.Index != "" {
		d.To = append(d.To, string(p.To.Address.Index))
	}
	mass, value := "", ""
	if p.Mass > 0 {
		mass = w.Say("ui.piece.mass", hint.Args{"N": w.Number(int(p.Mass))})
	}
	if p.Mark != nil {
		value = w.Say("ui.piece.mark", hint.Args{"Sum": p.Mark.Value})
		d.Mark = p.Mark.ID
	}
	copies := ""
	if p.Copies > 0 {
		copies = w.N("ui.piece.copies", p.Copies)
	}
	d.Facts = joined(string(p.Envelope), mass, value, copies)
	for _, e := range events {
		d.Story = append(d.Story, w.SentenceOf(e))
	}
	return d
}

// SentenceOf tells one event: what happened, and who did it where a person did.
func (w Words) SentenceOf(e store.Event) Sentence {
	var data struct {
		Copy     int    `json:"copy"`
		Page     int    `json:"page"`
		Reason   string `json:"reason"`
		Source   string `json:"source"`
		Verdict  string `json:"verdict"`
		Text     string `json:"text"`
		Declared bool   `json:"declared"`
		Fields   []struct {
			Name string `json:"name"`
			From any    `json:"from"`
			To   any    `json:"to"`
		} `json:"fields"`
	}
	_ = json.Unmarshal(e.Data, &data) // an event of a newer program: what is not understood is not told
	s := Sentence{When: w.Moment(e.At), Tone: storyTones[e.Kind]}
	args := hint.Args{"Copy": data.Copy, "Page": data.Page, "Batch": e.Batch,
		"Reason": w.SayOr("ui.reason."+data.Reason, data.Reason), "Verdict": w.SayOr("ui.verdict.short."+data.Verdict, data.Verdict)}
	key := "ui.story." + string(e.Kind)
	switch {
	case e.Kind == postal.EventIntent && data.Copy > 1:
		key += "-again"
	case e.Kind == postal.EventChanged && len(data.Fields) > 0:
		names := ""
		for i, f := range data.Fields {
			if i > 0 {
				names += ", "
			}
			names += w.SayOr("ui.field."+f.Name, f.Name)
		}
		args["Fields"] = names
		key += "-fields"
	case e.Kind == postal.EventSpoiled && data.Reason == "":
		key += "-plain"
	case e.Kind == postal.EventScanned && data.Verdict == "":
		key += "-plain"
	}
	s.Text = w.Say(key, args)
	if s.Text == key {
		s.Text = w.SayOr("state.event."+string(e.Kind), string(e.Kind))
	}
	if e.Who != "" && byPerson[e.Kind] {
		s.Text = w.Say("ui.story.by", hint.Args{"Text": s.Text, "Who": e.Who})
	}
	return s
}

var storyTones = map[postal.EventKind]Tone{
	postal.EventUnknown: Warn, postal.EventSpoiled: Warn, postal.EventVerified: OK, postal.EventRefused: Stop,
	postal.EventChanged: Warn, postal.EventAccepted: OK, postal.EventDelivered: OK, postal.EventHanded: OK,
}

var byPerson = map[postal.EventKind]bool{
	postal.EventIntent: true, postal.EventVerified: true, postal.EventSpoiled: true, postal.EventHanded: true, postal.EventScanned: true,
}
