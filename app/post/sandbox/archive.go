package sandbox

import "encoding/json"

// The archive: rows 29–32 of facts/otpravka-api.md §2.5.

func (s *Server) listArchive(r *request) reply {
	views := []batchJSON{}
	for _, b := range s.account.sorted() {
		if b.status == statusArchived {
			views = append(views, s.account.viewBatch(b, r.now))
		}
	}
	return ok(views)
}

// eachBatch does one thing with each batch of the body: plain names, or objects with batch-name, since the sources
// disagree (§15, row 14). The answer is objects in both cases.
func (s *Server) eachBatch(r *request, change string, do func(b *batch) (code string)) reply {
	items, err := decodeList[json.RawMessage](r)
	if err != nil {
		return malformed(err)
	}
	out := []archiveResult{}
	for _, item := range items {
		var named archiveResult
		if json.Unmarshal(item, &named.BatchName) != nil {
			if err := json.Unmarshal(item, &named); err != nil {
				return malformed(err)
			}
		}
		b := s.account.batches[named.BatchName]
		named.ErrorCode = "NOT_FOUND"
		if b != nil {
			if named.ErrorCode = do(b); named.ErrorCode == "" {
				b.statusAt = r.now
				s.calls.changed(r, change, b.name, 1)
			}
		}
		out = append(out, named)
	}
	return ok(out)
}

func (s *Server) putArchive(r *request) reply {
	return s.eachBatch(r, "archived", func(b *batch) string {
		if b.status == statusArchived {
			return "READONLY_STATE"
		}
		b.beforeArchive, b.status = b.status, statusArchived
		return ""
	})
}

func (s *Server) revertArchive(r *request) reply {
	return s.eachBatch(r, "unarchived", func(b *batch) string {
		if b.status != statusArchived {
			return "READONLY_STATE"
		}
		b.status, b.beforeArchive = b.beforeArchive, ""
		return ""
	})
}

func (s *Server) searchLongArchive(r *request) reply {
	return ok(s.views(s.found(r, true), r.now))
}
