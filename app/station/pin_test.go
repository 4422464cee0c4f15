package station

import (
	"fmt"
	"strings"
	"testing"

	"znak/app/post/sandbox"
)

// A hash says how it was made; one of another make, or that asks for too much, is an error and lets nobody in.
func TestPINHash(t *testing.T) {
	pin := anyPIN()
	hash := hashPIN(pin, costOfPIN)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("%s", strings.Join(strings.Split(hash, "$")[:4], "$"))
	}
	if right, weak, err := checkPIN(pin, hash); !right || weak || err != nil {
		t.Errorf("%v %v %v", right, weak, err)
	}
	if right, _, err := checkPIN(pin+"0", hash); right || err != nil {
		t.Errorf("%v %v", right, err)
	}
	if right, weak, err := checkPIN(pin, hashPIN(pin, pinCost{memory: 64, time: 1, lanes: 1})); !right || !weak || err != nil {
		t.Errorf("%v %v %v", right, weak, err)
	}
	if hashPIN(pin, costOfPIN) == hash {
		t.Error("without salt")
	}
	for _, bad := range []string{"", pin, strings.Replace(hash, "m=65536", "m=99999999", 1), strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "v=19", "v=16", 1), hash[:len(hash)-40]} {
		if right, _, err := checkPIN(pin, bad); right || err == nil {
			t.Errorf("taken: %q", bad)
		}
	}
}

// A hash of a lower cost is made anew when its PIN is next given.
func TestAWeakHashIsMadeAnew(t *testing.T) {
	p := withPeople(t, newBench(t, sandbox.Options{Seed: 4}))
	p.pinCost = costOfPIN
	p.enter(clerk)
	o, _, err := p.store.Operator(p.ctx, clerk)
	p.must(err)
	if !strings.Contains(o.PIN, "m=65536,t=3,p=4") {
		t.Error("still weak")
	}
	p.enter(clerk)
}

func FuzzPINHash(f *testing.F) {
	f.Add("4821", "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("", "$argon2id$v=19$m=0,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, pin, hash string) {
		if strings.Contains(hash, "m=") && len(hash) > 0 {
			var m uint32
			if parts := strings.Split(hash, "$"); len(parts) == 6 {
				_, _ = fmt.Sscanf(parts[3], "m=%d", &m)
			}
			if m > 4096 {
				t.Skip("costs too much to fuzz")
			}
		}
		if right, _, err := checkPIN(pin, hash); right && err != nil {
			t.Error("right and broken")
		}
	})
}
