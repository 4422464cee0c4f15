package station

import (
	"testing"

	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/printer"
	"znak/printer/calibrate"
	"znak/printer/socket"
	"znak/printer/zpl/zpltest"
)

// The setup of a printer is kept on disk as it was set, holds from then on, and what its driver does not take changes nothing.
func TestChangePrinter(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 4})
	b.drivers = []printer.Driver{socket.New(socket.Params{})}
	label, err := zpltest.Listen("127.0.0.1:0", zpltest.Params{DPI: 203})
	b.must(err)
	defer label.Close()
	setup := printer.Setup{Name: "Zebra", URI: "socket://" + label.Addr()}
	b.refused(b.ChangePrinter(b.ctx, setup), "station.printer-not-added")
	b.must(b.AddPrinter(b.ctx, setup))
	can := b.PrinterChoices(setup)
	if len(can.Confirm) != 2 || len(can.Options) < 7 {
		t.Fatalf("offered %+v", can)
	}
	if can := b.PrinterChoices(printer.Setup{URI: "folder://x"}); len(can.Options)+len(can.Confirm)+len(can.Languages) > 0 {
		t.Errorf("of nothing: %+v", can)
	}

	setup.DPI, setup.Slip, setup.Confirm, setup.Options = 203, 7, printer.ConfirmNone, map[string]string{"darkness": "15", "mode": "cut"}
	b.must(b.ChangePrinter(b.ctx, setup))
	view := func() PrinterView {
		list, err := b.Printers(b.ctx)
		b.must(err)
		for _, p := range list {
			if p.Name == "Zebra" {
				return p
			}
		}
		t.Fatal("it is gone")
		return PrinterView{}
	}
	if v := view(); v.DPI != 203 || v.Slip != 7 || v.Confirm != printer.ConfirmNone {
		t.Errorf("%+v", v)
	}
	b.open() // after a crash of the program
	b.drivers = []printer.Driver{socket.New(socket.Params{})}
	kept, err := b.PrinterSetup(b.ctx, "Zebra")
	if err != nil || kept.Options["mode"] != "cut" || kept.Slip != 7 {
		t.Errorf("%+v, %v", kept, err)
	}

	for key, wrong := range map[string]printer.Setup{
		"station.printer-dpi":  {DPI: 5},
		"station.printer-slip": {Slip: 5000},
		"station.printer-uri":  {URI: "nonsense"},
	} {
		wrong.Name = "Zebra"
		if wrong.URI == "" {
			wrong.URI = setup.URI
		}
		b.refused(b.ChangePrinter(b.ctx, wrong), key)
	}
	bad := setup
	bad.Options = map[string]string{"darkness": "31"}
	if err := b.ChangePrinter(b.ctx, bad); err == nil {
		t.Error("its driver takes a darkness of 31")
	}
	if v := view(); v.Slip != 7 || v.DPI != 203 {
		t.Errorf("a refusal has changed it: %+v", v)
	}
}

// A calibration can be taken back; tray and turn stay.
func TestForgetFault(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 4})
	_, err := b.SetSheet(b.ctx, "folder", postal.C5, "Upper", 1)
	b.must(err)
	readings := calibrate.Readings{{X: 21, Y: 20}, {X: 19, Y: 20}, {X: 19, Y: 20}, {X: 21, Y: 20}}
	sheet, err := b.Calibrate(b.ctx, "folder", postal.C5, readings)
	b.must(err)
	if sheet.CalibratedAt.IsZero() || sheet.Fault.DX == 0 && sheet.Fault.DY == 0 {
		t.Fatalf("nothing was learned: %+v", sheet)
	}
	_, err = b.ForgetFault(b.ctx, "folder", postal.C5)
	b.must(err)
	sheet, err = b.Sheet(b.ctx, "folder", postal.C5)
	if want := (Sheet{Tray: "Upper", Turn: 1}); err != nil || sheet != want {
		t.Errorf("left of it: %+v, %v", sheet, err)
	}
	_, err = b.ForgetFault(b.ctx, "folder", "Z9")
	b.refused(err, "station.format-unknown")
}
