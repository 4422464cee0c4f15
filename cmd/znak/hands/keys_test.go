package hands

import "testing"

// Every character that a code may hold has a key of its own, and no two have the same.
func TestEveryCharacterHasItsKey(t *testing.T) {
	keys := map[stroke]rune{}
	for r := ' '; r <= '~'; r++ {
		list, err := strokes(string(r))
		if err != nil {
			t.Error(err)
			continue
		}
		if other, taken := keys[list[0]]; taken {
			t.Errorf("%q and %q are the same key", r, other)
		}
		keys[list[0]] = r
	}
	if _, err := strokes("ё"); err == nil {
		t.Error("a US keyboard has no ё")
	}
}
