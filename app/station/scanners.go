package station

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/paper"
	"znak/app/scan"
	"znak/printer/pdf"
	"znak/store"
)

// keyScanners is the setting that holds the office's scanners as JSON.
const keyScanners = "scanners"

// Scanners lists the scanners that the office has set up, in the order in which they were added.
func (s *Station) Scanners(ctx context.Context) ([]scan.Device, error) {
	text, ok, err := s.store.Setting(ctx, keyScanners)
	if err != nil || !ok {
		return nil, err
	}
	return parseScanners(text)
}

func parseScanners(text string) (list []scan.Device, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("setting %s: %w", keyScanners, err)
	}
	return list, nil
}

// PutScanner adds a scanner, or changes the one of its name. All keyboards are one to the computer, so there is one of that kind.
func (s *Station) PutScanner(ctx context.Context, d scan.Device) error {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return err
	}
	d.Name = strings.TrimSpace(d.Name)
	switch {
	case d.Name == "":
		return refuse("station.scanner.name", nil)
	case d.Kind != scan.DeviceKeyboard && d.Kind != scan.DeviceSerial && d.Kind != scan.DeviceHID:
		return refuse("station.scanner.kind", hint.Args{"Scanner": d.Name})
	case d.Kind != scan.DeviceKeyboard && d.Port == "" && d.VID == "":
		return refuse("station.scanner.port", hint.Args{"Scanner": d.Name})
	}
	return s.changeScanners(ctx, func(list []scan.Device) ([]scan.Device, error) {
		at := slices.IndexFunc(list, func(o scan.Device) bool { return o.Name == d.Name })
		for i, o := range list {
			if i != at && sameScanner(o, d) {
				return nil, refuse("station.scanner.twice", hint.Args{"Scanner": o.Name})
			}
		}
		if at < 0 {
			return append(list, d), nil
		}
		list[at] = d
		return list, nil
	})
}

// sameScanner reports whether two entries mean one device.
func sameScanner(a, b scan.Device) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind == scan.DeviceKeyboard {
		return true
	}
	if a.VID != "" && a.Serial != "" {
		return a.VID == b.VID && a.PID == b.PID && a.Serial == b.Serial
	}
	return a.Port == b.Port && a.VID == b.VID && a.PID == b.PID
}

// RemoveScanner forgets a scanner. One that is not there is refused.
func (s *Station) RemoveScanner(ctx context.Context, name string) error {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return err
	}
	return s.changeScanners(ctx, func(list []scan.Device) ([]scan.Device, error) {
		left := slices.DeleteFunc(slices.Clone(list), func(d scan.Device) bool { return d.Name == name })
		if len(left) == len(list) {
			return nil, refuse("station.scanner.unknown", hint.Args{"Scanner": name})
		}
		return left, nil
	})
}

func (s *Station) changeScanners(ctx context.Context, change func([]scan.Device) ([]scan.Device, error)) error {
	return s.store.Write(ctx, func(tx *store.Tx) error {
		text, _, err := tx.Setting(keyScanners)
		if err != nil {
			return err
		}
		list, err := parseScanners(text)
		if err != nil {
			return err
		}
		was := slices.Clone(list)
		if list, err = change(list); err != nil {
			return err
		}
		if err := noteScanners(tx, was, list); err != nil {
			return err
		}
		out, err := json.Marshal(list)
		if err != nil {
			return err
		}
		return tx.SetSetting(keyScanners, string(out))
	})
}

// noteScanners notes which scanners came, went or are set up otherwise; a test of one is no change.
func noteScanners(tx *store.Tx, was, is []scan.Device) error {
	plain := func(d scan.Device) scan.Device {
		d.Name, d.Proof = "", nil
		return d
	}
	for _, d := range is {
		act, before := "scanner-added", any(nil)
		if at := slices.IndexFunc(was, func(o scan.Device) bool { return o.Name == d.Name }); at >= 0 {
			act, before = "scanner-changed", plain(was[at])
		}
		if err := noteOffice(tx, act, d.Name, before, plain(d)); err != nil {
			return err
		}
	}
	for _, d := range was {
		if slices.ContainsFunc(is, func(o scan.Device) bool { return o.Name == d.Name }) {
			continue
		}
		if err := noteOffice(tx, "scanner-removed", d.Name, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// ProveScanner keeps what the set-up code has told of a scanner: what it does to codes, and which characters do not arrive. It gives the scanner as it is kept.
func (s *Station) ProveScanner(ctx context.Context, d scan.Device, learned scan.Learned) (scan.Device, error) {
	d.Profile = learned.Profile
	d.Proof = &scan.Proof{At: s.now().UTC().Truncate(time.Second), Lost: learned.Lost}
	return d, s.PutScanner(ctx, d)
}

// NextToPrint is what the command code "next batch" means: the first batch behind after, in the order of the list, that has letters to print and may be
// printed; round the end of the list. "": there is none.
func (s *Station) NextToPrint(ctx context.Context, after string) (string, error) {
	list, err := s.Batches(ctx)
	if err != nil {
		return "", err
	}
	return nextToPrint(list, after), nil
}

func nextToPrint(list []BatchView, after string) string {
	at := slices.IndexFunc(list, func(b BatchView) bool { return b.Name == after })
	for i := range list {
		b := list[(at+1+i)%len(list)]
		if b.Ready && b.ToPrint > 0 {
			return b.Name
		}
	}
	return ""
}

// ReasonOf is the reason for a reprint that a command code names; ok is false for the other commands.
func ReasonOf(c scan.Command) (reason string, ok bool) {
	switch c {
	case scan.CommandTorn:
		return ReasonTorn, true
	case scan.CommandSmeared:
		return ReasonSmeared, true
	case scan.CommandJammed:
		return ReasonJammed, true
	case scan.CommandTray:
		return ReasonWrongTray, true
	case scan.CommandLost:
		return ReasonLost, true
	}
	return "", false
}

// CommandSheet writes the sheet of command codes, with the set-up code, as a PDF. file "" is in the folder "forms"; it gives the path.
func (s *Station) CommandSheet(_ context.Context, words paper.Words, file string) (string, error) {
	var codes []paper.CommandCode
	for _, c := range scan.Commands {
		codes = append(codes, paper.CommandCode{Name: string(c), Text: c.Text()})
	}
	pages, err := paper.CommandSheet(words, codes, scan.SetupText())
	if err != nil {
		return "", err
	}
	if file == "" {
		file = filepath.Join(s.dir, "forms", "scanner-commands.pdf")
	}
	return file, exchange.Write(file, func(w io.Writer) error {
		return pdf.Write(w, slices.Values(pages), pdf.Options{Title: pages[0].Name, Created: s.now()})
	})
}
