package viewtest

import (
	"encoding/json"
	"fmt"
	"time"

	"znak/app/exchange"
	"znak/app/paper"
	"znak/app/postal"
	"znak/app/station"
	"znak/store"
)

// ShPI is the n-th identifier of an office that does not exist, with a right check digit.
func ShPI(n int) postal.ShPI {
	first := fmt.Sprintf("999999%02d%05d", 11+n/100000, n%100000)
	return postal.ShPI(first + string(postal.ShPICheckDigit(first)))
}

var names = []string{
	"Артемьева Прасковья Никаноровна", "ООО «Ромашка и Ко»", "Ёлкин Пётр Сергеевич", "Общество с ограниченной ответственностью «Научно-производственное объединение „Северный ветер“», филиал в г. Магадане",
	"Ким Ан", "ИП Щербакова-Заболотная А. Ю.", "Войсковая часть 00000", "Управляющая компания № 7", "Гражданин Я.",
}

// Pieces makes n letters of a batch, of which each state has as many as states says, in the order of a piece's life.
func Pieces(batch string, n, from int, states map[postal.PieceState]int) []store.PieceRow {
	var order []postal.PieceState
	for _, s := range []postal.PieceState{postal.StateVerified, postal.StateUnknown, postal.StateStale, postal.StateSpoiled, postal.StatePrinted, postal.StateHanded, postal.StatePulled} {
		for i := 0; i < states[s]; i++ {
			order = append(order, s)
		}
	}
	list := make([]store.PieceRow, n)
	for i := range list {
		state := postal.StatePulled
		if i < len(order) {
			state = order[i]
		}
		id := ShPI(from + i)
		list[i] = store.PieceRow{Pos: i, State: state, StateAt: Now.Add(-time.Hour), Piece: postal.Piece{
			PostID: 3_000_000_000 + int64(from+i), ShPI: id, Batch: batch, MailType: postal.Letter, Category: postal.CategoryOrdered,
			Envelope: postal.DL, Payment: postal.PaidByMark, Mass: 20,
			To:   postal.Recipient{Name: names[i%len(names)], Address: postal.Address{Index: postal.PostIndex(fmt.Sprintf("%06d", 101000+i%800*7)), Place: "г Магадан", Street: "ул Портовая", House: fmt.Sprint(1 + i%90)}},
			Mark: &postal.Mark{ID: fmt.Sprintf("SPECIMEN%010d", from+i), Value: 8540, Office: "101000"},
		}}
		if state.OnPaper() || state == postal.StateSpoiled {
			list[i].Copies = 1
		}
	}
	return list
}

func batch(name string, day postal.Date, kind postal.EnvelopeKind, n int, states map[postal.PieceState]int) station.BatchView {
	b := station.BatchView{Envelope: kind, Sum: postal.Kopecks(n) * 8540}
	b.Batch = postal.Batch{Name: name, Status: postal.BatchCreated, MailType: postal.Letter, Category: postal.CategoryOrdered, Payment: postal.PaidByMark,
		UseOnlineBalance: true, Office: "101000", SendingDate: day, PieceCount: n}
	b.Pieces, b.States, b.MarkSum = n, states, b.Sum
	b.Envelopes = map[postal.EnvelopeKind]int{kind: n}
	b.ToPrint = states[postal.StatePulled] + states[postal.StateSpoiled]
	b.PulledAt, b.SeenAt = Now.Add(-2*time.Hour), Now.Add(-2*time.Hour)
	b.Ready = true
	return b
}

func not(b station.BatchView, reasons ...station.Reason) station.BatchView {
	b.Ready, b.Reasons = false, reasons
	return b
}

// Fresh is a station that has just been connected: it knows of nothing yet.
func Fresh() *Station {
	return &Station{Account: true, All: map[string][]store.PieceRow{}, Events: map[postal.ShPI][]store.Event{}, Verdicts: map[string]station.ScanVerdict{}}
}

// Sample is an office in the middle of its day: a batch ready, one half way, one verified, several stuck, one handed over offline.
func Sample() *Station {
	balance, free := postal.Kopecks(11756400), postal.Kopecks(4001200)
	s := Fresh()
	s.Training = true
	half := map[postal.PieceState]int{postal.StateVerified: 412, postal.StateUnknown: 3, postal.StateStale: 1, postal.StateSpoiled: 2, postal.StatePrinted: 330, postal.StatePulled: 52}
	done := map[postal.PieceState]int{postal.StateVerified: 12}
	handed := map[postal.PieceState]int{postal.StateHanded: 200}
	closed := batch("498", "2026-11-20", postal.C5, 200, handed)
	closed.HandedAt = Now.Add(-3 * time.Hour)
	closed = not(closed, station.Reason{Key: "station.ready.handed", Args: map[string]any{"Batch": "498"}})
	item := store.Item{ID: "item-1", Kind: "checkin", Key: "498", State: "waiting", Attempts: 2, CreatedAt: Now.Add(-3 * time.Hour), NotBefore: Now.Add(12 * time.Minute),
		LastError: "post: POST /1.0/batch/498/checkin: dial tcp: i/o timeout", LastHint: `{"key":"ui.outbox.unclear"}`}
	closed.Waiting = []store.Item{item}
	approval := not(batch("509", "2026-11-25", postal.C4, 40, map[postal.PieceState]int{postal.StatePulled: 40}), station.Reason{Key: "station.ready.approval", Args: map[string]any{"Batch": "509"}})
	s.List = []station.BatchView{
		batch("506", "2026-11-23", postal.DL, 800, half),
		batch("507", "2026-11-24", postal.C5, 1000, map[postal.PieceState]int{postal.StatePulled: 1000}),
		batch("505", "2026-11-22", postal.OX, 12, done),
		not(batch("508", "2026-11-24", postal.DL, 200, map[postal.PieceState]int{postal.StatePulled: 200}), station.Reason{Key: "station.ready.no-mark", Args: map[string]any{"Count": 1}}),
		not(batch("510", "2026-11-25", postal.C6, 36, map[postal.PieceState]int{postal.StatePulled: 36}),
			station.Reason{Key: "station.ready.envelope", Args: map[string]any{"Kind": "C6", "Count": 36}}, station.Reason{Key: "station.ready.category", Args: map[string]any{"Category": "простое"}}),
		approval, closed,
	}
	from := 0
	for _, b := range s.List {
		s.All[b.Name] = Pieces(b.Name, b.Pieces, from, b.States)
		from += b.Pieces
	}
	s.Items = []store.Item{item}
	s.Entries = []station.JournalEntry{
		{At: Now.Add(-26 * time.Hour), Who: "Старшева С. С.", Operator: &store.OperatorData{Act: "added", Name: "Иванова И. И.", Role: "clerk"}},
		{At: Now.Add(-25 * time.Hour), Who: "Старшева С. С.", Office: &store.OfficeData{Act: "printer-added", Name: "Xerox",
			Fields: []store.FieldChange{{Name: "language", To: "pdf"}, {Name: "uri", To: "cups://localhost:631/printers/Xerox_B230"}}}},
		{At: Now.Add(-3 * time.Hour), Who: "Иванова И. И.", Operator: &store.OperatorData{Act: "signed-in", Name: "Иванова И. И.", Proof: "badge"}},
		{At: Now.Add(-2 * time.Hour), Who: "Старшева С. С.", Office: &store.OfficeData{Act: "setting", Name: station.SettingReprints,
			Fields: []store.FieldChange{{Name: station.SettingReprints, From: "0", To: "3"}}}},
	}
	s.State = station.Status{Online: false, LastContact: Now.Add(-25 * time.Minute), Balance: &balance, BalanceOf: "2026-11-21", Reserved: balance - free, Free: &free,
		OfflinePieces: 1052, OfflineUntil: Now.Add(72 * time.Hour), States: map[postal.PieceState]int{}, Pending: 1}
	s.State.InBatches, s.State.Spent = 22780000, 8243600
	lacking := s.State.InBatches - free
	s.State.Lacking = &lacking
	for _, b := range s.List {
		for st, n := range b.States {
			s.State.States[st] += n
		}
	}
	s.office(balance, free)
	s.printers()
	s.readers()
	s.Chosen = []station.Setting{
		{Key: "printer", Value: "Xerox", Default: "Xerox", Kind: "choice", Choices: []string{"Xerox"}},
		{Key: "approval", Value: "false", Default: "false", Kind: "bool"},
		{Key: "preflight", Value: "true", Default: "true", Kind: "bool"},
		{Key: "verify-pair", Value: "true", Default: "true", Kind: "bool"},
	}
	story := func(id postal.ShPI, list ...store.Event) {
		for i := range list {
			list[i].At, list[i].ShPI, list[i].Batch = Now.Add(time.Duration(i-len(list))*7*time.Minute), id, "506"
			list[i].Who = "Иванова А."
		}
		s.Events[id] = list
	}
	story(ShPI(0), store.Event{Kind: postal.EventPulled}, store.Event{Kind: postal.EventIntent, Data: raw(store.IntentData{Job: "j", Page: 1, Copy: 1})}, store.Event{Kind: postal.EventPrinted},
		store.Event{Kind: postal.EventSpoiled, Data: raw(store.SpoiledData{Reason: "smeared"})}, store.Event{Kind: postal.EventIntent, Data: raw(store.IntentData{Job: "k", Page: 1, Copy: 2})},
		store.Event{Kind: postal.EventPrinted}, store.Event{Kind: postal.EventVerified, Data: raw(store.VerifiedData{Source: "scan"})})
	story(ShPI(412), store.Event{Kind: postal.EventPulled}, store.Event{Kind: postal.EventIntent, Data: raw(store.IntentData{Job: "j", Page: 413, Copy: 1})}, store.Event{Kind: postal.EventUnknown})
	return s
}

// office is the money, what is owed at the reprint desk, and what the accountant asks for.
func (s *Station) office(balance, free postal.Kopecks) {
	s.Purse = station.MoneyReport{BalanceOf: "2026-11-21"}
	s.Purse.Accounts = store.Accounts{Loaded: 20000000, Free: free, Reserved: balance - free, Spent: 8243600}
	s.Purse.Stated = &balance
	s.Purse.Unexplained, s.Purse.Pending = 17080, 17080
	s.Sums = map[store.MoneyBy][]store.MoneySum{
		store.ByBatch:  {{Key: "498", Reserved: 1708000, Held: 1708000}, {Key: "506", Reserved: 6832000, Held: 6047200, Spent: 784800, Pieces: 92}},
		store.ByDay:    {{Key: "2026-11-20", Loaded: 20000000, Reserved: 1708000}, {Key: "2026-11-21", Reserved: 6832000, Released: 8540, Spent: 784800, Pieces: 92}},
		store.ByMonth:  {{Key: "2026-10", Spent: 7458800, Pieces: 873}, {Key: "2026-11", Loaded: 20000000, Reserved: 8540000, Released: 8540, Spent: 784800, Pieces: 92}},
		store.ByCentre: {{Held: 1708000}, {Key: "Бухгалтерия", Held: 6047200, Spent: 784800, Pieces: 92}},
	}
	low := station.Reason{Key: "money.low", Args: map[string]any{"Batch": "507", "Left": postal.Kopecks(85000), "Low": postal.Kopecks(100000)}}
	s.List[1].Warning = &low
	var stale, spoiled []store.PieceRow
	for _, r := range s.All["506"] {
		switch r.State {
		case postal.StateStale:
			stale = append(stale, r)
		case postal.StateSpoiled:
			r.Owed = 1
			spoiled = append(spoiled, r)
		}
	}
	for i, r := range spoiled {
		s.Owed = append(s.Owed, station.OwedRow{PieceRow: r, Envelopes: 1, Reason: station.ReprintReasons[i], Who: "Иванова А.", At: Now.Add(-time.Hour)})
	}
	for _, r := range stale {
		s.Stale = append(s.Stale, station.StaleRow{PieceRow: r, Changes: []station.Change{{Field: "mark"}, {Field: "date", From: "2026-11-23", To: "2026-11-24"}, {Field: "value", From: "85.40", To: "91.20"}}})
	}
	s.Told = []station.Reason{{Key: "care.copy.folder", Args: map[string]any{"Dir": "/media/usb/znak", "Instead": "/home/office/znak/backups"}}}
	gain := exchange.Gain{Day: "2026-11-20", Kopecks: 20000000}
	s.Matched = station.ReconcileReport{Paid: 21500000, Gained: 20000000, Lost: 17080, Matching: exchange.Matching{
		Pairs:         []exchange.Pairing{{TopUps: []exchange.TopUp{{Day: "2026-11-19", Kopecks: 20000000, Number: "114"}}, Gains: []exchange.Gain{gain}}},
		StatementOnly: []exchange.LoneTopUp{{TopUp: exchange.TopUp{Day: "2026-11-05", Kopecks: 1500000, Number: "97"}, Why: exchange.WhyNothing}},
	}}
	s.Proof.Evidence = paper.Evidence{Pieces: []paper.EvidencePiece{{ShPI: ShPI(0), State: postal.StateHanded}}, Ledger: paper.EvidenceLedger{Holds: true}}
}

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
