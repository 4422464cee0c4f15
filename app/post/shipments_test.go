package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"znak/app/postal"
)

func TestShipmentsRead(t *testing.T) {
	o := serve(t, always(200, fixture(t, "shipments.json")))
	var page Page
	for p, err := range o.Shipments(context.Background(), "506", 4) {
		if err != nil {
			t.Fatal(err)
		}
		page = p
	}
	if len(page.Pieces) != 4 || len(page.Problems) != 0 {
		t.Fatalf("%d pieces, problems %v", len(page.Pieces), page.Problems)
	}
	if asked := o.asked(); !reflect.DeepEqual(asked, []string{"GET /1.0/batch/506/shipment?page=0&size=1000&sort=asc"}) {
		t.Errorf("asked %q", asked)
	}

	first := page.Pieces[0]
	if want := (postal.Mark{ID: "SANDBOX-0000001", Value: 8540, Office: "101000"}); *first.Mark != want {
		t.Errorf("mark %+v", first.Mark)
	}
	if first.PostID != 2319421774 || first.Mass != 20 || first.Charge() != 8540 || first.Envelope != postal.DL || !first.SimpleNotice || !first.NoReturn ||
		first.To.Address.Index != "690000" || first.To.Address.Room != "2" || first.LastOperation != "ID_ASSIGNMENT" || first.Comment != "исх. 15" {
		t.Errorf("first %+v", first)
	}
	if !first.From.IsZero() || !strings.Contains(string(first.Extra), `"index-from":"101000"`) {
		t.Errorf("an index alone is no sender's address: %+v, extra %s", first.From, first.Extra)
	}

	second := page.Pieces[1] // everything in the other spelling
	if want := (postal.Mark{ID: "SANDBOX-0000002", Value: 8540, Office: "101000"}); second.Mark == nil || *second.Mark != want {
		t.Errorf("mark %+v", second.Mark)
	}
	if second.PostID != 2319421775 || second.Mass != 20 || second.To.Address.Number != "45" || !second.OrderedNotice || second.NoReturn || second.Envelope != "A0_OF_2031" ||
		second.From.Street != "ул Ёлочная" || second.LastAt.UnixMilli() != 1783747041263 || !strings.Contains(string(second.Extra), `"online-payment-mark":{"issued":"2026-07-11"}`) {
		t.Errorf("second %+v, extra %s", second, second.Extra)
	}
	if page.Pieces[2].Mark != nil || page.Pieces[3].Mark != nil {
		t.Error("no mark where none came")
	}
}

// A piece that is not whole spoils neither its page nor its neighbours.
func TestShipmentsProblems(t *testing.T) {
	good := `{"id":1,"barcode":"00000001000016","batch-name":"506"}`
	for _, c := range []struct{ name, piece, place string }{
		{"wrong check digit", `{"id":2,"barcode":"00000001000017"}`, ""},
		{"no identifier", `{"id":2}`, "[1].barcode"},
		{"no id", `{"barcode":"00000001000023"}`, "[1].id"},
		{"mass is an object", `{"id":2,"barcode":"00000001000023","mass":{"g":20}}`, "[1].mass"},
		{"mass is half a gram", `{"id":2,"barcode":"00000001000023","mass":20.5}`, "[1].mass"},
		{"negative mass", `{"id":2,"barcode":"00000001000023","mass":-20}`, "[1].mass"},
		{"mass is a text", `{"id":2,"barcode":"00000001000023","mass":"heavy"}`, "[1].mass"},
		{"no piece at all", `"hello"`, "[1]"},
		{"mark without value", `{"id":2,"barcode":"00000001000023","online-payment-mark":{"index-oper":"101000","online-payment-mark-id":"X"}}`, "[1].online-payment-mark.value"},
		{"mark without id", `{"id":2,"barcode":"00000001000023","online-payment-mark":{"index-oper":"101000","value":5}}`, "[1].online-payment-mark.online-payment-mark-id"},
		{"mark is a text", `{"id":2,"barcode":"00000001000023","online-payment-mark":"X"}`, "[1].online-payment-mark"},
		{"flag is a text", `{"id":2,"barcode":"00000001000023","no-return":"perhaps"}`, "[1].no-return"},
		{"not UTF-8", "{\"id\":2,\"barcode\":\"00000001000023\",\"recipient-name\":\"\xcf\xb8\xf2\xf0\"}", "[1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, always(200, []byte("["+good+","+c.piece+"]")))
			for page, err := range o.Shipments(context.Background(), "506", 2) {
				if err != nil {
					t.Fatal(err)
				}
				if len(page.Pieces) != 2 || len(page.Problems) == 0 {
					t.Fatalf("%d pieces, problems %v", len(page.Pieces), page.Problems)
				}
				problem := page.Problems[0]
				if problem.Index != 1 {
					t.Errorf("problem of piece %d", problem.Index)
				}
				var f *FieldError
				if c.place != "" && (!errors.As(problem, &f) || f.Path != c.place) {
					t.Errorf("problem %v, want the place %s", problem, c.place)
				}
				if strings.Contains(c.piece, "online-payment-mark") && (page.Pieces[1].Mark != nil || c.name != "mark is a text" && !strings.Contains(string(page.Pieces[1].Extra), "online-payment-mark")) {
					t.Errorf("a mark that is not whole must be none and stay in Extra: %+v %s", page.Pieces[1].Mark, page.Pieces[1].Extra)
				}
			}
		})
	}
}

// pages serves n pieces of batch 506. clamp is the largest page it gives, refuse the size from which it answers with status.
type pages struct {
	n, clamp, refuse, status int
	offsetByAsked            bool // counts pages by the size that was asked, although it gives less
	ignorePage               bool
}

func (s pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if s.refuse > 0 && size >= s.refuse {
		w.WriteHeader(s.status)
		return
	}
	step := size
	if s.clamp > 0 {
		size = min(size, s.clamp)
	}
	if !s.offsetByAsked {
		step = size
	}
	if s.ignorePage {
		page = 0
	}
	list := []map[string]any{}
	for i := page * step; i < min(s.n, page*step+size); i++ {
		list = append(list, map[string]any{"id": 3_000_000_000 + i, "barcode": shpiOf(i), "batch-name": "506"})
	}
	json.NewEncoder(w).Encode(list)
}

func shpiOf(n int) string {
	s := fmt.Sprintf("000000%02d%05d", n/100000%99+1, n%100000)
	return s + string(postal.ShPICheckDigit(s))
}

func collect(c *Client, expect int) (ids []int64, err error) {
	for page, err := range c.Shipments(context.Background(), "506", expect) {
		if err != nil {
			return ids, err
		}
		if len(page.Problems) > 0 {
			return ids, page.Problems[0]
		}
		for _, p := range page.Pieces {
			ids = append(ids, p.PostID)
		}
	}
	return ids, nil
}

func TestPaging(t *testing.T) {
	for _, c := range []struct {
		name   string
		pages  pages
		expect int
		calls  int
		want   error
	}{
		{"exactly one page", pages{n: 1000}, 1000, 1, nil},
		{"10,000 pieces", pages{n: 10000}, 10000, 10, nil},
		{"last page short", pages{n: 2345}, 2345, 3, nil},
		{"count not known", pages{n: 2345}, 0, 4, nil},
		{"count not known, one short page", pages{n: 7}, 0, 2, nil},
		{"count not known, none", pages{n: 0}, 0, 1, nil},
		{"page shortened by the post", pages{n: 2345, clamp: 100}, 2345, 24, nil},
		{"page shortened, counted by what was asked", pages{n: 2345, clamp: 100, offsetByAsked: true}, 2345, 24, nil},
		{"page shortened to 1", pages{n: 5, clamp: 1}, 5, 5, nil},
		{"large pages refused", pages{n: 2345, refuse: 300, status: 400}, 2345, 2 + 10, nil},
		{"large pages too large", pages{n: 130, refuse: 51, status: 413}, 130, 5 + 3, nil},
		{"large pages break the post", pages{n: 700, refuse: 501, status: 500}, 700, 1 + 2, nil},
		{"every page refused", pages{n: 700, refuse: 1, status: 400}, 700, 6, nil},
		{"fewer than counted", pages{n: 1500}, 1600, 3, ErrIncomplete},
		{"none of those counted", pages{n: 0}, 3, 1, ErrIncomplete},
		{"the same page for ever", pages{n: 1500, ignorePage: true}, 1500, 2, ErrForeign},
		{"more than counted", pages{n: 3000}, 1500, 2, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, c.pages.ServeHTTP)
			ids, err := collect(o.Client, c.expect)
			if calls := len(o.asked()); calls != c.calls {
				t.Errorf("%d calls, want %d: %q", calls, c.calls, o.asked())
			}
			if c.pages.refuse == 1 {
				var e *Error
				if !errors.As(err, &e) || e.Status != 400 {
					t.Errorf("error %v", err)
				}
				return
			}
			if c.want != nil {
				if !errors.Is(err, c.want) {
					t.Errorf("error %v, want %v", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := c.pages.n
			if c.expect > 0 && c.expect < want {
				want = 2000 // whole pages
			}
			if len(ids) != want || !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != want {
				t.Errorf("%d ids, want %d in order, each once", len(ids), want)
			}
		})
	}
}

func TestPageSizeIsRemembered(t *testing.T) {
	o := serve(t, pages{n: 700, refuse: 501, status: 400}.ServeHTTP)
	for range 2 {
		if ids, err := collect(o.Client, 700); err != nil || len(ids) != 700 {
			t.Fatal(len(ids), err)
		}
	}
	if calls := len(o.asked()); calls != 3+2 {
		t.Errorf("%d calls: the refused page is asked for again: %q", calls, o.asked())
	}
}

// A batch that is edited while it is read: pieces shift between pages. None comes twice, and what is missing is told.
func TestPagesThatShift(t *testing.T) {
	call := 0
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if call++; call == 1 {
			pages{n: 100}.ServeHTTP(w, r)
			return
		}
		r.URL.RawQuery = "size=100&page=1"
		list := []string{}
		for i := 90; call == 2 && i < 190; i++ { // overlaps by ten
			list = append(list, fmt.Sprintf(`{"id":%d,"barcode":%q}`, 3_000_000_000+i, shpiOf(i)))
		}
		w.Write([]byte("[" + strings.Join(list, ",") + "]"))
	}, func(p *Params) { p.PageSize = 100 })
	ids, err := collect(o.Client, 200)
	if !errors.Is(err, ErrIncomplete) || len(ids) != 190 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 190 {
		t.Errorf("%d ids, %v", len(ids), err)
	}
}

func TestShipmentsOfAnotherBatch(t *testing.T) {
	o := serve(t, always(200, fixture(t, "shipments.json")))
	for page, err := range o.Shipments(context.Background(), "507", 4) {
		if !errors.Is(err, ErrForeign) || len(page.Pieces) > 0 {
			t.Errorf("%v, %d pieces", err, len(page.Pieces))
		}
	}
}

func TestListsThatAreNone(t *testing.T) {
	for _, body := range []string{`[][]`, `[]<html>`, `[{"id":1}]]`, `{}`, `null`, `"[]"`, `[{"id":1} {"id":2}]`, `[1,2`, `{"list":[]}`} {
		o := serve(t, always(200, []byte(body)))
		if page, err := o.SearchShipments(context.Background(), "x"); !errors.Is(err, ErrForeign) || len(page.Pieces) > 0 {
			t.Errorf("%s: %d pieces, %v", body, len(page.Pieces), err)
		}
	}
	for _, body := range []string{"\ufeff[]", " \r\n[ ]\n"} {
		o := serve(t, always(200, []byte(body)))
		if _, err := o.SearchShipments(context.Background(), "x"); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestShipmentsStopEarly(t *testing.T) {
	o := serve(t, pages{n: 5000}.ServeHTTP)
	for range o.Shipments(context.Background(), "506", 5000) {
		break
	}
	if n := len(o.asked()); n != 1 {
		t.Errorf("%d calls after break", n)
	}
}

func TestBatches(t *testing.T) {
	page := func(names ...string) string {
		var list []string
		for _, n := range names {
			list = append(list, `{"batch-name":"`+n+`","batch-status":"CREATED"}`)
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	for _, c := range []struct {
		name   string
		answer func(page string) string
		want   int
		calls  int
	}{
		{"one page", func(p string) string {
			if p == "0" {
				return page("1", "2")
			}
			return "[]"
		}, 2, 2},
		{"a post without pages", func(string) string { return page("1", "2") }, 2, 2},
		{"pages of two", func(p string) string {
			return map[string]string{"0": page("1", "2"), "1": page("3", "4"), "2": page("5")}[p] + strings.Repeat("[]", strings.Count(p, "3"))
		}, 5, 4},
		{"none", func(string) string { return "[]" }, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, c.answer(r.URL.Query().Get("page"))) })
			got, err := o.Batches(context.Background())
			if err != nil || len(got) != c.want || len(o.asked()) != c.calls {
				t.Errorf("%d batches, %v, asked %q", len(got), err, o.asked())
			}
		})
	}
}

func TestShipmentAndSearches(t *testing.T) {
	var all []json.RawMessage
	if err := json.Unmarshal(fixture(t, "shipments.json"), &all); err != nil {
		t.Fatal(err)
	}
	o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/1.0/shipment/2319421774":
			w.Write(all[0])
		case strings.HasPrefix(r.URL.Path, "/1.0/shipment/") && r.URL.Path != "/1.0/shipment/search":
			w.WriteHeader(404)
			w.Write(fixture(t, "e4.json"))
		case r.URL.Query().Get("query") == "исх. 77 & co":
			w.Write(fixture(t, "backlog.json"))
		default:
			io.WriteString(w, "[]")
		}
	})
	ctx := context.Background()
	piece, problems, err := o.Shipment(ctx, 2319421774)
	if err != nil || len(problems) > 0 || piece.ShPI != "00000001000016" {
		t.Errorf("%+v %v %v", piece, problems, err)
	}
	if _, _, err := o.Shipment(ctx, 5); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	page, err := o.SearchBacklog(ctx, "исх. 77 & co")
	if err != nil || len(page.Pieces) != 1 || len(page.Problems) > 0 || page.Pieces[0].To.Name != "Вымышленный Пётр Ёлкин" || page.Pieces[0].Mark != nil {
		t.Errorf("%+v %v", page, err)
	}
	page, err = o.SearchShipments(ctx, "00000001000016")
	if err != nil || len(page.Pieces) != 0 {
		t.Errorf("%+v %v", page, err)
	}
}

func TestResults(t *testing.T) {
	ids := []int64{2319421774, 2319421775, 2319421776}
	for _, c := range []struct {
		name, body string
		accepted   []int64
		refused    []string // code@position item
		silent     []int64
	}{
		{"E1", string(fixture(t, "e1.json")), ids[1:2], []string{"ILLEGAL_MAIL_CATEGORY@0 2319421774", "EMPTY_POSTOFFICE_CODE@0 2319421774"}, ids[2:]},
		{"E2", string(fixture(t, "e2.json")), ids[2:], []string{"NOT_FOUND@0 2319421774", "READONLY_STATE@1 2319421775"}, nil},
		{"E3", string(fixture(t, "e3.json")), nil, []string{"DIRECT_SHIPMENT_NOT_FOUND@-1 "}, ids},
		{"all accepted", `{"result-ids":["2319421774",2319421775,2319421776]}`, ids, nil, nil},
		{"nothing said", `{"result-ids":[],"errors":[]}`, nil, nil, ids},
		{"a position out of range", `{"result-ids":[],"errors":[{"error-code":"X","position":7}]}`, nil, []string{"X@7 "}, ids},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if string(body) != "[2319421774,2319421775,2319421776]" || r.Header.Get("Content-Type") != "application/json;charset=UTF-8" {
					t.Errorf("sent %s as %s", body, r.Header.Get("Content-Type"))
				}
				io.WriteString(w, c.body)
			})
			for _, do := range []func(context.Context, []int64) (Result[int64], error){o.ReturnToNew, o.DeleteShipments} {
				r, err := do(context.Background(), ids)
				if err != nil {
					t.Fatal(err)
				}
				var refused []string
				for _, e := range r.Refused {
					refused = append(refused, fmt.Sprintf("%s@%d %s", e.Code, e.Position, e.Item))
				}
				if !reflect.DeepEqual(r.Accepted, c.accepted) || !reflect.DeepEqual(refused, c.refused) || !reflect.DeepEqual(r.Silent, c.silent) {
					t.Errorf("%v %v %v", r.Accepted, refused, r.Silent)
				}
				if r.Done() != (c.refused == nil && c.silent == nil) {
					t.Errorf("done %v", r.Done())
				}
			}
			if asked := o.asked(); asked[0] != "POST /1.0/user/backlog" || asked[1] != "DELETE /1.0/shipment" {
				t.Errorf("asked %q", asked)
			}
		})
	}
	t.Run("a whole refusal", func(t *testing.T) {
		o := serve(t, always(200, fixture(t, "e4.json")))
		if r, err := o.ReturnToNew(context.Background(), ids); !errors.Is(err, ErrNotFound) || errors.Is(err, ErrUnclear) || !reflect.DeepEqual(r.Silent, ids) {
			t.Errorf("%+v %v", r, err)
		}
	})
	t.Run("foreign", func(t *testing.T) {
		for _, body := range []string{`{}`, `[]`, `{"result-ids":[5]}`, `{"result-ids":{"a":1}}`} {
			o := serve(t, always(200, []byte(body)))
			if r, err := o.ReturnToNew(context.Background(), ids); !errors.Is(err, ErrUnclear) || !errors.Is(err, ErrForeign) || len(r.Silent) != 3 {
				t.Errorf("%s: %+v %v", body, r, err)
			}
		}
	})
	t.Run("nothing to do", func(t *testing.T) {
		o := serve(t, always(500, nil))
		if r, err := o.ReturnToNew(context.Background(), nil); err != nil || !r.Done() || len(o.asked()) != 0 {
			t.Errorf("%+v %v", r, err)
		}
	})
}
