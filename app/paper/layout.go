package paper

import (
	"fmt"
	"io/fs"
	"sync"

	"github.com/BurntSushi/toml"

	"znak/app/postal"
	"znak/assets"
	"znak/printer/page"
)

// layout is assets/paper/envelope.toml.
type layout struct {
	Words  words             `toml:"words"`
	Titles map[string]string `toml:"titles"` // "LETTER ORDERED"
	Ranks  map[string]string `toml:"ranks"`
	Tags   []tag             `toml:"tag"`
	ShPI   shpiStyle         `toml:"shpi"`
	Faces  []face            `toml:"face"`
}

type words struct {
	From        string   `toml:"from"`
	FromAddress string   `toml:"from_address"`
	To          string   `toml:"to"`
	ToAddress   string   `toml:"to_address"`
	Mass        string   `toml:"mass"`   // holds {grams}
	Charge      string   `toml:"charge"` // holds {roubles}, {kopecks}
	Specimen    []string `toml:"specimen"`
}

type tag struct {
	Postmark postal.Postmark `toml:"postmark"`
	Text     string          `toml:"text"`
}

// face is where everything stands on one kind of envelope.
type face struct {
	Kind    postal.EnvelopeKind `toml:"kind"`
	Sender  party               `toml:"sender"`
	Address party               `toml:"address"`
	ShPI    struct {
		At     [2]page.Millimetres `toml:"at"` // upper left corner of the first bar
		Digits page.Points         `toml:"digits"`
	} `toml:"shpi"`
	Details  details `toml:"details"`
	Tags     textBox `toml:"tags"`
	Specimen textBox `toml:"specimen"`
}

// textBox is an area of one type size.
type textBox struct {
	Box  area        `toml:"box"`
	Size page.Points `toml:"size"`
	Min  page.Points `toml:"min"`
}

// details is the area of kind, rank, mass and charge.
type details struct {
	textBox
	Title page.Points `toml:"title"`
}

// party is the area of a sender or an addressee.
type party struct {
	textBox
	Label    page.Millimetres `toml:"label"`     // width of the labels' column; 0: labels above the texts
	Index    page.Points      `toml:"index"`     // type size of the index
	IndexRow page.Millimetres `toml:"index_row"` // height of the row at the foot of the box; 0: the index follows the address
}

// faces reads the layout once; it is part of the program and never changes.
var faces = sync.OnceValues(func() (*layout, error) {
	l := &layout{}
	if err := readAsset("paper/envelope.toml", l); err != nil {
		return nil, err
	}
	if l.ShPI.Wide != 2 && l.ShPI.Wide != 3 || l.ShPI.Narrow <= 0 || l.ShPI.Height <= 0 || l.ShPI.Quiet < 10 {
		return nil, fmt.Errorf("paper/envelope.toml: shpi %+v", l.ShPI)
	}
	for _, f := range l.Faces {
		if !f.Kind.TakesMark() {
			return nil, fmt.Errorf("paper/envelope.toml: face %q does not take the mark", f.Kind)
		}
	}
	return l, nil
})

// readAsset decodes an embedded data file; an entry that nothing reads is an error.
func readAsset(name string, to any) error {
	data, err := fs.ReadFile(assets.Paper, name)
	if err != nil {
		return err
	}
	meta, err := toml.Decode(string(data), to)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("%s: unknown entry %s", name, unknown[0])
	}
	return nil
}

func (l *layout) face(kind postal.EnvelopeKind) (*face, bool) {
	for i := range l.Faces {
		if l.Faces[i].Kind == kind {
			return &l.Faces[i], true
		}
	}
	return nil, false
}

// title gives the words for kind and category of a piece: ours, or the post's own from the batch.
func (l *layout) title(b postal.Batch, p postal.Piece) (string, error) {
	key := string(p.MailType) + " " + string(p.Category)
	if t, ok := l.Titles[key]; ok {
		return t, nil
	}
	if p.MailType == b.MailType && p.Category == b.Category && b.MailTypeText != "" && b.CategoryText != "" {
		return clean(b.MailTypeText + ", " + b.CategoryText), nil
	}
	return "", &MissingError{ShPI: p.ShPI, Part: PartTitle, Value: key}
}

// rank gives the words for the rank; "" where the post has named none.
func (l *layout) rank(b postal.Batch, p postal.Piece) (string, error) {
	r := p.Rank
	if r == "" {
		r = b.Rank
	}
	if t, ok := l.Ranks[string(r)]; ok || r == "" {
		return t, nil
	}
	return "", &MissingError{ShPI: p.ShPI, Part: PartRank, Value: string(r)}
}

// tags gives the words of the marks a piece bears, in the order of the data file.
func (l *layout) tags(p postal.Piece) []string {
	var out []string
	for _, t := range l.Tags {
		if bears(p, t.Postmark) {
			out = append(out, t.Text)
		}
	}
	return out
}

// bears joins the two ways in which the post tells of marks: the list of postmarks and the flags of the order.
func bears(p postal.Piece, m postal.Postmark) bool {
	switch {
	case p.HasPostmark(m):
		return true
	case m == postal.MarkNoReturn:
		return p.NoReturn
	case m == postal.MarkSimpleNotice:
		return p.SimpleNotice
	case m == postal.MarkOrderOfNotice:
		return p.OrderedNotice
	case m == postal.MarkElectronicNotice:
		return p.ElectronicNotice
	}
	return false
}
