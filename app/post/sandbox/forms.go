package sandbox

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Documents: rows 21–28 of facts/otpravka-api.md §2.4 and §8.9. The PDFs are valid and small and say that they are
// specimens; what the post draws on them is not known to us.

// millimetres of a sheet.
type sheet struct{ width, height float64 }

var (
	a4 = sheet{210, 297}
	a5 = sheet{148, 210} // print-type PAPER
	a6 = sheet{100, 150} // print-type THERMO
)

func (s *Server) pdf(filename string, size sheet, lines ...string) reply {
	return reply{status: http.StatusOK, contentType: "application/pdf", filename: filename, raw: specimenPDF(size, lines)}
}

func printSheet(r *request) sheet {
	if r.URL.Query().Get("print-type") == "THERMO" {
		return a6
	}
	return a5
}

// listForm finds the batch of a form that exists only after checkin. The body of the 400 is not recorded (§15, row 7).
func (s *Server) listForm(r *request) (*batch, reply) {
	b := s.account.batches[r.PathValue("batch")]
	if b == nil {
		return nil, e5("Batch " + r.PathValue("batch") + " not found")
	}
	if b.listNumber == 0 {
		return nil, e13(r, http.StatusBadRequest, "Documents of batch "+b.name+" are not formed")
	}
	s.calls.batch(b.name).Forms++
	// When the flag is cleared is not known (§15, row 11); taking the documents anew is our reading of its name.
	b.download = ""
	return b, reply{}
}

func (s *Server) f103(r *request) reply {
	b, refusal := s.listForm(r)
	if b == nil {
		return refusal
	}
	return s.pdf("F103_"+b.name+".pdf", a4, s.f103Lines(b)...)
}

func (s *Server) f103Lines(b *batch) []string {
	lines := []string{"F103 No. " + strconv.FormatInt(b.listNumber, 10) + " of " + b.sending.Format(time.DateOnly),
		fmt.Sprintf("Batch %s, pieces: %d", b.name, len(b.pieces))}
	for i, p := range b.pieces {
		if i == 30 {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, fmt.Sprintf("%d. %s  %d g", i+1, p.shpi, p.mass))
	}
	return lines
}

func (s *Server) zipAll(r *request) reply {
	b, refusal := s.listForm(r)
	if b == nil {
		return refusal
	}
	var csv strings.Builder
	csv.WriteString("barcode;mass;index-to\r\n")
	for _, p := range b.pieces {
		fmt.Fprintf(&csv, "%s;%d;%d\r\n", p.shpi, p.mass, s.account.orderOf(p).IndexTo)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, file := range []struct {
		name string
		data []byte
	}{
		{"Export.xls", []byte(csv.String())}, // a table program opens it; a real workbook is not needed to test a download
		{"Export.csv", []byte(csv.String())},
		{"F103.pdf", specimenPDF(a4, s.f103Lines(b))},
		{"Forms.pdf", specimenPDF(printSheet(r), []string{"Forms of batch " + b.name})},
	} {
		w, err := z.Create(file.name)
		if err == nil {
			_, err = w.Write(file.data)
		}
		if err != nil {
			return e5(err.Error())
		}
	}
	if err := z.Close(); err != nil {
		return e5(err.Error())
	}
	return reply{status: http.StatusOK, contentType: "application/zip", filename: "all-" + b.name + ".zip", raw: out.Bytes()}
}

func (s *Server) inspection(r *request) reply {
	b := s.account.batches[r.PathValue("batch")]
	if b == nil {
		return e5("Batch " + r.PathValue("batch") + " not found")
	}
	s.calls.batch(b.name).Forms++
	return s.pdf("completeness-"+b.name+".pdf", a4, "Completeness checking form", "Batch "+b.name)
}

// pieceForm finds the piece of a form given for pieces in a batch. A mark order whose batch the balance does not cover
// gets no form (§2.4, 403 with 1007).
func (s *Server) pieceForm(r *request) (*piece, reply) {
	p := s.account.inBatch(pathID(r))
	if p == nil {
		return nil, e4("ComplexOrderV2", r.PathValue("id"))
	}
	if p.mark != nil && p.batch.status == statusCreated && p.batch.marksSum() > s.account.available() {
		return nil, e7("Недостаточно средств")
	}
	s.calls.batch(p.batch.name).Forms++
	return p, reply{}
}

func (s *Server) f7(r *request) reply {
	p, refusal := s.pieceForm(r)
	if p == nil {
		return refusal
	}
	return s.pdf("F7_"+p.shpi+".pdf", printSheet(r), "F7p", p.shpi)
}

// f112 is only for cash on delivery, which letters of this account never have.
func (s *Server) f112(r *request) reply {
	p, refusal := s.pieceForm(r)
	if p == nil {
		return refusal
	}
	return e13(r, http.StatusBadRequest, "F112 is not provided for "+p.shpi)
}

func (s *Server) formsOfPiece(r *request) reply {
	p, refusal := s.pieceForm(r)
	if p == nil {
		return refusal
	}
	o := s.account.orderOf(p)
	lines := []string{"Envelope " + o.EnvelopeType, p.shpi, strconv.FormatInt(o.IndexTo, 10)}
	if p.mark != nil {
		lines = append(lines, "Mark "+p.mark.ID)
	}
	return s.pdf(p.shpi+".pdf", envelopeSheet(o.EnvelopeType), lines...)
}

func envelopeSheet(kind string) sheet {
	sizes := map[string]sheet{"C4": {324, 229}, "C5": {229, 162}, "DL": {220, 110}, "C6": {162, 114},
		"A6": {148, 105}, "A7": {105, 74}, "OX": {105, 99}, "OA": {148.5, 105}}
	if size, known := sizes[kind]; known {
		return size
	}
	return a5
}

func (s *Server) formsFromBacklog(r *request) reply {
	p := s.account.inBacklog(pathID(r))
	if p == nil {
		return e4("BacklogTuple", r.PathValue("id"))
	}
	o := s.account.orderOf(p)
	return s.pdf("backlog-"+strconv.FormatInt(p.id, 10)+".pdf", envelopeSheet(o.EnvelopeType), "Envelope "+o.EnvelopeType)
}

func (s *Server) easyReturnLabel(r *request) reply {
	return e4("EasyReturn", r.PathValue("barcode")) // this account has no easy return
}

// specimenPDF is one page of ASCII lines under the word SPECIMEN, written by hand so that the server needs no PDF library.
func specimenPDF(size sheet, lines []string) []byte {
	const pointsPerMillimetre = 72 / 25.4
	w, h := size.width*pointsPerMillimetre, size.height*pointsPerMillimetre
	var content strings.Builder
	fmt.Fprintf(&content, "BT /F1 9 Tf 1 0 0 1 14 %.2f Tm 11 TL\n(SANDBOX SPECIMEN) Tj T*\n", h-20)
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
	for _, line := range lines {
		fmt.Fprintf(&content, "(%s) Tj T*\n", escape.Replace(line))
	}
	content.WriteString("ET\n")

	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var offsets []int
	object := func(text string) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(offsets), text)
	}
	object("<</Type /Catalog /Pages 2 0 R>>")
	object("<</Type /Pages /Kids [3 0 R] /Count 1>>")
	object(fmt.Sprintf("<</Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>", w, h))
	object(fmt.Sprintf("<</Length %d>>\nstream\n%sendstream", content.Len(), content.String()))
	object("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>")
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes()
}
