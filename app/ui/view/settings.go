package view

import (
	"strconv"
	"strings"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/station"
	"znak/store"
)

// Setting is a setting in words: what it changes and its default.
type Setting struct {
	station.Setting
	Shown   string // the value as a person types it
	Label   string
	Unit    string // of a number
	About   string
	Default string // in words
	Choices []Choice
}

// SettingsOf shows them.
func (w Words) SettingsOf(list []station.Setting) []Setting {
	var out []Setting
	for _, s := range list {
		v := Setting{Setting: s, Shown: s.Value, Label: w.SayOr("ui.setting."+s.Key, s.Key), About: w.SayOr("ui.setting-about."+s.Key, "")}
		word := s.Default
		switch s.Kind {
		case "bool":
			word = w.SayOr("ui.bool."+s.Default, s.Default)
		case "choice":
			word = w.SayOr("ui.choice."+s.Key+"."+s.Default, s.Default)
		case "money":
			v.Unit, v.Shown, word = "₽", kopecksTyped(s.Value), kopecksTyped(s.Default)
		case "number":
			v.Unit = w.SayOr("ui.setting-unit."+s.Key, "")
		}
		if word != "" {
			v.Default = w.Say("ui.setting.default", hint.Args{"Value": word})
		}
		for _, c := range s.Choices {
			v.Choices = append(v.Choices, Choice{c, w.SayOr("ui.choice."+s.Key+"."+c, c)})
		}
		out = append(out, v)
	}
	return out
}

func kopecksTyped(value string) string {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return value
	}
	return SumTyped(postal.Kopecks(n))
}

// SettingValue is what a person typed, as the station keeps it.
func SettingValue(v Setting, typed string) (string, error) {
	if v.Kind != "money" {
		return strings.TrimSpace(typed), nil
	}
	k, err := SumOf(typed)
	return strconv.FormatInt(int64(k), 10), err
}

// Copies is what is known of the copies of the store.
type Copies struct {
	Last string // when the last one was made
	Tone Tone
	List []Copy
}

// Copy is one of them: the day and minute, its size, and where it is.
type Copy struct{ When, Size, Path string }

// maxCopies is how many the screen lists; the others are in the same folder.
const maxCopies = 5

// CopiesOf shows the copies, newest first, by the times in their names; size gives the bytes of one.
func (w Words) CopiesOf(paths []string, size func(path string) int64) Copies {
	if len(paths) == 0 {
		return Copies{Last: w.T("ui.copies.none"), Tone: Warn}
	}
	v := Copies{Last: w.Say("ui.copies.last", hint.Args{"When": w.Full(store.CopyTime(paths[0]))}), Tone: OK}
	if w.Now().Sub(store.CopyTime(paths[0])) > 48*time.Hour {
		v.Tone = Warn
	}
	for i, p := range paths {
		if i == maxCopies {
			break
		}
		v.List = append(v.List, Copy{w.Full(store.CopyTime(p)), w.Size(size(p)), p})
	}
	return v
}

// Size writes how large a file is; "" where that is not known.
func (w Words) Size(bytes int64) string {
	if bytes <= 0 {
		return ""
	}
	tenths := max((bytes+50_000)/100_000, 1)
	return w.Say("ui.size.mb", hint.Args{"Whole": w.Number(int(tenths / 10)), "Tenth": tenths % 10})
}
