package zpltest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"znak/printer/raster"
)

// Params of a virtual printer. The zero value prints at once, answers everything and keeps its record in memory only.
type Params struct {
	Dir    string        // "": nowhere; else every byte goes to Dir/connections and every label to Dir/labels
	PNG    bool          // beside each label in Dir, its picture
	Pace   time.Duration // how long a label is under the head
	Buffer int           // labels the receive buffer holds; 0: 16. When it is full no more bytes are taken
	Model  string        // what ~HI says; "": "VIRTUAL-300dpi"
	DPI    int           // 203, 300 or 600; 0: 300
	Rules  []Rule
	Single bool // takes one connection at a time, as many small printers do
	Quiet  bool // does not answer ~HS while out of paper, ribbon or open, as the maker's manual says
	NoHQES bool // knows ~HS only
}

// Label is one label that is on paper, whole.
type Label struct {
	Number     int    // from 1, in the order they came out
	Connection int    // from 1
	ZPL        []byte // from ^XA to ^XZ
}

// Printer is a virtual printer.
type Printer struct {
	Params

	mu      sync.Mutex
	changed *sync.Cond
	rules   []Rule
	faults  []Fault
	queue   []Label // received, not yet under the head
	head    *Label  // under the head
	busy    int     // labels under the head, for the answer
	came    int     // labels that came under the head, whole or not
	heard   int     // labels that came in whole
	labels  []Label // on paper
	torn    int     // labels spoiled under the head
	lost    int     // labels dropped: cancelled, or spoiled and not printed again
	partial int     // connections that are in the middle of a label
	conns   map[net.Conn]int
	opened  int
	asked   map[string]int
	closed  bool
	err     error
	group   sync.WaitGroup
	single  sync.Mutex
	ln      net.Listener
}

// New is a printer that is not connected yet; see Serve and Listen.
func New(p Params) *Printer {
	if p.Buffer == 0 {
		p.Buffer = 16
	}
	if p.DPI == 0 {
		p.DPI = 300
	}
	if p.Model == "" {
		p.Model = fmt.Sprintf("VIRTUAL-%ddpi", p.DPI)
	}
	v := &Printer{Params: p, rules: slices.Clone(p.Rules), conns: map[net.Conn]int{}, asked: map[string]int{}}
	v.changed = sync.NewCond(&v.mu)
	return v
}

// Listen is New and Serve at an address; ":0" and the like choose a free port, see Addr.
func Listen(address string, p Params) (*Printer, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	v := New(p)
	if err := v.Serve(ln); err != nil {
		ln.Close()
		return nil, err
	}
	return v, nil
}

// Serve prints what comes by the listener, until Close. It returns at once; the error is that of making the folders.
func (v *Printer) Serve(ln net.Listener) error {
	if v.Dir != "" {
		for _, dir := range []string{"connections", "labels"} {
			if err := os.MkdirAll(filepath.Join(v.Dir, dir), 0o755); err != nil {
				return err
			}
		}
	}
	v.ln = ln
	v.group.Go(v.print)
	v.group.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			v.group.Go(func() { v.talk(c) })
		}
	})
	return nil
}

// Addr is where the printer listens: HOST:PORT.
func (v *Printer) Addr() string { return v.ln.Addr().String() }

// Close switches the printer off. What is in the buffer is lost, as it is on a real one. The error is the first of writing the record.
func (v *Printer) Close() error {
	v.mu.Lock()
	v.closed = true
	for c := range v.conns {
		c.Close()
	}
	v.changed.Broadcast()
	v.mu.Unlock()
	v.ln.Close()
	v.group.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

// Labels is the printer's own record: the labels on paper, in the order they came out.
func (v *Printer) Labels() []Label {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.labels)
}

// Set brings a fault about now. Cut breaks all connections.
func (v *Printer) Set(f Fault) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.set(f)
}

func (v *Printer) set(f Fault) {
	if f == Cut || f == CutAfter {
		for c := range v.conns {
			breakOff(c)
		}
		return
	}
	if !slices.Contains(v.faults, f) {
		v.faults = append(v.faults, f)
	}
	v.changed.Broadcast()
}

// Clear takes a fault away: paper is loaded, the door is closed. Without faults named, all go.
func (v *Printer) Clear(faults ...Fault) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.faults = slices.DeleteFunc(v.faults, func(f Fault) bool { return len(faults) == 0 || slices.Contains(faults, f) })
	v.changed.Broadcast()
}

// Script puts rules in the place of those that have not happened yet.
func (v *Printer) Script(rules []Rule) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rules = slices.Clone(rules)
}

// SetPace changes how long a label is under the head.
func (v *Printer) SetPace(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.Pace = d
	v.changed.Broadcast()
}

// has reports whether one of the faults is there.
func (v *Printer) has(faults ...Fault) bool {
	return slices.ContainsFunc(v.faults, func(f Fault) bool { return slices.Contains(faults, f) })
}

// stopped reports whether nothing can be printed.
func (v *Printer) stopped() bool {
	return v.has(Pause, Stall) || slices.ContainsFunc(v.faults, Fault.spoils)
}

// happen applies the rules for a label.
func (v *Printer) happen(label int, which func(Fault) bool) []Fault {
	var out []Fault
	v.rules = slices.DeleteFunc(v.rules, func(r Rule) bool {
		if r.Label != label || !which(r.Fault) {
			return false
		}
		out = append(out, r.Fault)
		if r.Fault != Cut && r.Fault != CutAfter {
			v.set(r.Fault)
			if r.For > 0 {
				time.AfterFunc(r.For, func() { v.Clear(r.Fault) })
			}
		}
		return true
	})
	return out
}

func isCut(f Fault) bool { return f == Cut || f == CutAfter }

// print is the mechanics: one label after the other under the head.
func (v *Printer) print() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for {
		for !v.closed && (len(v.queue) == 0 || v.stopped()) {
			v.changed.Wait()
		}
		if v.closed {
			return
		}
		label := v.queue[0]
		v.queue = v.queue[1:]
		v.head, v.busy = &label, 1
		v.came++
		v.happen(v.came, func(f Fault) bool { return !isCut(f) })
		for !v.pass(&label) {
		}
		if v.closed {
			return
		}
		v.head, v.busy = nil, 0
		v.changed.Broadcast()
	}
}

// pass lets a label through under the head; false: it was spoiled and must be tried again.
func (v *Printer) pass(label *Label) bool {
	v.changed.Broadcast() // there is room in the buffer
	until := time.Now().Add(v.Pace)
	for wait := v.Pace; wait > 0 && !v.closed && !v.spoiled(); wait = time.Until(until) {
		v.mu.Unlock()
		time.Sleep(min(wait, 10*time.Millisecond))
		v.mu.Lock()
	}
	if v.spoiled() {
		v.torn++
		for v.stopped() && !v.closed && v.head != nil {
			v.changed.Wait()
		}
		if v.closed || v.head == nil { // cancelled
			return true
		}
		if bytes.Contains(label.ZPL, []byte("^JZN")) {
			v.lost++
			return true
		}
		return false
	}
	if v.closed || v.head == nil {
		return true
	}
	label.Number = len(v.labels) + 1
	if err := v.keep(*label); err != nil && v.err == nil {
		v.err = err
	}
	v.labels = append(v.labels, *label)
	return true
}

func (v *Printer) spoiled() bool { return slices.ContainsFunc(v.faults, Fault.spoils) }

// keep writes a label into the record, whole or not at all.
func (v *Printer) keep(l Label) error {
	if v.Dir == "" {
		return nil
	}
	base := filepath.Join(v.Dir, "labels", fmt.Sprintf("%06d", l.Number))
	if v.PNG {
		if img, err := Render(l.ZPL); err == nil {
			var file bytes.Buffer
			if err := raster.PNG(&file, img); err != nil {
				return err
			}
			if err := os.WriteFile(base+".png", file.Bytes(), 0o644); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(base+".part", l.ZPL, 0o644); err != nil {
		return err
	}
	return os.Rename(base+".part", base+".zpl")
}

// talk serves one connection.
func (v *Printer) talk(c net.Conn) {
	defer c.Close()
	if v.Single {
		v.single.Lock()
		defer v.single.Unlock()
	}
	v.mu.Lock()
	if v.closed {
		v.mu.Unlock()
		return
	}
	v.opened++
	number := v.opened
	v.conns[c] = number
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		delete(v.conns, c)
		v.mu.Unlock()
	}()
	var in io.Reader = &gate{v, c}
	if v.Dir != "" {
		file, err := os.Create(filepath.Join(v.Dir, "connections", fmt.Sprintf("%06d.zpl", number)))
		if err != nil {
			v.mu.Lock()
			v.err = err
			v.mu.Unlock()
			return
		}
		defer file.Close()
		in = io.TeeReader(in, file)
	}
	s := &stream{in: bufio.NewReader(in)}
	s.command = func(name string) { v.obey(c, name) }
	s.partial = func(on bool) {
		v.mu.Lock()
		defer v.mu.Unlock()
		if !on {
			v.partial = 0
			return
		}
		v.partial = 1
		if slices.Contains(v.happen(v.heard+1, func(f Fault) bool { return f == Cut }), Cut) {
			v.mu.Unlock()
			s.in.Discard(200) // somewhere inside
			v.mu.Lock()
			breakOff(c)
		}
	}
	s.label = func(zpl []byte) { v.receive(c, Label{Connection: number, ZPL: zpl}) }
	s.run()
}

// receive puts a label into the buffer, when there is room.
func (v *Printer) receive(c net.Conn, l Label) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for len(v.queue) >= v.Buffer && !v.closed {
		v.changed.Wait()
	}
	v.heard++
	v.queue = append(v.queue, l)
	v.changed.Broadcast()
	if slices.Contains(v.happen(v.heard, func(f Fault) bool { return f == CutAfter }), CutAfter) {
		breakOff(c)
	}
}

// gate holds the bytes back while the printer stalls.
type gate struct {
	v *Printer
	net.Conn
}

func (g *gate) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	g.v.mu.Lock()
	defer g.v.mu.Unlock()
	for g.v.has(Stall) && !g.v.closed {
		g.v.changed.Wait()
	}
	return n, err
}

// breakOff ends a connection as a pulled cable or a crash of the printer does, not in peace.
func breakOff(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}
