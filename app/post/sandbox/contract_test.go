package sandbox

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The eleven points of facts/otpravka-api.md §8, one test each.

func TestSection8Point1_LiteralPathsAndCheckinIsPostOnly(t *testing.T) {
	o := open(t, Options{})
	const e10 = `{"status":"ERROR","message":"Error namespace or mask or method not found"}`
	for _, call := range []string{
		"GET /1.0/country", "GET /1.0/counterparty/balance", "GET /1.0/user/shipping-points", "POST /1.0/user-session",
		"GET /1.0/batch/501/checkin?useOnlineBalance=true", "PUT /1.0/batch/501/checkin?useOnlineBalance=true",
		"DELETE /1.0/user/backlog", "PUT /1.0/user/backlog/1", "HEAD /1.0/settings", "GET /1.0/settings/", "GET /1.0//settings",
		"GET /1.0/../1.0/settings", "GET /", "POST /1.0/claims/create", "GET /postoffice/1.0/nearby/x", "PATCH /1.0/batch",
	} {
		method, path, _ := strings.Cut(call, " ")
		a := o.send(method, path, "")
		a.want(407)
		if method != "HEAD" && string(a.body) != e10 {
			t.Errorf("%s: %s", call, a.body)
		}
	}
	if o.status("501") != statusCreated {
		t.Error("a wrong method has checked the batch in")
	}
}

func TestSection8Point2_Int64IdsAndBatchNamesAreStrings(t *testing.T) {
	o := open(t, Options{})
	batches := decoded[[]obj](o.get("/1.0/batch").want(200))
	for _, b := range batches {
		name, isString := b["batch-name"].(string)
		if n, err := strconv.Atoi(name); !isString || err != nil || n > 999 {
			t.Errorf("batch-name %v", b["batch-name"])
		}
	}
	for _, p := range decoded[[]obj](o.get("/1.0/batch/503/shipment?size=1000").want(200)) {
		id, err := p["id"].(json.Number).Int64()
		if err != nil || id <= 1<<31 {
			t.Fatalf("id %v", p["id"])
		}
	}
	if id := o.putLetters(letter("A-1"))[0]; id <= 1<<31 {
		t.Errorf("new id %d", id)
	}
}

func TestSection8Point3_PartialSuccessWithStatus200(t *testing.T) {
	o := open(t, Options{})
	o.put("/1.0/user/backlog", list(letter("ok"), letter("bad", "index-to", nil, "mass", nil), letter("ok2"))).want(200,
		`"result-ids":[23`, `"errors":[{"position":1,"error-codes":[{"code":"EMPTY_INDEX_TO","description":"Почтовый индекс не указан"},{"code":"EMPTY_MASS","description":"Масса не указана"}]}]`)
	id := o.putLetters(letter("x"))[0]
	o.postTo("/1.0/user/shipment?use-online-balance=true", ids(id, 7)).want(200, `"batches":[{`,
		`"result-ids":[`+strconv.FormatInt(id, 10)+`]`, `"errors":[{"error-code":"NOT_FOUND","error-description":"Отправление не найдено","position":1}]`)
	o.send("DELETE", "/1.0/shipment", ids(7, id)).exactly(200,
		`{"result-ids":[`+strconv.FormatInt(id, 10)+`],"errors":[{"error-code":"NOT_FOUND","position":0}]}`)
	o.put("/1.0/user/backlog", list(letter("bad", "mass", nil))).exactly(200,
		`{"errors":[{"position":0,"error-codes":[{"code":"EMPTY_MASS","description":"Масса не указана"}]}]}`)
}

func TestSection8Point4_ShPIAndMarkOnlyInAnOnlineBalanceBatch(t *testing.T) {
	o := open(t, Options{})
	id := o.putLetters(letter("m"), letter("n"))
	if body := o.get("/1.0/backlog/" + strconv.FormatInt(id[0], 10)).want(200).body; bytes.Contains(body, []byte("online-payment-mark\":")) ||
		bytes.Contains(body, []byte("barcode")) {
		t.Errorf("a piece in «Новые» has a mark or ШПИ: %s", body)
	}
	o.postTo("/1.0/user/shipment?use-online-balance=true", ids(id[0])).want(200)
	o.postTo("/1.0/user/shipment?use-online-balance=false", ids(id[1])).want(200, `"use-online-balance":false`)
	with := decoded[shipment](o.get("/1.0/shipment/" + strconv.FormatInt(id[0], 10)).want(200))
	without := decoded[shipment](o.get("/1.0/shipment/" + strconv.FormatInt(id[1], 10)).want(200))
	if with.Mark == nil || !strings.HasPrefix(with.Mark.ID, "SANDBOX-") || with.Mark.IndexOper != "101000" ||
		with.Mark.Value != with.MassRateWithVAT {
		t.Errorf("mark %+v of %+v", with.Mark, with)
	}
	if without.Mark != nil {
		t.Errorf("a batch not on the online balance has a mark: %+v", without.Mark)
	}
	for _, p := range []shipment{with, without} {
		if len(p.Barcode) != 14 || !strings.HasPrefix(p.Barcode, "000000") || shpiCheck([]byte(p.Barcode[:13])) != p.Barcode[13] {
			t.Errorf("ШПИ %s", p.Barcode)
		}
	}
}

func TestSection8Point5_CreateSplitsByKindCategoryPaymentAndOffice(t *testing.T) {
	o := open(t, Options{})
	id := o.putLetters(letter("1"), letter("2"), letter("3", "mail-type", "LETTER_CLASS_1"), letter("4", "mail-category", "SIMPLE"),
		letter("5", "payment-method", "CASHLESS"), letter("6", "with-simple-notice", true))
	got := decoded[struct {
		Batches []batchJSON
		IDs     []int64 `json:"result-ids"`
	}](o.postTo("/1.0/user/shipment?use-online-balance=true&sending-date=2026-03-12&timezone-offset=10800", ids(id...)).want(200))
	if len(got.Batches) != 5 || len(got.IDs) != 6 {
		t.Fatalf("%d batches of %d letters", len(got.Batches), len(got.IDs))
	}
	if b := got.Batches[0]; b.ShipmentCount != 2 || b.ListNumberDate != "2026-03-12" || !b.UseOnlineBalance || b.Status != statusCreated {
		t.Errorf("first batch %+v", b)
	}
	// Every key of §8.5 differs between the batches; no two share all of them.
	seen := map[string]bool{}
	for _, b := range got.Batches {
		key := strings.Join([]string{b.MailType, b.MailCategory, b.PaymentMethod, b.PostofficeCode, strings.Join(b.Postmarks, "+")}, " ")
		if seen[key] {
			t.Errorf("two batches of %s", key)
		}
		seen[key] = true
	}
}

func TestSection8Point6_BalanceInThreeWaysAndTooLittleMoney(t *testing.T) {
	sum := int64(100)
	o := open(t, Options{Balance: &sum})
	o.get("/1.0/counterpart/balance").exactly(200, `{"balance":100,"balance-date":"2026-03-11","work-with-balance":true}`)
	if err := o.post.SetBalance(0, BalanceOff); err != nil {
		t.Fatal(err)
	}
	o.get("/1.0/counterpart/balance").want(200, `"work-with-balance":false`)
	if err := o.post.SetBalance(0, BalanceNone); err != nil {
		t.Fatal(err)
	}
	o.get("/1.0/counterpart/balance").want(500, `"code":"1002"`, `No endpoint`, `"sub-code":"INTERNAL_ERROR"`)

	requested := int64(0)
	for _, p := range o.pieces("501") {
		requested += p.Mark.Value
	}
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").exactly(500,
		`{"code":"1024","desc":"Ошибка в сервисе. Код ошибки: EXTERNAL_SYSTEMS, вспомогательный код: UNDEFINED, описание: 'UNDEFINED->UNDEFINED. Requested `+
			strconv.FormatInt(requested, 10)+` but available 0'"}`)
	if o.status("501") != statusCreated {
		t.Error("a batch without money is checked in")
	}
	if err := o.post.SetBalance(requested, BalanceWorks); err != nil {
		t.Fatal(err)
	}
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").exactly(200, `{"f103-sent":true}`)
	// The money of a checked-in batch is spoken for until it is accepted and debited.
	o.postTo("/1.0/batch/504/checkin?useOnlineBalance=true", "").want(500, "but available 0")
	o.get("/1.0/counterpart/balance").want(200, `"balance":`+strconv.FormatInt(requested, 10))
	if err := o.post.Advance(5 * time.Hour); err != nil {
		t.Fatal(err)
	}
	o.get("/1.0/counterpart/balance").want(200, `"balance":0`)
}

func TestSection8Point7_DailyLimitThen509(t *testing.T) {
	c := newClock()
	o := open(t, Options{Limit: 3, Now: c.now})
	o.get("/1.0/settings/limit").exactly(200, `{"allowed-count":3,"current-count":1}`)
	o.get("/1.0/settings/limit").want(200, `"current-count":2`)
	o.send("GET", "/1.0/settings", "", "Authorization", "AccessToken wrong").want(401) // not this token's
	o.get("/1.0/settings/limit").want(200, `"current-count":3`)
	over := o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").want(509)
	if json.Valid(over.body) || !strings.HasPrefix(over.header.Get("Content-Type"), "text/html") {
		t.Errorf("over the limit: %s %s", over.header.Get("Content-Type"), over.body)
	}
	if calls := o.post.Calls(); calls.Batches["501"].Checkins != 0 || calls.Rejected["over-limit"] != 1 {
		t.Errorf("%+v", calls)
	}
	c.move(24 * time.Hour)
	o.get("/1.0/settings/limit").want(200, `"current-count":1`)
}

func TestSection8Point8_FaultsByHeaderOrderNumberAndSecondChange(t *testing.T) {
	o := open(t, Options{})
	// By order number: the order is made, the answer never comes.
	a := o.put("/1.0/user/backlog", list(letter("A-1 [fault:timeout-after 50ms]")))
	if a.err == nil {
		t.Fatalf("answered %s", a.body)
	}
	o.get("/1.0/backlog/search?query=A-1+%5Bfault:timeout-after+50ms%5D").want(200, `"order-num":"A-1 [fault:timeout-after 50ms]"`)
	// 500 before: nothing is made.
	o.put("/1.0/user/backlog", list(letter("A-2 [fault:error500-before]"))).want(500, `"timestamp"`)
	o.get("/1.0/backlog/search?query=A-2+%5Bfault:error500-before%5D").exactly(200, `[]`)
	// By header.
	id := strconv.FormatInt(o.pieces("501")[0].ID, 10)
	began := time.Now()
	o.send("GET", "/1.0/forms/"+id+"/forms", "", faultHeader, "slow 120ms").want(200, "%PDF")
	if time.Since(began) < 120*time.Millisecond {
		t.Error("the PDF was not slow")
	}
	if a := o.send("GET", "/1.0/batch/501", "", faultHeader, "empty").want(200); len(a.body) != 0 {
		t.Errorf("not empty: %s", a.body)
	}
	o.send("GET", "/1.0/batch/501", "", faultHeader, "empty-array").exactly(200, `[]`)
	o.send("GET", "/1.0/batch/501", "", faultHeader, "unknown-fields").want(200, "sandbox-unknown-number")
	o.send("GET", "/1.0/batch/501", "", faultHeader, "timout").want(400, "SANDBOX")
	// document-download-status after a change.
	if s := decoded[batchJSON](o.get("/1.0/batch/508")).DownloadStatus; s != "" {
		t.Errorf("fresh batch: %s", s)
	}
	o.postTo("/1.0/batch/508/sending/2026/3/20", "").exactly(200, `{"f103-sent":false}`)
	o.get("/1.0/batch/508").want(200, `"document-download-status":"F103_AND_OPM"`, `"list-number-date":"2026-03-20"`)
}

func TestSection8Point9_Forms(t *testing.T) {
	o := open(t, Options{})
	for _, form := range []string{"zip-all", "f103pdf"} {
		o.get("/1.0/forms/501/" + form).want(400)
		o.get("/1.0/forms/000/"+form).want(500, `"code":"1002"`, `"sub-code":"INTERNAL_ERROR"`)
	}
	p := o.pieces("501")[0]
	id := strconv.FormatInt(p.ID, 10)
	isPDF := func(a answer) {
		t.Helper()
		a.want(200)
		if !bytes.HasPrefix(a.body, []byte("%PDF-")) || a.header.Get("Content-Type") != "application/pdf" ||
			!strings.Contains(a.header.Get("Content-Disposition"), `filename="`) {
			t.Errorf("%s %v", a.body, a.header)
		}
	}
	isPDF(o.get("/1.0/forms/" + id + "/forms?print-type=PAPER"))
	isPDF(o.get("/1.0/forms/" + id + "/f7pdf?print-type=THERMO"))
	o.get("/1.0/forms/" + id + "/f112pdf").want(400)
	o.get("/1.0/forms/17/forms").want(404, `"1001"`)
	o.get("/1.0/forms/"+p.Barcode+"/easy-return-pdf").want(404, `"1001"`)
	isPDF(o.get("/1.0/forms/501/completeness-checking-form"))
	waiting := o.putLetters(letter("w"))[0]
	isPDF(o.get("/1.0/forms/backlog/" + strconv.FormatInt(waiting, 10) + "/forms"))
	o.get("/1.0/forms/backlog/" + id + "/forms").want(404)

	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").want(200)
	isPDF(o.get("/1.0/forms/501/f103pdf"))
	all := o.get("/1.0/forms/501/zip-all?print-type=PAPER&print-type-form=ONE_SIDED").want(200)
	z, err := zip.NewReader(bytes.NewReader(all.body), int64(len(all.body)))
	if err != nil || all.header.Get("Content-Type") != "application/zip" {
		t.Fatal(err, all.header)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "Export.xls Export.csv F103.pdf Forms.pdf" {
		t.Error(got)
	}
	// E7: no form of a mark order that the balance does not cover.
	if err := o.post.SetBalance(0, ""); err != nil {
		t.Fatal(err)
	}
	other := strconv.FormatInt(o.pieces("504")[0].ID, 10)
	o.get("/1.0/forms/"+other+"/forms").want(403, `"code":"1007"`, `"sub-code":"UNAUTHORIZED"`)
}

func TestSection8Point10_ListGivesCreatedOnly(t *testing.T) {
	o := open(t, Options{})
	names := func(query string) string {
		var names []string
		for _, b := range decoded[[]batchJSON](o.get("/1.0/batch" + query).want(200)) {
			names = append(names, b.Name)
			if b.Status != statusCreated {
				t.Errorf("%s is %s", b.Name, b.Status)
			}
		}
		return strings.Join(names, " ")
	}
	if got := names(""); got != "501 502 503 504 505 506 507 508 509 510" {
		t.Errorf("fresh account: %s", got)
	}
	o.postTo("/1.0/batch/503/checkin?useOnlineBalance=true", "").want(200)
	o.put("/1.0/archive", `["504"]`).exactly(200, `[{"batch-name":"504"}]`)
	if got := names(""); got != "501 502 505 506 507 508 509 510" {
		t.Errorf("after checkin and archive: %s", got)
	}
	if o.status("503") != statusFrozen || o.status("504") != statusArchived {
		t.Error("the others are not found by name")
	}
	if got := names("?mailCategory=SIMPLE&mailType=LETTER"); got != "506" {
		t.Errorf("simple letters: %s", got)
	}
	if got := names("?size=2&page=1&sort=desc"); got != "508 507" {
		t.Errorf("second page backwards: %s", got)
	}
	if got := names("?size=2&page=0&sort=ask"); got != "501 502" {
		t.Errorf("the typo in sort is tolerated: %s", got)
	}
}

func TestSection8Point11_TrackingAndRefusals(t *testing.T) {
	o := open(t, Options{})
	pieces := o.pieces("501")
	if p := pieces[0]; p.LastOperType != "ID_ASSIGNMENT" || p.HumanOper == "" {
		t.Errorf("fresh piece %+v", p)
	}
	if err := o.post.Refuse(pieces[3].Barcode, 7); err != nil {
		t.Fatal(err)
	}
	before := o.post.Account().BalanceKopecks
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").want(200)
	steps := func(barcode string) string {
		ops, err := o.post.Tracking(barcode)
		if err != nil {
			t.Fatal(err)
		}
		var s []string
		for _, op := range ops {
			s = append(s, strconv.Itoa(op.Type)+"/"+strconv.Itoa(op.Attr))
		}
		return strings.Join(s, " ")
	}
	advance := func(by time.Duration) {
		if err := o.post.Advance(by); err != nil {
			t.Fatal(err)
		}
	}
	if s := o.status("501"); s != statusFrozen {
		t.Error(s)
	}
	advance(5 * time.Hour)
	if s := o.status("501"); s != statusAccepted {
		t.Error(s)
	}
	if got := steps(pieces[0].Barcode); got != "28/0 1/2" {
		t.Error(got)
	}
	if got := steps(pieces[3].Barcode); got != "28/0 44/7" {
		t.Error(got)
	}
	if err := o.post.Refuse(pieces[4].Barcode, 11); err != nil { // acceptance is over: at once
		t.Fatal(err)
	}
	if got := steps(pieces[4].Barcode); got != "28/0 1/2 44/11" {
		t.Error(got)
	}
	refused := decoded[shipment](o.get("/1.0/shipment/" + strconv.FormatInt(pieces[4].ID, 10)))
	if refused.LastOperType != "ACCEPTANCE_REJECTED" || !strings.Contains(refused.HumanOper, "Некорректный ЗОО") {
		t.Errorf("%+v", refused)
	}
	advance(10 * time.Hour)
	if s := o.status("501"); s != statusSent {
		t.Error(s)
	}
	advance(9 * 24 * time.Hour)
	if got := steps(pieces[0].Barcode); got != "28/0 1/2 8/0 8/1 8/2 2/1" {
		t.Error(got)
	}
	if got := steps(pieces[3].Barcode); got != "28/0 44/7" {
		t.Error(got)
	}
	b := decoded[batchJSON](o.get("/1.0/batch/501"))
	if b.AcceptedCount != 10 || b.DeliveryCount != 10 {
		t.Errorf("accepted %d delivered %d", b.AcceptedCount, b.DeliveryCount)
	}
	// Refused pieces are not paid for, taken ones are, once.
	paid := int64(0)
	for i, p := range pieces {
		if i != 3 && i != 4 {
			paid += p.Mark.Value
		}
	}
	if now := o.post.Account().BalanceKopecks; before-now != paid || o.post.Calls().Batches["501"].DebitedKopecks != paid {
		t.Errorf("debited %d, want %d", before-now, paid)
	}
	if err := o.post.Refuse(pieces[0].Barcode, 12); err == nil {
		t.Error("44/12 cannot be played")
	}
}
