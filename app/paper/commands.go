package paper

import (
	"fmt"
	"slices"

	"github.com/boombuler/barcode/qr"

	"znak/app/hint"
	"znak/printer/page"
)

// The command sheet, millimetres: three columns of cells, each a code with its words beside it.
const (
	commandColumns                     = 3
	commandCode       page.Millimetres = 24 // side of a code's place, with the quiet zone
	commandRow        page.Millimetres = 30
	commandQuiet                       = 4
	setupCode         page.Millimetres = 46
	commandLeastModul page.Millimetres = 0.4 // of a module: a cheap scanner reads it from the wall
)

// CommandCode is one code of the command sheet: the name of its words, and what it says.
type CommandCode struct{ Name, Text string }

// CommandSheet draws the sheet of command codes, with the code by which a scanner is set up below them. It is hung up beside the desk.
func CommandSheet(words Words, codes []CommandCode, setup string) ([]page.Page, error) {
	r, err := newReport(false)
	if err != nil {
		return nil, err
	}
	say := func(key string) string { return words.Say(key, nil) }
	title := say("paper.commands.title")
	if err := r.title(title); err != nil {
		return nil, err
	}
	if err := r.paragraph(say("paper.commands.about"), page.Sans, r.Sheet.Head, 0); err != nil {
		return nil, err
	}
	r.y += 4
	width := (r.right() - r.left()) / commandColumns
	for row := range slices.Chunk(codes, commandColumns) {
		if err := r.room(commandRow); err != nil {
			return nil, err
		}
		for i, c := range row {
			x := r.left() + page.Millimetres(i)*width
			if err := r.codeCell(c.Text, x, commandCode); err != nil {
				return nil, err
			}
			if err := r.cellText(say("paper.commands.name."+c.Name), say("paper.commands.what."+c.Name), x+commandCode, width-commandCode-2, commandCode); err != nil {
				return nil, err
			}
		}
		r.y += commandRow
	}
	if err := r.room(setupCode + 10); err != nil {
		return nil, err
	}
	if err := r.heading(say("paper.commands.setup")); err != nil {
		return nil, err
	}
	r.y += 1
	if err := r.codeCell(setup, r.left(), setupCode); err != nil {
		return nil, err
	}
	if err := r.cellText("", say("paper.commands.setup-about"), r.left()+setupCode+2, r.right()-r.left()-setupCode-2, setupCode); err != nil {
		return nil, err
	}
	r.y += setupCode
	return r.done(title, func(n, all int) string { return fmt.Sprintf("%d / %d", n, all) })
}

// codeCell sets a QR code into a square place at the current height.
func (r *report) codeCell(text string, x, side page.Millimetres) error {
	n, bits, err := Symbol(text)
	if err != nil {
		return err
	}
	grid := page.Grid{DPI: listDPI}
	module := page.Millimetres(grid.Dots(side/page.Millimetres(n+2*commandQuiet))) * grid.Dot()
	if module < commandLeastModul {
		return fmt.Errorf("paper: %d modules in %.0f mm", n, side)
	}
	m := page.Matrix{Module: module, Quiet: commandQuiet, Kind: "QR", Size: n, Bits: bits, Data: text}
	m.X, m.Y = grid.Snap(x+commandQuiet*module), grid.Snap(r.y+commandQuiet*module)
	r.add(m)
	return nil
}

// cellText sets a name in bold and what it means below it, beside a code, in the middle of its height.
func (r *report) cellText(name, what string, x, width, height page.Millimetres) error {
	var list []page.Text
	y := page.Millimetres(0)
	for _, part := range []struct {
		text string
		font page.Font
		size page.Points
	}{{name, page.Bold, r.Sheet.Head}, {what, page.Sans, r.Sheet.Text}} {
		if part.text == "" {
			continue
		}
		texts, err := fit(page.Rect{X: x, W: width, H: height}, page.Paragraph{Text: bind(part.text), Font: part.font, Size: part.size, Min: r.Sheet.Small, Leading: 1.15})
		if err != nil {
			return err
		}
		for _, t := range texts {
			t.Y += y
			list = append(list, t)
		}
		y += cellHeight(texts)
	}
	for _, t := range list {
		t.Y += r.y + max((height-y)/2, 0)
		r.add(t)
	}
	return nil
}

// Symbol is the QR code of a text at level M: modules a side, and row by row which of them are black. It is for the station's own codes; the mark's are
// made by package mark.
func Symbol(text string) (size int, bits []bool, err error) {
	symbol, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, nil, hint.New("paper.memo.code", nil, err)
	}
	n := symbol.Bounds().Dx()
	bits = make([]bool, 0, n*n)
	for row := range n {
		for column := range n {
			dark, _, _, _ := symbol.At(column, row).RGBA()
			bits = append(bits, dark == 0)
		}
	}
	return n, bits, nil
}
