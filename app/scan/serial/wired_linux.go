package serial

import (
	"os"
	"path/filepath"
	"strings"
)

// wired reports whether a built-in port exists: Linux lists 32 of them, of which most computers have none. The kernel gives those with no chip the type 0.
func wired(port string) bool {
	kind, err := os.ReadFile(filepath.Join("/sys/class/tty", filepath.Base(port), "type"))
	return err != nil || strings.TrimSpace(string(kind)) != "0"
}
