package scan

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"znak/app/hint"
)

// TestEveryByteComesBack types every byte value through the Russian layout, with Caps Lock off and on, and undoes it. A key types no control
// character and none above 0x7E; those reach the station past the layout and must stay as they are.
func TestEveryByteComesBack(t *testing.T) {
	for b := range 256 {
		sent := string([]byte{byte(b)})
		typeable := b >= ' ' && b <= '~'
		for name, caps := range map[string]bool{"caps off": false, "caps on": true} {
			typed := sent
			if typeable {
				typed = inRussian(sent)
				if caps {
					typed = withCaps(typed)
				}
			}
			back := typed
			if caps && typeable {
				back = undoCaps(back)
			}
			us, ok := undoLayout(back)
			if b >= 0x80 { // no character by itself: nothing may be made of it
				if ok {
					t.Errorf("byte %02x, %s: %q came back as %q", b, name, typed, us)
				}
				continue
			}
			if !ok || us != sent {
				t.Errorf("byte %02x, %s: typed %q, came back %q, %v", b, name, typed, us, ok)
			}
		}
	}
}

// TestEveryByteInsideAMark sends marks whose identity holds every printable character through both layouts and Caps Lock states.
func TestEveryByteInsideAMark(t *testing.T) {
	spec := testSpec(t)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(11, 11))
	n := 0
	for c := byte('!'); c <= '~'; c++ {
		f := testFields(rnd, int(c))
		f.ID = "A" + string(c) + "Z" + string(c) + "7"
		exact, err := spec.Payload(f)
		if err != nil {
			continue // the mark does not take it
		}
		n++
		for name, way := range map[string]func(string) string{"plain": strings.Clone, "Russian": inRussian, "caps": withCaps, "Russian, caps": inCapsRussian} {
			if got := r.Read(way(exact)); got.Kind != KindMark || got.Clean != exact {
				t.Errorf("%q, %s: %v, %v", c, name, got.Kind, got.Err)
			}
		}
	}
	if n < 90 {
		t.Errorf("only %d characters fit into a mark", n)
	}
}

// keyboard is what a set-up code becomes on its way.
type keyboard struct {
	layout         func(string) string
	prefix, suffix string
	end, lines     string
	drop           string // characters that get lost
	swap           map[rune]rune
}

func (k keyboard) send(text string) string {
	text = strings.ReplaceAll(k.prefix+text+k.suffix, "\r\n", "\x01")
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(k.drop, r) {
			return -1
		}
		if s, ok := k.swap[r]; ok {
			return s
		}
		return r
	}, text)
	parts := strings.Split(text, "\x01")
	for i := range parts {
		parts[i] = k.layout(parts[i])
	}
	return strings.Join(parts, k.lines) + k.end
}

func TestLearn(t *testing.T) {
	for name, c := range map[string]struct {
		k      keyboard
		layout string
		lost   []Lost
	}{
		"plain":                     {keyboard{layout: strings.Clone, end: "\r", lines: "\r"}, "", nil},
		"as it is":                  {keyboard{layout: strings.Clone, lines: "\r\n"}, "", nil},
		"Russian":                   {keyboard{layout: inRussian, end: "\r", lines: "\r"}, "layout", nil},
		"caps":                      {keyboard{layout: withCaps, end: "\t", lines: "\r"}, "caps", nil},
		"Russian, caps":             {keyboard{layout: inCapsRussian, end: "\r\n", lines: "\n"}, "layout+caps", nil},
		"prefix and suffix":         {keyboard{layout: inRussian, prefix: "X1:", suffix: "#q", end: "\r", lines: "\r"}, "layout", nil},
		"line ends lost":            {keyboard{layout: strings.Clone, prefix: "\x02", suffix: "", end: "\x03", lines: ""}, "", nil},
		"line ends spelled":         {keyboard{layout: strings.Clone, end: "\r", lines: `\x0d\x0a`}, "", nil},
		"two lost":                  {keyboard{layout: strings.Clone, end: "\r", lines: "\r", drop: "{~"}, "", []Lost{{Char: "{"}, {Char: "~"}}},
		"one other":                 {keyboard{layout: strings.Clone, end: "\r", lines: "\r", swap: map[rune]rune{'|': '¦'}}, "", []Lost{{"|", "¦"}}},
		"lost in the Russian":       {keyboard{layout: inRussian, end: "\r", lines: "\r", drop: "`"}, "layout", []Lost{{Char: "`"}}},
		"the space lost":            {keyboard{layout: strings.Clone, end: "\r", lines: "\r", drop: " "}, "", []Lost{{Char: " "}}},
		"a whole row is something":  {keyboard{layout: strings.Clone, end: "\r", lines: "\r", swap: map[rune]rune{'{': 'é', '|': 'è', '}': 'à'}}, "", []Lost{{"{", "é"}, {"|", "è"}, {"}", "à"}}},
		"an identifier of the code": {keyboard{layout: strings.Clone, prefix: "]Q1", end: "\r", lines: "\r"}, "", nil},
	} {
		got, err := Learn(c.k.send(SetupText()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		prefix := c.k.prefix
		if prefix == "]Q1" {
			prefix = ""
			if !got.Profile.AIM {
				t.Errorf("%s: the identifier is not known", name)
			}
		}
		want := Profile{Prefix: prefix, Suffix: c.k.suffix, End: c.k.end, Layout: c.layout, Lines: c.k.lines, AIM: got.Profile.AIM}
		if got.Profile != want || !slices.Equal(got.Lost, c.lost) {
			t.Errorf("%s: %+v, lost %v; want %+v, lost %v", name, got.Profile, got.Lost, want, c.lost)
		}
	}
	for name, c := range map[string]struct {
		text, key string
		is        error
	}{
		"nothing":        {"", "scan.setup.other", ErrNoSetup},
		"a letter":       {"10944022440321\r", "scan.setup.other", ErrNoSetup},
		"the first half": {SetupText()[:40], "scan.setup.halfway", ErrHalfway},
		"German keys":    {strings.NewReplacer("Z", "Y", "Y", "Z", "z", "y", "y", "z", ":", "Ö", "-", "ß").Replace(SetupText()), "scan.setup.layout", ErrNoSetup},
		"far too long":   {strings.Repeat(SetupText(), 20), "scan.setup.other", ErrNoSetup},
	} {
		_, err := Learn(c.text)
		if key, _, _ := hint.Of(err); key != c.key || !errors.Is(err, c.is) {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
	if n := len(Characters()); n != 95 {
		t.Errorf("%d characters, want 95", n)
	}
}

// TestStrip learns a scanner and reads codes through it, in every layout.
func TestStrip(t *testing.T) {
	spec := testSpec(t)
	r := NewReader(spec)
	rnd := rand.New(rand.NewPCG(12, 12))
	for _, prefix := range []string{"", "X", "D:", "scan{"} {
		for _, suffix := range []string{"", "z", "#9"} {
			k := keyboard{layout: strings.Clone, prefix: prefix, suffix: suffix, end: "\r", lines: "\r"}
			learned, err := Learn(k.send(SetupText()))
			if err != nil {
				t.Fatal(err)
			}
			for i := range 20 {
				exact, err := spec.Payload(testFields(rnd, i))
				if err != nil {
					t.Fatal(err)
				}
				id := string(testShPI(i))
				for _, layout := range []func(string) string{strings.Clone, inRussian, withCaps, inCapsRussian} {
					k.layout = layout
					if got := r.Read(learned.Profile.Strip(k.send(exact))); got.Clean != exact {
						t.Errorf("%q, %q: mark %v", prefix, suffix, got.Err)
					}
					if got := r.Read(learned.Profile.Strip(k.send(id))); got.Clean != id {
						t.Errorf("%q, %q: %q, %v", prefix, suffix, k.send(id), got.Err)
					}
				}
			}
		}
	}
}

func TestCommands(t *testing.T) {
	r := NewReader(testSpec(t))
	seen := map[string]bool{}
	for _, c := range Commands {
		text := c.Text()
		if seen[text] || strings.ToUpper(text) != text || strings.ContainsFunc(text, unicode.IsSpace) {
			t.Errorf("%q is no good code", text)
		}
		seen[text] = true
		for _, typed := range []string{text, text + "\r", inRussian(text), withCaps(text) + "\r", inCapsRussian(text), "]Q1" + text} {
			if got := r.Read(typed); got.Kind != KindCommand || got.Command != c || got.Piece() != "" || got.Err == nil {
				t.Errorf("%q: %+v", typed, got)
			}
		}
	}
	for text, want := range map[string]Kind{
		"ZNAK:CMD:FLY": KindUnknown, "ZNAK:CMD:": KindUnknown, "ZNAK:ID:ab!": KindUnknown, "ZNAK:ID:JBSWY3DPEHPK3PXP": KindBadge,
		"znak:id:": KindUnknown, "ST00012|Name=x": KindPayment, "https://qr.nspk.ru/AS1": KindPayment, SetupText(): KindSetup,
	} {
		if got := r.Read(text); got.Kind != want || got.Err == nil {
			t.Errorf("%q: %q, %v", text, got.Kind, got.Err)
		}
	}
	if got := r.Read(inCapsRussian(BadgeText("aB3-x_9"))); got.Badge != "aB3-x_9" {
		t.Errorf("the token came as %q", got.Badge)
	}
	pair := NewPairing(true).Take(r.Read(CommandPrint.Text()))
	if len(pair) != 1 || pair[0].Verdict != VerdictUnreadable || pair[0].Err == nil {
		t.Errorf("a command among letters: %+v", pair)
	}
}

func FuzzLearn(f *testing.F) {
	for _, s := range []string{SetupText(), inRussian(SetupText()), inCapsRussian(SetupText()), SetupText()[:50], "X" + SetupText() + "Y\r", "ZNAK:SETUP:1ZNAK:END"} {
		f.Add(s)
	}
	r := NewReader(testSpec(f))
	f.Fuzz(func(t *testing.T, s string) {
		l, err := Learn(s)
		if _, _, ok := hint.Of(err); err != nil && !ok {
			t.Fatalf("no sentence for %v", err)
		}
		if err == nil && len(l.Lost) > 95 {
			t.Fatalf("%d characters lost of 95", len(l.Lost))
		}
		l.Profile.Strip(s)
		if got := r.Read(s); got.Kind == KindBadge && !goodToken(got.Badge) {
			t.Fatalf("token %q", got.Badge)
		}
	})
}
