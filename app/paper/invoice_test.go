package paper

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"znak/app/hint"
	"znak/app/postal"
	"znak/printer/page"
)

const memoCode = "ST00012|Name=АО «Почта Вымышленск»|PersonalAcc=40702810801500116391|BankName=ПРИМЕР БАНК|BIC=044525999|CorrespAcc=0|Sum=112697|" +
	"Purpose=Аванс за услуги почтовой связи по договору № 12-34/56 от 01.02.2026|PayeeINN=7706092528|KPP=770601001"

func memo() PaymentMemo {
	return PaymentMemo{Name: "АО «Почта Вымышленск»", Account: "40702810801500116391", Bank: "ПРИМЕР БАНК", BIC: "044525999", Correspondent: "0",
		INN: "7706092528", KPP: "770601001", Purpose: "Аванс за услуги почтовой связи по договору № 12-34/56 от 01.02.2026", Sum: 112697,
		Payer:   postal.Sender{Name: "ООО «Ромашка»", INN: "5411100875"},
		Batches: []MemoBatch{{"506", 5, 23995}, {"507", 10, 88702}}, Code: []byte(memoCode), Made: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)}
}

func TestMemoSaysWhatIsPaid(t *testing.T) {
	for _, specimen := range []bool{false, true} {
		m := memo()
		m.Specimen = specimen
		pages, err := Memo(m)
		if err != nil {
			t.Fatal(err)
		}
		if len(pages) != 1 {
			t.Fatalf("%d pages", len(pages))
		}
		said := texts(pages[0])
		for _, want := range []string{"Памятка на оплату аванса", "1 126,97 ₽", "АО «Почта Вымышленск»", "40702810801500116391", "044525999", "7706092528",
			"770601001", "ПРИМЕР БАНК", "ООО «Ромашка»", "5411100875", "506", "239,95", "Всего", "15", "22.11.2026", "1 / 1"} {
			if !slices.Contains(said, want) {
				t.Errorf("no %q in %q", want, said)
			}
		}
		all := strings.Join(said, " ")
		if !strings.Contains(all, "Это не счёт.") || !strings.Contains(all, "договору № 12-34/56") {
			t.Errorf("%s", all)
		}
		if slices.Contains(said, "ОБРАЗЕЦ") != specimen {
			t.Errorf("specimen %v: %q", specimen, said)
		}
		doNotTouch(t, pages)
	}
}

// doNotTouch checks that no text lies over another.
func doNotTouch(t *testing.T, pages []page.Page) {
	t.Helper()
	for i, sheet := range pages {
		var inks []page.Rect
		var said []string
		for _, item := range sheet.Items {
			if text, ok := item.(page.Text); ok {
				ink, err := text.Ink()
				if err != nil {
					t.Fatal(err)
				}
				inks, said = append(inks, ink.Inset(0.1)), append(said, text.Text)
			}
		}
		for a := range inks {
			for b := range a {
				if inks[a].Overlaps(inks[b]) {
					t.Errorf("sheet %d: %q and %q touch", i+1, said[a], said[b])
				}
			}
		}
	}
}

// The code is printed, turned into pixels by another program and read by two other decoders, byte for byte: UTF-8, Windows-1251, short and as long as
// a purpose may be.
func TestBanksReadTheMemosCode(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	long := memoCode + "|LastName=" + strings.Repeat("Щука ", 60)
	cp1251 := "ST00011|Name=\xcf\xee\xf7\xf2\xe0|PersonalAcc=40702810801500116391|BankName=\xc1\xe0\xed\xea|BIC=044525999|CorrespAcc=0|Sum=100"
	for name, code := range map[string]string{"utf8": memoCode, "long": long, "cp1251": cp1251} {
		m := memo()
		m.Code = []byte(code)
		pages, err := Memo(m)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, dpi := range []int{150, 300} { // of a copier and of a printer
			picture := render(t, writePDF(t, name, pages...), dpi)
			if got := run(t, "zbarimg", "-q", "--raw", "--oneshot", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Sbinary", picture); got != code {
				t.Errorf("%s at %d dpi: zbarimg read %q", name, dpi, got)
			}
		}
		for _, item := range pages[0].Items {
			if q, ok := item.(page.Matrix); ok && (q.Side() < 30 || q.Data != code) {
				t.Errorf("%s: a side of %.1f mm", name, float64(q.Side()))
			}
		}
	}
}

func TestMemoWithManyBatchesAndUglyWords(t *testing.T) {
	m := memo()
	m.Name = strings.Repeat("Управление федеральной почтовой связи Вымышленской области ", 3)[:250]
	m.Name = strings.ToValidUTF8(m.Name, "")
	m.Purpose = strings.Repeat("Аванс за услуги почтовой связи. ", 6)
	free := postal.Kopecks(5000)
	m.Free = &free
	for i := range 90 {
		m.Batches = append(m.Batches, MemoBatch{Name: strings.Repeat("7", 1+i%20), Pieces: i, Sum: postal.Kopecks(i * 1000)})
	}
	pages, err := Memo(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 2 {
		t.Errorf("%d pages", len(pages))
	}
	doNotTouch(t, pages)
	if all := strings.Join(texts(pages[len(pages)-1]), " "); !strings.Contains(all, "свободно 50,00 ₽") {
		t.Errorf("%s", all)
	}
	m.Code = []byte(strings.Repeat("x", 2000))
	_, err = Memo(m)
	if err == nil { // it may fit, but then large enough to be read
		return
	}
	if key, _, _ := hint.Of(err); key != "paper.memo.code" {
		t.Errorf("%v", err)
	}
	m.Code = []byte(strings.Repeat("x", 4000))
	if _, err = Memo(m); err == nil {
		t.Error("4,000 bytes fit into no QR symbol")
	}
}
