package scan

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"znak/app/hint"
	"znak/app/mark"
	"znak/app/postal"
	"znak/app/text"
)

func TestLayoutOfEveryPrintableCharacter(t *testing.T) {
	var every strings.Builder
	for c := rune(' '); c <= '~'; c++ {
		every.WriteRune(c)
		typed := inRussian(string(c))
		if got, ok := undoLayout(typed); !ok || got != string(c) {
			t.Errorf("%q typed as %q came back as %q, %v", c, typed, got, ok)
		}
		if got, ok := undoLayout(undoCaps(inCapsRussian(string(c)))); !ok || got != string(c) {
			t.Errorf("%q with Caps Lock, typed as %q, came back as %q, %v", c, inCapsRussian(string(c)), got, ok)
		}
		if got := undoCaps(withCaps(string(c))); got != string(c) {
			t.Errorf("%q with Caps Lock came back as %q", c, got)
		}
	}
	if got, ok := undoLayout(inRussian(every.String())); !ok || got != every.String() {
		t.Errorf("all printable characters came back as %q, %v", got, ok)
	}
	seen := map[rune]rune{}
	for ru, us := range toUS {
		if was, twice := seen[us]; twice {
			t.Errorf("%q and %q both give %q", was, ru, us)
		}
		seen[us] = ru
	}
	if len(seen) != '~'-' '+1 {
		t.Errorf("the map gives %d characters, want every printable one", len(seen))
	}
	for _, s := range []string{"[", "a", "@", "é", "привет #", "ы~"} {
		if got, ok := undoLayout(s); ok {
			t.Errorf("%q cannot be typed in the Russian layout, came back as %q", s, got)
		}
	}
}

// inCapsRussian is a text typed in the Russian layout with Caps Lock on.
func inCapsRussian(s string) string { return withCaps(inRussian(s)) }

// lineEnds are what becomes of CR LF on the way.
var lineEnds = map[string]string{
	"lost": "", "LF": "\n", "CR": "\r", "LF CR": "\n\r", "doubled": "\r\n\r\n", "CR CR LF": "\r\r\n", "CR CR": "\r\r", "LF LF": "\n\n",
	"space": " ", "spaces": "  ", "tab": "\t", "tabs": "\t\t", "typed": `\r\n`, "typed LF": `\n`, "typed CR": `\r`, "named": "<CR><LF>", "in brackets": "[CR][LF]",
	"caret": "^M^J", "hexadecimal": `\x0d\x0a`, "percent": "%0D%0A", "pictures": "␍␊", "record separator": "\x1e", "vertical tab": "\v",
}

func TestMarkIsRestored(t *testing.T) {
	noRace(t)
	spec := testSpec(t)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(1, 2))
	keyboards := map[string]struct {
		do   func(string) string
		want []string
	}{
		"plain":         {func(s string) string { return s }, nil},
		"Russian":       {inRussian, []string{RestoredLayout}},
		"caps":          {withCaps, []string{RestoredCaps}},
		"Russian, caps": {inCapsRussian, []string{RestoredLayout, RestoredCaps}},
	}
	frames := []struct {
		before, after string
		want          []string
	}{{"", "", nil}, {"]Q1", "\r", []string{RestoredFrame}}, {"", "\t", nil}, {"\x02", "\x03\r\n", nil}, {"]Q1 ", "", []string{RestoredFrame}}, {"QR>", "", []string{RestoredFrame}}}
	for i := range 300 {
		f := testFields(rnd, i)
		exact, err := spec.Payload(f)
		if err != nil {
			t.Fatal(err)
		}
		for keyboard, k := range keyboards {
			for ends, sep := range lineEnds {
				frame := frames[rnd.IntN(len(frames))]
				if sep == "␍␊" && k.want != nil {
					continue // no keyboard has these
				}
				sent := frame.before + strings.ReplaceAll(exact, "\r\n", sep) + frame.after
				got := r.Read(k.do(sent))
				if got.Kind != KindMark || got.Mark != f || got.Clean != exact {
					t.Fatalf("%s, %s: %q: got %q, %+v, %v", keyboard, ends, k.do(sent), got.Kind, got.Mark, got.Err)
				}
				want := append(append(slices.Clone(k.want), frame.want...), RestoredSeparators)
				slices.Sort(want)
				have := slices.Sorted(slices.Values(got.Restored))
				if !slices.Equal(have, want) {
					t.Fatalf("%s, %s, frame %q: restored %v, want %v", keyboard, ends, frame.before, have, want)
				}
			}
			got := r.Read(k.do(exact))
			if got.Kind != KindMark || got.Clean != exact || !slices.Equal(got.Restored, k.want) {
				t.Fatalf("%s, line ends kept: %q %v %v", keyboard, got.Kind, got.Restored, got.Err)
			}
		}
	}
}

func TestTrimmedLinesOfAnEmptyValue(t *testing.T) {
	spec := testSpec(t)
	f := testFields(rand.New(rand.NewPCG(3, 3)), 7)
	f.INN, f.KPP = "770000000012", ""
	exact, err := spec.Payload(f)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range strings.Split(exact, "\r\n") {
		lines = append(lines, strings.TrimSpace(l))
	}
	got := NewReader(spec).Read(strings.Join(lines, "\n"))
	if got.Kind != KindMark || got.Clean != exact {
		t.Fatalf("got %q %v", got.Kind, got.Err)
	}
}

func TestIdentifiers(t *testing.T) {
	r := NewReader(testSpec(t))
	for _, c := range []struct {
		text, clean string
		kind        Kind
		restored    []string
	}{
		{"10944022440321", "10944022440321", KindShPI, nil},
		{"109440 22 44032 1", "10944022440321", KindShPI, nil},
		{"]I010944022440321\r\n", "10944022440321", KindShPI, []string{"frame"}},
		{"ъШ010944022440321\r", "10944022440321", KindShPI, []string{"layout", "frame"}},
		{"Ъш010944022440321\r", "10944022440321", KindShPI, []string{"layout", "caps", "frame"}},
		{"  10944022440321\t", "10944022440321", KindShPI, nil},
		{"LS018350611RU", "LS018350611RU", KindS10, nil},
		{"LS 018 350 611 RU", "LS018350611RU", KindS10, nil},
		{"ls018350611ru", "LS018350611RU", KindS10, []string{"caps"}},
		{"ДЫ018350611КГ", "LS018350611RU", KindS10, []string{"layout"}},
		{"ды018350611кг", "LS018350611RU", KindS10, []string{"layout", "caps"}},
		{"]C0EE876543216CA", "EE876543216CA", KindS10, []string{"frame"}},
	} {
		got := r.Read(c.text)
		if got.Kind != c.kind || got.Clean != c.clean || got.Piece() != c.clean || !slices.Equal(got.Restored, c.restored) || got.Err != nil {
			t.Errorf("%q: %+v", c.text, got)
		}
	}
}

func TestWhatIsNoCodeOfAPiece(t *testing.T) {
	spec := testSpec(t)
	r := NewReader(spec)
	exact, err := spec.Payload(mark.Fields{ID: "A1", ShPI: testShPI(1), INN: "7700000016", KPP: "770001001", Value: 8540, Mass: 20, Date: "2026-11-21", From: "101000", To: "190000"})
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) string {
		if !strings.Contains(exact, old) {
			t.Fatalf("%q is not in the mark", old)
		}
		return strings.Replace(exact, old, new, 1)
	}
	var value *postal.ValueError
	for _, c := range []struct {
		text, key string
		is        error
	}{
		{"", "scan.empty", ErrEmpty},
		{" \r\n\t", "scan.empty", ErrEmpty},
		{"]Q1", "scan.empty", ErrEmpty},
		{"10944022440322", "postal.shpi.check", nil},
		{"LS018350612RU", "postal.s10.check", nil},
		{"1094402244032", "scan.foreign.goods", ErrForeign},
		{"4600000000008", "scan.foreign.goods", ErrForeign},
		{"123", "scan.foreign.digits", ErrForeign},
		{"010460000000000821abcde\x1d93xyz", "scan.foreign.goods", ErrForeign},
		{"https://example.ru/x?a=1", "scan.foreign.url", ErrForeign},
		{inRussian("https://example.ru/x?a=1"), "scan.foreign.url", ErrForeign},
		{"ST00012|Name=ООО «Пример»|PersonalAcc=40702810000000000000", "scan.foreign.payment", ErrForeign},
		{inRussian("ST00012|Name=OOO|PersonalAcc=40702810000000000000"), "scan.foreign.payment", ErrForeign},
		{"https://qr.nspk.ru/AS10000000000000000000000000000", "scan.foreign.payment", ErrForeign},
		{"t=20260101T1200&s=100.00&fn=9999078900000000&i=1&fp=1&n=1", "scan.foreign.receipt", ErrForeign},
		{"WIFI:S:office;T:WPA;P:x;;", "scan.foreign.wifi", ErrForeign},
		{"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD", "scan.foreign.contact", ErrForeign},
		{"hello", "scan.foreign.text", ErrForeign},
		{"\xff\xfe", "scan.foreign.text", ErrForeign},
		{"the ID OPM: is on the mark", "scan.foreign.text", ErrForeign},
		{exact[:100], "scan.cut", ErrCut},
		{exact[20:], "scan.cut", ErrCut},
		{exact[:20], "scan.cut", ErrCut},
		{edit("TIN: 7700000016\r\n", ""), "scan.damaged", ErrDamaged},
		{edit("Cost: 85.40", "Cost: 85,40"), "scan.damaged.line", ErrDamaged},
		{edit("Cost: 85.40", "Cost: 85.4"), "scan.damaged.line", ErrDamaged},
		{edit(string(testShPI(1)), "10944022440322"), "scan.damaged.line", ErrDamaged},
		{exact + "0", "scan.damaged.line", ErrDamaged},
		{exact + exact, "scan.ambiguous", ErrAmbiguous},
		{edit("A1", "A1\r\nBarcode: "+string(testShPI(2))), "scan.ambiguous", ErrAmbiguous},
		{strings.ReplaceAll(edit("TRRC: ", "TRRC: 5TRRC: "), "\r\n", ""), "scan.ambiguous", ErrAmbiguous},
		{"ID OPM: Delivery postcode: " + strings.Repeat("Barcode: TIN: TRRC: Cost: Weight: Date: Dispatch postcode: ", 200), "scan.ambiguous", ErrAmbiguous},
		{strings.Repeat(strings.ReplaceAll(exact, "\r\n", ""), 40), "scan.ambiguous", ErrAmbiguous},
	} {
		got := r.Read(c.text)
		key, _, ok := hint.Of(got.Err)
		if got.Kind != KindUnknown && got.Kind != KindPayment || !ok || key != c.key || c.is != nil && !errors.Is(got.Err, c.is) || got.Piece() != "" || (got.Clean == "") != (got.Kind == KindUnknown) || got.Text != c.text {
			t.Errorf("%q: kind %q, hint %q, want %q; %v", c.text, got.Kind, key, c.key, got.Err)
		}
		if c.is == nil && !errors.As(got.Err, &value) {
			t.Errorf("%q: %v is not an error of postal", c.text, got.Err)
		}
	}
}

// TestEverySentenceExists reads the keys out of the sources, so that a new one cannot be forgotten.
func TestEverySentenceExists(t *testing.T) {
	for _, lang := range text.Languages {
		p, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range hintKeys(t) {
			if p.Say(key, nil) == key {
				t.Errorf("%s: no sentence for %s", lang, key)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	spec := testSpec(f)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range 5 {
		exact, err := spec.Payload(testFields(rnd, i))
		if err != nil {
			f.Fatal(err)
		}
		for _, s := range []string{exact, inRussian(exact), inCapsRussian(exact), strings.ReplaceAll(exact, "\r\n", ""), exact[:60], exact + exact} {
			f.Add(s)
		}
	}
	for _, s := range []string{"10944022440321", "]I010944022440321\r", "LS018350611RU", "ST00012|Name=x", "\x00\xff", strings.Repeat("ID OPM: Barcode: TIN: ", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := r.Read(s)
		if got.Text != s {
			t.Fatal("the text as it came was changed")
		}
		if (got.Piece() == "") != (got.Err != nil) || got.Kind == KindUnknown && got.Piece() != "" {
			t.Fatalf("kind %q with error %v, piece %q", got.Kind, got.Err, got.Piece())
		}
		if got.Kind == KindUnknown {
			if _, _, ok := hint.Of(got.Err); !ok {
				t.Fatalf("no sentence for the person: %v", got.Err)
			}
			return
		}
		again := r.Read(got.Clean)
		if again.Kind != got.Kind || again.Piece() != got.Piece() || len(again.Restored) != 0 || again.Mark != got.Mark {
			t.Fatalf("restored text %q reads as %+v", got.Clean, again)
		}
		if got.Kind == KindMark {
			if back, err := spec.Payload(got.Mark); err != nil || back != got.Clean {
				t.Fatalf("mark %q encodes to %q, %v", got.Clean, back, err)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	spec := testSpec(b)
	r := NewReader(spec)
	exact, err := spec.Payload(testFields(rand.New(rand.NewPCG(1, 1)), 1))
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]string{"exact": exact, "restored": inCapsRussian(strings.ReplaceAll(exact, "\r\n", "")), "shpi": "10944022440321"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r.Read(s).Kind == KindUnknown {
					b.Fatal("not read")
				}
			}
		})
	}
}
