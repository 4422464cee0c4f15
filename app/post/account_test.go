package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"znak/app/postal"
)

func TestSettings(t *testing.T) {
	o := serve(t, always(200, fixture(t, "settings.json")))
	s, err := o.Settings(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := postal.Sender{Name: "ООО «Вымышленная контора №1»", INN: "9900000007", KPP: "990001001",
		Address: postal.Address{Kind: "DEFAULT", Index: "101000", Region: "г Москва", Place: "г Москва", Street: "ул Ёлочная", House: "7", Office: "31"}}
	if s.Sender != want {
		t.Errorf("sender %+v, want %+v", s.Sender, want)
	}
	if s.Office != "101000" || len(s.Points) != 2 || s.Points[1].MailTypes[2] != "BY_PIGEON" || s.Points[1].More[0] != "000000" {
		t.Errorf("office %q, points %+v", s.Office, s.Points)
	}
	if !s.OnlineBalance || s.SimpleMarks || !s.MarkRanges || !s.PrintFromBacklog || !s.DirectAddition || s.APIDisabled || s.Blocked ||
		s.Envelope != postal.DL || s.Payment != postal.PaidByMark {
		t.Errorf("flags: %+v", s)
	}
	kept, _ := json.Marshal(s)
	for _, secret := range []string{"SECRET-OF-THE-ANSWER", "ANOTHER-SECRET"} {
		if strings.Contains(string(kept)+fmt.Sprintf("%#v", s), secret) {
			t.Errorf("settings keep %s", secret)
		}
	}
}

func TestSettingsWithoutAnything(t *testing.T) {
	o := serve(t, always(200, []byte(`{"org-inn":"9900000007"}`)))
	s, err := o.Settings(context.Background())
	if err != nil || s.APIDisabled || s.Blocked || s.Office != "" {
		t.Errorf("%+v, %v", s, err)
	}
	o = serve(t, always(200, []byte(`{"org-inn":"1","shipping-points":[{"operator-postcode":{"a":1}}]}`)))
	_, err = o.Settings(context.Background())
	var f *FieldError
	if !errors.Is(err, ErrForeign) || !errors.As(err, &f) || f.Path != "shipping-points[0].operator-postcode" {
		t.Errorf("a wrong field must be named: %v", err)
	}
}

func TestLimit(t *testing.T) {
	o := serve(t, always(200, []byte(`{"allowed-count":1000,"current-count":"154"}`)))
	l, err := o.Limit(context.Background())
	if err != nil || l != (Limit{1000, 154}) {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestShippingPoints(t *testing.T) {
	o := serve(t, always(200, fixture(t, "points.json")))
	points, err := o.ShippingPoints(context.Background())
	if err != nil || len(points) != 2 || points[0].More[0] != "000000" || !points[1].Enabled || string(points[1].Extra) != `{"temporary":true}` {
		t.Errorf("%+v, %v", points, err)
	}
}

func TestBalance(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   Balance
		err    error
	}{
		{"works", 200, `{"balance":11756400,"balance-date":"2026-11-20","work-with-balance":true}`, Balance{Kopecks: 11756400, AsOf: "2026-11-20", Known: true, Why: BalanceWorks}, nil},
		{"negative", 200, `{"balance":-5,"work-with-balance":"true"}`, Balance{Kopecks: -5, Known: true, Why: BalanceWorks}, nil},
		{"no flag", 200, `{"balance":"0","balance-date":"2019-06-21"}`, Balance{AsOf: "2019-06-21", Known: true, Why: BalanceWorks}, nil},
		{"not this account", 200, `{"balance":0,"work-with-balance":false}`, Balance{Why: BalanceNotThisAccount}, nil},
		{"the post could not say", 200, `{"balance":7,"work-with-balance":true,"error-message":"нет данных"}`, Balance{Why: BalanceNotAvailable, Words: "нет данных"}, nil},
		{"no endpoint", 500, string(fixture(t, "e5-no-endpoint.json")), Balance{Why: BalanceNotAvailable}, nil},
		{"404 of the framework", 404, `{"timestamp":"x","status":404,"error":"Not Found","path":"/1.0/counterpart/balance"}`, Balance{Why: BalanceNotAvailable}, nil},
		{"404 of the post", 404, string(fixture(t, "e4.json")), Balance{Why: BalanceNotAvailable}, nil},
		{"gateway", 407, string(fixture(t, "e10.json")), Balance{Why: BalanceNotAvailable}, nil},
		{"a failure is an error", 500, string(fixture(t, "e5.json")), Balance{}, ErrUnreachable},
		{"a wrong type is an error", 200, `{"balance":[1],"work-with-balance":true}`, Balance{}, ErrForeign},
		{"another object", 200, `{"hello":"world"}`, Balance{}, ErrForeign},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, always(c.status, []byte(c.body)))
			b, err := o.Balance(context.Background())
			if c.err != nil {
				if !errors.Is(err, c.err) {
					t.Errorf("error %v, want %v", err, c.err)
				}
				return
			}
			if err != nil || b != c.want {
				t.Errorf("%+v, %v; want %+v", b, err, c.want)
			}
		})
	}
}

func TestBatch(t *testing.T) {
	o := serve(t, always(200, fixture(t, "batch.json")))
	b, err := o.Batch(context.Background(), "506")
	if err != nil {
		t.Fatal(err)
	}
	extra := b.Extra
	b.Extra = nil
	want := postal.Batch{Name: "506", Status: "CREATED", StatusDate: b.StatusDate, MailType: "LETTER", MailTypeText: "Письмо", Category: "ORDERED", CategoryText: "Заказное",
		Rank: "WO_RANK", Postmarks: []postal.Postmark{"WITH_SIMPLE_NOTICE"}, Payment: "ONLINE_PAYMENT_MARK", NoticePayment: "CASHLESS", UseOnlineBalance: true,
		Office: "101000", OfficeName: "ОПС 101000", SendingDate: "2026-07-13", Documents: "F103_AND_OPM", PieceCount: 4, Mass: 80, MassRate: 28000, MassVAT: 6160, NoticeRate: 5000, NoticeVAT: 1100}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("got  %+v\nwant %+v", b, want)
	}
	if b.StatusDate.Format("2006-01-02T15:04:05.000Z07:00") != "2026-07-11T05:17:21.263Z" {
		t.Errorf("status date %v", b.StatusDate)
	}
	var rest map[string]any
	if err := json.Unmarshal(extra, &rest); err != nil || rest["field-of-2031"] == nil || rest["shipment-ground-rate-sum"] != 28000.0 || rest["batch-name"] != nil {
		t.Errorf("extra %s, %v", extra, err)
	}
	if _, err := o.Batch(context.Background(), "507"); !errors.Is(err, ErrForeign) {
		t.Errorf("another batch than asked for: %v", err)
	}
	for _, name := range []string{"", ".", ".."} {
		if _, err := o.Batch(context.Background(), name); !errors.Is(err, ErrNotFound) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if asked := o.asked(); len(asked) != 2 {
		t.Errorf("asked %v", asked)
	}
}

func TestBatchNameIsEscaped(t *testing.T) {
	o := serve(t, always(404, fixture(t, "e4.json")))
	if _, err := o.Batch(context.Background(), "5/6?x=1"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if got, want := o.asked()[0], "GET /1.0/batch/5%2F6%3Fx=1"; got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}

func TestChangesOfABatch(t *testing.T) {
	for _, c := range []struct {
		name, body string
		do         func(*Client) error
		ask        string
		want       error // nil: success
		unclear    bool
	}{
		{"sending date", `{"f103-sent":false}`, setDate, "POST /1.0/batch/506/sending/2026/7/3", nil, false},
		{"sending date, empty object", `{}`, setDate, "POST /1.0/batch/506/sending/2026/7/3", nil, false},
		{"sending date, empty list", `[]`, setDate, "POST /1.0/batch/506/sending/2026/7/3", nil, false},
		{"sending date passed", `{"error-code":"PAST_DUE_DATE","f103-sent":false}`, setDate, "POST /1.0/batch/506/sending/2026/7/3", ErrPastDate, false},
		{"sending date, foreign", `{"hello":1}`, setDate, "POST /1.0/batch/506/sending/2026/7/3", ErrForeign, true},
		{"checkin", `{"f103-sent":true}`, checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", nil, false},
		{"checkin, offline balance", string(fixture(t, "e9.json")), checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", ErrOfflineBalanceForbidden, false},
		{"checkin, read only", `{"error-code":"READONLY_STATE","f103-sent":false}`, checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", ErrReadOnly, false},
		{"checkin, money with 200", string(fixture(t, "e8.json")), checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", ErrNotEnoughMoney, false},
		{"checkin, empty list", `[]`, checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", ErrForeign, true},
		{"checkin, empty body", ``, checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", ErrForeign, true},
		{"checkin, HTML", `<html>please log in</html>`, checkIn, "POST /1.0/batch/506/checkin?useOnlineBalance=true", ErrForeign, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, always(200, []byte(c.body)))
			err := c.do(o.Client)
			if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) || errors.Is(err, ErrUnclear) != c.unclear {
				t.Errorf("error %v, want %v, unclear %v", err, c.want, c.unclear)
			}
			if asked := o.asked(); len(asked) != 1 || asked[0] != c.ask {
				t.Errorf("asked %q, want once %q", asked, c.ask)
			}
		})
	}
}

func setDate(c *Client) error { return c.SetSendingDate(context.Background(), "506", "2026-07-03") }

func checkIn(c *Client) error {
	_, err := c.Checkin(context.Background(), "506", true)
	return err
}

func TestSetSendingDateRefusesNonsense(t *testing.T) {
	o := serve(t, always(200, []byte(`{}`)))
	var v *postal.ValueError
	if err := o.SetSendingDate(context.Background(), "506", "2026-02-30"); !errors.As(err, &v) || len(o.asked()) != 0 {
		t.Errorf("%v, asked %v", err, o.asked())
	}
}

func TestArchive(t *testing.T) {
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`[{"batch-name":"506"},"507",{"batch-name":"508","error-code":"NOT_FOUND"}]`))
	})
	r, err := o.PutArchive(context.Background(), []string{"506", "507", "508", "509"})
	if err != nil || !reflect.DeepEqual(r.Accepted, []string{"506", "507"}) || len(r.Refused) != 1 || !reflect.DeepEqual(r.Silent, []string{"509"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	if e := r.Refused[0]; e.Position != 2 || e.Item != "508" || !errors.Is(e, ErrNotFound) {
		t.Errorf("refusal %+v", e)
	}
	if _, err := o.Unarchive(context.Background(), []string{"506"}); !errors.Is(err, ErrForeign) || !errors.Is(err, ErrUnclear) {
		t.Errorf("names that were not sent: %v", err)
	}
	if asked := o.asked(); asked[0] != "PUT /1.0/archive" || asked[1] != "POST /1.0/archive/revert" {
		t.Errorf("asked %q", asked)
	}
}
