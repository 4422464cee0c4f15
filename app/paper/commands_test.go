package paper

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/app/text"
	"znak/printer/page"
	"znak/printer/pdf"
)

// The codes of the sheet are read back from the PDF by zbar, in both languages; the set-up code byte for byte.
func TestCommandSheet(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	var setup strings.Builder
	setup.WriteString("ZNAK:SETUP:1\r\n")
	for c := byte('!'); c <= '~'; c++ {
		setup.WriteByte(c)
	}
	codes := []CommandCode{{"PRINT", "ZNAK:CMD:PRINT"}, {"NEXT", "ZNAK:CMD:NEXT"}, {"PAUSE", "ZNAK:CMD:PAUSE"}, {"HAND-OVER", "ZNAK:CMD:HAND-OVER"}, {"WRONG-TRAY", "ZNAK:CMD:WRONG-TRAY"}}
	for _, lang := range text.Languages {
		words, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		pages, err := CommandSheet(words, codes, setup.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pages {
			if err := page.Check(p); err != nil {
				t.Error(err)
			}
		}
		file := filepath.Join(t.TempDir(), "sheet.pdf")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := pdf.Write(f, slices.Values(pages), pdf.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		picture := strings.TrimSuffix(file, ".pdf")
		if out, err := exec.Command("pdftoppm", "-png", "-r", "200", "-f", "1", "-singlefile", file, picture).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if dir := os.Getenv("ZNAK_SHOTS"); dir != "" {
			data, err := os.ReadFile(picture + ".png")
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "command-sheet-"+lang+".png"), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if f, err = os.Open(picture + ".png"); err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Error(err)
		}
		_ = f.Close()
		out, err := exec.Command("zbarimg", "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", picture+".png").Output()
		if err != nil {
			t.Fatal(err)
		}
		want := []string{setup.String()}
		for _, c := range codes {
			want = append(want, c.Text)
		}
		for _, w := range want {
			if !strings.Contains(string(out), w+"\n") {
				t.Errorf("%s: %q is not read; read: %q", lang, w, out)
			}
		}
	}
}
