package sandbox

import "net/http"

// newRoutes is the contract's table, in the order and with the row numbers of facts/otpravka-api.md §2. Whatever is not
// here is answered with E10 (§8.1). The short names are those of the fault file.
func newRoutes(s *Server) *routes {
	t := &routes{mux: http.NewServeMux()}

	// §2.1 Orders in «Новые».
	t.add("PUT /1.0/user/backlog", "orders", s.putBacklog)                                     // 1
	t.add("PUT /2.0/user/backlog", "orders", s.putBacklogV2)                                   // 2
	t.add("GET /1.0/backlog/search", "backlog", s.searchBacklog)                               // 3
	t.add("GET /1.0/backlog/{id}", "backlog", s.getBacklog)                                    // 4
	t.add("PUT /1.0/backlog/{id}", "orders", s.editBacklog)                                    // 5
	t.add("DELETE /1.0/backlog", "delete", s.deleteBacklog)                                    // 6
	t.add("POST /1.0/user/backlog", "return", s.returnToNew)                                   // 7
	t.add("GET /1.0/backlog/by-group-name/{group}", "backlog", s.backlogByGroup)               // 8
	t.add("POST /1.0/user/shipment", "create-batch", s.createBatch)                            // 9
	t.add("POST /1.0/batch/{name}/sending/{year}/{month}/{day}", "sending", s.moveSendingDate) // 10
	t.add("POST /1.0/batch/{name}/shipment", "add", s.addToBatch)                              // 11
	t.add("PUT /1.0/batch/{name}/shipment", "orders", s.createInBatch)                         // 12
	t.add("GET /1.0/batch/{name}", "batch", s.getBatch)                                        // 13
	t.add("GET /1.0/batch", "batches", s.listBatches)                                          // 14
	t.add("GET /1.0/batch/{name}/shipment", "shipments", s.listShipments)                      // 15
	t.add("GET /1.0/shipment/{id}", "shipment", s.getShipment)                                 // 16
	t.add("GET /1.0/shipment/search", "search", s.searchShipments)                             // 17
	t.add("GET /1.0/shipment/by-group-name/{group}", "search", s.shipmentsByGroup)             // 18
	t.add("DELETE /1.0/shipment", "delete", s.deleteShipments)                                 // 19
	t.add("POST /1.0/batch/{name}/checkin", "checkin", s.checkin)                              // 20

	// §2.4 Documents.
	t.add("GET /1.0/forms/{batch}/zip-all", "forms", s.zipAll)                        // 21
	t.add("GET /1.0/forms/{id}/f7pdf", "forms", s.f7)                                 // 22
	t.add("GET /1.0/forms/{id}/f112pdf", "forms", s.f112)                             // 23
	t.add("GET /1.0/forms/backlog/{id}/forms", "forms", s.formsFromBacklog)           // 24
	t.add("GET /1.0/forms/{id}/forms", "forms", s.formsOfPiece)                       // 25
	t.add("GET /1.0/forms/{batch}/f103pdf", "forms", s.f103)                          // 26
	t.add("GET /1.0/forms/{batch}/completeness-checking-form", "forms", s.inspection) // 27
	t.add("GET /1.0/forms/{barcode}/easy-return-pdf", "forms", s.easyReturnLabel)     // 28

	// §2.5 Archive.
	t.add("GET /1.0/archive", "archive", s.listArchive)                                 // 29
	t.add("PUT /1.0/archive", "archive", s.putArchive)                                  // 30
	t.add("POST /1.0/archive/revert", "archive", s.revertArchive)                       // 31
	t.add("GET /1.0/long-term-archive/shipment/search", "archive", s.searchLongArchive) // 32

	// §2.6 Returns: letters have none, but the error shape E3 lives here.
	t.add("PUT /1.0/returns", "returns", s.createReturn)                           // 33
	t.add("DELETE /1.0/returns/delete-separate-return", "returns", s.deleteReturn) // 35

	// §2.7 Settings, balance, tools.
	t.add("GET /1.0/settings", "settings", s.settings)                        // 37
	t.add("GET /1.0/user-shipping-points", "points", s.shippingPoints)        // 38
	t.add("GET /1.0/settings/limit", "limit", s.limit)                        // 39
	t.add("GET /1.0/counterpart/balance", "balance", s.balance)               // 40
	t.add("POST /1.0/tariff", "tariff", s.tariff)                             // 41
	t.add("POST /1.0/clean/address", "clean", s.cleanAddress)                 // 42
	t.add("POST /1.0/clean/physical", "clean", s.cleanPhysical)               // 43
	t.add("POST /1.0/clean/phone", "clean", s.cleanPhone)                     // 44
	t.add("GET /postoffice/1.0/{index}", "postoffice", s.postOffice)          // 48
	t.add("GET /postoffice/1.0/by-address", "postoffice", s.officesByAddress) // 49
	return t
}
