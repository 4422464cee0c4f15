// Package quirk knows what models of printers do differently from what their standard says. The knowledge stands in text
// files, one a maker, each entry with the link that taught it; the code only looks it up.
package quirk

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"znak/printer"
)

//go:embed models/*.toml
var files embed.FS

// Quirk is what is known of a model. Zero values mean: as the standard says.
type Quirk struct {
	Match    string           `toml:"match"`  // a pattern over make and model, * and ? as in file names, letter case ignored
	Source   string           `toml:"source"` // the link that taught it
	Language printer.Language `toml:"language"`
	DPI      int              `toml:"dpi"`
	Slip     int              `toml:"slip"`
	Confirm  printer.Confirm  `toml:"confirm"`
	Graphics string           `toml:"graphics"` // how ZPL pictures are packed: "z64" (the default), "acs", "hex"
	Status   string           `toml:"status"`   // what it answers over the wire: "hs" (~HS and ~HQES, the default for ZPL), "hs-only", "none"
	Detach   *bool            `toml:"detach"`   // USB: take the kernel's driver away while printing; nil: yes
	Unfit    string           `toml:"unfit"`    // a key below "printer.": the station cannot print to it, and why
}

type file struct {
	Model []Quirk `toml:"model"`
}

var load = sync.OnceValues(func() ([]Quirk, error) {
	entries, err := files.ReadDir("models")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Strings(names)
	var all []Quirk
	for _, name := range names {
		var f file
		meta, err := toml.DecodeFS(files, "models/"+name, &f)
		if err != nil {
			return nil, fmt.Errorf("quirks of %s: %w", name, err)
		}
		if rest := meta.Undecoded(); len(rest) > 0 {
			return nil, fmt.Errorf("quirks of %s: unknown field %s", name, rest[0])
		}
		for _, q := range f.Model {
			if _, err := path.Match(q.Match, ""); err != nil || q.Match == "" || q.Source == "" {
				return nil, fmt.Errorf("quirks of %s: entry %q has no good match or no source", name, q.Match)
			}
		}
		all = append(all, f.Model...)
	}
	return all, nil
})

// Of joins all that is known of a model, the more special entry (the longer pattern) over the more general one. An error is a mistake in
// the files, which tests find.
func Of(model string) (Quirk, error) {
	all, err := load()
	if err != nil {
		return Quirk{}, err
	}
	model = strings.ToLower(strings.TrimSpace(model))
	var fit []Quirk
	for _, q := range all {
		// A pattern speaks of the whole name; "/" has no meaning in it.
		ok, _ := path.Match(strings.ReplaceAll(strings.ToLower(q.Match), "/", "_"), strings.ReplaceAll(model, "/", "_"))
		if ok {
			fit = append(fit, q)
		}
	}
	sort.SliceStable(fit, func(i, j int) bool { return len(fit[i].Match) < len(fit[j].Match) })
	var sum Quirk
	for _, q := range fit {
		sum = sum.over(q)
	}
	return sum, nil
}

// over lays what q says over what is known.
func (sum Quirk) over(q Quirk) Quirk {
	pick := func(old, new string) string {
		if new != "" {
			return new
		}
		return old
	}
	sum.Match, sum.Source = q.Match, q.Source
	sum.Language = printer.Language(pick(string(sum.Language), string(q.Language)))
	sum.Confirm = printer.Confirm(pick(string(sum.Confirm), string(q.Confirm)))
	sum.Graphics = pick(sum.Graphics, q.Graphics)
	sum.Status = pick(sum.Status, q.Status)
	sum.Unfit = pick(sum.Unfit, q.Unfit)
	if q.DPI != 0 {
		sum.DPI = q.DPI
	}
	if q.Slip != 0 {
		sum.Slip = q.Slip
	}
	if q.Detach != nil {
		sum.Detach = q.Detach
	}
	return sum
}
