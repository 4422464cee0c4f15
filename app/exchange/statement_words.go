package exchange

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

//go:embed clientbank.toml
var clientBankFile string

// clientBank are the words of the format, folded, and what statement.go calls them.
type clientBank struct {
	Lines     map[string]string `toml:"lines"`
	Encodings map[string]string `toml:"encodings"`
	Header    map[string]string `toml:"header"`
	Account   map[string]string `toml:"account"`
	Document  map[string]string `toml:"document"`
	Words     struct {
		INN string `toml:"inn"`
	} `toml:"words"`

	encodingKey string // the header's word for the encoding, folded
}

// clientBankWords reads the data file once; it is part of the program and never changes.
var clientBankWords = sync.OnceValues(func() (*clientBank, error) {
	c := &clientBank{}
	if _, err := toml.Decode(clientBankFile, c); err != nil {
		return nil, fmt.Errorf("clientbank.toml: %w", err)
	}
	for _, table := range []*map[string]string{&c.Lines, &c.Encodings, &c.Header, &c.Account, &c.Document} {
		folded := make(map[string]string, len(*table))
		for k, v := range *table {
			folded[foldKey(k)] = v
		}
		*table = folded
	}
	for k, v := range c.Header {
		if v == "encoding" {
			c.encodingKey = k
		}
	}
	return c, nil
})

func foldKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// The encodings a statement may have.
const (
	encodingUTF8  = "utf-8"
	encodingUTF16 = "utf-16"
	encoding1251  = "windows-1251"
	encoding866   = "ibm866"
)

// decode turns a file into text. The bytes decide before the file's own word for its encoding, which is often left over from
// another program: a mark or sound UTF-8 first, then the one of cp1251 and cp866 in which the header's words are words.
// declared is what the file says, "" where it says nothing this program knows; used is what was taken.
func (c *clientBank) decode(raw []byte) (text, used, declared string, err error) {
	bom := func(mark string) bool { return strings.HasPrefix(string(raw[:min(len(raw), 3)]), mark) }
	switch {
	case bom("\xef\xbb\xbf"):
		text, used = string(raw[3:]), encodingUTF8
	case bom("\xff\xfe"), bom("\xfe\xff"):
		used = encodingUTF16
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
		if err != nil {
			return "", used, "", err
		}
		text = string(decoded)
	case utf8.Valid(raw):
		text, used = string(raw), encodingUTF8
	default:
		best := -1
		for _, try := range []struct {
			name string
			from *charmap.Charmap
		}{{encoding1251, charmap.Windows1251}, {encoding866, charmap.CodePage866}} {
			decoded, err := try.from.NewDecoder().Bytes(raw)
			if err != nil {
				return "", try.name, "", err
			}
			if n := c.known(string(decoded)); n > best {
				best, text, used = n, string(decoded), try.name
			}
		}
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	return text, used, c.declared(text), nil
}

// known counts the lines of the file's beginning that start with a word of the format.
func (c *clientBank) known(text string) int {
	n := 0
	lines := 0
	for line := range strings.Lines(text) {
		if lines++; lines > 200 {
			break
		}
		key, _, _ := strings.Cut(line, "=")
		key = foldKey(key)
		if c.Lines[key] != "" || c.Header[key] != "" || c.Account[key] != "" || c.Document[key] != "" {
			n++
		}
	}
	return n
}

// declared is the encoding that the header names.
func (c *clientBank) declared(text string) string {
	lines := 0
	for line := range strings.Lines(text) {
		if lines++; lines > 50 {
			break
		}
		if key, value, ok := strings.Cut(line, "="); ok && foldKey(key) == c.encodingKey {
			return c.Encodings[foldKey(value)]
		}
	}
	return ""
}
