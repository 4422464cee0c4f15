package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf16"

	"github.com/signintech/gopdf"

	"znak/printer/page"
)

// embed writes the fonts the pages have used, with only the glyphs they have used, and returns the entries of the resources' font dictionary.
//
// gopdf makes the fonts, in a document of its own without pages; from there they are copied. Only the table from glyphs
// back to characters is made here: gopdf's breaks the rule of at most a hundred entries a block and gives a code range with holes.
func (d *Document) embed() ([]byte, error) {
	var lib gopdf.GoPdf
	lib.Start(gopdf.Config{PageSize: gopdf.Rect{W: 100, H: 100}})
	var missing []rune
	var fonts []int // numbers of the used ones
	var chars [len(faces)][]rune
	for f, set := range d.used {
		if set == nil {
			continue
		}
		for r, used := range set {
			if used {
				chars[f] = append(chars[f], rune(r))
			}
		}
		name := subsetName(faces[f], chars[f])
		option := gopdf.TtfOption{OnGlyphNotFound: func(r rune) { missing = append(missing, r) }}
		if err := lib.AddTTFFontDataWithOption(name, faces[f].TTF(), option); err != nil {
			return nil, fmt.Errorf("embed font %s: %w", faces[f], err)
		}
		if err := lib.SetFont(name, "", 10); err != nil {
			return nil, fmt.Errorf("embed font %s: %w", faces[f], err)
		}
		// measuring marks the glyphs as used
		if _, err := lib.MeasureTextWidth(string(chars[f])); err != nil {
			return nil, fmt.Errorf("embed font %s: %w", faces[f], err)
		}
		if missing != nil {
			return nil, &page.MissingGlyphError{Font: faces[f], Text: string(missing), Runes: missing}
		}
		fonts = append(fonts, f)
	}
	if len(fonts) == 0 {
		return nil, nil
	}
	var made bytes.Buffer
	if _, err := lib.WriteTo(&made); err != nil {
		return nil, fmt.Errorf("embed fonts: %w", err)
	}
	from, err := parse(made.Bytes())
	if err != nil {
		return nil, err
	}
	var entries []byte
	for i, f := range fonts {
		id, err := from.font(i + 1) // gopdf counts the fonts as they were added
		if err != nil {
			return nil, err
		}
		unicode := d.reserve()
		d.stream(unicode, "", toUnicode(faces[f], chars[f]))
		copied, err := d.copy(from, id, unicode, map[int]int{})
		if err != nil {
			return nil, err
		}
		entries = fmt.Appendf(entries, "/F%d %d 0 R", f+1, copied)
	}
	return entries, nil
}

// subsetName is the font's name with the six letters that the standard wants before a subset's.
func subsetName(f page.Font, chars []rune) string {
	sum := sha256.Sum256([]byte(string(chars)))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag) + "+" + map[page.Font]string{page.Sans: "PTSans", page.Bold: "PTSans-Bold", page.Narrow: "PTSans-Narrow",
		page.NarrowBold: "PTSans-NarrowBold", page.Mono: "PTMono", page.MonoBold: "PTMono-Bold"}[f]
}

// toUnicode is the table by which a reader turns glyphs back into text.
func toUnicode(f page.Font, chars []rune) []byte {
	b := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	seen := make(map[uint16]bool)
	var entries [][]byte
	for _, r := range chars {
		g, _ := f.Glyph(r)
		if seen[g.Index] { // two characters of one picture, as space and no-break space: the first is the plainer
			continue
		}
		seen[g.Index] = true
		entries = append(entries, fmt.Appendf(nil, "<%04X><%s>\n", g.Index, hex16(utf16.Encode([]rune{r}))))
	}
	for len(entries) > 0 {
		n := min(100, len(entries))
		b = fmt.Appendf(b, "%d beginbfchar\n%sendbfchar\n", n, bytes.Join(entries[:n], nil))
		entries = entries[n:]
	}
	return append(b, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}

// objects are the parts of a PDF by number, each without its "n 0 obj" and "endobj".
type objects map[int][]byte

var (
	reference = regexp.MustCompile(`\b(\d+) 0 R\b`)
	backTable = regexp.MustCompile(`/ToUnicode \d+ 0 R`)
)

// parse finds the objects of a PDF by its cross-reference table, which must be one plain table.
func parse(b []byte) (objects, error) {
	broken := errors.New("embed fonts: unexpected layout of the made fonts")
	i := bytes.LastIndex(b, []byte("startxref\n"))
	if i < 0 {
		return nil, broken
	}
	var table, count int
	if _, err := fmt.Sscanf(string(b[i:]), "startxref\n%d", &table); err != nil || table >= len(b) {
		return nil, broken
	}
	if _, err := fmt.Sscanf(string(b[table:]), "xref\n0 %d\n", &count); err != nil {
		return nil, broken
	}
	const line = 20
	rows := b[table+len("xref\n")+len("0 ")+len(strconv.Itoa(count))+1:]
	out := make(objects)
	end := table // objects lie in the order of their numbers
	for id := count - 1; id > 0; id-- {
		if len(rows) < (id+1)*line {
			return nil, broken
		}
		at, err := strconv.Atoi(string(rows[id*line : id*line+10]))
		if err != nil || at > end {
			return nil, broken
		}
		body, ok := bytes.CutPrefix(b[at:end], fmt.Appendf(nil, "%d 0 obj\n", id))
		if !ok {
			return nil, broken
		}
		if body, ok = bytes.CutSuffix(bytes.TrimRight(body, "\n"), []byte("endobj")); !ok {
			return nil, broken
		}
		out[id] = body
		end = at
	}
	return out, nil
}

// font is the object of the n-th font by the resources.
func (o objects) font(n int) (int, error) {
	entry := regexp.MustCompile(fmt.Sprintf(`/F%d (\d+) 0 R`, n))
	for _, body := range o {
		if bytes.Contains(body, []byte("/ProcSet")) {
			if m := entry.FindSubmatch(body); m != nil {
				return strconv.Atoi(string(m[1]))
			}
		}
	}
	return 0, fmt.Errorf("embed fonts: font %d was not made", n)
}

// copy writes an object of another PDF and all it refers to, and returns its number here. done holds what was copied before.
func (d *Document) copy(from objects, id, unicode int, done map[int]int) (int, error) {
	if to, ok := done[id]; ok {
		return to, nil
	}
	body, ok := from[id]
	if !ok {
		return 0, fmt.Errorf("embed fonts: object %d was not made", id)
	}
	to := d.reserve()
	done[id] = to
	dict, data, isStream := bytes.Cut(body, []byte("stream\n"))
	var err error
	mark := []byte("/ToUnicode @") // not copied: there is our own
	dict = backTable.ReplaceAll(dict, mark)
	dict = reference.ReplaceAllFunc(dict, func(ref []byte) []byte {
		n, _ := strconv.Atoi(string(bytes.TrimSuffix(ref, []byte(" 0 R"))))
		var id int
		if id, err = d.copy(from, n, unicode, done); err != nil {
			return ref
		}
		return fmt.Appendf(nil, "%d 0 R", id)
	})
	if err != nil {
		return 0, err
	}
	dict = bytes.ReplaceAll(dict, mark, fmt.Appendf(nil, "/ToUnicode %d 0 R", unicode))
	d.offsets[to] = d.at
	d.printf("%d 0 obj\n", to)
	d.write(dict)
	if isStream {
		d.printf("stream\n")
		d.write(data)
	}
	d.printf("\nendobj\n")
	return to, nil
}
