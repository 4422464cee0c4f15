package post

import (
	"fmt"
	"strconv"
)

// Result is what became of a list sent to the post: partly done is usual (facts/otpravka-api.md §0.2 fact 6). An error of the call as
// a whole is the Go error beside it.
type Result[ID comparable] struct {
	Accepted []ID
	Refused  []*Error // one for each reason, with Position and Item
	Silent   []ID     // the post said nothing of these: look before repeating
}

// Done reports whether everything sent was accepted.
func (r Result[ID]) Done() bool { return len(r.Refused) == 0 && len(r.Silent) == 0 }

// settle fills Silent with what was sent and is neither accepted nor refused.
func (r *Result[ID]) settle(sent []ID) {
	answered := make(map[ID]bool, len(sent))
	for _, id := range r.Accepted {
		answered[id] = true
	}
	for _, e := range r.Refused {
		if e.Position >= 0 && e.Position < len(sent) {
			answered[sent[e.Position]] = true
		}
	}
	for _, id := range sent {
		if !answered[id] {
			r.Silent = append(r.Silent, id)
		}
	}
}

// resultOf reads {"result-ids":[…],"errors":[…]} with errors of shape E1, E2 or E3 (facts/otpravka-api.md §6.1).
func resultOf(o *object, k call, sent []int64) (r Result[int64], err error) {
	if !o.has("result-ids", "errors") {
		return r, checkObject(o, []string{"result-ids"})
	}
	known := make(map[int64]bool, len(sent))
	for _, id := range sent {
		known[id] = true
	}
	for i, text := range o.texts("result-ids") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !known[id] {
			return r, &FieldError{Path: fmt.Sprintf("result-ids[%d]", i), Want: "an id that was sent", Got: "something else"}
		}
		r.Accepted = append(r.Accepted, id)
	}
	for _, entry := range o.objects("errors") {
		position := -1
		if entry.has("position") {
			position = entry.count("position")
		}
		codes := entry.objects("error-codes")
		if len(codes) == 0 {
			codes = []*object{entry}
		}
		for _, code := range codes {
			what, _ := refusalIn(code)
			e := what.error(200)
			e.Call, e.Position = k.String(), position
			if position >= 0 && position < len(sent) {
				e.Item = fmt.Sprint(sent[position])
			}
			r.Refused = append(r.Refused, e)
			o.problems = append(o.problems, code.problems...)
		}
	}
	r.settle(sent)
	return r, o.err()
}
