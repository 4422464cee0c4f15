package post

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"znak/app/hint"
	"znak/app/postal"
	"znak/app/text"
)

var sentinels = []error{ErrUnreachable, ErrUnclear, ErrForeign, ErrNoEndpoint, ErrNotFound, ErrUnauthorized, ErrForbidden, ErrQuota,
	ErrNotEnoughMoney, ErrOfflineBalanceForbidden, ErrReadOnly, ErrPastDate, ErrIncomplete}

func kindsOf(err error) (kinds []error) {
	for _, s := range sentinels {
		if errors.Is(err, s) {
			kinds = append(kinds, s)
		}
	}
	return kinds
}

// Every shape of facts/otpravka-api.md §6.1, as answer to a reading and to a changing call.
func TestErrorShapes(t *testing.T) {
	unreachable, unclear := []error{ErrUnreachable}, []error{ErrUnreachable, ErrUnclear}
	for _, c := range []struct {
		name   string
		status int
		body   string
		cause  Cause
		read   []error // of GET
		change []error // of POST
		code   string
		words  string
	}{
		{"E1", 200, "@e1", CauseRefused, nil, nil, "ILLEGAL_MAIL_CATEGORY", "Категория 'ORDINARY' не поддерживается"},
		{"E2", 200, "@e2", CauseNotFound, []error{ErrNotFound}, []error{ErrNotFound}, "NOT_FOUND", "Отправление не найдено"},
		{"E3", 200, "@e3", CauseRefused, nil, nil, "DIRECT_SHIPMENT_NOT_FOUND", "Прямое отправление не найдено"},
		{"E3 bare", 200, `{"code":"RETURN_SHIPMENT_NOT_FOUND","description":"Возвратное отправление не найдено"}`, CauseRefused, nil, nil, "RETURN_SHIPMENT_NOT_FOUND", "Возвратное отправление не найдено"},
		{"E4", 404, "@e4", CauseNotFound, []error{ErrNotFound}, []error{ErrNotFound}, "1001", "Instance ShipmentBatchTuple not found for params: 000"},
		{"E5", 500, "@e5", CauseServer, unreachable, unclear, "1002", "Internal trouble"},
		{"E5 with 200", 200, "@e5", CauseServer, unreachable, unclear, "1002", "Internal trouble"},
		{"E5 no endpoint", 500, "@e5-no-endpoint", CauseNoEndpoint, []error{ErrUnreachable, ErrNoEndpoint}, []error{ErrUnreachable, ErrNoEndpoint}, "1002", "No endpoint GET /1.0/counterpart/balance."},
		{"E6", 401, "@e6", CauseCredentials, []error{ErrUnauthorized}, []error{ErrUnauthorized}, "1011", "ILLEGAL_CREDENTIALS"},
		{"E7", 403, "@e7", CauseForbidden, []error{ErrForbidden}, []error{ErrForbidden}, "1007", ""},
		{"E8 500", 500, "@e8", CauseMoney, []error{ErrNotEnoughMoney}, []error{ErrNotEnoughMoney}, "1024", "Ошибка в сервисе. Код ошибки: EXTERNAL_SYSTEMS, вспомогательный код: UNDEFINED, описание: 'UNDEFINED->UNDEFINED. Requested 82674 but available 0'"},
		{"E8 400", 400, "@e8", CauseMoney, []error{ErrNotEnoughMoney}, []error{ErrNotEnoughMoney}, "1024", "Ошибка в сервисе. Код ошибки: EXTERNAL_SYSTEMS, вспомогательный код: UNDEFINED, описание: 'UNDEFINED->UNDEFINED. Requested 82674 but available 0'"},
		{"1024 without sums", 400, `{"code":1024,"desc":"EXTERNAL_SYSTEMS"}`, CauseServer, unreachable, unclear, "1024", "EXTERNAL_SYSTEMS"},
		{"E9", 200, "@e9", CauseOfflineBalance, []error{ErrOfflineBalanceForbidden}, []error{ErrOfflineBalanceForbidden}, "OFFLINE_BALANCE_FORBIDDEN", ""},
		{"E10", 407, "@e10", CauseNoEndpoint, []error{ErrUnreachable, ErrNoEndpoint}, []error{ErrUnreachable, ErrNoEndpoint}, "", "Error namespace or mask or method not found"},
		{"E10 with 200", 200, "@e10", CauseNoEndpoint, []error{ErrUnreachable, ErrNoEndpoint}, []error{ErrUnreachable, ErrNoEndpoint}, "", "Error namespace or mask or method not found"},
		{"E11 401", 401, "@e11", CauseToken, []error{ErrUnauthorized}, []error{ErrUnauthorized}, "", "Error token value not found"},
		{"E11 200", 200, "@e11", CauseToken, []error{ErrUnauthorized}, []error{ErrUnauthorized}, "", "Error token value not found"},
		{"E12", 509, "<html>Bandwidth Limit Exceeded</html>", CauseQuota, []error{ErrQuota}, []error{ErrQuota}, "", ""},
		{"E12 empty", 509, "", CauseQuota, []error{ErrQuota}, []error{ErrQuota}, "", ""},
		{"E13", 500, "@e13", CauseServer, unreachable, unclear, "", "boom"},
		{"E13 404", 404, `{"timestamp":"x","status":404,"error":"Not Found","path":"/x"}`, CauseNoEndpoint, []error{ErrUnreachable, ErrNoEndpoint}, []error{ErrUnreachable, ErrNoEndpoint}, "", "Not Found"},
		{"E14", 500, "@e14", CauseServer, unreachable, unclear, "", "Internal Server Error"},
		{"E14 400", 400, "@e14", CauseRefused, nil, nil, "", "Internal Server Error"},
		{"502 of a gateway", 502, "<html>Bad Gateway</html>", CauseServer, unreachable, unclear, "", ""},
		{"503 empty", 503, "", CauseServer, unreachable, unclear, "", ""},
		{"429", 429, "", CauseServer, unreachable, unclear, "", ""},
		{"404 of somebody", 404, "<html>nginx</html>", CauseNoEndpoint, []error{ErrUnreachable, ErrNoEndpoint}, []error{ErrUnreachable, ErrNoEndpoint}, "", ""},
		{"403 of somebody", 403, "<html>blocked</html>", CauseForbidden, []error{ErrForbidden}, []error{ErrForbidden}, "", ""},
		{"redirect", 302, "", CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"HTML with 200", 200, "<html>log in</html>", CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"empty body", 200, "", CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"spaces only", 200, " \r\n", CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"204", 204, "", CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"cut JSON", 200, `{"batch-name":"50`, CauseCut, []error{ErrUnreachable, ErrForeign}, []error{ErrUnreachable, ErrUnclear, ErrForeign}, "", ""},
		{"foreign object", 200, `{"hello":"world"}`, CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"null", 200, `null`, CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
		{"two objects", 200, `{"batch-name":"506"}{"f103-sent":true}`, CauseForeign, []error{ErrForeign}, []error{ErrUnclear, ErrForeign}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := []byte(c.body)
			if name, ok := strings.CutPrefix(c.body, "@"); ok {
				body = fixture(t, name+".json")
			}
			o := serve(t, always(c.status, body))
			_, read := o.Batch(context.Background(), "506")
			calls := len(o.asked())
			_, change := o.Checkin(context.Background(), "506", true)
			if n := len(o.asked()) - calls; n != 1 {
				t.Errorf("checkin was sent %d times", n)
			}
			for _, got := range []struct {
				err  error
				want []error
			}{{read, c.read}, {change, c.change}} {
				var e *Error
				if !errors.As(got.err, &e) {
					t.Fatalf("error %T %v", got.err, got.err)
				}
				if e.Cause != c.cause || e.Status != c.status || e.Code != c.code || e.Words != c.words {
					t.Errorf("cause %q status %d code %q words %q", e.Cause, e.Status, e.Code, e.Words)
				}
				if kinds := kindsOf(got.err); !slices.Equal(kinds, got.want) {
					t.Errorf("is %v, want %v", kinds, got.want)
				}
				checkTexts(t, got.err)
			}
			if c.cause == CauseMoney {
				var e *Error
				errors.As(change, &e)
				if e.Needed != 82674 || e.Available != 0 {
					t.Errorf("needed %d available %d", e.Needed, e.Available)
				}
			}
		})
	}
}

var loadPrinters = sync.OnceValues(func() (map[string]*text.Printer, error) {
	all := map[string]*text.Printer{}
	for _, lang := range text.Languages {
		p, err := text.Load(lang)
		if err != nil {
			return nil, err
		}
		all[lang] = p
	}
	return all, nil
})

func printers(t testing.TB) map[string]*text.Printer {
	t.Helper()
	all, err := loadPrinters()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkTexts makes sure that err says something whole to the person in both languages and holds no secret.
func checkTexts(t testing.TB, err error) {
	t.Helper()
	key, args, ok := hint.Of(err)
	if !ok {
		t.Fatalf("no hint in %v", err)
	}
	noSecrets(t, "error", fmt.Sprintf("%v %+v %#v %v", err, err, err, args))
	for lang, p := range printers(t) {
		said := p.Say(key, args)
		if said == key || strings.Contains(said, "<no value>") || strings.Contains(said, "{{") {
			t.Errorf("%s %s: %q", lang, key, said)
		}
		noSecrets(t, "hint", said)
	}
}

func TestEveryCauseHasWords(t *testing.T) {
	for _, c := range []Cause{CauseNetwork, CauseTimeout, CauseCut, CauseStopped, CauseProxy, CauseServer, CauseNoEndpoint, CauseForeign, CauseIncomplete, CauseNotFound,
		CauseNoAccount, CauseCredentials, CauseToken, CauseForbidden, CauseQuota, CauseReserve, CauseMoney, CauseOfflineBalance, CauseReadOnly, CausePastDate, CauseRefused} {
		for _, e := range []*Error{{Cause: c, Position: -1}, {Cause: c, Unclear: true, Position: -1},
			{Cause: c, Position: 3, Item: "7", Words: "так нельзя", Details: "101000", Needed: 5, Err: &FieldError{Path: "a.b"}}} {
			checkTexts(t, e)
		}
	}
	checkTexts(t, &FieldError{Path: "[3].mass"})
	ru := printers(t)["ru"]
	money := ru.Hint(&Error{Cause: CauseMoney, Position: -1, Needed: 82674, Available: 1000})
	if !strings.Contains(money, "нужно 826,74\u00a0₽, есть 10,00\u00a0₽, не хватает 816,74\u00a0₽") {
		t.Error(money)
	}
}

func TestProxyIsToldFromTheGateway(t *testing.T) {
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="office"`)
		w.WriteHeader(407)
	})
	_, err := o.Batch(context.Background(), "506")
	var e *Error
	if !errors.As(err, &e) || e.Cause != CauseProxy || !errors.Is(err, ErrUnreachable) || errors.Is(err, ErrNoEndpoint) {
		t.Error(err)
	}
}

// The post may repeat a secret in its words.
func TestSecretsInTheAnswer(t *testing.T) {
	for _, status := range []int{200, 400, 401, 500} {
		body := fmt.Sprintf(`{"code":"9%s","desc":"token %s of %s, password %s\u0007","sub-code":"%s"}`,
			testSecrets.Token, testSecrets.Token, testSecrets.basic(), testSecrets.Password, testSecrets.Password)
		o := serve(t, always(status, []byte(body)))
		_, err := o.Batch(context.Background(), "506")
		if err == nil || !strings.Contains(err.Error(), "[secret]") || strings.Contains(err.Error(), "\a") {
			t.Errorf("%v", err)
		}
		checkTexts(t, err)
	}
	o := serve(t, always(200, []byte(`{"result-ids":[],"errors":[{"error-code":"X","error-description":"`+testSecrets.Token+`","position":0}]}`)))
	r, err := o.ReturnToNew(context.Background(), []int64{7})
	if err != nil || len(r.Refused) != 1 {
		t.Fatal(r, err)
	}
	checkTexts(t, r.Refused[0])
	o = serve(t, always(200, []byte(`[{"batch-name":"1","error-code":"`+testSecrets.Token+`"}]`)))
	a, err := o.PutArchive(context.Background(), []string{"1"})
	if err != nil || len(a.Refused) != 1 {
		t.Fatal(a, err)
	}
	checkTexts(t, a.Refused[0])
}

func TestSecretsPrintAsNothing(t *testing.T) {
	noSecrets(t, "String", fmt.Sprintf("%v %+v %#v %s", testSecrets, testSecrets, testSecrets, &testSecrets))
	b, _ := testSecrets.MarshalText()
	noSecrets(t, "MarshalText", string(b))
	noSecrets(t, "LogValue", testSecrets.LogValue().String())
}

func TestErrorText(t *testing.T) {
	e := &Error{Call: "POST /1.0/batch/{name}/checkin", Cause: CauseMoney, Status: 400, Code: "1024", Words: "Requested 2 but available 1", Position: -1, Needed: postal.Kopecks(2)}
	if got, want := e.Error(), "POST /1.0/batch/{name}/checkin: money: HTTP 400: 1024: Requested 2 but available 1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if long := tidy(strings.Repeat("ё", 10000)); len([]rune(long)) != 501 {
		t.Errorf("long words are not shortened: %d", len(long))
	}
}
