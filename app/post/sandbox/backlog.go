package sandbox

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
)

// Orders in «Новые»: rows 1–8 of facts/otpravka-api.md §2.1.

var errNotArray = errors.New("body is not an array")

// decodeList reads an array; null and objects are malformed (§6.1, E5).
func decodeList[T any](r *request) ([]T, error) {
	var raw []json.RawMessage
	if err := r.decode(&raw); err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, errNotArray
	}
	list := make([]T, len(raw))
	for i := range raw {
		if string(raw[i]) == "null" {
			return nil, errNotArray
		}
		if err := json.Unmarshal(raw[i], &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func malformed(err error) reply { return e5("Could not read JSON: " + err.Error()) }

func (s *Server) putBacklog(r *request) reply {
	orders, err := decodeList[order](r)
	if err != nil {
		return malformed(err)
	}
	if len(orders) == 0 {
		return ok(map[string][]int64{"result-ids": {}}) // no error, seen live
	}
	var out orderResult
	for i := range orders {
		p, codes := s.account.take(&orders[i], false)
		if codes != nil {
			out.Errors = append(out.Errors, orderError{i, codes})
			continue
		}
		out.ResultIDs = append(out.ResultIDs, p.id)
	}
	s.calls.changed(r, "created", "", len(out.ResultIDs))
	return ok(out)
}

func (s *Server) putBacklogV2(r *request) reply {
	orders, err := decodeList[order](r)
	if err != nil {
		return malformed(err)
	}
	var out orderV2Result
	for i := range orders {
		p, codes := s.account.take(&orders[i], true)
		if codes != nil {
			out.Errors = append(out.Errors, orderError{i, codes})
			continue
		}
		s.account.assignShPI(p)
		out.Orders = append(out.Orders, orderV2{Barcode: p.shpi, OrderNum: p.given.OrderNum, ResultID: p.id, GroupName: p.given.GroupName})
	}
	s.calls.changed(r, "created", "", len(out.Orders))
	return ok(out)
}

// take checks an order and puts it into «Новые».
func (a *account) take(o *order, v2 bool) (*piece, []codeText) {
	if codes := a.validate(o, v2); codes != nil {
		return nil, codes
	}
	a.complete(o)
	p := &piece{given: o, mass: o.Mass}
	a.add(p)
	return p, nil
}

func (s *Server) searchBacklog(r *request) reply {
	found := []backlogOrder{}
	for _, p := range s.account.byOrder[r.URL.Query().Get("query")] {
		if p.batch == nil {
			found = append(found, s.account.viewBacklog(p))
		}
	}
	return ok(found)
}

// pathID is the {id} of a path; not a number finds nothing.
func pathID(r *request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return -1
	}
	return id
}

func (s *Server) getBacklog(r *request) reply {
	p := s.account.inBacklog(pathID(r))
	if p == nil {
		return e4("BacklogTuple", r.PathValue("id"))
	}
	return ok(s.account.viewBacklog(p))
}

func (s *Server) editBacklog(r *request) reply {
	a := s.account
	p := a.inBacklog(pathID(r))
	if p == nil {
		return e4("BacklogTuple", r.PathValue("id"))
	}
	var o *order
	if err := r.decode(&o); err != nil || o == nil {
		return e5("Could not read JSON: one order is expected")
	}
	if codes := a.validate(o, false); codes != nil {
		return ok(orderResult{Errors: []orderError{{0, codes}}})
	}
	a.complete(o)
	num := a.orderNum(p)
	a.byOrder[num] = slices.DeleteFunc(a.byOrder[num], func(other *piece) bool { return other == p })
	p.given, p.made, p.mass = o, nil, o.Mass
	p.version++
	a.byOrder[o.OrderNum] = append(a.byOrder[o.OrderNum], p)
	s.calls.changed(r, "edited", "", 1)
	return ok([]int{}) // success as seen live
}

// eachID does one thing with each id of the body and answers with E2 for those that cannot.
func (s *Server) eachID(r *request, change string, do func(id int64) (code string)) reply {
	ids, err := decodeList[int64](r)
	if err != nil {
		return malformed(err)
	}
	if len(ids) == 0 {
		return ok(map[string][]int64{"result-ids": {}})
	}
	var out idResult
	for i, id := range ids {
		if code := do(id); code != "" {
			out.Errors = append(out.Errors, idError{Code: code, Position: i}) // without words here, as seen live
			continue
		}
		out.ResultIDs = append(out.ResultIDs, id)
	}
	s.calls.changed(r, change, "", len(out.ResultIDs))
	return ok(out)
}

func (s *Server) deleteBacklog(r *request) reply {
	return s.eachID(r, "deleted", func(id int64) string {
		p := s.account.inBacklog(id)
		if p == nil {
			return "NOT_FOUND"
		}
		s.account.forget(p)
		return ""
	})
}

// editable tells why a piece may not leave its batch (§4.1, RemoveFromBatchErrorCode).
func editable(b *batch) string {
	switch b.status {
	case statusCreated:
		return ""
	case statusFrozen:
		return "READONLY_STATE"
	}
	return "DELIVERY_IN_PROGRESS"
}

func (s *Server) returnToNew(r *request) reply {
	return s.eachID(r, "returned-to-new", func(id int64) string {
		p := s.account.inBatch(id)
		if p == nil {
			return "NOT_FOUND"
		}
		if code := editable(p.batch); code != "" {
			return code
		}
		s.calls.batch(p.batch.name).Returned++
		p.batch.download = "F103"
		s.account.leave(p)
		return ""
	})
}

func (s *Server) deleteShipments(r *request) reply {
	return s.eachID(r, "deleted", func(id int64) string {
		p := s.account.inBatch(id)
		if p == nil {
			return "NOT_FOUND"
		}
		if code := editable(p.batch); code != "" {
			return code
		}
		s.calls.batch(p.batch.name).Deleted++
		p.batch.download = "F103"
		s.account.forget(p)
		return ""
	})
}

func (s *Server) backlogByGroup(r *request) reply {
	found := []backlogOrder{}
	for _, p := range s.account.pieces {
		if p != nil && p.batch == nil && p.given != nil && p.given.GroupName == r.PathValue("group") {
			found = append(found, s.account.viewBacklog(p))
		}
	}
	return ok(found)
}
