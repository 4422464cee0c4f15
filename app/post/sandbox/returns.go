package sandbox

// Returns: rows 33 and 35 of facts/otpravka-api.md §2.6. This account has no easy return; the rows are here because the
// error shape E3 comes from nowhere else.

func (s *Server) createReturn(r *request) reply {
	var body struct {
		DirectBarcode string `json:"direct-barcode"`
		MailType      string `json:"mail-type"`
	}
	if err := r.decode(&body); err != nil {
		return malformed(err)
	}
	code := "EASY_RETURN_DISABLED"
	if s.account.byShPI[body.DirectBarcode] == nil {
		code = "DIRECT_SHIPMENT_NOT_FOUND"
	}
	return e3(codeText{Code: code, Description: describe(code)})
}

func (s *Server) deleteReturn(*request) reply {
	const code = "RETURN_SHIPMENT_NOT_FOUND"
	return ok(codeText{Code: code, Description: describe(code)}) // bare, HTTP 200, as seen live
}
