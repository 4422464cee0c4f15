package paper

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"znak/printer/page"
	"znak/printer/pdf"
)

// writePDF puts pages into a file of the test's own folder.
func writePDF(t testing.TB, name string, pages ...page.Page) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+".pdf")
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := pdf.Write(w, slices.Values(pages), pdf.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// render makes a picture of the one page of a PDF with poppler.
func render(t testing.TB, file string, dpi int) string {
	t.Helper()
	base := strings.TrimSuffix(file, ".pdf")
	run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-singlefile", file, base)
	return base + ".pgm"
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// zxingScript prints what zxing-cpp finds in the pictures it is given, as JSON: kind and bytes of each code.
// Version 1.4 stops on an assertion of its own when it meets a linear code at two scales, hence no downscaling.
const zxingScript = `
import json, sys
import numpy, zxingcpp
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
wanted = zxingcpp.BarcodeFormat.QRCode | zxingcpp.BarcodeFormat.ITF
found = []
for name in sys.argv[1:]:
    codes = zxingcpp.read_barcodes(numpy.asarray(Image.open(name).convert("L")), formats=wanted, try_downscale=False)
    found.append(sorted([str(c.format).split(".")[-1], c.bytes.hex()] for c in codes))
print(json.dumps(found))
`

// Every face, drawn to PDF and turned into pixels by another program at the resolutions of real devices, is read by two other
// decoders than ours: each finds the mark and the ШПИ, byte for byte, and nothing else.
func TestOtherDecodersReadThePrintedFaces(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg", "/usr/bin/python3"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	if err := exec.Command("/usr/bin/python3", "-c", "import numpy, PIL, zxingcpp").Run(); err != nil {
		t.Skip("zxing-cpp for Python is not installed")
	}
	for _, kind := range marked() {
		t.Run(string(kind), func(t *testing.T) {
			var pictures []string
			var payload, id string
			for _, dpi := range resolutions {
				p, err := Envelope(sample(t, kind, dpi))
				if err != nil {
					t.Fatal(err)
				}
				for _, item := range p.Items {
					switch v := item.(type) {
					case page.Matrix:
						payload = v.Data
					case page.Bars:
						id = v.Data
					}
				}
				picture := render(t, writePDF(t, fmt.Sprintf("%s-%d", kind, dpi), p), dpi)
				pictures = append(pictures, picture)
				if got := run(t, "zbarimg", "-q", "--raw", "--oneshot", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Sbinary", picture); got != payload {
					t.Errorf("%d dpi: zbarimg read the mark as %q", dpi, got)
				}
				if got := strings.TrimSpace(run(t, "zbarimg", "-q", "--raw", "--nodbus", "-Sdisable", "-Si25.enable", picture)); got != id {
					t.Errorf("%d dpi: zbarimg read the ШПИ as %q", dpi, got)
				}
			}
			var found [][][2]string
			if err := json.Unmarshal([]byte(run(t, "/usr/bin/python3", append([]string{"-c", zxingScript}, pictures...)...)), &found); err != nil {
				t.Fatal(err)
			}
			want := [][2]string{{"ITF", fmt.Sprintf("%x", id)}, {"QRCode", fmt.Sprintf("%x", payload)}}
			for i, codes := range found {
				if !slices.Equal(codes, want) {
					t.Errorf("%d dpi: zxing-cpp found %q", resolutions[i], codes)
				}
			}
		})
	}
}

// BenchmarkEnvelopeToPDF is one piece from its fields to its page in a document: QR, layout, checks, vector PDF.
func BenchmarkEnvelopeToPDF(b *testing.B) {
	f := sample(b, "DL", 300)
	d := pdf.New(io.Discard, pdf.Options{})
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		f.Piece.ShPI = shpi(i)
		p, err := Envelope(f)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Add(p); err != nil {
			b.Fatal(err)
		}
		i++
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pieces/s")
}
