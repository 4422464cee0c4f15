package station

import (
	"context"
	"strconv"

	"znak/app/hint"
	"znak/store"
)

// The settings of the station. Secrets are not among them: they live in the keyring.
const (
	SettingApproval   = "approval"    // batches must be approved before they are printed
	SettingPreflight  = "preflight"   // every code is read back from the raster before it is sent
	SettingVerifyPair = "verify-pair" // both codes of an envelope must be scanned
	SettingPrinter    = "printer"     // the default device
)

// Setting is one thing the office can choose.
type Setting struct {
	Key     string
	Value   string
	Default string
	Kind    string // "bool", "number", "choice"
	Choices []string
}

// Settings lists all settings with their values and defaults.
func (s *Station) Settings(ctx context.Context) ([]Setting, error) {
	list := s.settingsList()
	for i := range list {
		v, ok, err := s.store.Setting(ctx, list[i].Key)
		if err != nil {
			return nil, err
		}
		if !ok {
			v = list[i].Default
		}
		list[i].Value = v
	}
	return list, nil
}

func (s *Station) settingsList() []Setting {
	var printers []string
	for _, d := range s.devices {
		printers = append(printers, d.Info().Name)
	}
	first := ""
	if len(printers) > 0 {
		first = printers[0]
	}
	return []Setting{
		{Key: SettingPrinter, Default: first, Kind: "choice", Choices: printers},
		{Key: SettingApproval, Default: "false", Kind: "bool"},
		{Key: SettingPreflight, Default: "true", Kind: "bool"},
		{Key: SettingVerifyPair, Default: "true", Kind: "bool"},
	}
}

// SetSetting stores a value. An unknown key or a value that does not fit is refused.
func (s *Station) SetSetting(ctx context.Context, key, value string) error {
	for _, known := range s.settingsList() {
		if known.Key != key {
			continue
		}
		if !known.accepts(value) {
			return refuse("station.setting.value", hint.Args{"Key": key, "Value": value})
		}
		return s.store.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(key, value) })
	}
	return refuse("station.setting.unknown", hint.Args{"Key": key})
}

func (v Setting) accepts(value string) bool {
	switch v.Kind {
	case "bool":
		return value == "true" || value == "false"
	case "number":
		n, err := strconv.Atoi(value)
		return err == nil && n >= 0
	case "choice":
		for _, c := range v.Choices {
			if c == value {
				return true
			}
		}
	}
	return false
}

func (s *Station) setting(ctx context.Context, key string) (string, error) {
	v, ok, err := s.store.Setting(ctx, key)
	if err != nil || ok {
		return v, err
	}
	for _, known := range s.settingsList() {
		if known.Key == key {
			return known.Default, nil
		}
	}
	return "", nil
}

func (s *Station) settingOn(ctx context.Context, key string) (bool, error) {
	v, err := s.setting(ctx, key)
	return v == "true", err
}
