package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/app/postal"
	"znak/app/scan"
	"znak/app/secret"
	"znak/app/station"
)

// demoCommand does the whole job on a sandbox inside the program, in a fresh data folder.
func (c *command) demoCommand() *cobra.Command {
	var options sandbox.Options
	var noWindow bool
	cmd := c.verb("demo", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		d, err := c.newDemo(ctx, options)
		if err != nil {
			return err
		}
		defer d.close()
		if err := d.job(ctx); err != nil {
			return err
		}
		if err := d.table(ctx); err != nil {
			return err
		}
		if noWindow || c.json || !hasDisplay() {
			return nil
		}
		d.box.NewDay()
		if _, err := d.office.station.Pull(ctx); err != nil {
			return err
		}
		fmt.Fprintln(c.out, c.say("demo.window", nil))
		office := d.office
		d.office = nil // the window closes it
		return c.openWindow(ctx, office)
	})
	cmd.Flags().Int64Var(&options.Seed, "seed", 1, c.say("flag.seed", nil))
	cmd.Flags().IntVar(&options.Pieces, "pieces", 0, c.say("flag.pieces", nil))
	cmd.Flags().BoolVar(&noWindow, "no-window", false, c.say("flag.no-window", nil))
	return cmd
}

// demo is a sandbox and a station that talk over a real socket.
type demo struct {
	c       *command
	box     *sandbox.Server
	server  *http.Server
	office  *office
	started time.Time

	printed, scanned, handed int
	files                    []string
	refusedBatches           [][2]string // name and reasons
}

func (c *command) newDemo(ctx context.Context, options sandbox.Options) (*demo, error) {
	if c.data == "" {
		dir, err := os.MkdirTemp("", "znak-demo-")
		if err != nil {
			return nil, hint.New("cmd.demo.dir", nil, err)
		}
		c.data = dir
	} else if isFile(filepath.Join(c.data, "znak.db")) {
		return nil, &station.Refused{Reasons: []station.Reason{{Key: "cmd.demo.used", Args: hint.Args{"Dir": c.data}}}}
	}
	d := &demo{c: c, box: sandbox.New(options), started: time.Now()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, hint.New("cmd.demo.listen", nil, err)
	}
	d.server = &http.Server{Handler: d.box.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = d.server.Serve(listener) }() // ends with Close; what fails is seen by the calls
	if d.office, err = c.open(ctx); err != nil {
		d.close()
		return nil, err
	}
	account := secret.Account{Login: d.box.Login(), Token: d.box.Token(), Password: d.box.Password()}
	if err := d.office.useSandbox(ctx, c, "http://"+listener.Addr().String(), account); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *demo) close() {
	if d.office != nil {
		if err := d.office.Close(); err != nil {
			d.c.complain(err)
		}
	}
	_ = d.server.Close() // nothing of the sandbox outlives the program
}

// tell writes one line of what is going on.
func (d *demo) tell(key string, args hint.Args) { fmt.Fprintln(d.c.errOut, d.c.say("demo."+key, args)) }

// job is the whole work of a day.
func (d *demo) job(ctx context.Context) error {
	s := d.office.station
	r, err := s.Pull(ctx)
	if err != nil {
		return err
	}
	d.tell("pulled", hint.Args{"Batches": r.Batches, "Count": r.Pieces, "Calls": r.Calls, "Balance": balanceOr(r.Balance)})
	views, err := s.Batches(ctx)
	if err != nil {
		return err
	}
	changed := false
	for _, v := range views {
		if !v.Ready {
			d.tell("not-ready", hint.Args{"Batch": v.Name, "Reason": d.c.reason(v.Reasons[0])})
			d.refusedBatches = append(d.refusedBatches, [2]string{v.Name, d.c.reason(v.Reasons[0])})
			continue
		}
		again, err := d.batch(ctx, v, !changed)
		if err != nil {
			return err
		}
		changed = changed || again
	}
	synced, err := s.Sync(ctx)
	if err != nil {
		return err
	}
	d.tell("sent", hint.Args{"Sent": synced.Sent, "Pending": synced.Pending})
	if err := d.box.Advance(24 * time.Hour); err != nil {
		return err
	}
	if synced, err = s.Sync(ctx); err != nil {
		return err
	}
	d.tell("news", hint.Args{"Count": synced.Changed})
	return nil
}

func balanceOr(k *postal.Kopecks) string {
	if k == nil {
		return "—"
	}
	return k.Office()
}

// batch prints, verifies and hands over one batch. Where the sandbox plays a change of marks after printing, the stale envelopes are printed anew.
func (d *demo) batch(ctx context.Context, v station.BatchView, mayChange bool) (changed bool, err error) {
	old, err := d.print(ctx, v.Name)
	if err != nil {
		return false, err
	}
	if mayChange && d.changesMarks(v.Name) {
		changed = true
		if err := d.box.ChangeMarks(v.Name); err != nil {
			return changed, err
		}
		r, err := d.office.station.Pull(ctx)
		if err != nil {
			return changed, err
		}
		d.tell("stale", hint.Args{"Batch": v.Name, "Count": r.Stale})
		if _, err := d.office.station.ReprintAll(ctx, station.ReprintOrder{Stale: v.Name, Reason: station.ReasonChanged}); err != nil {
			return changed, err
		}
		if _, err := d.print(ctx, v.Name); err != nil {
			return changed, err
		}
		for _, code := range old { // each old envelope under the scanner on its way to the shredder
			if _, err := d.office.station.Destroy(ctx, code, 0); err != nil {
				return changed, err
			}
		}
		d.tell("destroyed", hint.Args{"Batch": v.Name, "Count": len(old)})
	}
	h, err := d.office.station.HandOver(ctx, v.Name)
	if err != nil {
		return changed, err
	}
	d.handed++
	d.files = append(d.files, h.Files...)
	d.tell("handed", hint.Args{"Batch": v.Name, "Count": h.Verified})
	return changed, nil
}

// changesMarks reports whether the sandbox has the batch for showing marks that change after printing.
func (d *demo) changesMarks(name string) bool {
	for _, b := range d.box.Account().Batches {
		if b.Name == name {
			return b.Purpose == sandbox.PurposeMarksChange
		}
	}
	return false
}

// print prints what is not printed of a batch, and scans every page of the file back. It gives the codes that were read.
func (d *demo) print(ctx context.Context, name string) (codes []string, err error) {
	r, err := d.office.station.Print(ctx, station.PrintOrder{Batch: name}, nil, nil)
	if err != nil {
		return nil, err
	}
	d.printed += r.Printed
	d.files = append(d.files, r.Files...)
	d.tell("printed", hint.Args{"Batch": name, "Count": r.Printed})
	verifier := d.office.station.Verifier(name)
	for a, err := range verifier.Images(ctx, r.Files) {
		if err != nil {
			return nil, err
		}
		if a.Verdict != scan.VerdictOK {
			return nil, hint.New("cmd.demo.scan", hint.Args{"ShPI": a.ShPI.Grouped(), "Reason": d.c.reason(a.Hint)}, errors.New(string(a.Verdict)))
		}
		codes = append(codes, a.Text)
	}
	if len(codes) != r.Printed {
		return nil, hint.New("cmd.demo.missed", hint.Args{"Count": r.Printed, "Seen": len(codes)}, nil)
	}
	d.scanned += len(codes)
	d.tell("scanned", hint.Args{"Batch": name, "Count": len(codes)})
	return codes, nil
}

// table ends the demo: what was done, what it cost, what was refused and why, and where the files are.
func (d *demo) table(ctx context.Context) error {
	status, err := d.office.station.Status(ctx)
	if err != nil {
		return err
	}
	views, err := d.office.station.Batches(ctx)
	if err != nil {
		return err
	}
	var sum postal.Kopecks
	marks := 0
	for _, v := range views {
		if !v.HandedAt.IsZero() {
			sum += v.Sum
			marks += v.Pieces
		}
	}
	audit, err := d.office.station.Audit(ctx)
	if err != nil {
		return err
	}
	calls := d.box.Calls()
	refused := []map[string]string{}
	for _, b := range d.refusedBatches {
		refused = append(refused, map[string]string{"batch": b[0], "reason": b[1]})
	}
	document := map[string]any{"batches": len(views), "handed_over": d.handed, "pieces": marks, "printed": d.printed, "verified": d.scanned, "sum_kopecks": sum,
		"api_calls": calls.Total, "states": status.States, "refused": refused, "audit_ok": audit.OK, "events": audit.Events, "data": d.office.dir, "files": orEmpty(d.files)}
	return d.c.answer(document, func(w io.Writer) {
		say := d.c.say
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		row := func(key string, value any) {
			fmt.Fprintf(t, "%s\t%v\n", say("demo.row."+key, nil), d.c.text.Value(value))
		}
		fmt.Fprintln(w)
		row("batches", fmt.Sprintf("%d / %d", d.handed, len(views)))
		row("pieces", marks)
		row("printed", d.printed)
		row("scanned", d.scanned)
		row("sum", sum)
		row("calls", calls.Total)
		row("events", audit.Events)
		row("time", time.Since(d.started).Round(time.Second))
		_ = t.Flush() // into a terminal; a broken pipe shows itself at the next write
		fmt.Fprintln(w, say("demo.refused", hint.Args{"Count": len(d.refusedBatches)}))
		for _, b := range d.refusedBatches {
			fmt.Fprintf(w, "  %s  %s\n", b[0], b[1])
		}
		fmt.Fprintln(w, say("demo.files", nil))
		for _, f := range d.files {
			fmt.Fprintf(w, "  %s\n", f)
		}
		fmt.Fprintf(w, "  %s\n", filepath.Join(d.office.dir, "znak.db"))
	})
}
