package view

import (
	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/printer"
)

// GuideStep is one step of the way from an installed program to the first envelope.
type GuideStep struct {
	Key    string
	Title  string
	About  string // what is so now, or what to do
	Done   bool
	Label  string // of the button
	Screen string // where the button leads; "" does it in place
}

// GuideLook is what the steps are read from.
type GuideLook struct {
	Account  bool
	Training bool
	Status   station.Status
	Batches  []station.BatchView
	Printers []station.PrinterView
	Heard    bool // a scanner was heard, now or before
	Tested   bool // a test envelope was printed and scanned
}

// GuideOf are the steps; the first that is not done is the one to do next.
func (w Words) GuideOf(l GuideLook) []GuideStep {
	step := func(key string, done bool, about, screen string) GuideStep {
		return GuideStep{key, w.T("ui.guide." + key), about, done, w.T("ui.guide-do." + key), screen}
	}
	account := w.T("ui.guide.account.todo")
	switch {
	case l.Account && l.Training:
		account = w.T("ui.guide.account.training")
	case l.Account:
		account = w.T("ui.guide.account.done")
	}
	check := w.T("ui.guide.check.todo")
	if l.Status.Online {
		check = w.N("ui.guide.check.done", len(l.Batches))
	}
	var offices []postal.PostIndex
	for _, b := range l.Batches {
		if b.Office != "" && !containsOffice(offices, b.Office) {
			offices = append(offices, b.Office)
		}
	}
	office := w.T("ui.guide.office.todo")
	switch {
	case len(offices) == 1:
		office = w.Say("ui.guide.office.done", hint.Args{"Index": string(offices[0])})
	case len(offices) > 1:
		office = w.N("ui.guide.office.several", len(offices))
	}
	device, ready := w.T("ui.guide.printer.todo"), false
	for _, p := range l.Printers {
		if p.URI == "" {
			continue // the folder of PDF files
		}
		device = w.Say("ui.status.printer", hint.Args{"Name": w.PrinterName(p.Info.Name), "State": w.PrinterState(p.State)})
		if ready = p.State == printer.Ready || p.State == printer.Printing || p.State == printer.Done; ready {
			break
		}
	}
	scanner := w.T("ui.guide.scanner.todo")
	if l.Heard {
		scanner = w.T("ui.guide.scanner.done")
	}
	test := w.T("ui.guide.test.todo")
	if l.Tested {
		test = w.T("ui.guide.test.done")
	}
	return []GuideStep{
		step("account", l.Account, account, ScreenSettings),
		step("check", l.Status.Online, check, ""),
		step("office", len(offices) > 0, office, ScreenBatches),
		step("printer", ready, device, ScreenPrinters),
		step("scanner", l.Heard, scanner, ""),
		step("test", l.Tested, test, ScreenPrinters),
	}
}

func containsOffice(list []postal.PostIndex, one postal.PostIndex) bool {
	for _, o := range list {
		if o == one {
			return true
		}
	}
	return false
}
