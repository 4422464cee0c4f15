package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"znak/app/hint"
	"znak/printer"
	"znak/store"
)

// PrinterView is a device with what is known of its state.
type PrinterView struct {
	printer.Info
	URI   string // "" for a device that needs no adding
	Model string
	State printer.State
	Words []string // the device's own
	Trays []string // its own words for them; empty where it has one or does not say
	Held  bool     // a person has paused it here
	Main  bool     // what is printed without a choice goes to it
}

// FoundPrinter is a printer that a driver sees.
type FoundPrinter struct {
	printer.Found
	Kind  string
	Added string // the name under which it is added here; "" if it is not
}

// opened is an added printer with the setup it was opened from.
type opened struct {
	setup  string
	uri    string
	model  string
	device printer.Device
}

// lost stands for an added printer that cannot be opened: what was printed on it is not known, and it prints nothing.
type lost struct {
	info printer.Info
	err  error
}

var _ printer.Device = (*lost)(nil)

func (l *lost) Info() printer.Info { return l.info }
func (l *lost) State(context.Context) (printer.State, []string, error) {
	return printer.Offline, nil, l.err
}
func (l *lost) Open(context.Context, string) (printer.Job, error) { return nil, l.err }
func (l *lost) Progress(_ context.Context, _ string, pages int) (printer.Progress, error) {
	return printer.Progress{State: printer.Unknown, Started: pages}, l.err
}

// shelf opens the added printers and keeps them open for as long as their setup stays the same.
func (s *Station) shelf(ctx context.Context) ([]printer.Device, error) {
	added, err := s.store.Printers(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.builtIn)
	held, open := map[string]bool{}, map[string]opened{}
	for _, p := range added {
		held[p.Name] = p.Held
		var setup printer.Setup
		if err := json.Unmarshal(p.Setup, &setup); err != nil {
			return nil, fmt.Errorf("setup of printer %s: %w", p.Name, err)
		}
		if setup.URI == "" { // one that needs no adding, noted for its pause
			continue
		}
		o, ok := s.opened[p.Name]
		if !ok || o.setup != string(p.Setup) {
			o = opened{setup: string(p.Setup), uri: setup.URI, model: setup.Model}
			setup.Name = p.Name
			if o.device, err = s.openDevice(setup); err != nil {
				o.device = &lost{printer.Info{Name: p.Name, Kind: scheme(setup.URI), DPI: max(setup.DPI, 300)}, err}
			}
		}
		open[p.Name] = o
		list = append(list, o.device)
	}
	s.held, s.opened = held, open
	return list, nil
}

func scheme(uri string) string { kind, _, _ := strings.Cut(uri, ":"); return kind }

func (s *Station) openDevice(setup printer.Setup) (printer.Device, error) {
	for _, d := range s.drivers {
		if d.Kind() == scheme(setup.URI) {
			return d.Open(setup)
		}
	}
	return nil, refuse("station.printer-kind", hint.Args{"URI": setup.URI})
}

// device finds a device by name; "" is the default one.
func (s *Station) device(ctx context.Context, name string) (printer.Device, error) {
	list, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	if name == "" {
		if name, err = s.setting(ctx, SettingPrinter); err != nil {
			return nil, err
		}
	}
	for _, d := range list {
		if d.Info().Name == name {
			return d, nil
		}
	}
	return nil, refuse("station.printer-unknown", hint.Args{"Printer": name})
}

// holds reports whether a person has paused the printer here.
func (s *Station) holds(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[name]
}

// printerPatience is how long one printer may take to say how it is, so that a dead one does not hold the others up.
const printerPatience = 4 * time.Second

// Printers lists the devices with their states, all asked at once.
func (s *Station) Printers(ctx context.Context) ([]PrinterView, error) {
	devices, err := s.shelf(ctx)
	if err != nil {
		return nil, err
	}
	chosen, err := s.setting(ctx, SettingPrinter)
	if err != nil {
		return nil, err
	}
	list := make([]PrinterView, len(devices))
	var asked sync.WaitGroup
	for i, d := range devices {
		asked.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, printerPatience)
			defer cancel()
			var v PrinterView
			var err error
			if v.State, v.Words, err = d.State(ctx); err != nil {
				if v.State == "" || v.State == printer.Ready {
					v.State = printer.Unknown
				}
				v.Words = append(v.Words, err.Error())
			} else if t, ok := d.(printer.Trayed); ok && v.State != printer.Offline {
				if v.Trays, err = t.Trays(ctx); err != nil {
					s.log.Info("trays not known", "printer", v.Name, "error", err)
				}
			}
			v.Info = d.Info() // what it says of itself may just have been learned
			list[i] = v
		})
	}
	asked.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range list {
		v := &list[i]
		o := s.opened[v.Name]
		v.URI, v.Model, v.Held, v.Main = o.uri, o.model, s.held[v.Name], v.Name == chosen
		if v.Held && v.State == printer.Ready {
			v.State = printer.Paused
		}
	}
	return list, nil
}

// FindPrinters asks all drivers what they see. What a driver has to say against it comes as its reason, beside what the others found.
func (s *Station) FindPrinters(ctx context.Context) ([]FoundPrinter, []Reason) {
	if _, err := s.shelf(ctx); err != nil {
		return nil, []Reason{reasonOf(err)}
	}
	type answer struct {
		list []printer.Found
		err  error
	}
	answers := make([]answer, len(s.drivers))
	var asked sync.WaitGroup
	for i, d := range s.drivers {
		asked.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 2*printerPatience)
			defer cancel()
			answers[i].list, answers[i].err = d.Find(ctx)
		})
	}
	asked.Wait()
	var found []FoundPrinter
	var reasons []Reason
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range answers {
		if a.err != nil {
			reasons = append(reasons, reasonOf(a.err))
		}
		for _, f := range a.list {
			p := FoundPrinter{Found: f, Kind: s.drivers[i].Kind()}
			for name, o := range s.opened {
				if o.uri == f.URI {
					p.Added = name
				}
			}
			found = append(found, p)
		}
	}
	return found, reasons
}

// AddPrinter adds a printer under a name of the office's choice, or changes the setup of one that is added. An address that no driver knows, or
// that a driver does not understand, is refused.
func (s *Station) AddPrinter(ctx context.Context, setup printer.Setup) error {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return err
	}
	setup.Name = strings.TrimSpace(setup.Name)
	if err := s.checkSetup(setup); err != nil {
		return err
	}
	if _, err := s.openDevice(setup); err != nil {
		return err
	}
	was, held, err := s.addedPrinter(ctx, setup.Name)
	if err != nil {
		return err
	}
	act, before := "printer-added", any(nil)
	if was.URI != "" {
		act, before = "printer-changed", named(was)
		if was.URI != setup.URI {
			if err := s.noJobAt(ctx, setup.Name); err != nil {
				return err
			}
		}
	}
	raw, err := json.Marshal(setup)
	if err != nil {
		return err
	}
	if err := s.store.Write(ctx, func(tx *store.Tx) error {
		if err := noteOffice(tx, act, setup.Name, before, named(setup)); err != nil {
			return err
		}
		return tx.PutPrinter(store.Printer{Name: setup.Name, Setup: raw, Held: held})
	}); err != nil {
		return err
	}
	_, err = s.shelf(ctx)
	return err
}

// named is a setup without its name, which stands beside it in the journal.
func named(setup printer.Setup) printer.Setup {
	setup.Name = ""
	return setup
}

// PrinterSetup is the setup of an added printer.
func (s *Station) PrinterSetup(ctx context.Context, name string) (printer.Setup, error) {
	setup, _, err := s.addedPrinter(ctx, name)
	if err == nil && setup.URI == "" {
		err = refuse("station.printer-not-added", hint.Args{"Printer": name})
	}
	return setup, err
}

// addedPrinter reads how a printer is set up, without an address where it was not added, and whether it is held.
func (s *Station) addedPrinter(ctx context.Context, name string) (setup printer.Setup, held bool, err error) {
	added, err := s.store.Printers(ctx)
	if err != nil {
		return setup, false, err
	}
	for _, p := range added {
		if p.Name != name {
			continue
		}
		if err := json.Unmarshal(p.Setup, &setup); err != nil {
			return setup, p.Held, fmt.Errorf("setup of printer %s: %w", name, err)
		}
		return setup, p.Held, nil
	}
	return setup, false, nil
}

// RemovePrinter forgets an added printer. While it has a job of ours that is refused: nobody could be asked what became of it.
func (s *Station) RemovePrinter(ctx context.Context, name string) error {
	ctx, err := s.as(ctx, ActPrinters)
	if err != nil {
		return err
	}
	if _, err := s.PrinterSetup(ctx, name); err != nil {
		return err
	}
	d, err := s.device(ctx, name)
	if err != nil {
		return err
	}
	release, err := s.take(d)
	if err != nil {
		return err
	}
	defer release()
	if err := s.settle(ctx, d); err != nil {
		return err
	}
	if err := s.noJobAt(ctx, name); err != nil {
		return err
	}
	chosen, err := s.setting(ctx, SettingPrinter)
	if err != nil {
		return err
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		if chosen == name && len(s.builtIn) > 0 {
			if err := setNoted(tx, SettingPrinter, "", s.builtIn[0].Info().Name); err != nil {
				return err
			}
		}
		if err := noteOffice(tx, "printer-removed", name, nil, nil); err != nil {
			return err
		}
		return tx.RemovePrinter(name)
	})
}

// noJobAt refuses while a printer has a job of ours: elsewhere nobody could be asked what became of it.
func (s *Station) noJobAt(ctx context.Context, name string) error {
	jobs, err := s.store.OpenJobs(ctx)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.Device == name {
			return refuse("station.printer-has-job", hint.Args{"Printer": name, "Batch": job.Batch})
		}
	}
	return nil
}

// PausePrinter holds a printer: a run that is on it ends its slip, nothing new is begun. A queue of the system is held too.
func (s *Station) PausePrinter(ctx context.Context, name string) error {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return err
	}
	d, err := s.device(ctx, name)
	if err != nil {
		return err
	}
	// Our own hold first: whatever the system answers, nothing new is begun from here.
	if err := s.hold(ctx, name, true); err != nil {
		return err
	}
	if q, ok := d.(printer.Queue); ok {
		return q.Pause(ctx)
	}
	return nil
}

// ResumePrinter lets a printer go on.
func (s *Station) ResumePrinter(ctx context.Context, name string) error {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return err
	}
	d, err := s.device(ctx, name)
	if err != nil {
		return err
	}
	if q, ok := d.(printer.Queue); ok {
		if err := q.Resume(ctx); err != nil {
			return err
		}
	}
	return s.hold(ctx, name, false)
}

func (s *Station) hold(ctx context.Context, name string, held bool) error {
	act := "printer-released"
	if held {
		act = "printer-held"
	}
	if err := s.store.Write(ctx, func(tx *store.Tx) error {
		if err := noteOffice(tx, act, name, nil, nil); err != nil {
			return err
		}
		return tx.HoldPrinter(name, held)
	}); err != nil {
		return err
	}
	_, err := s.shelf(ctx)
	return err
}

// CancelJobs takes back what a printer's queue still holds of our jobs and writes down what became of them. It answers how many jobs there were.
func (s *Station) CancelJobs(ctx context.Context, name string) (int, error) {
	ctx, err := s.as(ctx, ActWork)
	if err != nil {
		return 0, err
	}
	d, err := s.device(ctx, name)
	if err != nil {
		return 0, err
	}
	release, err := s.take(d)
	if err != nil {
		return 0, err
	}
	defer release()
	jobs, err := s.store.OpenJobs(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	var failed error
	for _, job := range jobs {
		if job.Device != name {
			continue
		}
		n++
		if q, ok := d.(printer.Queue); ok {
			failed = errors.Join(failed, q.Cancel(ctx, job.ID))
		}
	}
	return n, errors.Join(failed, s.settle(ctx, d))
}
