package paper

import "znak/printer/page"

// Badge is what an operator's badge shows.
type Badge struct {
	Name string
	Role string // in words
	Code string // what the code says (scan.BadgeText): a secret; it is written nowhere else
}

// The badge, millimetres: a card of the size of a bank card (ISO/IEC 7810 ID-1) on a sheet A4, to be cut out along its edge.
const (
	badgeWidth, badgeHeight page.Millimetres = 85.6, 54
	badgeX, badgeY          page.Millimetres = 20, 20
	badgeCode               page.Millimetres = 36
	badgeLeastModule        page.Millimetres = 0.5 // worn and read in a hurry
)

// BadgePage draws the sheet with one badge and what to do with it. A name that does not fit is an error with a hint.
func BadgePage(b Badge, words Words) (page.Page, error) {
	p := page.Page{Name: "badge", Media: "A4", Width: 210, Height: 297, DPI: listDPI}
	text := b.Code
	n, bits, err := Symbol(text)
	if err != nil {
		return p, err
	}
	grid := page.Grid{DPI: listDPI}
	module := max(page.Millimetres(grid.Dots(badgeCode/page.Millimetres(n+2*commandQuiet)))*grid.Dot(), badgeLeastModule)
	m := page.Matrix{Module: module, Quiet: commandQuiet, Kind: "QR", Size: n, Bits: bits, Data: text}
	m.X = grid.Snap(badgeX + 3 + commandQuiet*module)
	m.Y = grid.Snap(badgeY + (badgeHeight-page.Millimetres(n)*module)/2)
	p.Items = append(p.Items, page.Box{X: badgeX, Y: badgeY, W: badgeWidth, H: badgeHeight, Stroke: 0.2, Grey: 150}, m)
	left := badgeX + 3 + page.Millimetres(n+2*commandQuiet)*module + 2
	texts, err := fit(page.Rect{X: left, Y: badgeY + 10, W: badgeX + badgeWidth - 3 - left, H: badgeHeight - 14},
		page.Paragraph{Text: b.Name, Font: page.Bold, Size: 14, Min: 8},
		page.Paragraph{Text: b.Role, Font: page.Sans, Size: 11, Min: 8, Before: 2})
	if err != nil {
		return p, err
	}
	about, err := fit(page.Rect{X: badgeX, Y: badgeY + badgeHeight + 8, W: 120, H: 60},
		page.Paragraph{Text: bind(words.Say("operator.badge-about", nil)), Font: page.Sans, Size: 11, Min: 9})
	if err != nil {
		return p, err
	}
	for _, t := range append(texts, about...) {
		p.Items = append(p.Items, t)
	}
	return p, page.Check(p)
}
