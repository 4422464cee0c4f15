package devicetest_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"znak/printer"
	"znak/printer/devicetest"
	"znak/printer/folder"
)

// TestFolder tries the suite on the device that needs nothing.
func TestFolder(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed (make test installs it)")
	}
	var dir string
	devicetest.Run(t, devicetest.Params{
		Open: func(t *testing.T) printer.Device {
			dir = t.TempDir()
			return folder.New(folder.Params{Dir: dir})
		},
		Paper: func(t *testing.T) []string {
			files, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(files)
			out := []string{}
			for _, file := range files {
				text, err := exec.Command("pdftotext", file, "-").Output()
				if err != nil {
					t.Fatal(err)
				}
				for _, sheet := range bytes.Split(bytes.TrimSuffix(text, []byte("\f")), []byte("\f")) {
					out = append(out, string(regexp.MustCompile(`\b999\d{11}\b`).Find(sheet)))
				}
			}
			return out
		},
	})
}
