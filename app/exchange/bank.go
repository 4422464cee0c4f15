package exchange

import (
	"regexp"
	"strings"
)

// The checks of requisites a bank makes too. Weights and vectors: facts/desks.md §6.3.

// ValidINN reports whether s is a taxpayer's number of an organisation (10 digits) or a person (12) with right check digits.
func ValidINN(s string) bool {
	if !isDigits(s) {
		return false
	}
	check := func(weights ...int) bool {
		sum := 0
		for i, w := range weights {
			sum += w * int(s[i]-'0')
		}
		return sum%11%10 == int(s[len(weights)]-'0')
	}
	switch len(s) {
	case 10:
		return check(2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return check(7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && check(3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return false
}

var (
	kppShape = regexp.MustCompile(`^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$`)
	bicShape = regexp.MustCompile(`^[0-9]{9}$`)
)

// ValidKPP reports whether s has the shape of a reason code of registration.
func ValidKPP(s string) bool { return kppShape.MatchString(s) }

// ValidBIC reports whether s has the shape of a bank's code.
func ValidBIC(s string) bool { return bicShape.MatchString(s) }

// ValidAccount reports whether the account's check digit fits the bank. Accounts in the treasury (a BIC that begins with 01) follow other rules
// and are taken as they are; so are those in the Bank of Russia's own offices (a BIC that ends in 000, 001 or 002), where the sources do not
// say which key holds.
func ValidAccount(account, bic string) bool {
	if len(account) != 20 || !isDigits(account) || !ValidBIC(bic) {
		return false
	}
	if strings.HasPrefix(bic, "01") || bic[6:8] == "00" && bic[8] <= '2' {
		return true
	}
	return keyHolds(bic[6:9] + account)
}

// ValidCorrespondent reports whether the correspondent account's check digit fits the bank.
func ValidCorrespondent(account, bic string) bool {
	if len(account) != 20 || !isDigits(account) || !ValidBIC(bic) {
		return false
	}
	if strings.HasPrefix(bic, "01") {
		return true
	}
	return keyHolds("0" + bic[4:6] + account)
}

// keyHolds computes the control key: weights 7, 1, 3 in turn, the last digits of the products add up to whole tens.
func keyHolds(digits string) bool {
	sum := 0
	for i := range digits {
		sum += int(digits[i]-'0') * [3]int{7, 1, 3}[i%3] % 10
	}
	return sum%10 == 0
}
