package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Making, filling and reading batches: rows 9–18 of facts/otpravka-api.md §2.2.

// literal reads a flag that must be the text true or false and nothing else (§6.2, LG #48). The answer to a wrong one is
// not recorded; the framework's 400 is our choice.
func literal(r *request, name string) (value, given, valid bool) {
	switch values := r.URL.Query()[name]; {
	case len(values) == 0:
		return false, false, true
	case len(values) == 1 && values[0] == "true":
		return true, true, true
	case len(values) == 1 && values[0] == "false":
		return false, true, true
	}
	return false, true, false
}

func badParameter(r *request, name string) reply {
	return e13(r, http.StatusBadRequest, "Required parameter '"+name+"' is missing or has a wrong value")
}

// splitKey is what orders of one batch have in common. §8.5 names the first four; rank and notice are added, because the
// post refuses to put orders that differ in them into one batch (§4.1).
type splitKey struct{ mailType, category, payment, office, rank, notice string }

func keyOf(o *order) splitKey {
	return splitKey{o.MailType, o.MailCategory, o.PaymentMethod, o.PostofficeCode, o.MailRank, noticeOf(o)}
}

func (s *Server) createBatch(r *request) reply {
	online, given, valid := literal(r, "use-online-balance")
	if !valid {
		return badParameter(r, "use-online-balance")
	}
	query := r.URL.Query()
	zone := 3 * 60 * 60 // Moscow unless told
	if text := query.Get("timezone-offset"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil {
			return badParameter(r, "timezone-offset")
		}
		zone = seconds
	}
	today := day(r.now.In(time.FixedZone("", zone)))
	sending := today
	if text := query.Get("sending-date"); text != "" {
		date, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return badParameter(r, "sending-date")
		}
		sending = date
	}
	ids, err := decodeList[int64](r)
	if err != nil {
		return malformed(err)
	}

	var out shipmentResult
	made := map[splitKey]*batch{}
	var inOrder []*batch
	for i, id := range ids {
		refuse := func(code string) {
			out.Errors = append(out.Errors, idError{Code: code, Description: describe(code), Position: i})
		}
		p := s.account.inBacklog(id)
		if p == nil {
			refuse("NOT_FOUND")
			continue
		}
		if sending.Before(today) {
			refuse("PAST_DUE_DATE")
			continue
		}
		o := s.account.orderOf(p)
		// The flag must be said for mark letters (LG #48); the code for its absence is our choice.
		if o.PaymentMethod == payMark && !given {
			refuse("ILLEGAL_PAYMENT_METHOD")
			continue
		}
		key := keyOf(&o)
		b := made[key]
		if b == nil {
			b = s.account.newBatch(&batch{
				purpose: PurposeMade, statusAt: r.now, mailType: key.mailType, category: key.category, rank: key.rank,
				notice: key.notice, payment: key.payment, office: key.office, useOnlineBalance: online, sending: sending,
			})
			made[key] = b
			inOrder = append(inOrder, b)
		}
		s.account.join(b, p, r.now)
		p.version++
		out.ResultIDs = append(out.ResultIDs, id)
	}
	for _, b := range inOrder {
		b.sortPieces()
		out.Batches = append(out.Batches, s.account.viewBatch(b, r.now))
		s.calls.changed(r, "batch-created", b.name, len(b.pieces))
	}
	return ok(out)
}

func (b *batch) sortPieces() {
	slices.SortFunc(b.pieces, func(x, y *piece) int { return int(x.id - y.id) })
}

// named finds the batch of a path.
func (s *Server) named(r *request) *batch { return s.account.batches[r.PathValue("name")] }

func noBatch(r *request) reply { return e4("ShipmentBatchTuple", r.PathValue("name")) }

func (s *Server) moveSendingDate(r *request) reply {
	b := s.named(r)
	if b == nil {
		return noBatch(r)
	}
	y, errY := strconv.Atoi(r.PathValue("year"))
	m, errM := strconv.Atoi(r.PathValue("month"))
	d, errD := strconv.Atoi(r.PathValue("day"))
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if errY != nil || errM != nil || errD != nil || date.Year() != y || int(date.Month()) != m || date.Day() != d {
		return badParameter(r, "sending-date")
	}
	counts := s.calls.batch(b.name)
	switch {
	case b.status != statusCreated:
		counts.DateMovesRefused++
		return e9("READONLY_STATE")
	case date.Before(day(r.now.In(moscow))):
		counts.DateMovesRefused++
		return e9("PAST_DUE_DATE")
	}
	if date.Equal(b.sending) {
		counts.DateMovesSame++
		return ok(f103Result{})
	}
	b.sending = date
	// The date stands in the mark, so labels printed before are stale: the second change of §8.8, the first being the
	// batch's creation.
	b.download = downloadForMarks(b, "F103_AND_OPM", "F103")
	counts.DateMoves++
	s.calls.changed(r, "date-moved", b.name, 1)
	return ok(f103Result{})
}

func downloadForMarks(b *batch, with, without string) string {
	if b.useOnlineBalance {
		return with
	}
	return without
}

// misfit tells why an order may not join a batch (§4.1, BatchError).
func misfit(b *batch, o *order) string {
	notice := noticeOf(o)
	switch {
	case o.MailType != b.mailType:
		return "DIFFERENT_MAIL_TYPE"
	case o.MailCategory != b.category:
		return "DIFFERENT_MAIL_CATEGORY"
	case o.TransportType != "" && o.TransportType != "SURFACE":
		return "DIFFERENT_TRANSPORT_TYPE"
	case o.MailRank != b.rank:
		return "DIFFERENT_MAIL_RANK"
	case o.PostofficeCode != b.office:
		return "ILLEGAL_POSTCODE"
	case o.PaymentMethod != b.payment:
		return "ILLEGAL_PAYMENT_METHOD"
	case b.notice == "SIMPLE" && notice != "SIMPLE":
		return "ABSENT_SIMPLE_NOTICE_POSTMARK"
	case b.notice != "SIMPLE" && notice == "SIMPLE":
		return "UNEXPECTED_SIMPLE_NOTICE_POSTMARK"
	case b.notice == "ORDERED" && notice != "ORDERED":
		return "ABSENT_ORDER_OF_NOTICE_POSTMARK"
	case b.notice != "ORDERED" && notice == "ORDERED":
		return "UNEXPECTED_ORDER_OF_NOTICE_POSTMARK"
	}
	return ""
}

func (s *Server) addToBatch(r *request) reply {
	b := s.named(r)
	if b == nil {
		return noBatch(r)
	}
	ids, err := decodeList[int64](r)
	if err != nil {
		return malformed(err)
	}
	for _, id := range ids {
		if p := s.account.inBatch(id); p != nil && p.batch == b {
			return e14(r)
		}
	}
	group := r.URL.Query().Get("group-name")
	var out idResult
	for i, id := range ids {
		refuse := func(code string) {
			out.Errors = append(out.Errors, idError{Code: code, Description: describe(code), Position: i})
		}
		p := s.account.inBacklog(id)
		if p == nil {
			refuse("NOT_FOUND")
			continue
		}
		if code := s.account.mayJoin(b, p, group); code != "" {
			refuse(code)
			continue
		}
		s.account.join(b, p, r.now)
		p.version++
		out.ResultIDs = append(out.ResultIDs, id)
	}
	s.grown(r, b, len(out.ResultIDs))
	return ok(out)
}

// mayJoin tells why a piece of «Новые» may not come into a batch.
func (a *account) mayJoin(b *batch, p *piece, group string) string {
	switch b.status {
	case statusCreated:
	case statusFrozen:
		return "READONLY_STATE"
	default:
		return "ALL_SHIPMENTS_SENT"
	}
	o := a.orderOf(p)
	if group != "" && !slices.ContainsFunc(b.pieces, func(p *piece) bool { return p.given != nil && p.given.GroupName == group }) {
		return "GROUP_NOT_FOUND"
	}
	return misfit(b, &o)
}

// grown notes that pieces came into a batch.
func (s *Server) grown(r *request, b *batch, count int) {
	if count == 0 {
		return
	}
	b.sortPieces()
	b.download = "F103_AND_NEW_SHIPMENT"
	s.calls.batch(b.name).Added += count
	s.calls.changed(r, "added-to-batch", b.name, count)
}

func (s *Server) createInBatch(r *request) reply {
	b := s.named(r)
	if b == nil {
		return noBatch(r)
	}
	orders, err := decodeList[order](r)
	if err != nil {
		return malformed(err) // ids instead of orders end here (LG #34)
	}
	if len(orders) == 0 {
		return ok(map[string][]int64{"result-ids": {}})
	}
	var out orderResult
	for i := range orders {
		o := &orders[i]
		codes := s.account.validate(o, false)
		if codes == nil {
			s.account.complete(o)
			code := misfit(b, o)
			if b.status == statusFrozen {
				code = "READONLY_STATE"
			} else if b.status != statusCreated {
				code = "ALL_SHIPMENTS_SENT"
			}
			if code != "" {
				codes = []codeText{{Code: code, Description: describe(code)}}
			}
		}
		if codes != nil {
			out.Errors = append(out.Errors, orderError{i, codes})
			continue
		}
		p := &piece{given: o, mass: o.Mass}
		s.account.add(p)
		s.account.join(b, p, r.now)
		out.ResultIDs = append(out.ResultIDs, p.id)
	}
	s.grown(r, b, len(out.ResultIDs))
	return ok(out)
}

func (s *Server) getBatch(r *request) reply {
	b := s.named(r)
	if b == nil {
		return noBatch(r)
	}
	s.calls.batch(b.name).Read++
	return ok(s.account.viewBatch(b, r.now))
}

// listBatches gives only CREATED ones (§8.10).
func (s *Server) listBatches(r *request) reply {
	query := r.URL.Query()
	var list []*batch
	for _, b := range s.account.sorted() {
		if b.status == statusCreated &&
			(query.Get("mailType") == "" || query.Get("mailType") == b.mailType) &&
			(query.Get("mailCategory") == "" || query.Get("mailCategory") == b.category) {
			list = append(list, b)
		}
	}
	list, valid := paged(s, r, list)
	if !valid {
		return badParameter(r, "size")
	}
	views := make([]batchJSON, len(list))
	for i, b := range list {
		views[i] = s.account.viewBatch(b, r.now)
	}
	return ok(views)
}

// paged cuts the asked page out of a list: size, page from 0, sort asc or desc; anything else in sort is tolerated (§1).
func paged[T any](s *Server, r *request, list []T) ([]T, bool) {
	query := r.URL.Query()
	number := func(name string, otherwise int) (int, bool) {
		text := query.Get(name)
		if text == "" {
			return otherwise, true
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && n >= 0
	}
	size, validSize := number("size", DefaultPageSize)
	at, validPage := number("page", 0)
	if !validSize || !validPage || size == 0 {
		return nil, false
	}
	size = min(size, s.options.MaxPage)
	if query.Get("sort") == "desc" {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	if at > len(list)/size {
		return nil, true
	}
	list = list[at*size:]
	return list[:min(size, len(list))], true
}

func (s *Server) listShipments(r *request) reply {
	b := s.named(r)
	if b == nil {
		return noBatch(r)
	}
	pieces, valid := paged(s, r, b.pieces)
	if !valid {
		return badParameter(r, "size")
	}
	s.calls.batch(b.name).PagesRead++
	return ok(s.views(pieces, r.now))
}

func (s *Server) views(pieces []*piece, now time.Time) []shipment {
	views := make([]shipment, len(pieces))
	for i, p := range pieces {
		views[i] = s.account.viewShipment(p, now)
	}
	return views
}

func (s *Server) getShipment(r *request) reply {
	p := s.account.inBatch(pathID(r))
	if p == nil {
		return e4("ComplexOrderV2", r.PathValue("id"))
	}
	return ok(s.account.viewShipment(p, r.now))
}

// searchShipments finds by ШПИ or order number, and nothing that is still in «Новые».
func (s *Server) searchShipments(r *request) reply {
	return ok(s.views(s.found(r, false), r.now))
}

func (s *Server) found(r *request, archived bool) []*piece {
	query := r.URL.Query().Get("query")
	candidates := s.account.byOrder[query]
	if p := s.account.byShPI[query]; p != nil {
		candidates = []*piece{p}
	}
	var list []*piece
	for _, p := range candidates {
		if p.batch != nil && (!archived || p.batch.status == statusArchived) {
			list = append(list, p)
		}
	}
	return list
}

func (s *Server) shipmentsByGroup(r *request) reply {
	var list []*piece
	for _, p := range s.account.pieces {
		if p != nil && p.batch != nil && p.given != nil && p.given.GroupName == r.PathValue("group") {
			list = append(list, p)
		}
	}
	return ok(s.views(list, r.now))
}
