package hid

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"znak/app/hint"
	"znak/app/scan"
)

// hidClass is where the kernel lists the raw HID devices.
const hidClass = "/sys/class/hidraw"

// Places lists the HID POS scanners. Keyboards and mice are passed over unopened: their descriptors say what they are.
func (Driver) Places() ([]scan.Place, error) { return places(hidClass) }

func places(class string) ([]scan.Place, error) {
	devices, err := os.ReadDir(class)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a computer without USB
	}
	if err != nil {
		return nil, hint.New("scan.hid.list", nil, err)
	}
	var list []scan.Place
	for _, d := range devices {
		dir := filepath.Join(class, d.Name(), "device")
		if _, err := formatIn(dir); err != nil {
			continue // not a scanner, or gone meanwhile
		}
		p := scan.Place{Kind: scan.DeviceHID, Port: "/dev/" + d.Name()}
		about, err := os.ReadFile(filepath.Join(dir, "uevent"))
		if err != nil {
			continue
		}
		for _, line := range strings.Split(string(about), "\n") {
			key, value, _ := strings.Cut(line, "=")
			switch key {
			case "HID_NAME":
				p.Model = value
			case "HID_UNIQ":
				p.Serial = value
			case "HID_ID": // 0003:00000C2E:00000B61
				if parts := strings.Split(value, ":"); len(parts) == 3 && len(parts[1]) >= 4 && len(parts[2]) >= 4 {
					p.VID, p.PID = strings.ToLower(parts[1][len(parts[1])-4:]), strings.ToLower(parts[2][len(parts[2])-4:])
				}
			}
		}
		list = append(list, p)
	}
	return list, nil
}

func formatIn(dir string) (Format, error) {
	descriptor, err := os.ReadFile(filepath.Join(dir, "report_descriptor"))
	if err != nil {
		return Format{}, err
	}
	return ParseDescriptor(descriptor)
}

// Open opens a raw HID device; the speed is USB's own.
func (Driver) Open(port string, _ int) (scan.Stream, error) {
	format, err := formatIn(filepath.Join(hidClass, filepath.Base(port), "device"))
	if err != nil {
		return nil, hint.New("scan.hid.open", hint.Args{"Port": port}, err)
	}
	f, err := os.Open(port)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, hint.New("scan.hid.denied", hint.Args{"Port": port}, err)
	case err != nil:
		return nil, hint.New("scan.hid.open", hint.Args{"Port": port}, err)
	}
	return &stream{file: f, decoder: Decoder{Format: format}}, nil
}

// stream makes scans of a device's reports. Each read gives one report.
type stream struct {
	file    *os.File
	decoder Decoder
	close   sync.Once
}

func (s *stream) Next() (string, error) {
	report := make([]byte, 4096)
	for {
		n, err := s.file.Read(report)
		if err != nil {
			return "", err
		}
		if text, whole := s.decoder.Take(report[:n]); whole {
			return text, nil
		}
	}
}

func (s *stream) Close() (err error) {
	s.close.Do(func() { err = s.file.Close() })
	return err
}
