package sandbox

// checkin hands a batch over: row 20 of facts/otpravka-api.md §2.2, POST only (§8.1), with the camelCase flag literally
// true or false. It changes something at most once for each batch; every refusal is counted.
func (s *Server) checkin(r *request) reply {
	b := s.named(r)
	if b == nil {
		return noBatch(r)
	}
	counts := s.calls.batch(b.name)
	refuse := func(reason string, answer reply) reply {
		counts.CheckinsRefused++
		if counts.CheckinRefusals == nil {
			counts.CheckinRefusals = map[string]int{}
		}
		counts.CheckinRefusals[reason]++
		return answer
	}
	online, given, valid := literal(r, "useOnlineBalance")
	if !valid || !given {
		return refuse("bad-flag", badParameter(r, "useOnlineBalance"))
	}
	switch b.status {
	case statusCreated:
	case statusFrozen:
		return refuse("READONLY_STATE", e9("READONLY_STATE"))
	default:
		return refuse("ALL_SHIPMENTS_SENT", e9("ALL_SHIPMENTS_SENT"))
	}
	if !online && !s.options.OfflineAllowed {
		return refuse("OFFLINE_BALANCE_FORBIDDEN", e9("OFFLINE_BALANCE_FORBIDDEN"))
	}
	if online && b.useOnlineBalance {
		requested, available := b.marksSum(), s.account.available()
		if requested > available {
			return refuse("1024", e8(requested, max(available, 0)))
		}
		b.reserved = requested
	}
	b.status, b.statusAt, b.checkedIn = statusFrozen, r.now, r.now
	b.listNumber = s.account.nextList // given at checkin: our reading of §3.4
	s.account.nextList++
	counts.Checkins++
	s.calls.changed(r, "checked-in", b.name, len(b.pieces))
	return ok(f103Result{F103Sent: true})
}
