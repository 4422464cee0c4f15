package sandbox

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	words "znak/app/text"
)

func faults(t testing.TB, file string) *FaultScript {
	t.Helper()
	script, err := ParseFaults(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func TestFaultKinds(t *testing.T) {
	const checkin = "/1.0/batch/501/checkin?useOnlineBalance=true"
	applied := func(o *office) bool { return o.post.Calls().Batches["501"].Checkins == 1 }
	for _, one := range []struct {
		rule string
		done bool
		look func(t *testing.T, a answer)
	}{
		{"checkin 1 refuse 200 PAST_DUE_DATE", false, func(_ *testing.T, a answer) {
			a.exactly(200, `{"error-code":"PAST_DUE_DATE","f103-sent":false}`)
		}},
		{"checkin 1 refuse 400 1005 так нельзя", false, func(_ *testing.T, a answer) { a.exactly(400, `{"code":"1005","desc":"так нельзя"}`) }},
		{"checkin 1 refuse 503", false, func(_ *testing.T, a answer) { a.want(503, `"error":"Service Unavailable"`) }},
		{"checkin 1 refuse 407 X нет", false, func(_ *testing.T, a answer) { a.exactly(407, `{"status":"ERROR","message":"нет"}`) }},
		{"checkin 1 error500-before", false, func(_ *testing.T, a answer) { a.want(500, `"timestamp"`) }},
		{"checkin 1 509", false, func(_ *testing.T, a answer) { a.want(509, "<html>") }},
		{"checkin 1 timeout-before 20ms", false, func(t *testing.T, a answer) {
			if a.err == nil {
				t.Errorf("answered %s", a.body)
			}
		}},
		{"checkin 1 timeout-after 20ms", true, func(t *testing.T, a answer) {
			if a.err == nil {
				t.Errorf("answered %s", a.body)
			}
		}},
		{"checkin 1 cut", true, func(t *testing.T, a answer) {
			if a.err == nil || string(a.body) != `{"f103-se` {
				t.Errorf("%v %q", a.err, a.body)
			}
		}},
		{"checkin 1 empty", true, func(_ *testing.T, a answer) { a.exactly(200, "") }},
		{"checkin 1 slow 1ms", true, func(_ *testing.T, a answer) { a.exactly(200, `{"f103-sent":true}`) }},
		{"checkin 1 unknown-fields", true, func(_ *testing.T, a answer) { a.want(200, `"f103-sent":true`, `"sandbox-unknown-text"`) }},
		{"checkin 1 empty-array", true, func(_ *testing.T, a answer) { a.exactly(200, "[]") }},
		{"checkin 1 html", true, func(t *testing.T, a answer) {
			if a.want(200, "<html>"); json.Valid(a.body) {
				t.Error("JSON")
			}
		}},
		{"checkin 1 foreign", true, func(_ *testing.T, a answer) { a.want(200, "not-the-post") }},
		{"checkin 1 change-marks", true, func(_ *testing.T, a answer) { a.exactly(200, `{"f103-sent":true}`) }},
	} {
		t.Run(one.rule, func(t *testing.T) {
			o := open(t, Options{Faults: faults(t, one.rule)})
			one.look(t, o.postTo(checkin, ""))
			if applied(o) != one.done {
				t.Errorf("applied: %v", applied(o))
			}
			if o.status("501") == statusCreated == one.done {
				t.Error("the state does not follow the count")
			}
			// The second call is not the rule's, and once is once.
			o.postTo(checkin, "").want(200, map[bool]string{true: "READONLY_STATE", false: `{"f103-sent":true}`}[one.done])
			if calls := o.post.Calls(); !applied(o) || len(calls.Faults) != 1 || calls.ByName["checkin"] != 2 {
				t.Errorf("%+v", calls)
			}
		})
	}
}

func TestRefuseTakesTheShapeOfTheCall(t *testing.T) {
	o := open(t, Options{Faults: faults(t, "any always refuse 200 READONLY_STATE")})
	o.put("/1.0/user/backlog", list(letter("1"), letter("2"))).want(200, `"position":1`, `"error-codes":[{"code":"READONLY_STATE"`)
	o.send("DELETE", "/1.0/shipment", ids(1, 2)).want(200, `"error-code":"READONLY_STATE"`, `"position":1`)
	o.postTo("/1.0/batch/501/sending/2026/3/12", "").want(200, `{"error-code":"READONLY_STATE","f103-sent":false}`)
	o.get("/1.0/settings").want(200, `{"errors":[{"code":"READONLY_STATE"`)
}

func TestUnknownFieldsKeepBigNumbers(t *testing.T) {
	o := open(t, Options{Faults: faults(t, "shipments always unknown-fields")})
	got := o.pieces("501")
	if len(got) != 12 || got[11].ID != firstID+3+11 || got[0].Mark == nil || !slices.Contains(got[0].Postmarks, "SANDBOX_UNKNOWN_MARK") {
		t.Errorf("%+v", got[0])
	}
}

func TestWhichTime(t *testing.T) {
	script := faults(t, "\uFEFF# a comment\n\n limit 2 empty\nlimit 3..4 html\nlimit 6.. foreign\nGET:/1.0/settings/* 1..6 cut\n/1.0/settings/limit always empty-array\n")
	var got []string
	for range 8 {
		got = append(got, script.next("limit", "GET", "/1.0/settings/limit").name)
	}
	if s := strings.Join(got, " "); s != "cut empty html html cut foreign foreign foreign" {
		t.Error(s)
	}
	if act := script.next("limit", "POST", "/1.0/settings/x"); act == nil || act.name != actForeign {
		t.Errorf("%+v", act)
	}
	if act := script.next("batch", "POST", "/1.0/settings/x/y"); act != nil {
		t.Errorf("* does not cross a slash: %+v", act)
	}
}

func TestAbandonedCallDoesNotLinger(t *testing.T) {
	o := open(t, Options{Faults: faults(t, "settings 1 timeout-after 10m")})
	o.http.Timeout = 50 * time.Millisecond
	if a := o.get("/1.0/settings"); a.err == nil {
		t.Errorf("answered: %s", a.body)
	}
	o.http.Timeout = 0
	o.get("/1.0/settings").want(200) // others go on; the test server's Close would hang if the call lingered
}

func TestFaultFileErrors(t *testing.T) {
	for file, want := range map[string]FaultError{
		"checkin 1":               {1, "words", "checkin 1"},
		"\n# x\ncheck 1 cut":      {3, "call", "check"},
		"FETCH:/1.0/x 1 cut":      {1, "call", "FETCH:/1.0/x"},
		"GET:1.0/x 1 cut":         {1, "glob", "GET:1.0/x"},
		"/1.0/[ 1 cut":            {1, "glob", "/1.0/["},
		"any 0 cut":               {1, "which", "0"},
		"any 3..2 cut":            {1, "which", "3..2"},
		"any ..2 cut":             {1, "which", "..2"},
		"any never cut":           {1, "which", "never"},
		"any 1 explode now":       {1, "action", "explode now"},
		"any 1 refuse":            {1, "status", ""},
		"any 1 refuse 99":         {1, "status", "99"},
		"any 1 refuse four":       {1, "status", "four"},
		"any 1 slow":              {1, "duration", ""},
		"any 1 slow 5":            {1, "duration", "5"},
		"any 1 timeout-after -1s": {1, "duration", "-1s"},
		"any 1 cut here":          {1, "extra", "here"},
		"any 1 slow 1s 2s":        {1, "extra", "2s"},
		"any 1 cut\n" + strings.Repeat("x", maxFaultLine+1): {2, "length", ""},
	} {
		_, err := ParseFaults(strings.NewReader(file))
		var got *FaultError
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%.40q: %v, want %+v", file, err, want)
			continue
		}
		for _, lang := range words.Languages {
			p, err := words.Load(lang)
			if err != nil {
				t.Fatal(err)
			}
			key, args := got.HintKey()
			if said := p.Say(key, args); said == key || strings.Contains(said, "<no value>") {
				t.Errorf("%s has no words for %s: %s", lang, key, p.Say(key, args))
			}
		}
	}
	if _, err := ParseFaults(failing{}); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, os.ErrClosed }

// The help tells every call, action and flag there is, in both languages.
func TestHelpIsWhole(t *testing.T) {
	o := New(Options{})
	for _, lang := range words.Languages {
		p, err := words.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		help := p.Say("sandbox.help", nil)
		for _, name := range slices.Concat(shortNames, actionNames, []string{"any", faultHeader, "--listen", "--seed", "--pieces", "--fault", "--balance", "--limit", "--lang"}) {
			if !strings.Contains(help, name) {
				t.Errorf("%s: no word of %s", lang, name)
			}
		}
		// The help's own example is a good file.
		_, example, _ := strings.Cut(help, "    # ")
		example, _, _ = strings.Cut("# "+example, "\n\n")
		if got := faults(t, example); len(got.rules) != 4 {
			t.Errorf("%s: %d rules in %q", lang, len(got.rules), example)
		}
	}
	for _, r := range o.routes.list {
		if !slices.Contains(shortNames, r.name) {
			t.Errorf("%s has the unknown name %s", r.pattern, r.name)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	for _, seed := range []string{"checkin 1 timeout-after", "any always refuse 200 X y z", "GET:/1.0/* 2..3 slow 1s\n# c", "/[ 1 cut", "\uFEFFbatch 9.. change-marks 501", "a\x00b 1 cut"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		script, err := ParseFaults(strings.NewReader(file))
		if err != nil {
			var wrong *FaultError
			if !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Line > strings.Count(file, "\n")+1 {
				t.Fatalf("%v for %q", err, file)
			}
			return
		}
		for range 3 {
			script.next("checkin", "POST", "/1.0/batch/1/checkin") // must not panic
		}
	})
}
