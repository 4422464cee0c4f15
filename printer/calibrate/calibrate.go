// Package calibrate makes the papers by which a printer is set up, and learns the printer's fault from what a person measures
// on them: the ruler sheet (Ruler), the sum (Solve), and the test print (TestPage).
//
// A fault belongs to a printer, a format and a tray. page.Page.Adjusted corrects for it.
package calibrate

import (
	"fmt"
	"io/fs"
	"sync"

	"github.com/BurntSushi/toml"

	"znak/assets"
	"znak/printer/page"
)

// Sheet is a paper as the printer is given it. The sizes are of the face, upright.
type Sheet struct {
	Media         string // "C5"
	Width, Height page.Millimetres
	DPI           int
	Turn          int    // page.Page.Turn
	Tray          string // page.Page.Tray
}

// page is an empty page on the sheet.
func (s Sheet) page(name string) page.Page {
	return page.Page{Name: name, Media: s.Media, Width: s.Width, Height: s.Height, DPI: s.DPI, Turn: s.Turn, Tray: s.Tray}
}

// TooSmall says that a sheet has no room for the ruler or the test print, or no resolution.
type TooSmall struct{ Sheet Sheet }

func (e *TooSmall) Error() string {
	return fmt.Sprintf("calibrate: no room on %.1f × %.1f mm at %d dpi", float64(e.Sheet.Width), float64(e.Sheet.Height), e.Sheet.DPI)
}

// HintKey names the sentence for the person.
func (e *TooSmall) HintKey() (string, map[string]any) {
	return "printer.calibrate.small", map[string]any{"Width": float64(e.Sheet.Width), "Height": float64(e.Sheet.Height)}
}

// words is assets/paper/calibrate.toml.
type words struct {
	Ruler struct {
		Title string   `toml:"title"`
		Up    string   `toml:"up"`
		How   []string `toml:"how"`
	} `toml:"ruler"`
	Test struct {
		Title    string `toml:"title"`
		Specimen string `toml:"specimen"`
		Device   string `toml:"device"` // holds {device}
		Date     string `toml:"date"`   // holds {date}
		Dots     string `toml:"dots"`   // holds {dpi}
		Size     string `toml:"size"`   // holds {width}, {height}
		Edge     string `toml:"edge"`
		Modules  string `toml:"modules"`
		Lines    string `toml:"lines"`
		Greys    string `toml:"greys"`
	} `toml:"test"`
}

// paper reads the words once; they are part of the program.
var paper = sync.OnceValues(func() (*words, error) {
	const name = "paper/calibrate.toml"
	data, err := fs.ReadFile(assets.Paper, name)
	if err != nil {
		return nil, err
	}
	w := &words{}
	meta, err := toml.Decode(string(data), w)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: unknown entry %s", name, unknown[0])
	}
	return w, nil
})
