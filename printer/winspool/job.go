package winspool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/raster"
)

// job is a document of the queue. It is paused while it is written, where the spooler does that, and released by Finish: until then
// a crash or Abort leaves it in the queue with surely nothing printed.
type job struct {
	device *device
	id     string

	write    sync.Mutex // Send, Finish, Abort: one at a time
	doc      document
	renderer *raster.Renderer
	img      *image.Gray

	mu     sync.Mutex // what others ask for, too
	number uint32     // the spooler's, 0 before there is one
	held   bool       // paused since before its first page and not released
	closed bool       // takes no more pages
	handed bool       // its document is closed: the spooler has all of it
	sent   int        // pages handed over, wholly or perhaps
	seen   int        // pages surely on paper
	state  printer.State
	words  []string
	final  *printer.Progress
}

var errEnded = errors.New("winspool: the job has ended")

// Send hands over a page. After an error of the spooler the job takes no more pages. Error codes: winspool.paper, winspool.tray,
// winspool.resolution, winspool.denied, winspool.silent, winspool.failed.
func (j *job) Send(ctx context.Context, p page.Page) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.write.Lock()
	defer j.write.Unlock()
	if j.isClosed() {
		return errEnded
	}
	s, err := j.sheet(p)
	if err != nil {
		return err
	}
	if j.doc == nil {
		if err := j.begin(ctx, s); err != nil {
			return fault(j.device.name, err)
		}
	}
	j.note(func() { j.sent++ }) // before the first byte: from here on it may be printed
	left, err := j.device.writes.do(ctx, 0, func() error { return j.doc.page(s) })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errPaper) || errors.Is(err, errTray): // found before anything was drawn
		j.note(func() { j.sent-- })
	default:
		j.note(func() { j.closed = true })
	}
	if left {
		j.img, j.renderer = nil, nil // they are being read still
	}
	return fault(j.device.name, err)
}

// sheet turns a page into what the document takes.
func (j *job) sheet(p page.Page) (sheet, error) {
	s := sheet{tray: p.Tray, anyPaper: j.device.anyPaper}
	if j.device.language == printer.ZPL {
		var b bytes.Buffer
		err := j.device.zpl(&b, p)
		s.data = b.Bytes()
		return s, err
	}
	if j.renderer == nil {
		j.renderer = raster.New(j.device.dpi)
	}
	img, err := j.renderer.Render(p, j.img)
	if err != nil {
		return s, err
	}
	j.img, s.img, s.dpi = img, img, j.device.dpi
	w, h := p.Fed()
	s.width, s.height = float64(w), float64(h)
	return s, nil
}

// beginning is how long the spooler may take to begin a document: drivers are loaded then.
const beginning = 20 * time.Second

// begin makes the document, paused. If it fails there is none.
func (j *job) begin(ctx context.Context, first sheet) error {
	d := j.device
	var doc document
	var made, unwanted atomic.Bool // whichever comes second finds the other
	left, err := d.writes.do(ctx, beginning, func() (err error) {
		var fresh document
		if d.language == printer.ZPL {
			fresh, err = d.sys.raw(d.queue, j.id)
		} else {
			fresh, err = d.sys.pixels(d.queue, j.id, d.wanted, first)
		}
		if err != nil {
			return err
		}
		doc = fresh
		made.Store(true)
		if unwanted.Load() {
			return fresh.abort()
		}
		return nil
	})
	if err != nil {
		if left {
			unwanted.Store(true)
			if made.Load() { // in between
				_, _ = d.writes.do(context.WithoutCancel(ctx), patience, func() error { return doc.abort() })
			}
		}
		j.note(func() { j.closed = errors.Is(err, errSilent) || ctx.Err() != nil })
		return err
	}
	if real := doc.resolution(); real > 0 && real%d.dpi != 0 {
		j.note(func() { j.closed = true })
		return errors.Join(&printer.Error{Device: d.name, Code: "winspool.resolution",
			Err: fmt.Errorf("the driver prints %d dots an inch, the pages have %d", real, d.dpi)}, doc.abort())
	}
	number := doc.id()
	held, err := ask(ctx, d.asks, func() (bool, error) { return j.hold(number) })
	if err != nil { // it may be paused, and nobody could let it go
		j.note(func() { j.closed = true })
		_, gone := d.writes.do(context.WithoutCancel(ctx), patience, doc.abort)
		return errors.Join(err, gone)
	}
	j.doc = doc
	j.note(func() { j.number, j.held = number, held })
	return nil
}

// hold pauses the job, before its first page. Not every spooler keeps to such commands, and not every queue has a spool file: whether the job
// really waits is seen by looking, and one that does not is not left paused.
func (j *job) hold(number uint32) (bool, error) {
	d := j.device
	_ = d.sys.control(d.queue, number, commandRetain) // it only makes more known
	if d.sys.control(d.queue, number, commandPause) != nil {
		return false, nil
	}
	if d.sys.rename(d.queue, number, j.id+waitingMark) == nil {
		i, err := d.sys.job(d.queue, number)
		p, err2 := d.sys.printer(d.queue)
		if err == nil && err2 == nil && i.document == j.id+waitingMark && waits(i, p) {
			return true, nil
		}
	}
	err := errors.Join(d.sys.rename(d.queue, number, j.id), d.sys.control(d.queue, number, commandResume))
	if i, lookErr := d.sys.job(d.queue, number); lookErr == nil && i.status&jobPaused == 0 {
		return false, nil // whatever it says of the commands
	}
	return false, err
}

// note changes what others may ask for.
func (j *job) note(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
}

func (j *job) isClosed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.closed
}

func (j *job) isHanded() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.handed
}

// ended is the job's last word, if it is said.
func (j *job) ended() (printer.Progress, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.final == nil {
		return printer.Progress{}, false
	}
	return *j.final, true
}

// Finish closes the document, releases it and stays with it until it leaves the spooler's hands. Troubles that end by themselves are waited
// for; a job that the spooler might begin anew is cancelled. Error codes: winspool.cancelled (by somebody else), winspool.stopped (by
// the station), winspool.failed.
func (j *job) Finish(ctx context.Context) (printer.Progress, error) {
	j.write.Lock()
	defer j.write.Unlock()
	if p, ok := j.ended(); ok {
		return p, errEnded
	}
	defer j.leave()
	j.note(func() { j.closed = true })
	if j.doc == nil {
		return j.end(printer.Progress{State: printer.Done}), nil
	}
	d := j.device
	if !j.handed {
		if _, err := d.writes.do(ctx, 0, j.doc.end); ctx.Err() != nil {
			return j.live(printer.Unknown, nil), ctx.Err()
		} else if err != nil {
			return j.giveUp(ctx), fault(d.name, err)
		}
		j.note(func() { j.handed = true })
		if err := j.release(ctx); err != nil {
			return j.giveUp(ctx), fault(d.name, err)
		}
	}
	for {
		p, err := j.look(ctx)
		if _, ok := j.ended(); ok {
			return p, err
		}
		select { // an error of a look is not the job's: the spooler is asked again
		case <-time.After(d.poll):
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}

// release lets a paused job go. Where that cannot be noted in the queue it is not done.
func (j *job) release(ctx context.Context) error {
	d := j.device
	j.mu.Lock()
	held := j.held
	j.mu.Unlock()
	if !held {
		return nil
	}
	_, err := ask(ctx, d.asks, func() (struct{}, error) {
		if err := d.sys.rename(d.queue, j.number, j.id); err != nil {
			return struct{}{}, err
		}
		j.note(func() { j.held = false }) // even if the command fails: it may have worked
		return struct{}{}, d.sys.control(d.queue, j.number, commandResume)
	})
	return err
}

// look asks the spooler about the job and, where that is its last word, ends it.
func (j *job) look(ctx context.Context) (printer.Progress, error) {
	if p, ok := j.ended(); ok {
		return p, nil
	}
	d := j.device
	j.mu.Lock()
	number, handed, sent := j.number, j.handed, j.sent
	j.mu.Unlock()
	if number == 0 {
		return j.live(printer.Printing, nil), nil
	}
	type pair struct {
		job jobInfo
		printerInfo
	}
	now, err := ask(ctx, d.asks, func() (now pair, err error) {
		if now.job, err = d.sys.job(d.queue, number); err == nil {
			now.printerInfo, err = d.sys.printer(d.queue)
		}
		return now, err
	})
	switch {
	case errors.Is(err, errGone) && handed:
		return j.end(j.live(printer.Done, nil)), nil
	case errors.Is(err, errGone) && j.isHanded(): // while the spooler was asked
		return j.look(ctx)
	case errors.Is(err, errGone):
		return j.taken(nil)
	case err != nil && ctx.Err() != nil:
		return j.live("", nil), ctx.Err()
	case errors.Is(err, errSilent):
		return j.live(printer.Offline, []string{err.Error()}), nil
	case err != nil:
		return j.live(printer.Unknown, []string{err.Error()}), fault(d.name, err)
	}
	words := wordsOf(now.job, now.printerInfo)
	j.note(func() { j.seen, j.words = max(j.seen, printedOf(now.job, d.confirm, sent)), words })
	switch verdict := judge(now.job, now.printerInfo); {
	case verdict == cancelled:
		return j.taken(words)
	case verdict == suspect:
		return j.giveUp(ctx), &printer.Error{Device: d.name, Code: "winspool.stopped", Err: errors.New(strings.Join(words, ", "))}
	case verdict == passedOn && handed:
		d.drop(ctx, number)
		return j.end(j.live(printer.Done, words)), nil
	}
	if !handed { // what the queue says of a paused job is our doing
		return j.live(printer.Printing, words), nil
	}
	return j.live(liveState(now.job, now.printerInfo, d.language == printer.ZPL), words), nil
}

// live is what is known so far. No state and no words: those of the last look.
func (j *job) live(s printer.State, words []string) printer.Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.final != nil {
		return *j.final
	}
	if words == nil {
		words = j.words
	}
	if s == "" {
		s = j.state
	}
	j.state = s
	return printer.Progress{State: s, Open: true, Printed: j.seen, Started: j.sent, Words: words}
}

// end says the job's last word, unless it is said already.
func (j *job) end(p printer.Progress) printer.Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed, j.handed = true, true
	p.Open = false
	if j.final == nil {
		j.final = &p
	}
	return *j.final
}

// taken ends a job that somebody has cancelled.
func (j *job) taken(words []string) (printer.Progress, error) {
	p := j.end(j.live(printer.Unknown, words))
	return p, &printer.Error{Device: j.device.name, Code: "winspool.cancelled", Err: errors.New(strings.Join(p.Words, ", "))}
}

// giveUp takes the job off the queue and, if that is done, ends it.
func (j *job) giveUp(ctx context.Context) printer.Progress {
	j.mu.Lock()
	held, number := j.held, j.number
	j.mu.Unlock()
	if number == 0 {
		return j.end(printer.Progress{State: printer.Done})
	}
	nothing, err := j.device.cancel(context.WithoutCancel(ctx), number)
	if held && nothing && err == nil {
		return j.end(printer.Progress{State: printer.Done, Words: j.live("", nil).Words})
	}
	p := j.live(printer.Unknown, nil)
	if err != nil { // it may be there still
		p.Words = append([]string{err.Error()}, p.Words...)
		return p
	}
	return j.end(p)
}

// Abort takes the job off the queue. If it was never released, nothing of it is printed; else what was sent is unknown, except what the queue
// has counted.
func (j *job) Abort(ctx context.Context) error {
	j.write.Lock()
	defer j.write.Unlock()
	defer j.leave()
	if _, ok := j.ended(); ok {
		return nil
	}
	j.note(func() { j.closed = true })
	if j.doc == nil {
		j.end(printer.Progress{State: printer.Done})
		return nil
	}
	drop := func() error {
		_, err := j.device.writes.do(context.WithoutCancel(ctx), patience, j.doc.abort)
		return fault(j.device.name, err)
	}
	j.mu.Lock()
	held := j.held
	j.mu.Unlock()
	if held { // the proof that nothing was printed is in the queue: it is looked at before the document goes
		p := j.giveUp(ctx)
		err := drop()
		if p.Open { // the queue did not let go of it while it was written
			j.giveUp(ctx)
		}
		return err
	}
	err := drop()
	j.giveUp(ctx)
	return err
}

// cancel takes the job off the queue without waiting for a Send or Finish that may hang; those find it gone.
func (j *job) cancel(ctx context.Context) error {
	if _, ok := j.ended(); ok {
		return nil
	}
	j.note(func() { j.closed = true })
	if p := j.giveUp(ctx); p.Open {
		return fault(j.device.name, errors.New(p.Words[0]))
	}
	return nil
}

// leave makes room for the next job.
func (j *job) leave() {
	j.device.mu.Lock()
	defer j.device.mu.Unlock()
	if j.device.open == j {
		j.device.open = nil
	}
}

// wordsOf are the spooler's words for a job and its queue.
func wordsOf(j jobInfo, p printerInfo) []string {
	_, words := read(j.status, jobFlags)
	if j.words != "" {
		words = append(words, j.words)
	}
	_, more := stateOf(p, false)
	return append(words, more...)
}
