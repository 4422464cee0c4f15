//go:build torture

package boundary

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Armed reports whether this build can kill itself.
const Armed = true

// Variable is the environment variable that says where to die: "print-page:3" is the third page. A word that is no
// boundary ends the program at once, for a misspelt name would pass for survived.
const Variable = "ZNAK_TORTURE_AT"

var target, turn = parse(os.Getenv(Variable))

var met atomic.Int64

func parse(text string) (Name, int64) {
	if text == "" {
		return "", 0
	}
	name, number, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || !known(Name(name)) {
		panic(Variable + ": " + text)
	}
	return Name(name), n
}

func known(name Name) bool {
	for _, one := range All {
		if one == name {
			return true
		}
	}
	return false
}

// At kills this process, as a power cut would, when name is the boundary of ZNAK_TORTURE_AT and its turn has come.
func At(name Name) {
	if name != target || met.Add(1) != turn {
		return
	}
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill() // on Unix SIGKILL: nothing deferred runs, no buffer is flushed
	}
	select {}
}
