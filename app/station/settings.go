package station

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/postal"
	"znak/store"
)

// The settings of the station. Secrets are not among them: they live in the keyring.
const (
	SettingApproval   = "approval"       // batches must be approved before they are printed
	SettingPreflight  = "preflight"      // every code is read back from the raster before it is sent
	SettingVerifyPair = "verify-pair"    // both codes of an envelope must be scanned
	SettingPrinter    = "printer"        // the default device
	SettingReprints   = "reprint-limit"  // reprints of a batch in a day that one person may do alone; 0: any number
	SettingBackupDir  = "backup-dir"     // where the daily copies go; empty: the folder "backups" of the data folder
	SettingRetention  = "retention-days" // how long names and addresses are kept after a batch has ended; 0: for ever

	SettingSignIn = "sign-in"      // operators sign in and do what their role may; off: whoever is at the computer does everything
	SettingLock   = "lock-minutes" // after how long without a touch the station locks; 0: never by itself

	SettingLowBalance   = "low-balance"      // kopecks: a batch that leaves less free is begun with a warning
	SettingOfflineHours = "offline-hours"    // how long after the last contact with the post may be printed; 0: as long as one likes
	SettingPayeeINN     = "payee-inn"        // the taxpayer's number of the post in bank statements, as in the office's contract; empty: it is asked with the next statement
	SettingPrefetch     = "prefetch-minutes" // how old a pull may be before the window pulls by itself; 0: it never does
)

// Setting is one thing the office can choose.
type Setting struct {
	Key     string
	Value   string
	Default string
	Kind    string // "bool", "number", "money" (kopecks), "inn", "choice", "folder"
	Choices []string
}

// Settings lists all settings with their values and defaults.
func (s *Station) Settings(ctx context.Context) ([]Setting, error) {
	if _, err := s.shelf(ctx); err != nil {
		return nil, err
	}
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
	for _, d := range s.builtIn {
		printers = append(printers, d.Info().Name)
	}
	s.mu.Lock()
	printers = append(printers, slices.Sorted(maps.Keys(s.opened))...)
	s.mu.Unlock()
	first := ""
	if len(printers) > 0 {
		first = printers[0]
	}
	return []Setting{
		{Key: SettingPrinter, Default: first, Kind: "choice", Choices: printers},
		{Key: SettingApproval, Default: "false", Kind: "bool"},
		{Key: SettingPreflight, Default: "true", Kind: "bool"},
		{Key: SettingVerifyPair, Default: "true", Kind: "bool"},
		{Key: SettingReprints, Default: "0", Kind: "number"},
		{Key: SettingSignIn, Default: "false", Kind: "bool"},
		{Key: SettingLock, Default: "10", Kind: "number"},
		{Key: SettingBackupDir, Kind: "folder"},
		{Key: SettingRetention, Default: "0", Kind: "number"},
		{Key: SettingLowBalance, Default: "100000", Kind: "money"},
		{Key: SettingPayeeINN, Kind: "inn"},
		{Key: SettingOfflineHours, Default: "0", Kind: "number"},
		{Key: SettingPrefetch, Default: "60", Kind: "number"},
	}
}

// SetSetting stores a value. An unknown key or a value that does not fit is refused.
func (s *Station) SetSetting(ctx context.Context, key, value string) error {
	ctx, err := s.as(ctx, ActSettings)
	if err != nil {
		return err
	}
	if _, err := s.shelf(ctx); err != nil {
		return err
	}
	for _, known := range s.settingsList() {
		if known.Key != key {
			continue
		}
		if !known.accepts(value) {
			return refuse("station.setting.value", hint.Args{"Key": key, "Value": value})
		}
		return s.store.Write(ctx, func(tx *store.Tx) error {
			if key == SettingSignIn && value == "true" {
				if err := maySignIn(tx); err != nil {
					return err
				}
			}
			return setNoted(tx, key, known.Default, value)
		})
	}
	return refuse("station.setting.unknown", hint.Args{"Key": key})
}

// setNoted stores a value and notes the change; otherwise is what counts while it was never set.
func setNoted(tx *store.Tx, key, otherwise, value string) error {
	was, ok, err := tx.Setting(key)
	if err != nil {
		return err
	}
	if !ok {
		was = otherwise
	}
	if was != value {
		change := store.OfficeData{Act: "setting", Name: key, Fields: []store.FieldChange{{Name: key, From: was, To: value}}}
		if err := tx.Record(store.NewEvent{Kind: postal.EventOffice, Data: change}); err != nil {
			return err
		}
	}
	return tx.SetSetting(key, value)
}

func (v Setting) accepts(value string) bool {
	switch v.Kind {
	case "bool":
		return value == "true" || value == "false"
	case "number":
		n, err := strconv.Atoi(value)
		return err == nil && n >= 0
	case "money":
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && n >= 0
	case "inn":
		return value == "" || exchange.ValidINN(value)
	case "folder": // one that is there: a slip of the pen must not hide the copies
		if value == "" {
			return true
		}
		info, err := os.Stat(value)
		return filepath.IsAbs(value) && err == nil && info.IsDir()
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
