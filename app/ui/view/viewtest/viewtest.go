// Package viewtest holds a station made of plain values, for tests of the screens and their view models. Its people and
// numbers are invented.
package viewtest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"znak/app/exchange"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/view"
	"znak/printer"
	"znak/printer/page"
	"znak/store"
)

// Now is the time on the wall of the tests.
var Now = time.Date(2026, 11, 21, 11, 5, 0, 0, time.UTC)

// Station is a station in memory. Its fields may be set before the screens use it; Calls tells what was done.
type Station struct {
	mu        sync.Mutex
	Touched   int // how often a person was noticed
	List      []station.BatchView
	All       map[string][]store.PieceRow // by batch, in print order
	Events    map[postal.ShPI][]store.Event
	Items     []store.Item
	State     station.Status
	Devices   []station.PrinterView
	Found     []station.FoundPrinter
	Deaf      []station.Reason         // why a way of searching for printers brings nothing
	Search    chan struct{}            // where not nil, a search for printers waits for it
	Sheets    map[string]station.Sheet // by SheetKey
	Setups    map[string]printer.Setup // of printers, that were changed
	Offered   printer.Choices          // of every printer
	Proved    printer.Progress         // of a test print or ruler
	Chosen    []station.Setting
	Readers   []scan.Device // the office's scanners
	Account   bool
	Training  bool
	Err       error                          // of every call, where set
	Verdicts  map[string]station.ScanVerdict // by scanned text
	Owed      []station.OwedRow
	Stale     []station.StaleRow
	Told      []station.Reason // the notices
	AskSecond bool             // one person alone may reprint nothing
	Purse     station.MoneyReport
	Sums      map[store.MoneyBy][]store.MoneySum
	Matched   station.ReconcileReport
	Payees    *exchange.Statement // where not nil, nobody has said yet which of its payees is the post
	INN       string              // of the post in statements
	Proof     station.EvidenceReport
	HandRep   station.HandOverReport
	PrintRep  station.PrintReport
	Steps     []station.PrintProgress // told by Print
	Hold      chan struct{}           // where not nil, Print waits for it after its steps; a test print as well
	PullHold  chan struct{}           // where not nil, a pull waits for it
	Copy      station.CopyLook        // what is known of every copy
	At        station.SignedIn        // who is at the station
	People    []station.Operator
	Entries   []station.JournalEntry
	PIN       string                // that lets anybody in
	Badge     string                // what a scanner says of the badge of the first of People
	Shown     []station.PictureSeen // on the pictures that are read
	Calls     []string

	destroyed map[postal.ShPI]bool // of these one envelope was
}

var _ view.Station = (*Station)(nil)

func (s *Station) call(format string, args ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Calls = append(s.Calls, fmt.Sprintf(format, args...))
	return s.Err
}

// Called reports whether a call beginning with prefix was made.
func (s *Station) Called(prefix string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.Calls {
		if strings.HasPrefix(c, prefix) {
			return true
		}
	}
	return false
}

// Pull answers at once, or after PullHold lets it, or with the end of the context.
func (s *Station) Pull(ctx context.Context) (station.PullReport, error) {
	if s.PullHold != nil {
		_ = s.call("pull waits")
		select {
		case <-s.PullHold:
		case <-ctx.Done():
			return station.PullReport{}, ctx.Err()
		}
	}
	return station.PullReport{Batches: len(s.List), Pieces: 1212, Changed: 1}, s.call("pull")
}

func (s *Station) Prefetch(context.Context) (bool, error) { return false, nil }

func (s *Station) Batches(context.Context) ([]station.BatchView, error) {
	return append([]station.BatchView(nil), s.List...), s.call("batches")
}

func (s *Station) Batch(_ context.Context, name string) (station.BatchView, error) {
	err := s.call("batch %s", name)
	for _, b := range s.List {
		if b.Name == name {
			return b, err
		}
	}
	return station.BatchView{}, &station.Refused{Reasons: []station.Reason{{Key: "station.batch-unknown", Args: map[string]any{"Batch": name}}}}
}

func (s *Station) Pieces(_ context.Context, q store.PieceQuery) ([]store.PieceRow, error) {
	if err := s.call("pieces %s %v %d %d %q", q.Batch, q.States, q.Offset, q.Limit, q.Text); err != nil {
		return nil, err
	}
	var names []string
	for name := range s.All {
		if q.Batch == "" || q.Batch == name {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var list []store.PieceRow
	for _, name := range names {
		for _, r := range s.All[name] {
			if matches(r, q) {
				list = append(list, r)
			}
		}
	}
	list = list[min(q.Offset, len(list)):]
	if q.Limit > 0 {
		list = list[:min(q.Limit, len(list))]
	}
	return list, nil
}

func matches(r store.PieceRow, q store.PieceQuery) bool {
	if len(q.ShPIs) > 0 && !slices.Contains(q.ShPIs, r.ShPI) {
		return false
	}
	ok := len(q.States) == 0
	for _, st := range q.States {
		ok = ok || r.State == st
	}
	return ok && (q.Text == "" || strings.Contains(strings.ToLower(string(r.ShPI)+" "+r.To.Name+" "+string(r.To.Address.Index)), strings.ToLower(q.Text)))
}

func (s *Station) Piece(_ context.Context, id postal.ShPI) (store.PieceRow, error) {
	err := s.call("piece %s", id)
	for _, list := range s.All {
		for _, r := range list {
			if r.ShPI == id {
				return r, err
			}
		}
	}
	return store.PieceRow{}, &station.Refused{Reasons: []station.Reason{{Key: "station.piece-nowhere", Args: map[string]any{"ShPI": id.Grouped()}}}}
}

func (s *Station) Story(_ context.Context, id postal.ShPI) ([]store.Event, error) {
	return s.Events[id], s.call("story %s", id)
}

func (s *Station) Approve(_ context.Context, batch string) (postal.Kopecks, error) {
	return 6832000, s.call("approve %s", batch)
}

func (s *Station) Print(ctx context.Context, o station.PrintOrder, c *station.Control, tell func(station.PrintProgress)) (station.PrintReport, error) {
	if err := s.call("print %s %s %v", o.Batch, o.Printer, o.Only); err != nil {
		return station.PrintReport{}, err
	}
	for _, p := range s.Steps {
		tell(p)
	}
	if s.Hold != nil {
		select {
		case <-s.Hold:
		case <-ctx.Done():
			return s.PrintRep, ctx.Err()
		}
	}
	return s.PrintRep, nil
}

// Preview is a page with some lines; tests draw it in their own way.
func (s *Station) Preview(_ context.Context, id postal.ShPI) (page.Page, error) {
	return page.Page{Name: string(id), Media: "DL", Width: 220, Height: 110, DPI: 300}, s.call("preview %s", id)
}

// verifier holds lines for as long as they may still become a text of Verdicts.
type verifier struct {
	s     *Station
	batch string
	held  string
}

func (v *verifier) Line(_ context.Context, line string) ([]station.ScanVerdict, error) {
	text := v.held + line
	for known, answer := range v.s.Verdicts {
		if known == text {
			v.held = ""
			return []station.ScanVerdict{answer}, v.s.call("scan %s %q", v.batch, text)
		}
		if strings.HasPrefix(known, text+"\n") {
			v.held = text + "\n"
			return nil, nil
		}
	}
	v.held = ""
	return []station.ScanVerdict{{Text: text, Verdict: scan.VerdictUnreadable}}, v.s.call("scan %s %q", v.batch, text)
}

func (v *verifier) Flush(context.Context) ([]station.ScanVerdict, error) {
	text := v.held
	v.held = ""
	return []station.ScanVerdict{{Text: text, Verdict: scan.VerdictUnreadable}}, v.s.call("flush %s %q", v.batch, text)
}

func (s *Station) Verifier(batch string) view.Verifier { return &verifier{s: s, batch: batch} }

func (s *Station) DeclarePrinted(_ context.Context, id postal.ShPI) error {
	return s.call("printed %s", id)
}

func (s *Station) DeclareNotPrinted(_ context.Context, id postal.ShPI) error {
	return s.call("not-printed %s", id)
}

func (s *Station) HandOver(_ context.Context, batch string) (station.HandOverReport, error) {
	err := s.call("handover %s", batch)
	r := s.HandRep
	r.Batch = batch
	if err == nil && len(r.Missing) > 0 {
		err = &station.Refused{Reasons: []station.Reason{{Key: "station.handover.missing", Args: map[string]any{"Count": len(r.Missing), "Batch": batch}}}}
	}
	return r, err
}

func (s *Station) Sync(context.Context) (station.SyncReport, error) {
	return station.SyncReport{Sent: 1}, s.call("sync")
}

func (s *Station) Waiting(context.Context) ([]store.Item, error) { return s.Items, s.call("waiting") }

func (s *Station) Retry(_ context.Context, id string) error { return s.call("retry %s", id) }

func (s *Station) Skip(_ context.Context, id string) error { return s.call("skip %s", id) }

func (s *Station) Status(context.Context) (station.Status, error) { return s.State, s.call("status") }

func (s *Station) DeclareLast(_ context.Context, id postal.ShPI) (int, int, error) {
	return 2, 3, s.call("last %s", id)
}

func (s *Station) DeclareAll(_ context.Context, batch string, printed bool) (int, error) {
	return 5, s.call("declare all %s %v", batch, printed)
}

func (s *Station) Settings(context.Context) ([]station.Setting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]station.Setting(nil), s.Chosen...), s.Err
}

func (s *Station) SetSetting(_ context.Context, key, value string) error {
	err := s.call("set %s=%s", key, value)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.Chosen {
		if s.Chosen[i].Key == key && err == nil {
			s.Chosen[i].Value = value
		}
	}
	return err
}

func (s *Station) HasAccount() bool { return s.Account }
func (s *Station) Specimen() bool   { return s.Training }
