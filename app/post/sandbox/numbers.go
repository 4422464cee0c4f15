package sandbox

import (
	"fmt"
	"math/rand/v2"
)

// Ranges that cannot be real.
const (
	// technicalIndex stands where a real ШПИ has the index of the office or its ДТИ; real ones begin at 100000
	// (facts/online-mark.md §3, facts/otpravka-api.md §8.4).
	technicalIndex = "000000"
	// firstID is above 2³¹ so that a 32-bit integer on the client's side is caught (facts/otpravka-api.md §8.2).
	// The number itself is the one seen live (§0.2, fact 1).
	firstID = int64(2319421774)
	// firstBatch is the name of the account's first batch; names are small counters written as strings (§0.2, fact 2).
	firstBatch = 500
)

// shpiNumbers issues domestic identifiers: 6 digits technical index, 2 digits cyclic counter 01–99, 5 digits
// 00001–99999, check digit (facts/online-mark.md §3). 9.9 million before it repeats.
type shpiNumbers struct {
	counter, serial int
}

func (n *shpiNumbers) next() string {
	n.serial++
	if n.serial > 99999 {
		n.serial = 1
		n.counter = n.counter%99 + 1
	}
	var b [14]byte
	copy(b[:], technicalIndex)
	b[6], b[7] = byte('0'+n.counter/10), byte('0'+n.counter%10)
	for i, v := 12, n.serial; i >= 8; i, v = i-1, v/10 {
		b[i] = byte('0' + v%10)
	}
	b[13] = shpiCheck(b[:13])
	return string(b[:])
}

// shpiCheck is the check digit of a domestic identifier: thrice the odd places plus the even ones
// (facts/online-mark.md §3).
func shpiCheck(first13 []byte) byte {
	sum := 0
	for i, c := range first13 {
		d := int(c - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

// markNumbers issues mark ids. The format of real ones is not public (facts/online-mark.md §1.5), so ours says what it is.
type markNumbers struct{ last int }

func (n *markNumbers) next() string {
	n.last++
	return fmt.Sprintf("SANDBOX-%07d", n.last)
}

// inn10 makes an organisation's ИНН of tax region 00, which does not exist, with a right check digit.
func inn10(rng *rand.Rand) string {
	digits := []byte(fmt.Sprintf("00%07d", 1+rng.IntN(9_999_999)))
	return string(append(digits, innCheck(digits)))
}

// innCheck is the tenth digit of an organisation's ИНН.
func innCheck(first9 []byte) byte {
	weights := [9]int{2, 4, 10, 3, 5, 9, 4, 6, 8}
	sum := 0
	for i, w := range weights {
		sum += w * int(first9[i]-'0')
	}
	return byte('0' + sum%11%10)
}

// word makes n letters and digits, for the token and the password.
func word(rng *rand.Rand, n int) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rng.IntN(len(letters))]
	}
	return string(b)
}

// uuid makes something in the shape of the post's hid fields.
func uuid(rng *rand.Rand) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", rng.Uint32(), rng.Uint64()&0xffffffffffff)
}

// stream gives an own sequence of numbers to each thing made from the seed, so that making one more thing does not
// change all the others.
func stream(seed int64, kind uint32, ordinal int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), uint64(kind)<<40^uint64(ordinal)))
}

// Kinds of streams.
const (
	streamAccount uint32 = iota + 1
	streamPiece
	streamRecipient
	streamUgly
)
