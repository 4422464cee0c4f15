package paper

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"znak/app/mark"
	"znak/app/postal"
	"znak/printer/page"
)

// Face is what an envelope face is drawn from.
type Face struct {
	Batch    postal.Batch
	Piece    postal.Piece
	Sender   postal.Sender
	Mark     *mark.Spec // the version of the mark
	DPI      int        // of the device; codes are made of its whole dots
	Specimen bool       // ОБРАЗЕЦ is printed on it
}

// Envelope draws the face of a piece on its kind of envelope or sticker. The page holds two codes, the ШПИ and the mark, and
// page.Check has passed. Errors carry a hint: *KindError (a kind that does not take the mark), *mark.MissingError and *MissingError
// (something is not known; nothing is made up), *PieceError around what cannot be printed (no glyph, no room, code too large).
func Envelope(f Face) (page.Page, error) {
	if f.Mark == nil || f.DPI <= 0 {
		return page.Page{}, errors.New("paper: a face needs a version of the mark and a resolution")
	}
	l, err := faces()
	if err != nil {
		return page.Page{}, err
	}
	kind := f.Piece.Envelope
	format, known := kind.Format()
	place, drawn := l.face(kind)
	if !known || !format.TakesMark || !drawn {
		return page.Page{}, &KindError{ShPI: f.Piece.ShPI, Kind: kind}
	}
	d := drawing{layout: l, Face: f, place: place, grid: page.Grid{DPI: f.DPI}}
	items, err := d.all()
	if err != nil {
		return page.Page{}, d.named(err)
	}
	p := page.Page{
		Name: string(f.Piece.ShPI), Media: string(kind), DPI: f.DPI, Items: items,
		Width: page.Millimetres(format.Width), Height: page.Millimetres(format.Height),
	}
	if err := page.Check(p); err != nil {
		return page.Page{}, d.named(err)
	}
	return p, nil
}

// drawing is one face in the making.
type drawing struct {
	Face
	layout *layout
	place  *face
	grid   page.Grid
	items  []page.Item
}

// named says which piece an error is about, unless the error says so itself.
func (d *drawing) named(err error) error {
	var a *MissingError
	var b *mark.MissingError
	if errors.As(err, &a) || errors.As(err, &b) {
		return err
	}
	return &PieceError{ShPI: d.Piece.ShPI, Err: err}
}

func (d *drawing) all() ([]page.Item, error) {
	d.items = make([]page.Item, 0, 48)
	for _, part := range []func() error{d.mark, d.shpi, d.sender, d.addressee, d.details, d.tags, d.specimen} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return d.items, nil
}

func (d *drawing) add(items ...page.Item) { d.items = append(d.items, items...) }

func (d *drawing) addTexts(texts []page.Text) {
	for _, t := range texts {
		d.items = append(d.items, t)
	}
}

func (d *drawing) mark() error {
	fields, err := mark.FieldsOf(d.Batch, d.Piece, d.Sender)
	if err != nil {
		return err
	}
	payload, err := d.Mark.Payload(fields)
	if err != nil {
		return err
	}
	symbol, err := d.Mark.Symbol(payload, d.Piece.Envelope, d.grid)
	if err != nil {
		return err
	}
	block, err := d.Mark.Block(fields, d.Piece.Envelope)
	if err != nil {
		return err
	}
	d.add(symbol)
	d.add(block...)
	return nil
}

func (d *drawing) shpi() error {
	id, err := postal.ParseShPI(string(d.Piece.ShPI))
	if err != nil {
		return err
	}
	at := d.place.ShPI
	items, err := d.layout.ShPI.draw(id, at.At[0], at.At[1], at.Digits, d.grid)
	d.add(items...)
	return err
}

func (d *drawing) sender() error {
	from := d.Piece.From
	if from.IsZero() {
		from = d.Sender.Address
	}
	name, lines := clean(d.Sender.Name), addressLines(from)
	switch {
	case name == "":
		return &MissingError{ShPI: d.Piece.ShPI, Part: PartSender}
	case len(lines) == 0:
		return &MissingError{ShPI: d.Piece.ShPI, Part: PartFrom}
	}
	// The sender's address runs on; the addressee's has a line for each part.
	return d.party(d.place.Sender, d.layout.Words.From, name, d.layout.Words.FromAddress, strings.Join(lines, ", "), string(from.Index))
}

func (d *drawing) addressee() error {
	to := d.Piece.To
	name, lines := clean(to.Name), addressLines(to.Address)
	switch {
	case name == "":
		return &MissingError{ShPI: d.Piece.ShPI, Part: PartAddressee}
	case len(lines) == 0:
		return &MissingError{ShPI: d.Piece.ShPI, Part: PartTo}
	}
	return d.party(d.place.Address, d.layout.Words.To, name, d.layout.Words.ToAddress, strings.Join(lines, "\n"), string(to.Address.Index))
}

func addressLines(a postal.Address) []string {
	lines := a.Lines()
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return lines
}

// The sizes of labels beside or above the texts, as parts of the texts' size.
const (
	labelPart = 0.68
	labelMin  = 5.5
)

// party sets a sender or an addressee: the name in bold, the address, the index. The labels stand in a column of their own on
// the texts' baselines, or above the texts where there is no room for a column.
func (d *drawing) party(p party, nameLabel, name, addressLabel, address, index string) error {
	box := p.Box.rect()
	foot := box.Y + box.H
	box.H -= p.IndexRow
	box.X += p.Label
	box.W -= p.Label
	label := max(labelMin, p.Size*labelPart)
	var paragraphs []page.Paragraph
	add := func(labelText, text string, font page.Font) {
		if p.Label == 0 {
			paragraphs = append(paragraphs, page.Paragraph{Text: labelText, Font: labelFont, Size: label, Min: min(labelMin, p.Min), Before: 0.3})
		}
		paragraphs = append(paragraphs, page.Paragraph{Text: bind(text), Font: font, Size: p.Size, Min: p.Min, Before: 0.4, Leading: 1.18})
	}
	add(nameLabel, name, page.Bold)
	add(addressLabel, address, page.Sans)
	if p.IndexRow == 0 && index != "" {
		paragraphs = append(paragraphs, page.Paragraph{Text: index, Font: page.Bold, Size: p.Index, Min: p.Min, Before: 0.5})
	}
	texts, err := fit(box, paragraphs...)
	if err != nil {
		return err
	}
	d.addTexts(texts)
	if p.Label > 0 {
		x := p.Box[0]
		d.add(page.Text{X: x, Y: texts[0].Y, Size: label, Font: labelFont, Text: nameLabel})
		for _, t := range texts {
			if t.Font == page.Sans || t.Font == page.Narrow { // the address begins here
				d.add(page.Text{X: x, Y: t.Y, Size: label, Font: labelFont, Text: addressLabel})
				break
			}
		}
	}
	if p.IndexRow > 0 && index != "" {
		d.add(page.Text{X: box.X, Y: foot - 0.4, Size: p.Index, Font: page.Bold, Text: index})
	}
	return nil
}

const labelFont = page.Sans

func (d *drawing) details() error {
	title, err := d.layout.title(d.Batch, d.Piece)
	if err != nil {
		return err
	}
	rank, err := d.layout.rank(d.Batch, d.Piece)
	if err != nil {
		return err
	}
	w, p := d.layout.Words, d.place.Details
	paragraphs := append(make([]page.Paragraph, 0, 4), page.Paragraph{Text: title, Font: page.Bold, Size: p.Title, Min: p.Min})
	line := func(text string) {
		if text != "" {
			paragraphs = append(paragraphs, page.Paragraph{Text: text, Font: page.Sans, Size: p.Size, Min: p.Min, Leading: 1.25})
		}
	}
	line(rank)
	line(strings.Replace(w.Mass, "{grams}", strconv.Itoa(int(d.Piece.Mass)), 1))
	if charge := d.Piece.Charge(); charge > 0 {
		roubles, kopecks := charge.RoublesKopecks()
		line(strings.NewReplacer("{roubles}", strconv.FormatInt(roubles, 10), "{kopecks}", fmt.Sprintf("%02d", kopecks)).Replace(w.Charge))
	}
	texts, err := fit(p.Box.rect(), paragraphs...)
	d.addTexts(texts)
	return err
}

func (d *drawing) tags() error {
	items, err := framed(d.layout.tags(d.Piece), d.place.Tags)
	d.add(items...)
	return err
}

// The frames of tags: parts of the type size, and a stroke in millimetres.
const (
	tagPad    = 0.45
	tagHeight = 1.75
	tagGap    = 0.6
	tagStroke = 0.25
)

// framed sets texts in frames one after the other, row by row, smaller where they would leave the box.
func framed(texts []string, p textBox) ([]page.Item, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	box := p.Box.rect().Inset(tagStroke / 2)
next:
	for size := p.Size; size >= p.Min; size -= 0.25 {
		em := size.MM()
		items := make([]page.Item, 0, 2*len(texts))
		x, y := box.X, box.Y
		for _, text := range texts {
			w, err := page.Sans.Width(size, text)
			if err != nil {
				return nil, err
			}
			w += 2 * tagPad * em
			if x > box.X && x+w > box.X+box.W {
				x, y = box.X, y+(tagHeight+tagGap)*em
			}
			if x+w > box.X+box.W || y+tagHeight*em > box.Y+box.H {
				continue next
			}
			base := y + (tagHeight*em+page.Sans.CapHeight(size))/2
			items = append(items, page.Box{X: x, Y: y, W: w, H: tagHeight * em, Stroke: tagStroke},
				page.Text{X: x + tagPad*em, Y: base, Size: size, Font: page.Sans, Text: text})
			x += w + tagGap*em
		}
		return items, nil
	}
	return nil, &page.OverflowError{Box: p.Box.rect(), Text: strings.Join(texts, " "), Min: p.Min}
}

func (d *drawing) specimen() error {
	if !d.Specimen {
		return nil
	}
	items, err := specimen(d.layout.Words.Specimen, d.place.Specimen)
	d.add(items...)
	return err
}

// specimen is the word ОБРАЗЕЦ in a frame, like a stamp.
func specimen(words []string, p textBox) ([]page.Item, error) {
	const stroke, pad = 0.7, 1.4
	frame := p.Box.rect().Inset(stroke / 2)
	inner := frame.Inset(pad)
	n := page.Millimetres(len(words))
	size := p.Size
	for _, w := range words {
		width, err := page.Bold.Width(size, w)
		if err != nil {
			return nil, err
		}
		if width > inner.W {
			size *= page.Points(inner.W / width)
		}
	}
	// capitals and the gaps between them, a third of their height, fill no more than the frame
	if full := page.Bold.CapHeight(size) * (n + (n-1)/2); full > inner.H {
		size *= page.Points(inner.H / full)
	}
	if size < p.Min {
		return nil, &page.OverflowError{Box: p.Box.rect(), Text: strings.Join(words, " "), Min: p.Min}
	}
	capital := page.Bold.CapHeight(size)
	gap := capital / 2
	y := frame.Y + (frame.H-capital*n-gap*(n-1))/2
	items := append(make([]page.Item, 0, 1+len(words)), page.Box{X: frame.X, Y: frame.Y, W: frame.W, H: frame.H, Stroke: stroke})
	for _, w := range words {
		y += capital
		items = append(items, page.Text{X: frame.X + frame.W/2, Y: y, Size: size, Font: page.Bold, Align: page.Center, Text: w})
		y += gap
	}
	return items, nil
}
