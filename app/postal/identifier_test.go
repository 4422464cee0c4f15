package postal

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestShPIVectors(t *testing.T) {
	for _, v := range vectors(t, "shpi.txt") {
		got, err := ParseShPI(v)
		if err != nil || string(got) != v {
			t.Errorf("%s: %s, %v", v, got, err)
		}
		if c := ShPICheckDigit(v[:13]); c != v[13] {
			t.Errorf("%s: check digit %c", v, c)
		}
		// Any one wrong digit is found.
		for i := range v {
			for d := byte('0'); d <= '9'; d++ {
				if d == v[i] {
					continue
				}
				bad := v[:i] + string(d) + v[i+1:]
				if _, err := ParseShPI(bad); err == nil {
					t.Errorf("%s passed for %s", bad, v)
				}
			}
		}
	}
}

func TestShPIShapes(t *testing.T) {
	const good ShPI = "80092578900475"
	for _, s := range []string{"80092578900475", " 80092578900475\t", "800925 78 90047 5", "8 0 0 9 2 5 7 8 9 0 0 4 7 5"} {
		if got, err := ParseShPI(s); got != good || err != nil {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for s, reason := range map[string]string{
		"": "shpi.shape", "8009257890047": "shpi.shape", "800925789004750": "shpi.shape", "8009257890047Б": "shpi.shape", "80092578900-75": "shpi.shape",
		"８0092578900475": "shpi.shape", "80092578900476": "shpi.check", "00000000000001": "shpi.check", "LS018350611RU": "shpi.shape",
	} {
		_, err := ParseShPI(s)
		checkReason(t, s, err, "shpi", reason)
	}
	if g := good.Grouped(); g != "800925 78 90047 5" {
		t.Errorf("grouped %q", g)
	}
	if g := ShPI("short").Groups(); !reflect.DeepEqual(g, []string{"short"}) {
		t.Errorf("%q", g)
	}
	// Digits 7 and 8 are a cyclic counter, not a month.
	for month := range 100 {
		first := fmt.Sprintf("000000%02d00001", month)
		if _, err := ParseShPI(first + string(ShPICheckDigit(first))); err != nil {
			t.Errorf("counter %02d: %v", month, err)
		}
	}
}

func checkReason(t *testing.T, s string, err error, what, reason string) {
	t.Helper()
	var v *ValueError
	if !errors.As(err, &v) || v.What != what || v.Reason != reason || v.Value != s {
		t.Errorf("%q: %v, want %s", s, err, reason)
		return
	}
	if key, args := v.HintKey(); key != "postal."+reason || args["Value"] != s {
		t.Errorf("%q: hint %q %v", s, key, args)
	}
}

func TestS10Vectors(t *testing.T) {
	for _, v := range vectors(t, "s10.txt") {
		got, err := ParseS10(v)
		if err != nil || string(got) != v {
			t.Errorf("%s: %s, %v", v, got, err)
		}
		if got, err := ParseS10(" " + strings.ToLower(v[:2]) + " " + v[2:11] + " " + strings.ToLower(v[11:])); err != nil || string(got) != v {
			t.Errorf("%s typed otherwise: %s, %v", v, got, err)
		}
		for i := 2; i < 10; i++ {
			if v[i] == '9' {
				continue
			}
			bad := v[:i] + string(v[i]+1) + v[i+1:]
			if _, err := ParseS10(bad); err == nil && v[10] != '0' && v[10] != '5' { // two remainders share those digits with others
				t.Errorf("%s passed for %s", bad, v)
			}
		}
	}
	for s, reason := range map[string]string{
		"": "s10.shape", "LS018350611R": "s10.shape", "L5018350611RU": "s10.shape", "LSO18350611RU": "s10.shape", "LS018350612RU": "s10.check",
		"ЛС018350611РУ": "s10.shape", "80092578900475": "s10.shape", "LS018350611RU1": "s10.shape",
	} {
		_, err := ParseS10(s)
		checkReason(t, s, err, "s10", reason)
	}
}

func TestCheckDigitsWantTheirLength(t *testing.T) {
	for name, f := range map[string]func(){"ШПИ": func() { ShPICheckDigit("1") }, "S10": func() { S10CheckDigit("1") }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func FuzzParseShPI(f *testing.F) {
	for _, v := range vectors(f, "shpi.txt") {
		f.Add(v)
		f.Add(ShPI(v).Grouped())
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseShPI(s)
		if err != nil {
			if got != "" {
				t.Errorf("%q: %q beside %v", s, got, err)
			}
			return
		}
		if len(got) != 14 || strings.Trim(string(got), "0123456789") != "" || got[13] != ShPICheckDigit(string(got[:13])) {
			t.Errorf("%q gave %q", s, got)
		}
		if again, err := ParseShPI(got.Grouped()); again != got || err != nil {
			t.Errorf("%q: %q, %v", got, again, err)
		}
	})
}

func FuzzParseS10(f *testing.F) {
	for _, v := range vectors(f, "s10.txt") {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseS10(s)
		if err != nil {
			if got != "" {
				t.Errorf("%q: %q beside %v", s, got, err)
			}
			return
		}
		if len(got) != 13 || got[10] != S10CheckDigit(string(got[2:10])) {
			t.Errorf("%q gave %q", s, got)
		}
		if again, err := ParseS10(string(got)); again != got || err != nil {
			t.Errorf("%q: %q, %v", got, again, err)
		}
	})
}
