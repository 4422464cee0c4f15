package mark

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"znak/app/hint"
	"znak/app/postal"
	"znak/assets"
	"znak/printer/page"
)

// DefaultVersion is the version of the mark that is drawn unless the settings name another.
const DefaultVersion = "zoo-2021"

// The kinds of code a mark can be, the names of page.Matrix too.
const (
	KindQR         = "QR"
	KindDataMatrix = "DataMatrix"
)

// The forms of a sum.
const (
	formatRoubles = "roubles"
	formatKopecks = "kopecks"
)

// Spec is one version of the mark, read from marks/VERSION.toml. It is safe for concurrent use.
type Spec struct {
	version   string
	separator string
	labelEnd  string
	lines     []line
	symbology symbology
	block     block
	places    map[postal.EnvelopeKind]place
	qr        *qrEncoder
}

// specFile is the form of the data file.
type specFile struct {
	Version   string `toml:"version"`
	Certainty string `toml:"certainty"`
	Payload   struct {
		Separator string `toml:"separator"`
		LabelEnd  string `toml:"label_end"`
		Lines     []line `toml:"line"`
	} `toml:"payload"`
	Symbol symbology `toml:"symbol"`
	Block  block     `toml:"block"`
	Places []place   `toml:"place"`
}

// symbology is how the text becomes a code.
type symbology struct {
	Kind      string           `toml:"kind"`
	Level     string           `toml:"error_correction"`
	Quiet     int              `toml:"quiet"`
	Floor     page.Millimetres `toml:"module_floor"`
	Preferred page.Millimetres `toml:"module_preferred"`
}

// place is where the mark stands on one kind of envelope: x, y, width, height from the upper left corner.
type place struct {
	Kind   postal.EnvelopeKind `toml:"kind"`
	Symbol area                `toml:"symbol"`
	Text   area                `toml:"text"`
}

// area is a rectangle as the data files write it.
type area [4]page.Millimetres

func (a area) rect() page.Rect { return page.Rect{X: a[0], Y: a[1], W: a[2], H: a[3]} }

// SpecError says what is wrong in a version's data file and where.
type SpecError struct {
	Version string
	Place   string // "payload.line 3 (Barcode)", "place C5", …
	Err     error
}

var _ hint.Keyed = (*SpecError)(nil)

func (e *SpecError) Error() string {
	return fmt.Sprintf("mark version %s: %s: %v", e.Version, e.Place, e.Err)
}

func (e *SpecError) Unwrap() error { return e.Err }

// HintKey names the sentence for the person.
func (e *SpecError) HintKey() (string, map[string]any) {
	return "mark.spec", hint.Args{"Version": e.Version, "Place": e.Place, "Detail": e.Err.Error()}
}

// Default reads the version of the mark that stands in the program.
func Default() (*Spec, error) { return Load(assets.Marks, DefaultVersion) }

// Load reads marks/VERSION.toml of fsys and checks it. Errors are *SpecError and say the place.
func Load(fsys fs.FS, version string) (*Spec, error) {
	fail := func(place string, err error) (*Spec, error) {
		return nil, &SpecError{Version: version, Place: place, Err: err}
	}
	name := path.Join("marks", version+".toml")
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fail(name, err)
	}
	var f specFile
	meta, err := toml.Decode(string(data), &f)
	if err != nil {
		return fail(name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fail(unknown[0].String(), errors.New("unknown entry"))
	}
	if f.Version != version {
		return fail("version", fmt.Errorf("the file says %q", f.Version))
	}
	s := &Spec{
		version: f.Version, separator: f.Payload.Separator, labelEnd: f.Payload.LabelEnd, lines: f.Payload.Lines,
		symbology: f.Symbol, block: f.Block, places: map[postal.EnvelopeKind]place{}, qr: &qrEncoder{},
	}
	if where, err := s.checkPayload(); err != nil {
		return fail(where, err)
	}
	if err := s.symbology.check(); err != nil {
		return fail("symbol", err)
	}
	if where, err := s.block.check(s.lines); err != nil {
		return fail(where, err)
	}
	if where, err := s.addPlaces(f.Places); err != nil {
		return fail(where, err)
	}
	return s, nil
}

// Version is the name of this version of the mark.
func (s *Spec) Version() string { return s.version }

// PreferredModule is the side of a module that a code should have; smaller ones down to the floor are still printed.
func (s *Spec) PreferredModule() page.Millimetres { return s.symbology.Preferred }

// Areas gives where the mark stands on an envelope of this kind: the code with its quiet zone, and the block beside it.
// A kind that has no place for the mark is a *PlaceError.
func (s *Spec) Areas(kind postal.EnvelopeKind) (symbol, text page.Rect, err error) {
	p, ok := s.places[kind]
	if !ok {
		return symbol, text, &PlaceError{Kind: kind}
	}
	return p.Symbol.rect(), p.Text.rect(), nil
}

// PlaceError says that this version of the mark has no place on a kind of envelope.
type PlaceError struct{ Kind postal.EnvelopeKind }

var _ hint.Keyed = (*PlaceError)(nil)

func (e *PlaceError) Error() string {
	return fmt.Sprintf("the mark has no place on envelope %s", e.Kind)
}

// HintKey names the sentence for the person.
func (e *PlaceError) HintKey() (string, map[string]any) {
	return "mark.envelope", hint.Args{"Kind": string(e.Kind)}
}

func (s *Spec) checkPayload() (where string, err error) {
	if s.separator == "" {
		return "payload.separator", errors.New("is empty")
	}
	seen := map[Field]bool{}
	labels := map[string]bool{}
	for i, l := range s.lines {
		where := fmt.Sprintf("payload.line %d (%s)", i+1, l.Label)
		switch {
		case l.Label == "" || strings.Contains(l.Label, s.separator):
			return where, errors.New("label is empty or holds the separator")
		case seen[l.Field]:
			return where, fmt.Errorf("field %q stands twice", l.Field)
		case labels[l.Label]:
			return where, errors.New("label stands twice")
		}
		seen[l.Field], labels[l.Label] = true, true
		if err := l.checkFormat(); err != nil {
			return where, err
		}
	}
	if !seen[ID] || !seen[ShPI] {
		return "payload", errors.New("needs the fields id and shpi: a code is told to be right by the pair of them")
	}
	return "", nil
}

func (l line) checkFormat() error {
	switch l.Field {
	case Value:
		if l.Format != formatRoubles && l.Format != formatKopecks {
			return fmt.Errorf("format of a sum is %q or %q, not %q", formatRoubles, formatKopecks, l.Format)
		}
	case Date:
		day := time.Date(2031, 12, 30, 0, 0, 0, 0, time.UTC)
		if back, err := time.Parse(l.Format, day.Format(l.Format)); err != nil || !back.Equal(day) {
			return fmt.Errorf("layout %q does not hold a whole day", l.Format)
		}
	case ID, ShPI, INN, KPP, Mass, From, To:
		if l.Format != "" {
			return fmt.Errorf("field %q has no formats", l.Field)
		}
	default:
		return fmt.Errorf("unknown field %q", l.Field)
	}
	return nil
}

func (y symbology) check() error {
	switch {
	case y.Kind == KindQR:
		if _, err := qrLevel(y.Level); err != nil {
			return err
		}
	case y.Kind == KindDataMatrix:
		if y.Level != "" {
			return errors.New("DataMatrix has no levels of error correction")
		}
	default:
		return fmt.Errorf("unknown kind %q", y.Kind)
	}
	if y.Quiet < 1 {
		return fmt.Errorf("quiet zone of %d modules", y.Quiet)
	}
	if y.Floor <= 0 || y.Preferred < y.Floor {
		return fmt.Errorf("module floor %v, preferred %v", y.Floor, y.Preferred)
	}
	return nil
}

func (s *Spec) addPlaces(places []place) (where string, err error) {
	if len(places) == 0 {
		return "place", errors.New("there is none")
	}
	for _, p := range places {
		where := fmt.Sprintf("place %s", p.Kind)
		format, known := p.Kind.Format()
		symbol, text := p.Symbol.rect(), p.Text.rect()
		face := page.Rect{W: page.Millimetres(format.Width), H: page.Millimetres(format.Height)}
		switch _, twice := s.places[p.Kind]; {
		case twice:
			return where, errors.New("stands twice")
		case !known:
			return where, errors.New("unknown kind of envelope")
		case !format.TakesMark:
			return where, errors.New("this kind does not take the mark")
		case symbol.W <= 0 || symbol.H <= 0 || text.W <= 0 || text.H <= 0:
			return where, errors.New("an area is empty")
		case !face.Contains(symbol) || !face.Contains(text):
			return where, errors.New("leaves the face")
		case symbol.Overlaps(text):
			return where, errors.New("the text stands in the quiet zone of the code")
		}
		s.places[p.Kind] = p
	}
	return "", nil
}
