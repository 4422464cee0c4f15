package cups

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/OpenPrinting/goipp"

	"znak/printer"
)

// tell is the job's progress: as Finish last saw it while one waits, or asked now.
func (j *Job) tell(ctx context.Context) (printer.Progress, error) {
	if !j.turn.TryLock() {
		return j.snapshot(), nil
	}
	defer j.turn.Unlock()
	if j.phase != submitted {
		return j.snapshot(), nil
	}
	err := j.look(ctx)
	// Called off just now: what is known will be final in a moment.
	for end := time.Now().Add(settling); err == nil && j.cancelled && j.phase != over && time.Now().Before(end); {
		if err = sleep(ctx, pollMax/5); err == nil {
			err = j.look(ctx)
		}
	}
	return j.snapshot(), err
}

// status asks for the job: by its number, or by its name while that is not known. nil: the device does not know it.
func (j *Job) status(ctx context.Context) (*jobStatus, error) {
	d := j.device
	if j.number == 0 {
		js, err := d.find(ctx, j.client, j.id)
		if js != nil {
			j.mu.Lock()
			j.number = js.id
			j.mu.Unlock()
		}
		return js, err
	}
	m := d.client.request(goipp.OpGetJobAttributes, d.target)
	m.Operation.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(j.number)))
	m.Operation.Add(keywords("requested-attributes", jobAttributes...))
	answer, err := j.client.ask(ctx, d.jobsPath(), m)
	var refused *refusedError
	if errors.As(err, &refused) && refused.missing() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a := attrsOf(answer.Job)
	// Numbers are given anew when CUPS's memory is gone. Names may be hidden from us, then the number has to do.
	if name := a.text("job-name"); name != "" && name != j.id {
		return nil, nil
	}
	js := jobStatusOf(a)
	return &js, nil
}

// look asks once and writes down what there is. The error is of a device that does not let a job be taken back, or ctx's.
func (j *Job) look(ctx context.Context) error {
	js, err := j.status(ctx)
	if ctx.Err() != nil {
		j.dials = 0 // a question given up costs its connection
		return ctx.Err()
	}
	j.line()
	if err != nil {
		j.unanswered(err)
		return nil
	}
	if js == nil {
		return j.vanished()
	}
	if j.cap.queue && j.fellBack(*js) {
		s, err := j.device.status(ctx)
		if err != nil && ctx.Err() == nil {
			j.unanswered(err)
			return nil
		}
		if js.waiting() && !j.blind && (j.began == 0 || js.began == j.began) {
			j.count(*js) // the second run has not begun
		}
		j.remember(s)
		if err := j.cancel(ctx); err != nil {
			j.mu.Lock()
			j.progress.State, j.progress.Words = j.trouble.State, j.trouble.Words
			j.mu.Unlock()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return j.device.fault("cups.stuck", err)
		}
		if js, err = j.status(ctx); err != nil || js == nil {
			return ctx.Err()
		}
	}
	if js.state == jobProcessing || js.state == jobStopped {
		j.began = js.began
		if !j.cancelled && (!j.blind || !j.cap.queue) {
			j.count(*js)
		}
	}
	if js.over() {
		return j.settle(ctx, *js)
	}
	s, err := j.device.status(ctx)
	if err != nil {
		j.unanswered(err)
		return ctx.Err()
	}
	j.live(*js, s)
	return nil
}

// count notes the pages the device says it has printed, if it is believed.
func (j *Job) count(js jobStatus) {
	if j.cap.confirm == printer.ConfirmPages {
		j.counted = max(j.counted, min(js.pages, j.sent))
	}
}

// line watches the connection the job is asked about over. CUPS keeps it open while it is used; if it had to be made anew so soon, CUPS was
// restarted in between, which its clock of whole seconds does not always tell, and began the job again from page one.
func (j *Job) line() {
	dials, now := j.client.dials.Load(), time.Now()
	if j.cap.queue && j.dials != 0 && dials != j.dials && now.Sub(j.looked) < idleMax/2 {
		j.restarted, j.blind = true, true
	}
	j.dials, j.looked = dials, now
}

// unanswered notes that nobody answers: the job may go on meanwhile.
func (j *Job) unanswered(err error) {
	j.blind = true
	j.restarted = j.restarted || notThere(err)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.progress = printer.Progress{State: printer.Offline, Open: true, Printed: j.counted, Started: j.sent, Words: []string{err.Error()}}
}

// vanished: the device answers and does not know the job. It has forgotten it, or the document never arrived as a whole; neither is sure.
func (j *Job) vanished() error {
	if j.number == 0 && time.Now().Before(j.deadline) {
		return nil
	}
	j.end(printer.Progress{State: printer.Unknown, Printed: j.counted, Started: j.sent})
	return j.device.fault("cups.lost", errors.New(j.id))
}

// fellBack reports whether CUPS will print the job, or is printing it, a second time from page one.
func (j *Job) fellBack(js jobStatus) bool {
	if j.cancelled || js.over() {
		return false
	}
	begun := js.began != 0 || j.began != 0
	switch {
	case js.waiting():
		// A CUPS that lost its power has forgotten that it had begun.
		return begun || j.restarted
	case js.state == jobProcessing:
		return j.restarted || j.began != 0 && js.began != j.began
	}
	return false
}

// remember keeps why the job had to be called off, and whether the queue has to be let go on.
func (j *Job) remember(s status) {
	j.blind = true // what is counted from here on may be the second run
	state := fault(s.reasons)
	switch {
	case s.byPerson():
		state = printer.Paused
	case state != printer.Ready && state != printer.Paused:
	case saysOffline(s.message):
		state = printer.Offline
	default:
		state = printer.NeedsPerson
	}
	j.trouble = printer.Progress{State: state, Words: s.words()}
	// CUPS stopped the queue because of this job; nobody would think of starting it again after the jam is cleared.
	j.letGo = s.state == printerStopped && !s.byPerson() && !j.stopped
}

// live writes down how a job fares that is not over.
func (j *Job) live(js jobStatus, s status) {
	state, words := s.neutral(j.cap.queue), words(s.message, append(slices.Clone(s.reasons), js.reasons...)...)
	switch {
	case js.state == jobHeld:
		state = printer.Paused
	case js.state == jobPending && s.state == printerStopped && j.cap.queue:
		state = printer.Paused
	case state == printer.Ready, state == printer.Unknown:
		state = printer.Printing // on its way between queue and printer
	}
	if js.state != jobHeld && state != printer.Printing && state != printer.Paused {
		j.trouble = printer.Progress{State: state, Words: words}
	} else if state == printer.Printing && !j.cancelled {
		j.trouble = printer.Progress{}
	}
	if js.message != "" && !slices.Contains(words, js.message) {
		words = append(words, js.message)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.progress = printer.Progress{State: state, Open: true, Printed: j.counted, Started: j.sent, Words: words}
}

// settle writes down the last figures of a job that is over, unless it is still stopping.
func (j *Job) settle(ctx context.Context, js jobStatus) error {
	if js.stopping() && !j.idle(ctx) {
		if j.deadline.IsZero() {
			j.deadline = time.Now().Add(settling / 3)
		}
		if time.Now().Before(j.deadline) {
			return nil
		}
	}
	watched := !j.blind || !j.cap.queue
	// A queue that was watched from the start and never began: its clock would say so.
	begun := !(j.cap.queue && watched && js.began == 0 && j.began == 0 && js.state != jobCompleted)
	p := printer.Progress{}
	p.Printed, p.Started = js.figures(j.cap.confirm, j.sent, watched, begun)
	if p.Printed < j.counted && p.Started >= j.counted {
		p.Printed = j.counted
	}
	p.State, p.Words = j.why(ctx, js)
	var err error
	if j.letGo {
		err = j.device.Resume(ctx)
	}
	j.end(p)
	return err
}

// idle reports whether a queue prints nothing at all. CUPS leaves "processing-to-stop-point" for ever with a job that was
// cancelled while it waited.
func (j *Job) idle(ctx context.Context) bool {
	s, err := j.device.status(ctx)
	return err == nil && j.cap.queue && s.state != printerProcessing
}

// why is the state in which a job ended, and the device's words for it.
func (j *Job) why(ctx context.Context, js jobStatus) (printer.State, []string) {
	if js.state == jobCompleted {
		return printer.Done, nil
	}
	own := words(js.message, js.reasons...)
	if js.state == jobAborted {
		own = append(own, "aborted") // the protocol's own names of the two states
	} else {
		own = append(own, "canceled")
	}
	if j.trouble.State != "" {
		return j.trouble.State, words("", append(slices.Clone(j.trouble.Words), own...)...)
	}
	s, err := j.device.status(ctx)
	if err != nil {
		return printer.NeedsPerson, own
	}
	state := fault(s.reasons)
	switch {
	case state != printer.Ready && state != printer.Paused:
	case saysOffline(s.message):
		state = printer.Offline
	default:
		state = printer.NeedsPerson
	}
	return state, words(s.message, append(slices.Clone(s.reasons), own...)...)
}
