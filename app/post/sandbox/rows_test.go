package sandbox

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The rows of facts/otpravka-api.md §2 when all is well.

func text(id int64) string { return strconv.FormatInt(id, 10) }

func TestBacklogRows(t *testing.T) {
	o := open(t, Options{})
	id := o.putLetters(letter("Иванов И.И., исх. 15"), letter("Иванов И.И., исх. 15", "group-name", "g1")) // order-num is not unique
	o.get("/1.0/backlog/"+text(id[0])).want(200, `"id":`+text(id[0]), `"index-to":690000`, `"index-from":"101000"`, `"total-rate-wo-vat":7951`, `"total-vat":1749`)
	if got := decoded[[]backlogOrder](o.get("/1.0/backlog/search?query=" + url.QueryEscape("Иванов И.И., исх. 15")).want(200)); len(got) != 2 {
		t.Errorf("found %d", len(got))
	}
	if got := decoded[[]backlogOrder](o.get("/1.0/backlog/by-group-name/g1").want(200)); len(got) != 1 || got[0].ID != id[1] {
		t.Errorf("%+v", got)
	}
	edited := list(letter("new-num", "mass", 40))
	o.put("/1.0/backlog/"+text(id[0]), edited[1:len(edited)-1]).exactly(200, `[]`)
	o.get("/1.0/backlog/"+text(id[0])).want(200, `"mass":40`, `"order-num":"new-num"`, `"version":2`)
	if got := decoded[[]backlogOrder](o.get("/1.0/backlog/search?query=new-num").want(200)); len(got) != 1 {
		t.Errorf("found %d by the new number", len(got))
	}
	o.put("/1.0/backlog/"+text(id[0]), `{"mass":1}`).want(200, `"position":0`, "EMPTY_MAIL_TYPE")
	o.put("/1.0/backlog/5", `{}`).want(404)
	o.send("DELETE", "/1.0/backlog", ids(id[0], id[0])).exactly(200,
		`{"result-ids":[`+text(id[0])+`],"errors":[{"error-code":"NOT_FOUND","position":1}]}`)
	o.get("/1.0/backlog/" + text(id[0])).want(404)
	o.get("/1.0/backlog/search?query=new-num").exactly(200, `[]`)

	v2 := decoded[orderV2Result](o.put("/2.0/user/backlog", list(letter("v2", "group-name", "g2"))).want(200))
	one := v2.Orders[0]
	if len(one.Barcode) != 14 || one.OrderNum != "v2" || one.GroupName != "g2" || one.ResultID <= id[1] {
		t.Errorf("%+v", one)
	}
	o.get("/1.0/shipment/search?query="+one.Barcode).exactly(200, `[]`) // still in «Новые»
	o.postTo("/1.0/user/shipment?use-online-balance=true", ids(one.ResultID)).want(200)
	o.get("/1.0/shipment/search?query="+one.Barcode).want(200, `"order-num":"v2"`) // the same ШПИ in the batch
}

func TestBatchRows(t *testing.T) {
	o := open(t, Options{})
	id := o.putLetters(letter("a"), letter("b"), letter("c", "group-name", "g3"))
	made := decoded[shipmentResult](o.postTo("/1.0/user/shipment?use-online-balance=true&sending-date=2026-03-12", ids(id[0])).want(200)).Batches[0]
	o.postTo("/1.0/batch/"+made.Name+"/shipment", ids(id[1], id[2])).exactly(200, `{"result-ids":[`+text(id[1])+`,`+text(id[2])+`]}`)
	o.put("/1.0/batch/"+made.Name+"/shipment", list(letter("d"))).want(200, `"result-ids":[`)
	got := o.pieces(made.Name)
	if len(got) != 4 || got[3].OrderNum != "d" || got[3].Mark == nil {
		t.Fatalf("%+v", got)
	}
	if b := decoded[batchJSON](o.get("/1.0/batch/" + made.Name)); b.ShipmentCount != 4 || b.DownloadStatus != "F103_AND_NEW_SHIPMENT" ||
		b.MassRateSum != 4*rateRegistered || b.GroundRateSum != b.MassRateSum {
		t.Errorf("%+v", b)
	}
	if page := decoded[[]shipment](o.get("/1.0/batch/" + made.Name + "/shipment?size=3&page=1&sort=desc")); len(page) != 1 || page[0].ID != id[0] {
		t.Errorf("%+v", page)
	}
	o.get("/1.0/batch/"+made.Name+"/shipment?size=3&page=7").exactly(200, `[]`)
	for _, bad := range []string{"size=0", "size=-1", "size=x", "page=-1", "size=99999999999999999999"} {
		o.get("/1.0/batch/" + made.Name + "/shipment?" + bad).want(400)
	}
	o.get("/1.0/shipment/by-group-name/g3").want(200, text(id[2]))
	o.get("/1.0/shipment/"+text(id[2])).want(200, `"batch-name":"`+made.Name+`"`)

	// Return to «Новые»: mark and ШПИ die, the next batch gives new ones.
	old := got[1]
	o.postTo("/1.0/user/backlog", ids(old.ID)).exactly(200, `{"result-ids":[`+text(old.ID)+`]}`)
	o.get("/1.0/shipment/" + text(old.ID)).want(404)
	o.get("/1.0/shipment/search?query="+old.Barcode).exactly(200, `[]`)
	o.get("/1.0/backlog/" + text(old.ID)).want(200)
	o.postTo("/1.0/batch/"+made.Name+"/shipment", ids(old.ID)).want(200)
	renewed := decoded[shipment](o.get("/1.0/shipment/" + text(old.ID)))
	if renewed.Barcode == old.Barcode || renewed.Mark.ID == old.Mark.ID {
		t.Error("the old ШПИ or mark came back to life")
	}
	// Delete for good; an emptied batch is gone.
	o.send("DELETE", "/1.0/shipment", ids(got[0].ID, got[1].ID, got[2].ID, got[3].ID)).want(200)
	o.get("/1.0/batch/" + made.Name).want(404)
	o.get("/1.0/backlog/" + text(old.ID)).want(404)
}

func TestSendingDate(t *testing.T) {
	o := open(t, Options{})
	o.postTo("/1.0/batch/501/sending/2026/3/15", "").exactly(200, `{"f103-sent":false}`)
	o.postTo("/1.0/batch/501/sending/2026/03/15", "").exactly(200, `{"f103-sent":false}`) // zero-padded is the same date
	o.get("/1.0/batch/501").want(200, `"list-number-date":"2026-03-15"`)
	o.postTo("/1.0/batch/501/sending/2026/3/10", "").exactly(200, `{"error-code":"PAST_DUE_DATE","f103-sent":false}`)
	for _, bad := range []string{"2026/13/1", "2026/2/30", "x/1/1", "2026/1/0"} {
		o.postTo("/1.0/batch/501/sending/"+bad, "").want(400)
	}
	o.postTo("/1.0/batch/000/sending/2026/3/15", "").want(404)
	got := o.post.Calls().Batches["501"]
	if got.DateMoves != 1 || got.DateMovesSame != 1 || got.DateMovesRefused != 1 {
		t.Errorf("%+v", got)
	}
}

func TestArchiveRows(t *testing.T) {
	o := open(t, Options{})
	o.get("/1.0/archive").want(200, `"batch-name":"500"`)
	o.put("/1.0/archive", `["501","000"]`).exactly(200, `[{"batch-name":"501"},{"batch-name":"000","error-code":"NOT_FOUND"}]`)
	o.postTo("/1.0/archive/revert", `["501"]`).exactly(200, `[{"batch-name":"501"}]`)
	if o.status("501") != statusCreated {
		t.Error("revert does not give the state back")
	}
	o.postTo("/1.0/archive/revert", `[{"batch-name":"500"}]`).exactly(200, `[{"batch-name":"500"}]`)
	if o.status("500") != statusSent {
		t.Error("revert does not give the state back")
	}
	o.put("/1.0/archive", `["500"]`).want(200)
	barcode := o.pieces("500")[0].Barcode
	o.get("/1.0/long-term-archive/shipment/search?query="+barcode).want(200, barcode, "GIVING_RECIPIENT")
	o.put("/1.0/archive", `[5]`).want(500)
}

func TestToolRows(t *testing.T) {
	o := open(t, Options{})
	o.get("/1.0/settings").want(200, `"apig_access_token":"`, `"org-inn":"00`, `"org-kpp":"000001001"`, `"online-balance-enabled":true`, `"zoo-simple":false`, `"return-address":{`)
	o.get("/1.0/user-shipping-points").want(200, `[{`, `"operator-postcode":"101000"`)
	o.postTo("/1.0/tariff", `{"index-to":"690000","mail-type":"LETTER","mail-category":"ORDERED","mass":20,"with-simple-notice":true}`).want(200,
		`"ground-rate":{"rate":7951,"vat":1749}`, `"notice-rate":{`, `"total-rate":10738`)
	o.postTo("/1.0/tariff", `{"index-to":"000001","mail-type":"LETTER","mail-category":"ORDERED","mass":20}`).want(400, "CODE_1372")
	o.postTo("/1.0/tariff", `{"index-to":"690000","mail-type":"LETTER","mail-category":"ORDERED"}`).want(400, "UNDEFINED")
	clean := decoded[[]obj](o.postTo("/1.0/clean/address", `[{"id":"1","original-address":"690000, край Приморский, г Владивосток, ул Светланская, 1, 2"},{"id":"2","original-address":"где-то"}]`).want(200))
	if clean[0]["id"] != "2" || clean[1]["quality-code"] != "GOOD" || clean[1]["index"] != "690000" || clean[0]["quality-code"] != "UNDEF_02" {
		t.Errorf("%v", clean) // in reverse order on purpose
	}
	o.postTo("/1.0/clean/physical", `[{"id":"1","original-fio":"Петров Пётр Петрович"}]`).want(200, `"surname":"Петров"`, `"quality-code":"EDITED"`)
	o.postTo("/1.0/clean/phone", `[{"id":"1","original-phone":"8 (999) 123-45-67"}]`).want(200, `"phone-city-code":"999"`, `"GOOD"`)
	o.get("/postoffice/1.0/101000").want(200, `"postal-code":"101000"`)
	o.get("/postoffice/1.0/by-address?address=x&top=3").want(200, `"101000"`)
	o.get("/postoffice/1.0/17").want(404)
	// These exist at the post, not here (§8.1).
	for _, absent := range []string{"/1.0/unloading-passport/zip", "/1.0/user-session", "/external/v1/slots"} {
		o.get(absent).want(407)
	}
}

func TestControlOverHTTP(t *testing.T) {
	o := open(t, Options{})
	bare := func(method, path, body string) answer { // without the token
		return o.send(method, path, body, "Authorization", "", "X-User-Authorization", "")
	}
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").want(200)
	bare("POST", "/_sandbox/advance", `{"hours":1,"days":1}`).exactly(200, `{"ok":true}`)
	if o.status("501") != statusSent {
		t.Error("a day and an hour are enough for SENT")
	}
	bare("POST", "/_sandbox/change-marks", `{"batch":"503","what":["id","value","date"]}`).want(200)
	bare("POST", "/_sandbox/change-marks", `{}`).want(200) // the account's own batch for it
	if got := o.post.Calls().Batches; got["503"].MarksChanged != 1 || got["508"].MarksChanged != 1 {
		t.Errorf("%+v", got)
	}
	bare("POST", "/_sandbox/balance", `{"mode":"none"}`).want(200)
	o.get("/1.0/counterpart/balance").want(500)
	bare("POST", "/_sandbox/balance", `{"kopecks":12345,"mode":"works"}`).want(200)
	o.get("/1.0/counterpart/balance").want(200, `"balance":12345`)
	bare("POST", "/_sandbox/fault", `{"rule":"settings 2 refuse 403 1007 нельзя"}`).want(200)
	o.get("/1.0/settings").want(200)
	o.get("/1.0/settings").exactly(403, `{"code":"1007","desc":"нельзя"}`)
	barcode := o.pieces("503")[0].Barcode
	bare("POST", "/_sandbox/refuse", `{"barcode":"`+barcode+`","attr":11}`).want(200)
	bare("GET", "/_sandbox/tracking/"+barcode, "").want(200, `{"type":28,"attr":0,`)
	bare("GET", "/_sandbox/account", "").want(200, `"purpose":"marks-change"`)
	bare("GET", "/_sandbox/calls", "").want(200, `"POST /1.0/batch/{name}/checkin":1`, `"checkin 200":1`, `"what":"checked-in","batch":"501","count":12`)
	for call, status := range map[string]int{
		`advance {"hours":-1}`: 400, `advance {"hour":1}`: 400, `advance {"days":1e300}`: 400, `advance x`: 400,
		`fault {"rule":"nonsense"}`: 400, `change-marks {"batch":"000"}`: 404, `change-marks {"what":["colour"]}`: 400,
		`balance {"mode":"gold"}`: 400, `refuse {"barcode":"1","attr":7}`: 404, `refuse {"barcode":"1","attr":8}`: 400, `nothing {}`: 404,
	} {
		name, body, _ := strings.Cut(call, " ")
		bare("POST", "/_sandbox/"+name, body).want(status)
	}
}

func TestChangedMarks(t *testing.T) {
	o := open(t, Options{})
	old := o.pieces("508")
	if err := o.post.ChangeMarks("", ChangeID, ChangeValue); err != nil {
		t.Fatal(err)
	}
	for i, p := range o.pieces("508") {
		if p.Mark.ID == old[i].Mark.ID || p.Mark.Value != old[i].Mark.Value+1 || p.Barcode != old[i].Barcode || p.Version == old[i].Version {
			t.Fatalf("%+v was %+v", p.Mark, old[i].Mark)
		}
	}
	o.get("/1.0/batch/508").want(200, `"document-download-status":"F103_AND_OPM"`)
	// Taking the documents anew clears the flag; before checkin there are none to take.
	o.postTo("/1.0/batch/508/checkin?useOnlineBalance=true", "").want(200)
	o.get("/1.0/forms/508/zip-all").want(200)
	if got := decoded[batchJSON](o.get("/1.0/batch/508")).DownloadStatus; got != "" {
		t.Error(got)
	}
	// Scripted: on the second look at the pieces, and when the clock moves.
	for _, rule := range []string{"shipments 2 change-marks", "advance 1 change-marks 507"} {
		script, err := ParseFaults(strings.NewReader(rule))
		if err != nil {
			t.Fatal(err)
		}
		o := open(t, Options{Faults: script})
		one, two := o.pieces("507")[0].Mark.ID, ""
		if err := o.post.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		if two = o.pieces("507")[0].Mark.ID; one == two {
			t.Errorf("%s: not played", rule)
		}
	}
}
