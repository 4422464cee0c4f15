package view

import (
	"znak/app/hint"
	"znak/app/station"
)

// Setting is a setting in words: what it changes and its default.
type Setting struct {
	station.Setting
	Label   string
	About   string
	Default string // in words
	Choices []Choice
}

// SettingsOf shows them.
func (w Words) SettingsOf(list []station.Setting) []Setting {
	var out []Setting
	for _, s := range list {
		v := Setting{Setting: s, Label: w.sayOr("ui.setting."+s.Key, s.Key), About: w.sayOr("ui.setting-about."+s.Key, "")}
		word := s.Default
		if s.Kind == "bool" {
			word = w.sayOr("ui.bool."+s.Default, s.Default)
		}
		if word != "" {
			v.Default = w.Say("ui.setting.default", hint.Args{"Value": word})
		}
		for _, c := range s.Choices {
			v.Choices = append(v.Choices, Choice{c, w.sayOr("ui.choice."+s.Key+"."+c, c)})
		}
		out = append(out, v)
	}
	return out
}
