package paper

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/mark"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/printer/page"
)

var resolutions = []int{203, 300, 600}

func TestFaceHoldsBothCodesAndAllWords(t *testing.T) {
	for _, kind := range marked() {
		for _, dpi := range resolutions {
			f := sample(t, kind, dpi)
			p, err := Envelope(f)
			if err != nil {
				t.Fatalf("%s %d dpi: %v", kind, dpi, err)
			}
			format, _ := kind.Format()
			if p.Width != page.Millimetres(format.Width) || p.Height != page.Millimetres(format.Height) || p.Media != string(kind) || p.DPI != dpi {
				t.Errorf("%s: page %+v", kind, p)
			}
			payload := strings.Join([]string{"ID OPM: 4F7A22C90013", "Barcode: " + string(f.Piece.ShPI), "TIN: 0000000000", "TRRC: 000001001",
				"Cost: 85.40", "Weight: 20", "Date: 23/11/2026", "Dispatch postcode: 690000", "Delivery postcode: 101000"}, "\r\n")
			var codes []string
			for _, item := range p.Items {
				switch v := item.(type) {
				case page.Matrix:
					codes = append(codes, v.Kind+" "+v.Data)
				case page.Bars:
					codes = append(codes, v.Kind+" "+v.Data)
					if v.Height != 10 || v.Quiet < 10 || v.Narrow < 0.33 || v.Narrow > 0.38 {
						t.Errorf("%s %d dpi: bars %+v", kind, dpi, v)
					}
				}
			}
			if want := []string{"QR " + payload, "I2of5 " + string(f.Piece.ShPI)}; !slices.Equal(codes, want) {
				t.Errorf("%s: codes %q", kind, codes)
			}
			said := texts(p)
			for _, want := range []string{
				"От кого", "Откуда", "690091", "Кому", "Куда", "Щёголева Ксения Всеволодовна", "ул Мясницкая, д. 26, корп. 1, кв. 304", "г Москва", "101000",
				"000000", "27", "00041", "Письмо заказное", "Без разряда", "Вес: 20 г", "С заказным уведомлением", "Возврату не подлежит",
				"РОССИЯ•RUSSIA", "ПОЧТА", "₽ 85.40", "23/11/2026", "690000", "4F7A22C90013", "ОБРАЗЕЦ", "SPECIMEN",
			} {
				if !slices.Contains(said, want) {
					t.Errorf("%s: %q is not printed: %q", kind, want, said)
				}
			}
			if all := strings.Join(said, " "); !strings.Contains(all, "Плата за пересылку: 85 руб 40 коп") {
				t.Errorf("%s: no charge in %q", kind, all)
			}
			for _, s := range said {
				if strings.Contains(s, "С простым") || strings.Contains(s, "С электронным") {
					t.Errorf("%s: %q is printed", kind, s)
				}
			}
		}
	}
}

func texts(p page.Page) []string {
	var out []string
	for _, item := range p.Items {
		if t, ok := item.(page.Text); ok {
			out = append(out, t.Text)
		}
	}
	return out
}

func TestSpecimenOnlyWhereAsked(t *testing.T) {
	for _, kind := range marked() {
		f := sample(t, kind, 300)
		f.Specimen = false
		p, err := Envelope(f)
		if err != nil {
			t.Fatal(err)
		}
		if said := texts(p); slices.Contains(said, "ОБРАЗЕЦ") {
			t.Errorf("%s: a real face says ОБРАЗЕЦ", kind)
		}
	}
}

// The boxes of a face lie on it, apart from one another and from the codes' quiet zones at every resolution.
func TestBoxesAreApart(t *testing.T) {
	l, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range marked() {
		f, ok := l.face(kind)
		if !ok {
			t.Errorf("%s has no face", kind)
			continue
		}
		format, _ := kind.Format()
		paper := page.Rect{W: page.Millimetres(format.Width), H: page.Millimetres(format.Height)}
		for _, dpi := range resolutions {
			boxes := boxesOf(t, f, dpi)
			for a, ra := range boxes {
				if !paper.Contains(ra) {
					t.Errorf("%s: %s leaves the paper", kind, a)
				}
				for b, rb := range boxes {
					if a < b && ra.Overlaps(rb) {
						t.Errorf("%s %d dpi: %s %+v and %s %+v overlap", kind, dpi, a, ra, b, rb)
					}
				}
			}
		}
	}
}

// boxesOf gives every area of a face by name; "digits" and "bars" are those of the ШПИ.
func boxesOf(t *testing.T, f *face, dpi int) map[string]page.Rect {
	t.Helper()
	symbol, block, err := markSpec(t).Areas(f.Kind)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := faces()
	items, err := l.ShPI.draw(shpi(1), f.ShPI.At[0], f.ShPI.At[1], f.ShPI.Digits, page.Grid{DPI: dpi})
	if err != nil {
		t.Fatal(err)
	}
	bars := items[0].(page.Bars)
	address := f.Address.Box.rect()
	address.H -= f.Address.IndexRow
	width, err := page.Bold.Width(f.Address.Index, "000000")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]page.Rect{
		"sender": f.Sender.Box.rect(), "address": address,
		"index": {X: address.X + f.Address.Label, Y: address.Y + address.H, W: width, H: f.Address.IndexRow}, "details": f.Details.Box.rect(), "tags": f.Tags.Box.rect(),
		"specimen": f.Specimen.Box.rect(), "mark": symbol, "mark block": block, "bars": bars.Bounds(),
		"digits": {X: bars.X, Y: bars.Y + bars.Height + 0.1, W: bars.Width(), H: digitsGap + page.Sans.CapHeight(f.ShPI.Digits) + 0.2},
	}
}

// postalAddress turns an addressee of the sandbox into the domain's, as the client of the post does.
func postalAddress(r sandbox.Recipient) postal.Recipient {
	return postal.Recipient{Name: r.Name, Address: postal.Address{
		Kind: postal.AddressKind(r.AddressType), Index: postal.PostIndex(strconv.Itoa(r.Index)), Region: r.Region, Area: r.Area, Place: r.Place,
		Location: r.Location, Street: r.Street, House: r.House, Slash: r.Slash, Letter: r.Letter, Corpus: r.Corpus, Building: r.Building,
		Room: r.Room, Estate: r.Vladenie, Office: r.Office, Hotel: r.Hotel, Number: r.NumAddressType,
	}}
}

// The ugliest thousand addresses, as addressee and as sender, on every kind at every resolution: every text stays in one of
// the face's boxes, which are apart from the codes, and page.Check finds nothing in a quiet zone.
func TestUgliestThousandStayInTheirBoxes(t *testing.T) {
	l, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	ugly := sandbox.UglyAddresses(2026, 1000)
	if testing.Short() {
		ugly = ugly[:100]
	}
	for _, kind := range marked() {
		place, _ := l.face(kind)
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			boxesAt := map[int]map[string]page.Rect{}
			for _, dpi := range resolutions {
				boxesAt[dpi] = boxesOf(t, place, dpi)
			}
			for n := range len(resolutions) * len(ugly) {
				dpi, i := resolutions[n%len(resolutions)], n/len(resolutions)
				r, boxes := ugly[i], boxesAt[dpi]
				f := sample(t, kind, dpi)
				f.Piece.ShPI = shpi(i)
				f.Piece.To = postalAddress(r)
				from := postalAddress(ugly[(i*7+3)%len(ugly)])
				f.Sender.Name, f.Piece.From = from.Name, from.Address
				f.Piece.SimpleNotice, f.Piece.ElectronicNotice = i%2 == 0, i%3 == 0
				f.Piece.Postmarks = []postal.Postmark{postal.MarkInventory, "AWARDED_IN_OWN_HANDS"}
				p, err := Envelope(f)
				if err != nil {
					t.Fatalf("%s %d dpi, address %d: %v\n%+v", kind, dpi, i, err, r)
				}
				for _, item := range p.Items {
					text, ok := item.(page.Text)
					if !ok {
						continue
					}
					ink, err := text.Ink()
					if err != nil {
						t.Fatal(err)
					}
					inside := false
					for _, b := range boxes {
						inside = inside || b.Inset(-0.15).Contains(ink) // a glyph's overhang
					}
					if !inside {
						t.Fatalf("%s %d dpi, address %d: %q at %+v is in no box", kind, dpi, i, text.Text, ink)
					}
				}
				all := strings.Join(texts(p), " ")
				if got := lettersOf(all); !containsAll(got, lettersOf(r.Name)) {
					t.Fatalf("%s, address %d: the name %q is cut: %q", kind, i, r.Name, all)
				}
			}
		})
	}
}

// lettersOf leaves what wrapping may not change.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\n' || r == '\t' {
			return -1
		}
		return r
	}, clean(s))
}

func containsAll(all, name string) bool { return strings.Contains(all, name) }

func TestWhatCannotBePrintedIsAnErrorWithAHint(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Face)
		key  string
		is   any
	}{
		{"C6", func(f *Face) { f.Piece.Envelope = postal.C6 }, "paper.envelope", new(*KindError)},
		{"unknown kind", func(f *Face) { f.Piece.Envelope = "B5" }, "paper.envelope", new(*KindError)},
		{"no mark", func(f *Face) { f.Piece.Mark = nil }, "mark.none", new(*mark.MissingError)},
		{"no date", func(f *Face) { f.Batch.SendingDate = "" }, "mark.incomplete", new(*mark.MissingError)},
		{"broken ШПИ", func(f *Face) { f.Piece.ShPI = "00000027000411" }, "paper.piece", new(*mark.ParseError)},
		{"line break in the mark", func(f *Face) { f.Piece.Mark.ID = "1\r\n2" }, "paper.piece", new(*mark.ParseError)},
		{"no glyph", func(f *Face) { f.Piece.To.Name = "王小明" }, "paper.piece", new(*page.MissingGlyphError)},
		{"no room", func(f *Face) { f.Piece.To.Name = strings.Repeat("Очень длинное имя ", 200) }, "paper.piece", new(*page.OverflowError)},
		{"endless mark id", func(f *Face) { f.Piece.Mark.ID = strings.Repeat("0", 300) }, "paper.piece", new(*mark.SizeError)},
		{"no addressee", func(f *Face) { f.Piece.To.Name = " " }, "paper.missing", new(*MissingError)},
		{"no address", func(f *Face) { f.Piece.To.Address = postal.Address{Index: "101000"} }, "paper.missing", new(*MissingError)},
		{"no sender", func(f *Face) { f.Sender.Name = "" }, "paper.missing", new(*MissingError)},
		{"no return address", func(f *Face) { f.Sender.Address = postal.Address{} }, "paper.missing", new(*MissingError)},
		{"unknown kind of mail", func(f *Face) { f.Piece.MailType = "PIGEON" }, "paper.unknown", new(*MissingError)},
		{"unknown rank", func(f *Face) { f.Piece.Rank = "ROYAL" }, "paper.unknown", new(*MissingError)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := sample(t, postal.DL, 203)
			m := *f.Piece.Mark
			f.Piece.Mark = &m
			c.edit(&f)
			p, err := Envelope(f)
			if err == nil || len(p.Items) > 0 {
				t.Fatalf("drawn: %+v, %v", p, err)
			}
			if key, _, _ := hint.Of(err); key != c.key || !errors.As(err, c.is) {
				t.Errorf("%q %T %v; want %s", key, err, err, c.key)
			}
		})
	}
}

func TestPostsOwnWordsAreUsedWhereOursEnd(t *testing.T) {
	f := sample(t, postal.C5, 300)
	f.Piece.MailType, f.Batch.MailType = "TRACK_LETTER", "TRACK_LETTER"
	f.Batch.MailTypeText, f.Batch.CategoryText = "Трек-письмо", "Заказное"
	f.Piece.Rate, f.Piece.VAT = 0, 0 // not known: then no charge is printed
	p, err := Envelope(f)
	if err != nil {
		t.Fatal(err)
	}
	if said := texts(p); !slices.Contains(said, "Трек-письмо, Заказное") || strings.Contains(strings.Join(said, " "), "Плата") {
		t.Errorf("%q", said)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":            "",
		"Ёлкина Анна": "Ёлкина Анна",
		" Ёлкина \t\r\n Анна\u00a0Б. ": "Ёлкина Анна Б.",
		"и\u0306од": "йод",
		"по\u00adчта\u200b \ufeffРоссии": "почта России",
		"«№ 1» — да":                     "«№ 1» — да",
		"тонкая\u2009шпация":             "тонкая шпация",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBind(t *testing.T) {
	for in, want := range map[string]string{
		"А. В. Ёлкина":         "А.~В.~Ёлкина",
		"ул Ленина, д. 5, г Б": "ул~Ленина, д.~5, г~Б",
		"№ 7 имени":            "№~7 имени",
		"а б в г д е":          "а~б~в г~д~е",
		"слово":                "слово",
		"Респ. Саха (Якутия)":  "Респ.~Саха (Якутия)",
		"д. 5, 6 и 7":          "д.~5, 6 и~7",
		"ООО «Ёж & К»":         "ООО «Ёж & К»",
	} {
		if got := strings.ReplaceAll(bind(in), noBreak, "~"); got != want {
			t.Errorf("bind(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	f.Add("Щёголева Ксения", "ул Мясницкая, д. 26", "4F7A22C90013")
	f.Add(strings.Repeat("длинное", 30), "", "\r\n")
	f.Add("\x00\xff\u0301", "и\u0306", "\u200b")
	f.Fuzz(func(t *testing.T, name, street, id string) {
		face := sample(t, postal.OX, 203)
		face.Piece.To.Name, face.Piece.To.Address.Street = name, street
		face.Piece.Mark = &postal.Mark{ID: id, Value: 8540, Office: "690000"}
		p, err := Envelope(face)
		if err != nil {
			if _, _, ok := hint.Of(err); !ok {
				t.Fatalf("an error without a hint: %v", err)
			}
			return
		}
		if err := page.Check(p); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkEnvelope(b *testing.B) {
	for _, kind := range []postal.EnvelopeKind{postal.DL, postal.OX} {
		b.Run(string(kind), func(b *testing.B) {
			f := sample(b, kind, 300)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Envelope(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("ugly OX", func(b *testing.B) {
		ugly := sandbox.UglyAddresses(2026, 64)
		f := sample(b, postal.OX, 300)
		i := 0
		for b.Loop() {
			f.Piece.To = postalAddress(ugly[i%len(ugly)])
			if _, err := Envelope(f); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
