package station

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

// pinCost is what trying one PIN costs. It stands in each hash, so that it may be raised later: a hash of a lower cost is made anew at the next sign-in.
type pinCost struct {
	memory uint32 // KiB
	time   uint32 // passes
	lanes  uint8
}

// costOfPIN is the second recommended choice of RFC 9106 §4: 64 MiB, three passes, four lanes.
var costOfPIN = pinCost{memory: 64 << 10, time: 3, lanes: 4}

const (
	minPIN, maxPIN   = 4, 32 // digits
	pinSalt, pinHash = 16, 32
)

// validPIN reports whether text may be a PIN: digits only, not all the same and not a run like 1234 or 9876, which are tried first.
func validPIN(text string) bool {
	if len(text) < minPIN || len(text) > maxPIN {
		return false
	}
	step, run := int(text[1])-int(text[0]), true
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
		run = run && (i == 0 || int(text[i])-int(text[i-1]) == step)
	}
	return !run || step < -1 || step > 1
}

// hashPIN makes the hash that is kept, with its parameters: $argon2id$v=19$m=65536,t=3,p=4$SALT$HASH, as the reference program writes it.
func hashPIN(pin string, cost pinCost) string {
	salt := make([]byte, pinSalt)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	sum := argon2.IDKey([]byte(pin), salt, cost.time, cost.memory, cost.lanes, pinHash)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.memory, cost.time, cost.lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

var errPINHash = errors.New("station: the hash of a PIN cannot be read")

// checkPIN reports whether pin is the one that hash was made of; weak says that the hash costs less than today's.
func checkPIN(pin, hash string) (right, weak bool, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, false, errPINHash
	}
	var version int
	var cost pinCost
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return false, false, errPINHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.memory, &cost.time, &cost.lanes); n != 3 || err != nil {
		return false, false, errPINHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	want, sumErr := base64.RawStdEncoding.DecodeString(parts[5])
	// A hash that asks for gigabytes or hours is no hash of ours: a damaged store must not stop the station.
	if saltErr != nil || sumErr != nil || len(salt) < 8 || len(want) < 16 || len(want) > 64 || cost.memory < 8 || cost.memory > 1<<20 || cost.time < 1 || cost.time > 16 || cost.lanes < 1 {
		return false, false, errPINHash
	}
	have := argon2.IDKey([]byte(pin), salt, cost.time, cost.memory, cost.lanes, uint32(len(want)))
	weak = cost.memory < costOfPIN.memory || cost.time < costOfPIN.time
	return subtle.ConstantTimeCompare(have, want) == 1, weak, nil
}

// pinWaits is how long no PIN is taken after so many wrong ones in a row; the last one holds for all further. A badge is taken meanwhile: it cannot be guessed.
var pinWaits = []time.Duration{0, 0, 2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}

// pinLock is the number of wrong PINs from which the ledger tells of them.
const pinLock = 5

func waitAfter(wrong int) time.Duration {
	if wrong <= 0 {
		return 0
	}
	return pinWaits[min(wrong, len(pinWaits))-1]
}

// badgeLength is how many characters a badge's token has: 160 random bits, in letters and digits that every layout and Caps Lock leave readable.
const badgeLength = 32

var badgeAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

func newBadge() string {
	raw := make([]byte, badgeLength*5/8)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return badgeAlphabet.EncodeToString(raw)
}

// hashBadge is what is kept of a token. It is random and long: no salt and no slow hash could make it safer.
func hashBadge(token string) string {
	sum := sha256.Sum256([]byte("znak badge 1 " + token))
	return hex.EncodeToString(sum[:])
}
