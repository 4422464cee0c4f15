package station

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"znak/app/exchange"
	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/text"
	"znak/store"
)

func ruWords(t testing.TB) *text.Printer {
	t.Helper()
	p, err := text.Load("ru")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dayOfWork takes a batch of twelve through the whole day, one letter of it reprinted and one refused at the office.
func dayOfWork(t testing.TB) (b *bench, batch string) {
	b = newBench(t, sandbox.Options{Seed: 5})
	b.pulled()
	batch = b.purpose("fit", 12)
	b.printed(batch)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	_, err = b.Reprint(b.ctx, rows[3].ShPI, ReasonJammed)
	b.must(err)
	_, err = b.Destroy(b.ctx, string(rows[3].ShPI), 0)
	b.must(err)
	b.worked(batch)
	b.synced()
	b.must(b.box.Refuse(string(rows[0].ShPI), 11))
	b.must(b.box.Advance(24 * time.Hour))
	b.synced()
	return b, batch
}

func TestRegistryHasEveryUsedMarkOnce(t *testing.T) {
	b, batch := dayOfWork(t)
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error { return tx.SetCentre(batch, "Отдел 7") }))
	today := dayOf(time.Now())
	rows, err := b.Pieces(b.ctx, store.PieceQuery{Batch: batch})
	b.must(err)
	want := map[postal.ShPI]store.PieceRow{}
	var value postal.Kopecks
	for _, r := range rows {
		want[r.ShPI] = r
		value += r.Mark.Value
	}
	n := 0
	for m, err := range b.Registry(b.ctx, today, today) {
		b.must(err)
		r, ok := want[m.ShPI]
		if !ok || m.MarkID != r.Mark.ID || m.Value != r.Mark.Value || m.Rate != r.Rate || m.VAT != r.VAT || m.Batch != batch || m.OrderNum != r.OrderNum ||
			m.State != r.State || m.Copies != r.Copies || m.Used != today || m.CostCentre != "Отдел 7" {
			t.Errorf("%+v", m)
		}
		if (m.State == postal.StateAccepted) != (m.Accepted == today) {
			t.Errorf("%s is %s, accepted %q", m.ShPI, m.State, m.Accepted)
		}
		delete(want, m.ShPI)
		n++
	}
	if n != 12 || len(want) != 0 {
		t.Errorf("%d rows, missing %v", n, want)
	}
	for _, format := range []string{RegistryXLSX, RegistryCSV} {
		totals, file, err := b.WriteRegistry(b.ctx, RegistryOrder{From: today, To: today, Format: format, CSV: exchange.CSVOptions{Encoding: exchange.UTF8}}, ruWords(t))
		b.must(err)
		if totals.Rows != 12 || totals.Value != value || totals.Refused != 1 || totals.RefusedValue != rows[0].Mark.Value || !strings.Contains(file, "specimen") {
			t.Errorf("%s: %+v %s", format, totals, file)
		}
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	totals, _, err := b.WriteRegistry(b.ctx, RegistryOrder{From: "2020-01-01", To: "2020-12-31", Format: RegistryXLSX}, ruWords(t))
	if err != nil || totals.Rows != 0 {
		t.Errorf("another year: %+v %v", totals, err)
	}
	_, _, err = b.WriteRegistry(b.ctx, RegistryOrder{From: "2020-02-01", To: "2020-01-31", Format: RegistryXLSX}, ruWords(t))
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Errorf("a period that ends before it begins: %v", err)
	}
}

func TestEvidenceOfABatch(t *testing.T) {
	b, batch := dayOfWork(t)
	dir := filepath.Join(t.TempDir(), "out")
	r, err := b.WriteEvidence(b.ctx, batch, dir, ruWords(t))
	b.must(err)
	totals := r.Totals()
	if totals.Pieces != 12 || totals.Listed != 12 || totals.Printed != 12 || totals.Scanned != 12 || totals.Accepted != 11 || totals.Refused != 1 ||
		totals.Reprints != 1 || totals.Copies != 13 || !r.Ledger.Holds || r.Ledger.Events == 0 || len(r.Ledger.LastHash) != 64 {
		t.Errorf("%+v %+v", totals, r.Ledger)
	}
	if d := r.Differences(); len(d) != 1 || d[0].Key != "paper.evidence.diff.refused" {
		t.Errorf("differences %+v", d)
	}
	if len(r.Reprints) != 1 || r.Reprints[0].Reason != ReasonJammed || r.Reprints[0].Who != "Проверка" ||
		!r.Reprints[0].Fate.Happened() || r.Reprints[0].Missing {
		t.Errorf("reprints %+v", r.Reprints)
	}
	kinds := ""
	for _, s := range r.Steps {
		kinds += string(s.Kind) + " "
	}
	for _, want := range []string{"batch-pulled", "batch-approved", "batch-handed", "checkin-sent"} {
		if !strings.Contains(kinds, want) {
			t.Errorf("steps %s", kinds)
		}
	}
	out, err := exec.Command("pdftotext", "-layout", r.Files[0], "-").Output()
	b.must(err)
	for _, p := range r.Pieces {
		if !strings.Contains(string(out), p.ShPI.Grouped()) {
			t.Errorf("%s is not in the PDF", p.ShPI)
		}
	}
	if !strings.Contains(string(out), "ОБРАЗЕЦ") || !strings.Contains(string(out), "замят") {
		t.Error("the PDF lacks the stamp or the reason")
	}
	book, err := excelize.OpenFile(r.Files[1])
	b.must(err)
	defer book.Close()
	rows, err := book.GetRows("Письма")
	b.must(err)
	if len(rows) != 13 || rows[1][1] != string(r.Pieces[0].ShPI) || rows[1][7] != "Проверка" {
		t.Errorf("%d rows, %q", len(rows), rows[1])
	}
	if got := book.GetSheetList(); strings.Join(got, ",") != "Итоги,Письма,Расхождения,Испорченные экземпляры,События партии" {
		t.Errorf("sheets %q", got)
	}
	if _, err := b.WriteEvidence(b.ctx, "nothing", dir, ruWords(t)); err == nil {
		t.Error("evidence of a batch nobody knows")
	}
}

const statementHead = "1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nРасчСчет=40702810801500116391\n"

// order is a payment order of a statement; inn is the payee's number.
func order(number string, day time.Time, sum postal.Kopecks, inn string) string {
	d := day.Format("02.01.2006")
	return fmt.Sprintf("СекцияДокумент=Платежное поручение\nНомер=%s\nДата=%s\nСумма=%s\nПлательщикСчет=40702810801500116391\nДатаСписано=%s\n"+
		"ПлательщикИНН=5411100875\nПолучательСчет=40702810138250123017\nПолучательИНН=%s\nПолучатель1=Получатель %s\nНазначениеПлатежа=Аванс\nКонецДокумента\n",
		number, d, sum.Decimal(), d, inn, inn)
}

func (b *bench) importStatement(inn, body string) (StatementReport, error) {
	return b.ImportStatement(b.ctx, StatementImport{Data: strings.NewReader(statementHead + body + "КонецФайла\n"), PayeeINN: inn, Remember: true})
}

func TestStatementIsTakenInOnceAndOnlyThePost(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 5})
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	body := order("1", day, 10000, "7706092528") + order("2", day, 500, "500100732259") + order("1", day, 10000, "7706092528")
	r, err := b.importStatement("", body)
	var refused *Refused
	if !errors.As(err, &refused) || r.Statement == nil {
		t.Fatalf("nobody said who the post is: %v", err)
	}
	if who := Payees(r.Statement); len(who) != 2 || who[1].INN != "7706092528" || who[1].Payments != 2 || who[1].Sum != 20000 {
		t.Errorf("payees %+v", who)
	}
	r, err = b.importStatement("7706092528", body)
	b.must(err)
	if r.TopUps != 1 || r.Added != 1 || r.Sum != 10000 || len(r.Repeated) != 1 {
		t.Errorf("first time: %+v", r)
	}
	r, err = b.importStatement("", body+order("3", day, 700, "7706092528")) // the number is remembered
	b.must(err)
	if r.Added != 1 || r.Sum != 700 {
		t.Errorf("second time: %+v", r)
	}
	kept, err := b.store.Payments(b.ctx, "", "")
	b.must(err)
	if len(kept) != 2 {
		t.Errorf("kept %+v", kept)
	}
	for _, p := range kept {
		if p.PayeeINN != "7706092528" {
			t.Errorf("another's payment is kept: %+v", p)
		}
	}
	if _, err = b.importStatement("", order("4", day, 1, "7706092528")+"СекцияДокумент=Платежное поручение\nНомер=5\n"); !errors.As(err, &refused) {
		t.Errorf("a statement cut short: %v", err)
	}
	if key, args := refused.HintKey(); key != "exchange.statement.cut" || args["Line"] == nil {
		t.Errorf("%s %v", key, args)
	}
	if again, err := b.store.Payments(b.ctx, "", ""); err != nil || len(again) != 2 {
		t.Errorf("half a statement was taken in: %d %v", len(again), err)
	}
	if _, err = b.importStatement("7706092529", body); !errors.As(err, &refused) {
		t.Errorf("a wrong number: %v", err)
	}
}

func TestReconcileMatchesPaymentsWithTheBalance(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 5})
	first, err := b.Pull(b.ctx)
	b.must(err)
	if first.Balance == nil {
		t.Fatal("no balance")
	}
	today := time.Now().In(moscow)
	raise := func(sum postal.Kopecks) {
		b.t.Helper()
		*first.Balance += sum
		b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
			return tx.Record(store.NewEvent{Kind: postal.EventBalance, Data: store.BalanceData{Kopecks: *first.Balance, Of: today.Format(time.RFC3339)}})
		}))
	}
	raise(0)
	raise(10000)
	raise(333)
	yesterday := today.AddDate(0, 0, -1)
	_, err = b.importStatement("7706092528", order("1", today, 10000, "7706092528")+order("2", today, 77, "7706092528")+
		order("3", yesterday.AddDate(0, -1, 0), 555, "7706092528"))
	b.must(err)
	from := postal.DateOf(today.AddDate(0, -2, 0))
	r, err := b.Reconcile(b.ctx, from, postal.DateOf(today), 0)
	b.must(err)
	if len(r.Pairs) != 1 || r.Pairs[0].TopUps[0].Number != "1" || r.Pairs[0].Gains[0].Kopecks != 10000 {
		t.Errorf("pairs %+v", r.Pairs)
	}
	if len(r.StatementOnly) != 2 || r.StatementOnly[0].Why != exchange.WhyOpening {
		t.Errorf("statement only %+v", r.StatementOnly)
	}
	if len(r.BalanceOnly) != 1 || r.BalanceOnly[0].Kopecks != 333 || !r.Differences() {
		t.Errorf("balance only %+v", r.BalanceOnly)
	}
	if r.Paid != 10632 || r.Gained != 10333 || r.Lost != 0 {
		t.Errorf("paid %d, gained %d, lost %d", r.Paid, r.Gained, r.Lost)
	}
	early, err := b.Reconcile(b.ctx, "2020-01-01", "2020-01-31", 0)
	if err != nil || early.Differences() || len(early.Pairs) != 0 {
		t.Errorf("%+v %v", early, err)
	}
}

const payeeFilled = `name = "АО «Почта Вымышленск»"
personal_acc = "40702810801500116391"
bank_name = "ПРИМЕР БАНК"
bic = "044525999"
corresp_acc = "0"
inn = "7706092528"
kpp = "770601001"
purpose = "Аванс от {date} за партии {batches}, {sum} руб."
`

func TestInvoiceNeedsRequisitesAndPaysExactly(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 5})
	b.pulled()
	batch := b.purpose("fit", 12)
	_, err := b.Invoice(b.ctx, InvoiceOrder{Batches: []string{batch}})
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Fatalf("without requisites: %v", err)
	}
	if key, args := refused.HintKey(); key != "exchange.payee.none" || args["File"] != filepath.Join(b.dir, "payee.toml") {
		t.Errorf("%s %v", key, args)
	}
	b.must(os.WriteFile(filepath.Join(b.dir, "payee.toml"), []byte(payeeFilled), 0o600))
	v, err := b.Batch(b.ctx, batch)
	b.must(err)
	file := filepath.Join(t.TempDir(), "a", "memo.pdf")
	r, err := b.Invoice(b.ctx, InvoiceOrder{Batches: []string{batch, batch}, File: file}) // named twice, paid once
	b.must(err)
	if r.Sum != v.Sum || r.File != file || !strings.HasPrefix(r.Purpose, "ОБРАЗЕЦ") || !strings.Contains(r.Purpose, "за партии "+batch+", "+v.Sum.Decimal()+" руб.") {
		t.Errorf("%+v, want %s", r, v.Sum.Decimal())
	}
	if _, err := exec.LookPath("zbarimg"); err == nil {
		base := strings.TrimSuffix(file, ".pdf")
		b.must(exec.Command("pdftoppm", "-r", "200", "-gray", "-singlefile", file, base).Run())
		out, err := exec.Command("zbarimg", "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", base+".pgm").Output()
		b.must(err)
		if !strings.HasPrefix(string(out), "ST00012|Name=АО «Почта Вымышленск»|PersonalAcc=40702810801500116391|") ||
			!strings.Contains(string(out), fmt.Sprintf("|Sum=%d|Purpose=ОБРАЗЕЦ", v.Sum)) {
			t.Errorf("the code says %q", out)
		}
	}
	b.must(b.box.SetBalance(int64(v.Sum)-1234, "works"))
	b.pulled()
	r, err = b.Invoice(b.ctx, InvoiceOrder{Batches: []string{batch}, Lacking: true})
	b.must(err)
	if r.Sum != 1234 {
		t.Errorf("lacking %d", r.Sum)
	}
	b.must(b.box.SetBalance(int64(v.Sum), "works"))
	b.pulled()
	if _, err = b.Invoice(b.ctx, InvoiceOrder{Batches: []string{batch}, Lacking: true}); !errors.As(err, &refused) {
		t.Errorf("nothing is lacking: %v", err)
	}
	if _, err = b.Invoice(b.ctx, InvoiceOrder{Batches: []string{"nothing"}}); !errors.As(err, &refused) {
		t.Errorf("a batch nobody knows: %v", err)
	}
}

// The bundle holds nothing of the store that names a person, a place, a letter, a mark or a secret, not even where an error of the outbox does.
func TestSupportBundleGivesNothingAway(t *testing.T) {
	b, batch := dayOfWork(t)
	sender, err := b.store.Sender(b.ctx)
	b.must(err)
	rows, err := b.Pieces(b.ctx, store.PieceQuery{})
	b.must(err)
	p := rows[0]
	b.must(b.store.Write(b.ctx, func(tx *store.Tx) error {
		return tx.PutOutbox(store.Item{Kind: "checkin", Key: batch, State: "dead", Payload: json.RawMessage(`{"batch":"` + batch + `"}`),
			LastError: fmt.Sprintf(`post: %s %s, %s refused "%s" token %s password %s mark %s`, p.To.Name, p.ShPI, strings.Join(p.To.Address.Lines(), ", "),
				sender.Name, b.box.Token(), b.box.Password(), p.Mark.ID)})
	}))
	secrets := map[string]string{"token": b.box.Token(), "password": b.box.Password(), "login": b.box.Login(), "sender": sender.Name, "INN": sender.INN,
		"post": b.web.URL, "folder": b.dir, "person": "Проверка", "station": b.store.Station()}
	for i, r := range rows {
		add := func(what, value string) {
			if len([]rune(value)) > 3 { // shorter ones are house numbers
				secrets[fmt.Sprintf("%s of %d", what, i)] = value
			}
		}
		add("ШПИ", string(r.ShPI))
		add("grouped ШПИ", r.ShPI.Grouped())
		add("id", fmt.Sprint(r.PostID))
		add("order", r.OrderNum)
		add("name", r.To.Name)
		for _, word := range strings.FieldsFunc(r.To.Name, func(c rune) bool { return c == ' ' || c == '.' || c == '"' }) {
			add("name", word)
		}
		add("index", string(r.To.Address.Index))
		for _, line := range r.To.Address.Lines() {
			add("address", line)
		}
		add("street", r.To.Address.Street)
		add("place", r.To.Address.Place)
		if r.Mark != nil {
			add("mark", r.Mark.ID)
		}
	}
	readme := ruWords(t).Say("cmd.support.readme", nil)
	file, err := b.WriteSupport(b.ctx, "", map[string]string{"znak": "test"}, readme)
	b.must(err)
	archive, err := zip.OpenReader(file)
	b.must(err)
	defer archive.Close()
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
		in, err := f.Open()
		b.must(err)
		raw, err := io.ReadAll(in)
		b.must(err)
		content := strings.ReplaceAll(string(raw), readme, "")
		for what, secret := range secrets {
			if strings.Contains(content, secret) || strings.Contains(f.Name, secret) {
				t.Errorf("%s holds the %s %q", f.Name, what, secret)
			}
		}
		if strings.ContainsFunc(content, func(r rune) bool { return r > 0x7f }) {
			t.Errorf("%s holds letters that are not English", f.Name)
		}
		switch f.Name {
		case "events.jsonl":
			events, err := b.store.Events(b.ctx, store.EventQuery{})
			b.must(err)
			if n := strings.Count(content, "\n"); n != len(events) {
				t.Errorf("%d events, want %d", n, len(events))
			}
			if !strings.Contains(content, `"000000********1"`) || !strings.Contains(content, `"kind":"verified"`) {
				t.Errorf("%.300s", content)
			}
		case "outbox.json":
			if !strings.Contains(content, `"post: * `) || !strings.Contains(content, "refused") || !strings.Contains(content, `"dead"`) {
				t.Errorf("%s", content)
			}
		case "about.json":
			var about struct {
				Store    store.Inventory
				Audit    struct{ OK bool }
				Settings map[string]string
			}
			b.must(json.Unmarshal(raw, &about))
			if about.Store.Schema < 3 || about.Store.Counts["pieces"] != int64(len(rows)) || !about.Audit.OK || about.Settings["preflight"] == "" {
				t.Errorf("%+v", about)
			}
		}
	}
	if strings.Join(names, " ") != "README.txt events.jsonl about.json outbox.json" {
		t.Errorf("files %q", names)
	}
}

func TestSupportStopsWithTheCaller(t *testing.T) {
	b := newBench(t, sandbox.Options{Seed: 5})
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if _, err := b.WriteSupport(ctx, filepath.Join(b.dir, "x.zip"), nil, ""); err == nil {
		t.Error("written all the same")
	}
	if _, err := os.Stat(filepath.Join(b.dir, "x.zip")); err == nil {
		t.Error("half a bundle")
	}
	if key, _, ok := hint.Of(refusedFor(&exchange.PayeeError{Reason: "none"})); !ok || key != "exchange.payee.none" {
		t.Error(key)
	}
}
