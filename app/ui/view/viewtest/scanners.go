package viewtest

import (
	"context"
	"slices"

	"znak/app/paper"
	"znak/app/scan"
	"znak/app/station"
)

func (s *Station) Scanners(context.Context) ([]scan.Device, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.Readers), s.Err
}

func (s *Station) ProveScanner(_ context.Context, d scan.Device, learned scan.Learned) (scan.Device, error) {
	if err := s.call("prove scanner %s %s %s lost %d", d.Kind, d.Name, d.Port, len(learned.Lost)); err != nil {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d.Profile, d.Proof = learned.Profile, &scan.Proof{At: Now, Lost: learned.Lost}
	s.Readers = append(slices.DeleteFunc(slices.Clone(s.Readers), func(o scan.Device) bool { return o.Name == d.Name }), d)
	return d, nil
}

func (s *Station) RemoveScanner(_ context.Context, name string) error {
	err := s.call("remove scanner %s", name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Readers = slices.DeleteFunc(slices.Clone(s.Readers), func(o scan.Device) bool { return o.Name == name })
	return err
}

// NextToPrint chooses as the station does.
func (s *Station) NextToPrint(_ context.Context, after string) (string, error) {
	at := slices.IndexFunc(s.List, func(b station.BatchView) bool { return b.Name == after })
	for i := range s.List {
		if b := s.List[(at+1+i)%len(s.List)]; b.Ready && b.ToPrint > 0 {
			return b.Name, s.call("next after %q", after)
		}
	}
	return "", s.call("next after %q", after)
}

func (s *Station) CommandSheet(_ context.Context, _ paper.Words, _ string) (string, error) {
	return "/home/office/znak/forms/scanner-commands.pdf", s.call("command sheet")
}

// readers are a keyboard scanner that loses two characters and a serial one that was never tested.
func (s *Station) readers() {
	s.Readers = []scan.Device{
		{Name: "Сканер-клавиатура", Kind: scan.DeviceKeyboard, Profile: scan.Profile{Prefix: "X1", End: "\r", Lines: "\r", Layout: scan.RestoredLayout},
			Proof: &scan.Proof{At: Now.AddDate(0, 0, -3), Lost: []scan.Lost{{Char: "{"}, {Char: "|", Instead: "¦"}}}},
		{Name: "Honeywell 1470g", Kind: scan.DeviceSerial, Port: "/dev/ttyACM0", VID: "0c2e", PID: "0b6a", Serial: "18093B4C20", Model: "Honeywell 1470g"},
	}
}
