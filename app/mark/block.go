package mark

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

// block is the text printed beside the code.
type block struct {
	Floor page.Points `toml:"size_floor"`
	Rows  []blockRow  `toml:"row"`
}

// blockRow is one row of it; After is its share of the height that the rows leave free.
type blockRow struct {
	Left  string      `toml:"left"`
	Right string      `toml:"right"`
	Font  page.Font   `toml:"font"`
	Size  page.Points `toml:"size"`
	After float64     `toml:"after"`
}

const (
	// blockGap is the least space between the two ends of a row.
	blockGap page.Millimetres = 2
	// blockFree is the least part of the block's height that stays free between the rows.
	blockFree = 0.2
)

// BlockError says that a row of the printed block does not fit its area even at the smallest type size.
type BlockError struct {
	Kind postal.EnvelopeKind
	Text string
}

var _ hint.Keyed = (*BlockError)(nil)

func (e *BlockError) Error() string {
	return fmt.Sprintf("row %q of the mark's block does not fit on %s", e.Text, e.Kind)
}

// HintKey names the sentence for the person.
func (e *BlockError) HintKey() (string, map[string]any) {
	return "mark.block", hint.Args{"Kind": string(e.Kind), "Text": e.Text}
}

// Block sets the printed block beside the code: the rows of the data file from the top to the bottom of their area, each at its
// size or smaller where it is too long. Errors: *PlaceError, *BlockError, *ParseError (a value that cannot be printed) or
// *page.MissingGlyphError.
func (s *Spec) Block(f Fields, kind postal.EnvelopeKind) ([]page.Item, error) {
	_, area, err := s.Areas(kind)
	if err != nil {
		return nil, err
	}
	values, err := s.values(f)
	if err != nil {
		return nil, err
	}
	rows := make([]setRow, len(s.block.Rows))
	var inks page.Millimetres
	for i, r := range s.block.Rows {
		rows[i] = setRow{blockRow: r}
		rows[i].Left, rows[i].Right = values.Replace(r.Left), values.Replace(r.Right)
		if err := rows[i].fit(area.W); err != nil {
			return nil, err
		}
		inks += rows[i].height()
	}
	if most := area.H * (1 - blockFree); inks > most {
		shrink := float64(most / inks)
		inks = 0
		for i := range rows {
			rows[i].Size *= page.Points(shrink)
			inks += rows[i].height()
		}
	}
	shares := 0.0
	for i, r := range rows {
		if r.Size < s.block.Floor {
			return nil, &BlockError{Kind: kind, Text: strings.TrimSpace(r.Left + " " + r.Right)}
		}
		if i+1 < len(rows) {
			shares += r.After
		}
	}
	items := make([]page.Item, 0, len(rows)+1)
	y := area.Y
	for _, r := range rows {
		y += r.above()
		if r.Left != "" {
			items = append(items, page.Text{X: area.X, Y: y, Size: r.Size, Font: r.Font, Text: r.Left})
		}
		if r.Right != "" {
			items = append(items, page.Text{X: area.X + area.W, Y: y, Size: r.Size, Font: r.Font, Align: page.Right, Text: r.Right})
		}
		y += r.below()
		if shares > 0 {
			y += (area.H - inks) * page.Millimetres(r.After/shares)
		}
	}
	return items, nil
}

// values replaces {field} by the field's value in the form it has in the code.
func (s *Spec) values(f Fields) (*strings.Replacer, error) {
	pairs := make([]string, 0, 2*len(s.lines))
	for i, l := range s.lines {
		v, err := l.write(f)
		if err == nil {
			err = l.check(v)
		}
		if err != nil {
			return nil, l.failWriting(i, err)
		}
		pairs = append(pairs, "{"+string(l.Field)+"}", v)
	}
	return strings.NewReplacer(pairs...), nil
}

// setRow is a row with its values and its ink above and below the baseline, as parts of the size.
type setRow struct {
	blockRow
	top, bottom page.Millimetres
}

// fit measures the row and makes it no wider than width.
func (r *setRow) fit(width page.Millimetres) error {
	left, err := r.Font.Width(r.Size, r.Left)
	if err != nil {
		return err
	}
	right, err := r.Font.Width(r.Size, r.Right)
	if err != nil {
		return err
	}
	if r.Left != "" && r.Right != "" {
		width -= blockGap
	}
	if left+right > width {
		r.Size *= page.Points(width / (left + right))
	}
	for _, text := range [...]string{r.Left, r.Right} {
		ink, err := page.Text{Size: r.Size, Font: r.Font, Text: text}.Ink()
		if err != nil {
			return err
		}
		r.top, r.bottom = max(r.top, -ink.Y/r.Size.MM()), max(r.bottom, (ink.Y+ink.H)/r.Size.MM())
	}
	return nil
}

func (r setRow) above() page.Millimetres  { return r.Size.MM() * r.top }
func (r setRow) below() page.Millimetres  { return r.Size.MM() * r.bottom }
func (r setRow) height() page.Millimetres { return r.above() + r.below() }

// check refuses a block that cannot be drawn.
func (b block) check(lines []line) (where string, err error) {
	if len(b.Rows) == 0 {
		return "block", errors.New("there are no rows")
	}
	for i, r := range b.Rows {
		where := fmt.Sprintf("block.row %d", i+1)
		if !slices.Contains(page.Fonts, r.Font) {
			return where, fmt.Errorf("unknown font %q", r.Font)
		}
		if b.Floor <= 0 || r.Size < b.Floor || r.After < 0 {
			return where, fmt.Errorf("size %v, floor %v, after %v", r.Size, b.Floor, r.After)
		}
		rest := r.Left + r.Right
		for _, l := range lines {
			rest = strings.ReplaceAll(rest, "{"+string(l.Field)+"}", "")
		}
		if rest == "" && r.Left+r.Right == "" || strings.ContainsAny(rest, "{}") {
			return where, fmt.Errorf("text %q is empty or names a value the mark does not have", r.Left+r.Right)
		}
		if _, err := r.Font.Width(r.Size, rest); err != nil {
			return where, err
		}
	}
	return "", nil
}
