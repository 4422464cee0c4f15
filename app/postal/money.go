package postal

import (
	"fmt"
	"strconv"
	"strings"
)

// Kopecks is a sum of money in whole kopecks, the only form money has inside the program.
type Kopecks int64

// Decimal writes the sum as roubles with a point and two digits, "85.40": the form of files and of the mark.
func (k Kopecks) Decimal() string {
	sign, v := "", uint64(k)
	if k < 0 {
		sign, v = "-", uint64(-k)
	}
	return fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
}

// Office writes the sum as the office does: narrow no-break spaces between thousands, a comma, the sign after it: "117 564,00 ₽".
func (k Kopecks) Office() string {
	s := k.Decimal()
	sign := ""
	if s[0] == '-' {
		sign, s = "–", s[1:] // the en dash: fewer typefaces have the minus sign
	}
	whole, cents, _ := strings.Cut(s, ".")
	return sign + GroupThousands(whole) + "," + cents + "\u00a0₽"
}

// RoublesKopecks gives the two parts of a non-negative sum, for "85 руб 40 коп".
func (k Kopecks) RoublesKopecks() (roubles, kopecks int64) { return int64(k) / 100, int64(k) % 100 }

// ParseKopecks reads "85.40", "85,40", "85" or "85.4" (roubles) exactly; anything else is an error.
func ParseKopecks(s string) (Kopecks, error) {
	t := strings.TrimSpace(strings.Replace(s, ",", ".", 1))
	negative := strings.HasPrefix(t, "-")
	t = strings.TrimPrefix(t, "-")
	whole, cents, has := strings.Cut(t, ".")
	if !allDigits(whole) || len(whole) > 15 || has && (!allDigits(cents) || len(cents) > 2) {
		return 0, &ValueError{What: "sum", Value: s, Reason: "sum.shape"}
	}
	for len(cents) < 2 {
		cents += "0"
	}
	w, _ := strconv.ParseInt(whole, 10, 64)
	c, _ := strconv.ParseInt(cents, 10, 64)
	v := Kopecks(w*100 + c)
	if negative {
		v = -v
	}
	return v, nil
}

// GroupThousands puts narrow no-break spaces between the thousands of a string of digits: "117564" becomes "117 564".
func GroupThousands(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Grams is the mass of a piece in whole grams.
type Grams int

func allDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
