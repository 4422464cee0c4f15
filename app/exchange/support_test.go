package exchange

import (
	"strings"
	"testing"
)

func TestMaskTextLeavesOnlyTheFault(t *testing.T) {
	for in, want := range map[string]string{
		`post: 500 internal server error`:                                         `post: 500 internal server error`,
		`checkin of batch 70123456: not enough money: needed 12345.67`:            `checkin of batch * not enough money: needed *`,
		`Get "https://otpravka-api.pochta.ru/1.0/batch/1": dial tcp 10.0.0.5:443`: `* * dial tcp *`,
		`recipient Щёголева Ксения, Москва, Мясницкая 26`:                         `* * * * * 26`,
		`unknown field "Иван Петров из Вымышленска" in answer`:                    `unknown field * * * * in answer`,
		`token AbC123xyz refused`:                                                 `token * refused`,
		`shpi 80101126123456 «получатель неизвестен» and more`:                    `shpi * * * and more`,
		`Иванова, kv. 12`:                                                         `* * 12`,
		`verylongsecretwordwithoutdigits`:                                         `*`,
		`can't open`:                                                              `* open`,
	} {
		if got := maskText(in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

func FuzzMaskText(f *testing.F) {
	f.Add(`batch 70123456: "Щёголева" AbC1`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, word := range strings.Fields(maskText(s)) {
			if bare := strings.Trim(word, ".,:;()"); word != "*" && !plainWord(bare) {
				t.Fatalf("%q lets %q through", s, word)
			}
		}
	})
}

func TestMasksAreStable(t *testing.T) {
	m := newMasks()
	if a, b, c := m.piece.of("80101126123456"), m.piece.of("80101126123463"), m.piece.of("80101126123456"); a != "000000********1" || b != "000000********2" || c != a {
		t.Errorf("%s %s %s", a, b, c)
	}
	if m.batch.of("") != "" {
		t.Error("nothing has a mask")
	}
}
