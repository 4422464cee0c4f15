package view

import (
	"znak/app/hint"
	"znak/app/station"
)

// Glance is a thin card of the first screen: one answer, a few lines, and where it leads.
type Glance struct {
	Title  string
	Lines  []GlanceLine
	Screen string
}

// GlanceLine is a line with its shape; Arg is what its screen shows.
type GlanceLine struct {
	Text string
	Tone Tone
	Arg  string
}

// maxGlance keeps the card thin.
const maxGlance = 3

// NetOf says whether the post is there, since when, and what waits for it.
func (w Words) NetOf(st station.Status, account bool) Glance {
	g := Glance{Title: w.T("ui.glance.net"), Screen: ScreenOutbox}
	line := func(tone Tone, text string) { g.Lines = append(g.Lines, GlanceLine{Text: text, Tone: tone}) }
	switch {
	case !account:
		line(Warn, w.T("ui.status.no-account"))
	case st.Online && !st.LastContact.IsZero():
		line(OK, w.Say("ui.glance.online", hint.Args{"When": w.Moment(st.LastContact)}))
	case st.Online:
		line(OK, w.T("ui.status.online"))
	case st.LastContact.IsZero():
		line(Warn, w.T("ui.status.never"))
	default:
		line(Warn, w.Say("ui.status.offline", hint.Args{"Since": w.Moment(st.LastContact)}))
	}
	switch {
	case st.Dead > 0:
		line(Stop, w.N("ui.status.dead", st.Dead))
	case st.Pending > 0:
		line(Accent, w.plain("ui.status.pending", st.Pending))
	default:
		line(OK, w.T("ui.glance.nothing-waits"))
	}
	if st.QuotaAllowed > 0 {
		tone := Muted
		if st.QuotaUsed*10 > st.QuotaAllowed*9 {
			tone = Warn
		}
		line(tone, w.Say("ui.glance.quota", hint.Args{"Used": w.Number(st.QuotaUsed), "Allowed": w.Number(st.QuotaAllowed)}))
	}
	return g
}

// DevicesOf says what each printer does; those that need somebody come first.
func (w Words) DevicesOf(list []station.PrinterView) Glance {
	g := Glance{Title: w.T("ui.glance.printers"), Screen: ScreenPrinters}
	if len(list) == 0 {
		g.Lines = []GlanceLine{{Text: w.T("ui.status.no-printer"), Tone: Warn}}
		return g
	}
	for _, bad := range []bool{true, false} {
		for _, p := range list {
			tone := printerTone(p.State)
			if p.Held {
				tone = Warn
			}
			if (tone == Stop || tone == Warn) != bad {
				continue
			}
			state := w.PrinterState(p.State)
			if p.Held {
				state = w.T("ui.glance.held")
			}
			g.Lines = append(g.Lines, GlanceLine{w.Say("ui.status.printer", hint.Args{"Name": w.PrinterName(p.Info.Name), "State": state}), tone, p.Info.Name})
		}
	}
	if n := len(g.Lines); n > maxGlance {
		g.Lines = append(g.Lines[:maxGlance-1], GlanceLine{Text: w.plain("ui.today.more", n-maxGlance+1), Tone: Muted})
	}
	return g
}
