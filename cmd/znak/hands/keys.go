package hands

import (
	"fmt"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Keycodes of the main block are the same on every PC keyboard under X: the hardware's scan code and eight.
const (
	keyShift   byte = 50
	keyControl byte = 37
	keyAlt     byte = 64
	keyEnter   byte = 36
	keySpace   byte = 65
)

// usRows are the keys of a US keyboard as they lie, without and with Shift. A scanner presses these keys, whatever layout the computer has chosen for them.
var usRows = []struct {
	first          byte
	plain, shifted string
}{
	{10, `1234567890-=`, `!@#$%^&*()_+`},
	{24, `qwertyuiop[]`, `QWERTYUIOP{}`},
	{38, "asdfghjkl;'`", `ASDFGHJKL:"~`},
	{51, `\zxcvbnm,./`, `|ZXCVBNM<>?`},
	{keySpace, ` `, ` `},
}

// stroke is a key with what is held down meanwhile.
type stroke struct{ key, hold byte }

// strokes are what a scanner set to a US keyboard presses: Enter for a carriage return, Ctrl+J for a line feed.
func strokes(text string) ([]stroke, error) {
	list := make([]stroke, 0, len(text))
	for _, r := range text {
		s, ok := strokeOf(r)
		if !ok {
			return nil, fmt.Errorf("no key for %q", r)
		}
		list = append(list, s)
	}
	return list, nil
}

func strokeOf(r rune) (stroke, bool) {
	switch r {
	case '\r':
		return stroke{key: keyEnter}, true
	case '\n':
		return stroke{key: 44, hold: keyControl}, true // J
	}
	for _, row := range usRows {
		if i := strings.IndexRune(row.plain, r); i >= 0 {
			return stroke{key: row.first + byte(i)}, true
		}
		if i := strings.IndexRune(row.shifted, r); i >= 0 {
			return stroke{key: row.first + byte(i), hold: keyShift}, true
		}
	}
	return stroke{}, false
}

// Scan presses the keys of a text as a scanner does, one each gap of whole milliseconds, and gives the moment after the last one. The display itself keeps the
// time between the keys, so that a busy computer does not make the scanner stutter.
func (h *Hands) Scan(text string, gap time.Duration) (last time.Time, err error) {
	list, err := strokes(text)
	if err != nil {
		return last, err
	}
	for i, s := range list {
		wait := uint32(gap.Milliseconds())
		if i == 0 {
			wait = 0
		}
		if s.hold != 0 {
			h.fake(xproto.KeyPress, s.hold, wait)
			wait = 0
		}
		h.fake(xproto.KeyPress, s.key, wait)
		h.fake(xproto.KeyRelease, s.key, 0)
		if s.hold != 0 {
			h.fake(xproto.KeyRelease, s.hold, 0)
		}
	}
	h.Gap = 0
	_, err = xproto.GetInputFocus(h.conn).Reply() // comes when the display has done all that
	last = time.Now()
	h.measure()
	return last, err
}

// measure finds the longest pause between two keys that the display has really made.
func (h *Hands) measure() {
	var before xproto.Timestamp
	for {
		ev, err := h.conn.PollForEvent()
		if ev == nil && err == nil {
			return
		}
		if press, ok := ev.(xproto.KeyPressEvent); ok {
			if before != 0 {
				h.Gap = max(h.Gap, time.Duration(press.Time-before)*time.Millisecond)
			}
			before = press.Time
		}
	}
}

// The keys that no layout moves, by the names that are on them.
var keysyms = map[string]xproto.Keysym{
	"Esc": 0xff1b, "Enter": 0xff0d, "Tab": 0xff09, "Space": 0x20, "Down": 0xff54, "Up": 0xff52, "Left": 0xff51, "Right": 0xff53, "Backspace": 0xff08,
	"F1": 0xffbe, "F2": 0xffbf, "F3": 0xffc0, "F4": 0xffc1, "F5": 0xffc2, "Caps": 0xffe5,
}

// finger is how long a person's finger is on a key, and between two keys. The toolkit takes presses of one key within a millisecond for one.
const finger = 15 * time.Millisecond

// Press presses keys by name, one after another: "F5", "Enter", "Shift+Tab", "Ctrl+F", "Alt+1".
func (h *Hands) Press(names ...string) error {
	for _, name := range names {
		time.Sleep(finger)
		var hold byte
		if rest, ok := strings.CutPrefix(name, "Shift+"); ok {
			hold, name = keyShift, rest
		} else if rest, ok := strings.CutPrefix(name, "Ctrl+"); ok {
			hold, name = keyControl, rest
		} else if rest, ok := strings.CutPrefix(name, "Alt+"); ok {
			hold, name = keyAlt, rest
		}
		key, ok := h.named[keysyms[name]]
		if !ok && len(name) == 1 {
			s, found := strokeOf(rune(strings.ToLower(name)[0]))
			key, ok = s.key, found
		}
		if !ok {
			return fmt.Errorf("no key %q", name)
		}
		if hold != 0 {
			h.fake(xproto.KeyPress, hold, 0)
		}
		h.fake(xproto.KeyPress, key, 0)
		time.Sleep(finger)
		h.fake(xproto.KeyRelease, key, 0)
		if hold != 0 {
			h.fake(xproto.KeyRelease, hold, 0)
		}
	}
	_, err := xproto.GetInputFocus(h.conn).Reply()
	return err
}

// fake lets a key go down or up after so many milliseconds.
func (h *Hands) fake(event, key byte, wait uint32) {
	xtest.FakeInput(h.conn, event, key, wait, h.root, 0, 0, 0)
}

// learnKeys asks where the named keys are.
func (h *Hands) learnKeys() error {
	setup := xproto.Setup(h.conn)
	first, count := setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)
	m, err := xproto.GetKeyboardMapping(h.conn, first, count).Reply()
	if err != nil {
		return err
	}
	for _, sym := range keysyms {
		for i := range int(count) {
			if m.Keysyms[i*int(m.KeysymsPerKeycode)] == sym {
				h.named[sym] = byte(first) + byte(i)
				break
			}
		}
	}
	return nil
}
