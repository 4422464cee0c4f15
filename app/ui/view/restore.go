package view

import (
	"strings"

	"znak/app/hint"
	"znak/app/station"
)

// Restore is what is lost and what is kept where a copy takes the place of the records.
type Restore struct {
	Title string
	Lines []string
}

// RestoreOf says it of a copy that was looked at.
func (w Words) RestoreOf(l station.CopyLook) Restore {
	v := Restore{Title: w.T("ui.restore.title-empty")}
	if !l.Copy.Last.IsZero() {
		v.Title = w.Say("ui.restore.title", hint.Args{"When": w.Full(l.Copy.Last)})
	}
	switch {
	case l.Lost == nil:
		v.Lines = append(v.Lines, w.T("ui.restore.other"))
	case *l.Lost == 0:
		v.Lines = append(v.Lines, w.T("ui.restore.nothing-lost"))
	default:
		v.Lines = append(v.Lines, w.N("ui.restore.lost", int(*l.Lost)))
	}
	if l.Letters > 0 {
		v.Lines = append(v.Lines, w.N("ui.restore.letters", l.Letters))
	}
	if l.Batches > 0 {
		v.Lines = append(v.Lines, w.N("ui.restore.batches", l.Batches))
	}
	v.Lines = append(v.Lines, w.T("ui.restore.kept"), w.T("ui.restore.meanwhile"))
	return v
}

// RestoredOf tells what came of a restore in one line.
func (w Words) RestoredOf(r station.RestoreReport) (Tone, string) {
	tone := OK
	parts := []string{w.Say("ui.restore.done", hint.Args{"When": w.Full(r.Copy.Last)})}
	if r.Copy.Last.IsZero() {
		parts = []string{w.T("ui.restore.done-empty")}
	}
	if n := r.Unknown + r.Later; n > 0 {
		tone = Warn
		parts = append(parts, w.N("ui.restore.unknown", n))
	}
	if r.Voided > 0 {
		tone = Warn
		parts = append(parts, w.N("ui.restore.voided", r.Voided))
	}
	if r.Replaced != "" {
		parts = append(parts, w.Say("ui.restore.replaced", hint.Args{"File": r.Replaced}))
	}
	return tone, strings.Join(parts, " ")
}
