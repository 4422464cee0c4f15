// Package pagetest makes pages for tests of renderers and devices: an envelope with everything real ones have, of
// invented people, the same for the same number.
package pagetest

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/twooffive"
	"rsc.io/qr/coding"

	"znak/printer/page"
)

// Payload is what the QR code of envelope n says: 172 bytes or so in nine lines.
func Payload(n int) string {
	return strings.Join([]string{
		fmt.Sprintf("ID OPM: 99%010d", n), "Barcode: " + Identifier(n), "TIN: 9909999999", "TRRC: 990901001",
		fmt.Sprintf("Cost: %d.%02d", 85+n%100, n%100), fmt.Sprintf("Weight: %d", 10+n%90), "Date: 23/11/2026",
		"Dispatch postcode: 999100", fmt.Sprintf("Delivery postcode: %06d", 990000+n%1000),
	}, "\r\n")
}

// Identifier is the number of envelope n in the bar code: 14 digits (their check digit is not looked at here).
func Identifier(n int) string { return fmt.Sprintf("999%011d", n) }

// Envelope is a C5 envelope whose codes are laid out for the resolution dpi.
func Envelope(n, dpi int) page.Page {
	g := page.Grid{DPI: dpi}
	p := page.Page{Name: Identifier(n), Media: "C5", Width: 229, Height: 162, DPI: dpi}
	put := func(items ...page.Item) { p.Items = append(p.Items, items...) }
	text := func(x, y page.Millimetres, size page.Points, f page.Font, s string) {
		put(page.Text{X: x, Y: y, Size: size, Font: f, Text: s})
	}
	fit := func(box page.Rect, s string, size page.Points) {
		texts, _, err := page.Fit(box, page.Paragraph{Text: s, Size: size, Min: 7})
		if err != nil {
			panic(err)
		}
		for _, t := range texts {
			put(t)
		}
	}
	put(Bars("I2of5", Identifier(n), g.Snap(12), g.Snap(8), 15, dpi))
	text(14, 27, 10, page.Mono, Identifier(n))
	put(QR(Payload(n), g.Snap(118), g.Snap(10), dpi))
	text(150, 14, 9, page.Bold, "РОССИЯ•RUSSIA")
	text(150, 19, 9, page.Bold, "ПОЧТА")
	text(150, 25, 12, page.Bold, fmt.Sprintf("₽ %d.%02d", 85+n%100, n%100))
	text(150, 30, 8, page.Sans, "23/11/2026")
	put(page.Text{X: 185, Y: 30, Size: 8, Align: page.Right, Text: "999100"})
	text(150, 34, 8, page.Mono, fmt.Sprintf("99%010d", n))
	put(page.Box{X: 148, Y: 9, W: 40, H: 28, Stroke: 0.25})
	text(12, 40, 8, page.Narrow, "От кого")
	fit(page.Rect{X: 28, Y: 36, W: 75, H: 12}, "ООО «Рога и копыта №5»", 10)
	text(12, 52, 8, page.Narrow, "Откуда")
	fit(page.Rect{X: 28, Y: 48, W: 75, H: 14}, "999100, г. Вымышленск, ул. Ёлочная, д. 7/2, оф. 31", 10)
	text(12, 72, 9, page.Bold, "Письмо заказное")
	text(12, 77, 9, page.Sans, "Без разряда")
	text(12, 82, 9, page.Sans, fmt.Sprintf("Вес: %d г", 10+n%90))
	text(12, 87, 9, page.Sans, "Плата за пересылку: 85 руб 40 коп")
	put(page.Box{X: 12, Y: 92, W: 50, H: 7, Stroke: 0.35})
	put(page.Text{X: 37, Y: 97, Size: 9, Font: page.NarrowBold, Align: page.Center, Text: "Возврату не подлежит"})
	text(112, 92, 8, page.Narrow, "Кому")
	fit(page.Rect{X: 128, Y: 88, W: 92, H: 12}, fmt.Sprintf("Семёнову-Вымышленному Константину Иннокентьевичу, получатель %d", n), 12)
	text(112, 106, 8, page.Narrow, "Куда")
	fit(page.Rect{X: 128, Y: 102, W: 92, H: 24}, fmt.Sprintf("ул. Большая Придуманная, д. %d, корп. 2, кв. %d\nг. Несуществующий-на-Реке, Небывалая обл.", n%200+1, n%300+1), 12)
	text(128, 134, 14, page.MonoBold, fmt.Sprintf("%06d", 990000+n%1000))
	for i := range 5 {
		y := page.Millimetres(100 + 8*i)
		put(page.Line{X1: 126, Y1: y, X2: 222, Y2: y, Width: 0.15, Grey: 160})
	}
	put(page.Line{X1: 106, Y1: 86, X2: 106, Y2: 140, Width: 0.2})
	return p
}

// QR is a QR code of version 8 (49 modules) or more, level L, mask 3, about 25 mm wide, laid out for the resolution dpi.
func QR(data string, x, y page.Millimetres, dpi int) page.Matrix {
	text := coding.String(data)
	version := coding.Version(8)
	for text.Bits(version) > version.DataBytes(coding.L)*8 {
		version++
	}
	plan, err := coding.NewPlan(version, coding.L, 3)
	if err != nil {
		panic(err)
	}
	code, err := plan.Encode(text)
	if err != nil {
		panic(err)
	}
	g := page.Grid{DPI: dpi}
	m := page.Matrix{X: x, Y: y, Quiet: 4, Kind: "QR", Size: code.Size, Data: data, Bits: make([]bool, code.Size*code.Size),
		Module: page.Millimetres(max(2, g.Dots(0.51))) * g.Dot()}
	for i := range m.Bits {
		m.Bits[i] = code.Black(i%code.Size, i/code.Size)
	}
	return m
}

// DataMatrix is a square DataMatrix code laid out for the resolution dpi.
func DataMatrix(data string, x, y page.Millimetres, dpi int) page.Matrix {
	code, err := datamatrix.Encode(data)
	if err != nil {
		panic(err)
	}
	g := page.Grid{DPI: dpi}
	n := code.Bounds().Dx()
	m := page.Matrix{X: x, Y: y, Quiet: 2, Kind: "DataMatrix", Size: n, Data: data, Bits: make([]bool, n*n),
		Module: page.Millimetres(max(2, g.Dots(0.51))) * g.Dot()}
	for i := range m.Bits {
		m.Bits[i] = black(code, i%n, i/n)
	}
	return m
}

// Bars is a bar code of the kind "I2of5" or "Code128", laid out for the resolution dpi.
func Bars(kind, data string, x, y, height page.Millimetres, dpi int) page.Bars {
	var code barcode.Barcode
	var err error
	switch kind {
	case "I2of5":
		code, err = twooffive.Encode(data, true)
	case "Code128":
		code, err = code128.Encode(data)
	}
	if err != nil {
		panic(err)
	}
	g := page.Grid{DPI: dpi}
	b := page.Bars{X: x, Y: y, Height: height, Quiet: 10, Kind: kind, Data: data,
		Narrow: page.Millimetres(max(2, g.Dots(0.38))) * g.Dot()}
	for i, n := 0, code.Bounds().Dx(); i < n; {
		start := i
		for i < n && black(code, i, 0) == black(code, start, 0) {
			i++
		}
		b.Runs = append(b.Runs, i-start)
	}
	return b
}

func black(code barcode.Barcode, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r == 0
}
