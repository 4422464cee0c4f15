package cups

import (
	"math"

	"github.com/OpenPrinting/goipp"
)

// attrs are the attributes of one object, by name. Reading is tolerant: what is missing, or of another type than the standard
// says, reads as nothing.
type attrs map[string]goipp.Values

func attrsOf(list goipp.Attributes) attrs {
	a := make(attrs, len(list))
	for _, one := range list {
		a[one.Name] = one.Values
	}
	return a
}

// groups are the objects of one kind in an answer.
func groups(m *goipp.Message, tag goipp.Tag) []attrs {
	var all []attrs
	for _, g := range m.Groups {
		if g.Tag == tag {
			all = append(all, attrsOf(g.Attrs))
		}
	}
	return all
}

func text(v goipp.Value) string {
	switch v := v.(type) {
	case goipp.String:
		return string(v)
	case goipp.TextWithLang:
		return v.Text
	}
	return ""
}

// text is the first value that is a text.
func (a attrs) text(name string) string {
	for _, v := range a[name] {
		if s := text(v.V); s != "" {
			return s
		}
	}
	return ""
}

func (a attrs) texts(name string) []string {
	var all []string
	for _, v := range a[name] {
		if s := text(v.V); s != "" {
			all = append(all, s)
		}
	}
	return all
}

func (a attrs) has(name, value string) bool {
	for _, v := range a[name] {
		if text(v.V) == value {
			return true
		}
	}
	return false
}

// number is the first value that is one; 0 if there is none.
func (a attrs) number(name string) int {
	for _, v := range a[name] {
		if n, ok := v.V.(goipp.Integer); ok {
			return int(n)
		}
	}
	return 0
}

func (a attrs) numbers(name string) []int {
	var all []int
	for _, v := range a[name] {
		if n, ok := v.V.(goipp.Integer); ok {
			all = append(all, int(n))
		}
	}
	return all
}

// yes reads a boolean; missing says what it is without one.
func (a attrs) yes(name string, missing bool) bool {
	for _, v := range a[name] {
		if b, ok := v.V.(goipp.Boolean); ok {
			return bool(b)
		}
	}
	return missing
}

// dpi reads a resolution in dots per inch; 0 if it is none that is the same both ways.
func (a attrs) dpi(name string) int {
	for _, v := range a[name] {
		if r, ok := v.V.(goipp.Resolution); ok && r.Xres == r.Yres && r.Xres > 0 {
			if r.Units == goipp.UnitsDpcm {
				return int(math.Round(float64(r.Xres) * 2.54))
			}
			return r.Xres
		}
	}
	return 0
}
