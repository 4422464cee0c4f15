package sandbox

import (
	"strconv"
	"strings"
	"testing"
)

// Every error shape of facts/otpravka-api.md §6.1 as it reaches a client.
func TestErrorShapes(t *testing.T) {
	none := int64(0)
	o := open(t, Options{Balance: &none})
	created := o.putLetters(letter("E"))
	o.postTo("/1.0/user/shipment?use-online-balance=true", ids(created...)).want(200)
	const credentials = `{"code":"1011","desc":"ILLEGAL_CREDENTIALS","sub-code":"UNAUTHORIZED"}`
	const noToken = `{"status":"ERROR","message":"Error token value not found"}`
	first := strconv.FormatInt(firstID, 10)

	o.put("/1.0/user/backlog", list(letter("", "region-to", nil))).exactly(200, // E1
		`{"errors":[{"position":0,"error-codes":[{"code":"EMPTY_REGION_TO","description":"Регион не заполнен"}]}]}`)
	o.postTo("/1.0/batch/501/shipment", ids(5)).exactly(200, // E2 with words
		`{"errors":[{"error-code":"NOT_FOUND","error-description":"Отправление не найдено","position":0}]}`)
	o.postTo("/1.0/user/backlog", ids(5)).exactly(200, // E2 without
		`{"errors":[{"error-code":"NOT_FOUND","position":0}]}`)
	o.put("/1.0/returns", `{"direct-barcode":"1","mail-type":"EASY_RETURN"}`).exactly(200, // E3
		`{"errors":[{"code":"DIRECT_SHIPMENT_NOT_FOUND","description":"Прямое отправление не найдено"}]}`)
	o.send("DELETE", "/1.0/returns/delete-separate-return?barcode=1", "").exactly(200, // E3 bare
		`{"code":"RETURN_SHIPMENT_NOT_FOUND","description":"Возвратное отправление не найдено"}`)
	for _, path := range []string{"/1.0/batch/000", "/1.0/batch/000/shipment"} { // E4
		o.get(path).exactly(404, `{"code":"1001","desc":"Instance ShipmentBatchTuple not found for params: 000","sub-code":"RESOURCE_NOT_FOUND"}`)
	}
	o.postTo("/1.0/batch/000/checkin?useOnlineBalance=true", "").want(404, `"1001"`)
	o.get("/1.0/backlog/"+first).want(404, "BacklogTuple")
	o.get("/1.0/shipment/x").want(404, "ComplexOrderV2")
	for _, body := range []string{`[[]]`, `{}`, ``, `null`, `[null]`, `[1]`, `[{"mass":"20"}]`, `[{"mass":20.5}]`, "[{\x00}]"} { // E5
		o.put("/1.0/user/backlog", body).want(500, `"code":"1002"`, `"sub-code":"INTERNAL_ERROR"`)
	}
	o.put("/1.0/batch/501/shipment", ids(1)).want(500, `"code":"1002"`)                        // ids in place of orders (LG #34)
	for _, header := range []string{"", "Basic !", "Basic bm9ib2R5Om5vdGhpbmc=", "Bearer x"} { // E6
		o.send("GET", "/1.0/settings", "", "X-User-Authorization", header).exactly(401, credentials)
	}
	o.get("/1.0/forms/" + first + "/forms").want(200)                                                           // archived: paid long ago
	o.get("/1.0/forms/"+strconv.FormatInt(firstID+3, 10)+"/forms").want(403, `"code":"1007"`)                   // E7
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").want(500, `"code":"1024"`, "but available 0'") // E8
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=false", "").exactly(200,                                  // E9
		`{"error-code":"OFFLINE_BALANCE_FORBIDDEN","f103-sent":false}`)
	o.get("/nowhere").exactly(407, `{"status":"ERROR","message":"Error namespace or mask or method not found"}`) // E10
	for _, header := range []string{"", "AccessToken", "AccessToken wrong", o.post.Token()} {                    // E11
		o.send("GET", "/1.0/settings", "", "Authorization", header).exactly(401, noToken)
	}
	o.send("GET", "/1.0/settings", "", faultHeader, "509").want(509, "<html>")                                             // E12
	o.send("GET", "/1.0/settings", "", faultHeader, "error500-before").want(500, `"status":500`, `"path":"/1.0/settings"`) // E13
	name := decoded[shipment](o.get("/1.0/shipment/" + strconv.FormatInt(created[0], 10))).BatchName
	o.postTo("/1.0/batch/"+name+"/shipment", ids(created[0])).want(500, `"message":null`) // E14
	o.put("/1.0/user/backlog", `[]`).exactly(200, `{"result-ids":[]}`)                    // not an error
	o.get("/1.0/shipment/search?query=nothing").exactly(200, `[]`)
}

func TestCheckinFlagIsLiteral(t *testing.T) {
	o := open(t, Options{})
	for _, query := range []string{"", "?useOnlineBalance=", "?useOnlineBalance=1", "?useOnlineBalance=True", "?use-online-balance=true",
		"?useOnlineBalance=true&useOnlineBalance=true"} {
		o.postTo("/1.0/batch/501/checkin"+query, "").want(400, `"error":"Bad Request"`)
	}
	if got := o.post.Calls().Batches["501"]; got.Checkins != 0 || got.CheckinRefusals["bad-flag"] != 6 {
		t.Errorf("%+v", got)
	}
	id := o.putLetters(letter("flag"))
	o.postTo("/1.0/user/shipment?use-online-balance=", ids(id...)).want(400)
	o.postTo("/1.0/user/shipment", ids(id...)).want(200, "ILLEGAL_PAYMENT_METHOD") // a mark letter must say it
	o.postTo("/1.0/user/shipment?use-online-balance=true&sending-date=11.03.2026", ids(id...)).want(400)
	o.postTo("/1.0/user/shipment?use-online-balance=true&sending-date=2026-03-10", ids(id...)).want(200, "PAST_DUE_DATE")
}

func TestOfflineCheckinWhereAllowed(t *testing.T) {
	o := open(t, Options{OfflineAllowed: true})
	o.postTo("/1.0/batch/510/checkin?useOnlineBalance=false", "").exactly(200, `{"f103-sent":true}`)
	strict := open(t, Options{})
	strict.postTo("/1.0/batch/510/checkin?useOnlineBalance=true", "").exactly(200, `{"f103-sent":true}`) // asks for no money
}

func TestSecondCheckinIsRefusedAndCounted(t *testing.T) {
	o := open(t, Options{})
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").exactly(200, `{"f103-sent":true}`)
	first := decoded[batchJSON](o.get("/1.0/batch/501"))
	for range 3 {
		o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").exactly(200, `{"error-code":"READONLY_STATE","f103-sent":false}`)
	}
	again := decoded[batchJSON](o.get("/1.0/batch/501"))
	if first.ListNumber == 0 || first.ListNumber != again.ListNumber || first.StatusDate != again.StatusDate || !again.ElectronicF103 {
		t.Errorf("%+v\n%+v", first, again)
	}
	if got := o.post.Calls().Batches["501"]; got.Checkins != 1 || got.CheckinsRefused != 3 || got.CheckinRefusals["READONLY_STATE"] != 3 {
		t.Errorf("%+v", got)
	}
	o.postTo("/1.0/batch/501/sending/2026/3/20", "").exactly(200, `{"error-code":"READONLY_STATE","f103-sent":false}`)
	id := o.pieces("501")[0].ID
	o.send("DELETE", "/1.0/shipment", ids(id)).want(200, "READONLY_STATE")
	o.postTo("/1.0/user/backlog", ids(id)).want(200, "READONLY_STATE")
	if err := o.post.Advance(acceptAfter); err != nil {
		t.Fatal(err)
	}
	o.postTo("/1.0/batch/501/checkin?useOnlineBalance=true", "").want(200, "ALL_SHIPMENTS_SENT")
	o.send("DELETE", "/1.0/shipment", ids(id)).want(200, "DELIVERY_IN_PROGRESS")
}

func TestOrderCodes(t *testing.T) {
	o := open(t, Options{})
	for _, one := range []struct {
		code    string
		changes []any
	}{
		{"EMPTY_MAIL_TYPE", []any{"mail-type", nil}},
		{"ILLEGAL_MAIL_TYPE", []any{"mail-type", "PIGEON"}},
		{"UNAVAILABLE_MAIL_TYPE", []any{"mail-type", "EMS"}},
		{"EMPTY_MAIL_CATEGORY", []any{"mail-category", nil}},
		{"ILLEGAL_MAIL_CATEGORY", []any{"mail-category", "ORDINARY"}},
		{"EMPTY_INSR_VALUE", []any{"mail-category", "WITH_DECLARED_VALUE"}},
		{"EMPTY_MAIL_DIRECT", []any{"mail-direct", nil}},
		{"ILLEGAL_MAIL_DIRECT", []any{"mail-direct", 276}},
		{"ILLEGAL_POSTOFFICE_CODE", []any{"postoffice-code", "190000"}},
		{"ILLEGAL_RECIPIENT_NAME", []any{"recipient-name", " "}},
		{"EMPTY_ADDRESS_TYPE_TO", []any{"address-type-to", nil}},
		{"ILLEGAL_ADDRESS_TYPE_TO", []any{"address-type-to", "MOON"}},
		{"EMPTY_NUM_ADDRESS_TYPE", []any{"address-type-to", "PO_BOX"}},
		{"EMPTY_NUM_ADDRESS_TYPE", []any{"address-type-to", "UNIT"}},
		{"EMPTY_INDEX_TO", []any{"index-to", nil}},
		{"ILLEGAL_INDEX_TO", []any{"index-to", 17}},
		{"EMPTY_REGION_TO", []any{"region-to", nil}},
		{"EMPTY_PLACE_TO", []any{"place-to", nil}},
		{"EMPTY_MASS", []any{"mass", nil}},
		{"ILLEGAL_MASS", []any{"mass", -1}},
		{"ILLEGAL_MASS_EXCESS", []any{"mass", 101}},
		{"ILLEGAL_ENVELOPE_TYPE", []any{"envelope-type", "B4"}},
		{"ILLEGAL_PAYMENT_METHOD", []any{"payment-method", "GOLD"}},
		{"ILLEGAL_NOTICE_PAYMENT_METHOD", []any{"notice-payment-method", "ONLINE_PAYMENT_MARK"}},
	} {
		got := decoded[orderResult](o.put("/1.0/user/backlog", list(letter("c", one.changes...))).want(200))
		if len(got.Errors) != 1 || len(got.Errors[0].Codes) != 1 || got.Errors[0].Codes[0].Code != one.code || got.Errors[0].Codes[0].Description == "" {
			t.Errorf("%s: %+v", one.code, got)
		}
	}
	o.put("/2.0/user/backlog", list(letter("v2", "postoffice-code", nil, "street-to", nil))).want(200,
		`"EMPTY_POSTOFFICE_CODE"`, `"details":"101000"`, `"EMPTY_STREET_TO"`)
}

func TestMisfits(t *testing.T) {
	o := open(t, Options{})
	for _, one := range []struct {
		batch, code string
		changes     []any
	}{
		{"503", "DIFFERENT_MAIL_TYPE", []any{"mail-type", "BANDEROL"}},
		{"503", "DIFFERENT_MAIL_CATEGORY", []any{"mail-category", "SIMPLE"}},
		{"503", "DIFFERENT_TRANSPORT_TYPE", []any{"transport-type", "AVIA"}},
		{"501", "DIFFERENT_MAIL_RANK", nil},
		{"503", "ILLEGAL_PAYMENT_METHOD", []any{"payment-method", "STAMP"}},
		{"502", "ABSENT_SIMPLE_NOTICE_POSTMARK", nil},
		{"503", "UNEXPECTED_SIMPLE_NOTICE_POSTMARK", []any{"with-simple-notice", true}},
		{"504", "ABSENT_ORDER_OF_NOTICE_POSTMARK", nil},
		{"503", "UNEXPECTED_ORDER_OF_NOTICE_POSTMARK", []any{"with-order-of-notice", true}},
	} {
		id := o.putLetters(letter("m", one.changes...))
		o.postTo("/1.0/batch/"+one.batch+"/shipment", ids(id...)).want(200, `"error-code":"`+one.code+`"`)
		o.put("/1.0/batch/"+one.batch+"/shipment", list(letter("m", one.changes...))).want(200, `"code":"`+one.code+`"`)
	}
	id := o.putLetters(letter("g"))
	o.postTo("/1.0/batch/503/shipment?group-name=none", ids(id...)).want(200, "GROUP_NOT_FOUND")
	for code, words := range descriptions {
		if words == "" || strings.TrimSpace(words) != words {
			t.Errorf("%s: %q", code, words)
		}
	}
}
