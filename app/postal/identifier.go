package postal

import "strings"

// ShPI is a domestic identifier (ШПИ): 14 digits, six of the assigning office, two of a cyclic counter
// 01–99 (not a calendar month), five of a number, and a check digit. facts/online-mark.md §3.
type ShPI string

// ParseShPI accepts 14 digits with a right check digit, with or without spaces between the groups.
func ParseShPI(s string) (ShPI, error) {
	t := strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	switch {
	case len(t) != 14 || !allDigits(t):
		return "", &ValueError{What: "shpi", Value: s, Reason: "shpi.shape"}
	case t[13] != ShPICheckDigit(t[:13]):
		return "", &ValueError{What: "shpi", Value: s, Reason: "shpi.check"}
	}
	return ShPI(t), nil
}

// ShPICheckDigit computes the 14th digit from the first 13: three times the digits in odd places and once those in
// even places, up to the next ten. It panics on other lengths, which is a programmer's mistake.
func ShPICheckDigit(first13 string) byte {
	if len(first13) != 13 {
		panic("postal: ShPICheckDigit needs 13 digits")
	}
	sum := 0
	for i := 0; i < 13; i++ {
		d := int(first13[i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

// Groups gives the four groups in which the digits are printed: NNNNNN NN NNNNN N.
func (s ShPI) Groups() []string {
	if len(s) != 14 {
		return []string{string(s)}
	}
	t := string(s)
	return []string{t[:6], t[6:8], t[8:13], t[13:]}
}

// Grouped writes the groups with spaces between them.
func (s ShPI) Grouped() string { return strings.Join(s.Groups(), " ") }

// S10 is an international identifier of UPU standard S10: two letters, eight digits, a check digit, a country.
type S10 string

// ParseS10 accepts 13 characters of the form AA999999999CC with a right check digit; lower case is raised.
func ParseS10(s string) (S10, error) {
	t := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	if len(t) != 13 || !allLetters(t[:2]) || !allDigits(t[2:11]) || !allLetters(t[11:]) {
		return "", &ValueError{What: "s10", Value: s, Reason: "s10.shape"}
	}
	if t[10] != S10CheckDigit(t[2:10]) {
		return "", &ValueError{What: "s10", Value: s, Reason: "s10.check"}
	}
	return S10(t), nil
}

// S10CheckDigit computes the check digit of eight digits with the weights 8 6 4 2 3 5 9 7. It panics on other lengths.
func S10CheckDigit(eight string) byte {
	if len(eight) != 8 {
		panic("postal: S10CheckDigit needs 8 digits")
	}
	sum := 0
	for i, w := range [8]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += w * int(eight[i]-'0')
	}
	switch c := 11 - sum%11; c {
	case 10:
		return '0'
	case 11:
		return '5'
	default:
		return byte('0' + c)
	}
}

func allLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return s != ""
}
