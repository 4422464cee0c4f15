package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Playing the faults. Besides the script a fault can be asked for by the header X-Sandbox-Fault and by an order number
// (facts/otpravka-api.md §8.8): X-Sandbox-Fault: slow 2s, or "order-num":"A-1 [fault:timeout-after]".

const faultHeader = "X-Sandbox-Fault"

var faultInOrderNum = regexp.MustCompile(`"order-num"\s*:\s*"[^"]*\[fault:([^\]"]+)\]`)

// faultFor decides what happens to a call; nil is nothing. The script counts every call that gets here, whoever decides.
func (s *Server) faultFor(r *request, route *route) *action {
	act := s.faults.next(route.name, r.Method, r.URL.Path)
	text := r.Header.Get(faultHeader)
	if text == "" && route.name == "orders" {
		if found := faultInOrderNum.FindSubmatch(r.body); found != nil {
			text = string(found[1])
		}
	}
	if text != "" {
		asked, err := parseAction(strings.Fields(text))
		if err != nil { // a misspelt fault must not pass for played
			asked = action{name: actRefuse, status: http.StatusBadRequest, code: "SANDBOX", text: err.Error()}
		}
		act = &asked
	}
	if act != nil {
		s.calls.played(act.name)
	}
	return act
}

// before plays what comes in place of the work, or ahead of it. The answer counts when instead is true.
func (s *Server) before(act *action, r *request, route *route) (answer reply, instead bool) {
	if act == nil {
		return reply{}, false
	}
	switch act.name {
	case actRefuse:
		return act.refusal(r, route), true
	case actError500:
		return e13(r, http.StatusInternalServerError, "No message available"), true
	case act509:
		return e12(), true
	case actHangBefore:
		return reply{status: http.StatusGatewayTimeout, raw: []byte{}}, true
	case actChangeMarks:
		s.changeMarksOf(act, r.PathValue("name"), r.now)
	}
	return reply{}, false
}

// changeMarksOf issues marks anew: of the batch the rule names, of the call's own, or of the account's batch for that.
func (s *Server) changeMarksOf(act *action, ofCall string, now time.Time) {
	name := act.batch
	if name == "" {
		name = ofCall
	}
	if b := s.markBatch(name); b != nil {
		s.changeMarks(b, changeIDs, now)
	}
}

// refusal is a refusal in the shape the call has for one (§6.1).
func (act *action) refusal(r *request, route *route) reply {
	text := act.text
	if text == "" {
		text = describe(act.code)
	}
	switch {
	case act.status == http.StatusOK && (route.name == "checkin" || route.name == "sending"):
		return e9(act.code)
	case act.status == http.StatusOK:
		return act.listRefusal(r, route, text)
	case act.status == 509:
		return e12()
	case act.status == http.StatusProxyAuthRequired:
		return reply{status: act.status, body: gatewayError{"ERROR", text}}
	case act.code == "":
		return e13(r, act.status, http.StatusText(act.status))
	}
	return reply{status: act.status, body: apiError{Code: act.code, Desc: text}}
}

// listRefusal refuses every element of the body with HTTP 200.
func (act *action) listRefusal(r *request, route *route, text string) reply {
	count := 1
	if list, err := decodeList[json.RawMessage](r); err == nil {
		count = len(list)
	}
	switch route.name {
	case "orders":
		var out orderResult
		for i := range count {
			out.Errors = append(out.Errors, orderError{i, []codeText{{Code: act.code, Description: text}}})
		}
		return ok(out)
	case "create-batch", "add", "delete", "return":
		var out idResult
		for i := range count {
			out.Errors = append(out.Errors, idError{Code: act.code, Description: text, Position: i})
		}
		return ok(out)
	}
	return e3(codeText{Code: act.code, Description: text})
}

// deliver writes the answer, spoilt by the fault if there is one. It holds no lock.
func (s *Server) deliver(w http.ResponseWriter, r *request, answer reply, act *action) {
	if act == nil {
		answer.write(w)
		return
	}
	switch act.name {
	case actHangBefore, actHangAfter:
		wait(r, act.wait)
		panic(http.ErrAbortHandler) // breaks the connection without an answer
	case actSlow:
		wait(r, act.wait)
	case actCut:
		body, contentType := answer.encoded()
		answer.head(w, len(body), contentType)
		_, _ = w.Write(body[:len(body)/2])
		if f, can := w.(http.Flusher); can {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	case actEmpty:
		answer.raw, answer.contentType = []byte{}, "application/json;charset=UTF-8"
	case actEmptyArray:
		answer = ok([]int{})
	case actHTML:
		answer = page(http.StatusOK, "Технические работы")
	case actForeign:
		answer = ok(map[string]any{"jsonrpc": "2.0", "id": "not-the-post", "result": []any{"hello", 1, nil}})
	case actUnknownFields:
		answer = withUnknownFields(answer)
	}
	answer.write(w)
}

// wait passes the time until the client leaves.
func wait(r *request, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// withUnknownFields puts fields and values nobody knows into every object.
func withUnknownFields(answer reply) reply {
	if !answer.isJSON() {
		return answer
	}
	body, _ := answer.encoded()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // ids must not pass through float64
	var any any
	if err := decoder.Decode(&any); err != nil {
		return answer
	}
	answer.body = garnish(any)
	return answer
}

func garnish(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = garnish(value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = garnish(value[name])
		}
		value["sandbox-unknown-text"] = "неизвестно"
		value["sandbox-unknown-number"] = json.Number("9007199254740993")
		value["sandboxUnknownList"] = []any{map[string]any{"deep": nil}, true}
		if _, marked := value["postmarks"].([]any); marked {
			value["postmarks"] = append(value["postmarks"].([]any), "SANDBOX_UNKNOWN_MARK")
		}
	}
	return value
}
