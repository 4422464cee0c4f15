package view

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"znak/app/hint"
	"znak/app/station"
	"znak/printer"
)

// SetupField is one setting of a printer: what it changes, what holds where it is not set, and what is set.
type SetupField struct {
	Key     string
	Label   string
	About   string
	Default string
	Unit    string   // of a number
	Choices []Choice // nil: it is typed
	Value   string   // "": not set
	Own     bool     // only this kind of printer has it
}

// The fields that every printer has. The others are options of its driver, under optionField and their name.
const (
	fieldURI      = "uri"
	fieldLanguage = "language"
	fieldConfirm  = "confirm"
	fieldDPI      = "dpi"
	fieldSlip     = "slip"
	optionField   = "option."
)

// SetupOf lists what can be set of a printer: only what its driver takes. now is the printer as it is.
func (w Words) SetupOf(setup printer.Setup, can printer.Choices, now station.PrinterView) []SetupField {
	list := []SetupField{w.setupField(fieldURI, setup.URI, "")}
	list[0].Default = ""
	if len(can.Languages) > 1 {
		f := w.setupField(fieldLanguage, string(setup.Language), w.T("ui.setup.by-itself"))
		for _, l := range can.Languages {
			f.Choices = append(f.Choices, Choice{string(l), w.SayOr("ui.setup.language."+string(l), string(l))})
		}
		list = append(list, f)
	}
	if len(can.Confirm) > 1 {
		f := w.setupField(fieldConfirm, string(setup.Confirm), w.T("ui.setup.by-itself"))
		for _, c := range can.Confirm {
			f.Choices = append(f.Choices, Choice{string(c), w.T("ui.setup.confirm." + string(c))})
		}
		list = append(list, f)
	}
	list = append(list, w.setupField(fieldDPI, number(setup.DPI), w.usual(setup.DPI, now.DPI)), w.setupField(fieldSlip, number(setup.Slip), w.usual(setup.Slip, now.Slip)))
	for _, o := range can.Options {
		usual := w.T("ui.setup.as-set")
		if o.Usual != "" {
			usual = w.Say("ui.setting.default", hint.Args{"Value": w.SayOr("ui.setup.option-value."+o.Name+"."+o.Usual, o.Usual)})
		}
		f := w.setupField(optionField+o.Name, setup.Options[o.Name], usual)
		for _, v := range o.Values {
			f.Choices = append(f.Choices, Choice{v, w.SayOr("ui.setup.option-value."+o.Name+"."+v, v)})
		}
		if o.Max > 0 {
			f.Unit = joined(w.Say("ui.setup.range", hint.Args{"Min": w.Number(o.Min), "Max": w.Number(o.Max)}), f.Unit)
		}
		list = append(list, f)
	}
	for i := range list {
		if list[i].Choices != nil { // not set is a choice, too
			list[i].Choices = append([]Choice{{"", w.T("ui.setup.unset")}}, list[i].Choices...)
		}
	}
	// What was set and is no longer offered, for another language was chosen since, is shown, to be taken away.
	for _, name := range slices.Sorted(maps.Keys(setup.Options)) {
		if !slices.ContainsFunc(can.Options, func(o printer.Option) bool { return o.Name == name }) {
			list = append(list, w.setupField(optionField+name, setup.Options[name], w.T("ui.setup.unused")))
		}
	}
	return list
}

func (w Words) setupField(key, value, usual string) SetupField {
	return SetupField{Key: key, Label: w.SayOr("ui.setup."+key, strings.TrimPrefix(key, optionField)), About: w.SayOr("ui.setup-about."+key, ""), Unit: w.SayOr("ui.setup-unit."+key, ""),
		Default: usual, Value: value, Own: strings.HasPrefix(key, optionField)}
}

// usual says what holds where a number is not set; what that is now is known only while it is not.
func (w Words) usual(set, now int) string {
	if set != 0 || now == 0 {
		return w.T("ui.setup.by-itself")
	}
	return w.Say("ui.setup.by-itself-now", hint.Args{"Value": w.Number(now)})
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// SetupFrom puts what a person has chosen or typed into the setup. Where it cannot be, wrong is the key of the field and why says so; the drivers look at the rest.
func (w Words) SetupFrom(setup printer.Setup, values map[string]string) (changed printer.Setup, wrong, why string) {
	setup.Options = maps.Clone(setup.Options)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := strings.TrimSpace(values[key])
		switch key {
		case fieldURI:
			if setup.URI = value; value == "" {
				return setup, key, w.T("ui.setup.no-uri")
			}
		case fieldLanguage:
			setup.Language = printer.Language(value)
		case fieldConfirm:
			setup.Confirm = printer.Confirm(value)
		case fieldDPI, fieldSlip:
			n := 0
			if value != "" {
				var err error
				if n, err = strconv.Atoi(value); err != nil || n < 0 {
					return setup, key, w.Say("ui.setup.no-number", hint.Args{"Field": w.T("ui.setup." + key), "Text": value})
				}
			}
			if key == fieldDPI {
				setup.DPI = n
			} else {
				setup.Slip = n
			}
		default:
			name := strings.TrimPrefix(key, optionField)
			if value == "" {
				delete(setup.Options, name)
				continue
			}
			if setup.Options == nil {
				setup.Options = map[string]string{}
			}
			setup.Options[name] = value
		}
	}
	if len(setup.Options) == 0 {
		setup.Options = nil
	}
	return setup, "", ""
}
