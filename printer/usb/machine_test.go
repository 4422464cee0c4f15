//go:build linux && cgo && !nousb

package usb_test

import (
	"os"
	"regexp"
	"testing"
	"time"

	"znak/printer/usb/usbtest"
)

// TestMain is three programs: the tests here, those inside the machine, and the one that is killed there.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(victimName) != "":
		victim()
	case usbtest.Inside():
		usbtest.Main(m)
	default:
		os.Exit(m.Run())
	}
}

// victimName is the variable that makes this program the one to be killed; its value is the URI it prints to.
const victimName = "ZNAK_USB_VICTIM"

var verdict = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): TestGuest/?(\S*)`)

// TestMachine runs TestGuest, which stands in guest_test.go, in a machine that has USB; with ZNAK_USB_ONLY=pattern a part of it.
func TestMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("the virtual machine takes half a minute")
	}
	verdicts, began := map[string]string{}, time.Now()
	code := usbtest.Run(t, usbtest.Params{Args: []string{"-test.v", "-test.run=^TestGuest$/(" + os.Getenv("ZNAK_USB_ONLY") + ")", "-test.count=1"}}, func(line string) {
		t.Logf("%5.1f s  %s", time.Since(began).Seconds(), line)
		if m := verdict.FindStringSubmatch(line); m != nil {
			verdicts[m[2]] = m[1]
		}
	})
	for name, word := range verdicts {
		if word == "FAIL" && name != "" {
			t.Errorf("in the machine: %s failed", name)
		}
	}
	if verdicts[""] != "PASS" || code != 0 {
		t.Errorf("the tests in the machine ended with %d, %q", code, verdicts[""])
	}
}
