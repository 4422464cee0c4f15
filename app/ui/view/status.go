package view

import (
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/station"
	"znak/printer"
)

// Part is one piece of the line at the bottom: what is true, how it feels, and which screen explains it.
type Part struct {
	Text   string
	Tone   Tone
	Screen string
}

// Screens by name; the menu, the status line and the counts lead to them.
const (
	ScreenToday    = "today"
	ScreenBatches  = "batches"
	ScreenVerify   = "verify"
	ScreenReprint  = "reprint"
	ScreenOutbox   = "outbox"
	ScreenMoney    = "money"
	ScreenPrinters = "printers"
	ScreenScanners = "scanners"
	ScreenSettings = "settings"
)

// StatusOf is the line at the bottom, always there and always true.
func (w Words) StatusOf(st station.Status, printers []station.PrinterView, account bool) []Part {
	var parts []Part
	switch {
	case !account:
		parts = append(parts, Part{w.T("ui.status.no-account"), Warn, ScreenSettings})
	case st.Online:
		parts = append(parts, Part{w.T("ui.status.online"), OK, ScreenOutbox})
	case st.LastContact.IsZero():
		parts = append(parts, Part{w.T("ui.status.never"), Warn, ScreenOutbox})
	default:
		s := w.Say("ui.status.offline", hint.Args{"Since": w.Moment(st.LastContact)})
		if st.OfflinePieces > 0 {
			s += ". " + w.Offline(st)
		}
		parts = append(parts, Part{s, Warn, ScreenOutbox})
	}
	switch {
	case st.Balance != nil && st.BalanceOf != "":
		parts = append(parts, Part{w.Say("ui.status.balance-of", hint.Args{"Sum": *st.Balance, "Of": w.AsOf(st.BalanceOf)}), Plain, ScreenMoney})
	case st.Balance != nil:
		parts = append(parts, Part{w.Say("ui.status.balance", hint.Args{"Sum": *st.Balance}), Plain, ScreenMoney})
	default:
		parts = append(parts, Part{w.T("ui.status.no-balance"), Muted, ScreenMoney})
	}
	if st.Free != nil {
		tone := Plain
		if *st.Free < 0 {
			tone = Warn
		}
		parts = append(parts, Part{w.Say("ui.status.free", hint.Args{"Sum": *st.Free}), tone, ScreenMoney})
	}
	parts = append(parts, w.printerPart(printers))
	switch {
	case st.Dead > 0:
		parts = append(parts, Part{w.N("ui.status.dead", st.Dead), Stop, ScreenOutbox})
	case st.Pending > 0:
		parts = append(parts, Part{w.plain("ui.status.pending", st.Pending), Accent, ScreenOutbox})
	default:
		parts = append(parts, Part{w.T("ui.status.nothing-waits"), Muted, ScreenOutbox})
	}
	return parts
}

// Offline is one line that is always true: how many envelopes can be printed without the network, and until when.
func (w Words) Offline(st station.Status) string {
	if st.OfflinePieces == 0 {
		return w.T("ui.offline.none")
	}
	return w.N("ui.offline.left", st.OfflinePieces, hint.Args{"Until": w.Until(st.OfflineUntil)})
}

// Until writes a moment that is to come: "18:00" today, "пятницы 18:00" within a week, "05.12.2026 18:00" later.
func (w Words) Until(t time.Time) string {
	t = t.In(w.Zone)
	now := w.Now().In(w.Zone)
	clock := t.Format("15:04")
	switch {
	case sameDay(t, now):
		return clock
	case t.After(now) && t.Before(time.Date(now.Year(), now.Month(), now.Day()+7, 0, 0, 0, 0, w.Zone)):
		return w.Say("ui.until."+strings.ToLower(t.Weekday().String()), hint.Args{"Time": clock})
	}
	return t.Format("02.01.2006 15:04")
}

// printerPart names the first printer that needs somebody, else the main one.
func (w Words) printerPart(list []station.PrinterView) Part {
	if len(list) == 0 {
		return Part{w.T("ui.status.no-printer"), Warn, ScreenPrinters}
	}
	pick := list[0]
	for _, p := range list {
		if p.Main {
			pick = p
		}
	}
	for _, p := range list {
		if printerTone(p.State) == Stop && printerTone(pick.State) != Stop {
			pick = p
		}
	}
	return Part{w.Say("ui.status.printer", hint.Args{"Name": w.PrinterName(pick.Info.Name), "State": w.PrinterState(pick.State)}), printerTone(pick.State), ScreenPrinters}
}

// PrinterName is the name of a device in words: those that the program brings along have names of its own language.
func (w Words) PrinterName(name string) string { return w.SayOr("ui.choice.printer."+name, name) }

// PrinterState is the state of a device in words.
func (w Words) PrinterState(s printer.State) string {
	return w.SayOr("ui.printer."+string(s), string(s))
}

func printerTone(s printer.State) Tone {
	switch s {
	case printer.Ready, printer.Done:
		return OK
	case printer.Printing:
		return Accent
	case printer.Paused, printer.Unknown:
		return Warn
	}
	return Stop
}
