package zpl

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// SessionParams say how to talk with a printer.
type SessionParams struct {
	Ask    Ask
	Ahead  int           // labels that may be in the printer before the next is sent; 0: 2, one under the head and one after it
	Settle time.Duration // how long the printer must go on saying that it has nothing left to print before it is believed
	Poll   time.Duration // the longest pause between two questions; 0: 250 ms
	Answer time.Duration // how long an answer may take; 0: 2 s
}

// Ask is what the printer is asked.
type Ask int

const (
	AskBoth Ask = iota // ~HS and ~HQES
	AskHost            // ~HS
	AskNone            // nothing: it is known to be deaf
)

// Session is a job's talk with a printer over one wire: labels out, questions between them, and from the answers what is surely on paper.
//
// The reckoning: ~HS says how many labels wait in the receive buffer and how many of the one under the head are to come. A question that was
// sent after k labels, and answered "a in the buffer, b under the head", means that k-a-b labels are through or on their way between the two
// places: one less is surely on paper. Nothing in the buffer, nothing under the head and no fault means that all k are, if the printer still
// says so after Settle: some firmwares forget the last label when it begins to move, not when it is out. Answers belong to questions in their
// order; one that cannot be matched is matched to an older question, which can only make the count smaller.
//
// Safe for concurrent use.
type Session struct {
	p    SessionParams
	wire io.ReadWriter

	write sync.Mutex // a label or a question at a time
	out   *bufio.Writer

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew at every change
	asking   bool          // a question is on its way into the wire
	asks     []ask         // not answered yet, the oldest first
	heard    time.Time     // of the last answer
	status   Status
	answers  int // complete ones
	identity *Identity
	sent     int
	waiting  int // labels in the printer by its last answer, ours or not, at lastSent
	lastSent int
	printed  int
	calm     calm
	frozen   bool
	held     bool // paused by Cancel
	err      error
}

// ask is a question on its way.
type ask struct {
	sent int // labels before it
	at   time.Time
	host *HostStatus // the half of the answer that has come
}

// calm is since when the printer has had nothing left of the first sent labels.
type calm struct {
	on   bool
	sent int
	at   time.Time
}

// ErrSilent: the printer did not answer in time.
var ErrSilent = errors.New("zpl: no answer")

// NewSession begins to listen at the wire; the listening ends when reading from the wire does. A wire that has SetWriteDeadline can be
// interrupted by contexts.
func NewSession(wire io.ReadWriter, p SessionParams) *Session {
	if p.Ahead <= 0 {
		p.Ahead = 2
	}
	if p.Poll <= 0 {
		p.Poll = 250 * time.Millisecond
	}
	if p.Answer <= 0 {
		p.Answer = 2 * time.Second
	}
	s := &Session{p: p, wire: wire, out: bufio.NewWriterSize(wire, 32<<10), changed: make(chan struct{})}
	go s.listen()
	return s
}

// Greet asks for the first time. ErrSilent means that the printer is deaf or busy with something else; other errors are the wire's.
// A printer that answers ~HS and not ~HQES is asked the first only from now on.
func (s *Session) Greet(ctx context.Context) error {
	if s.p.Ask == AskNone {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.p.Answer, ErrSilent)
	defer cancel()
	err := s.await(ctx, func() bool { return s.answers > 0 || s.half() })
	if err == nil && s.p.Ask == AskBoth {
		short, cancel := context.WithTimeout(ctx, s.p.Answer/4)
		defer cancel()
		if s.await(short, func() bool { return s.answers > 0 }) != nil {
			s.mu.Lock()
			if s.half() {
				s.p.Ask = AskHost
				s.complete(*s.asks[0].host)
			}
			s.mu.Unlock()
		}
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// half reports whether ~HS was answered and ~HQES not yet.
func (s *Session) half() bool { return len(s.asks) > 0 && s.asks[0].host != nil }

// Identify asks what the printer is.
func (s *Session) Identify(ctx context.Context) (Identity, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.p.Answer, ErrSilent)
	defer cancel()
	if err := s.Command(ctx, "~HI"); err != nil {
		return Identity{}, err
	}
	for {
		s.mu.Lock()
		id, err, changed := s.identity, s.err, s.changed
		s.mu.Unlock()
		if id != nil {
			return *id, nil
		}
		if err != nil {
			return Identity{}, err
		}
		select {
		case <-ctx.Done():
			return Identity{}, context.Cause(ctx)
		case <-changed:
		}
	}
}

// Ask is what the printer is asked by now; Greet may have learned that it knows less.
func (s *Session) Ask() Ask {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.p.Ask
}

// Deafen ends the asking: labels are sent as fast as the wire takes them, and none counts as printed.
func (s *Session) Deafen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.p.Ask = AskNone
}

// Command sends an immediate command, between two labels.
func (s *Session) Command(ctx context.Context, command string) error {
	s.write.Lock()
	defer s.write.Unlock()
	defer s.interruptible(ctx)()
	_, err := io.WriteString(s.wire, command+"\r\n")
	return s.failed(ctx, err)
}

// Print sends a label when the printer has room for it; body writes it without its End. An error of body before its first byte leaves
// everything as it was. After another error, Known tells whether the label counts as sent: it does as soon as its End may be on the wire.
func (s *Session) Print(ctx context.Context, body func(io.Writer) error) error {
	if err := s.room(ctx); err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.Err(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.interruptible(ctx)()
	counted := &counter{w: s.wire}
	s.out.Reset(counted)
	err := body(s.out)
	if err != nil && counted.n == 0 {
		return err
	}
	if err == nil {
		err = s.out.Flush()
	}
	if err != nil {
		return s.torn(ctx, err)
	}
	s.mu.Lock()
	s.sent++
	s.calm.on = false
	s.mu.Unlock()
	_, err = io.WriteString(s.wire, End)
	return s.failed(ctx, err)
}

// room waits until the printer can take another label. A deaf one always can: its wire is slow then.
func (s *Session) room(ctx context.Context) error {
	if s.p.Ask == AskNone {
		return s.Err()
	}
	return s.await(ctx, func() bool { return s.waiting+s.sent-s.lastSent < s.p.Ahead })
}

// torn gives a label up of which only a part was sent: the printer forgets it, if the wire still takes the word for that.
func (s *Session) torn(ctx context.Context, err error) error {
	if d, ok := s.wire.(deadliner); ok {
		d.SetWriteDeadline(time.Now().Add(time.Second))
		_, wireErr := io.WriteString(s.wire, "\r\n~JX\r\n")
		if wireErr == nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
	}
	s.fail(err)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Wait ends when all labels sent are on paper, or with the error of the context or of the wire. A deaf printer is not waited for.
func (s *Session) Wait(ctx context.Context) error {
	if s.p.Ask == AskNone {
		return s.Err()
	}
	return s.await(ctx, func() bool { return s.printed == s.sent })
}

// Cancel stops the printer after the label under the head and makes it forget the others. What was pending in the count is settled before, as
// far as the printer says; afterwards Known is final.
func (s *Session) Cancel(ctx context.Context) error {
	defer s.freeze()
	if s.p.Ask == AskNone {
		return s.Command(ctx, "~JA")
	}
	s.mu.Lock()
	idle := s.printed == s.sent && s.err == nil
	paused := s.status.faults() == Paused // by somebody; a printer with a fault counts as paused too
	silent := len(s.asks) > 0 && time.Since(s.asks[0].at) > s.p.Answer
	s.mu.Unlock()
	if idle {
		return nil
	}
	if silent { // nothing would be learned from a pause
		return s.Command(ctx, "~JA")
	}
	s.hold(true)
	if err := s.Command(ctx, "~PP"); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, s.p.Answer)
	defer cancel()
	s.mu.Lock()
	next := s.answers + len(s.asks) + 2 // an answer to a question that was sent after the pause
	s.mu.Unlock()
	s.await(short, func() bool { return s.printed == s.sent || s.answers >= next })
	s.freeze()
	if err := s.Command(ctx, "~JA"); err != nil {
		return err
	}
	// ~JA empties the printer's buffers: what is sent right behind it may be thrown away too.
	s.mu.Lock()
	next = s.answers + len(s.asks) + 1
	s.mu.Unlock()
	s.await(short, func() bool { return s.answers >= next })
	if !paused { // a pause of somebody else stays
		if err := s.Command(ctx, "~PS"); err != nil {
			return err
		}
	}
	s.hold(false)
	return s.Err()
}

func (s *Session) hold(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = on
}

// Held reports whether Cancel may have left the printer paused: another session must begin with ~PS.
func (s *Session) Held() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

func (s *Session) freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = true
}

// Known is what is known now.
type Known struct {
	Status  Status
	Printed int
	Sent    int
	Heard   time.Time // of the last answer; zero: none has come
	Silent  bool      // a question has not been answered in time
	Err     error     // of the wire
}

// Known never waits.
func (s *Session) Known() Known {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Known{s.status, s.printed, s.sent, s.heard, len(s.asks) > 0 && time.Since(s.asks[0].at) > s.p.Answer, s.err}
}

// Refresh asks and waits for the answer.
func (s *Session) Refresh(ctx context.Context) error {
	s.mu.Lock()
	before := s.answers
	s.mu.Unlock()
	return s.await(ctx, func() bool { return s.answers > before })
}

// Err is the error of the wire, nil while it is well.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

const firstPause = time.Millisecond

// await asks again and again until done, which is called with the lock held.
func (s *Session) await(ctx context.Context, done func() bool) error {
	pause, seen := firstPause, -1
	for {
		s.mu.Lock()
		ok, err, changed := done(), s.err, s.changed
		if !ok && s.printed != seen {
			pause, seen = firstPause, s.printed
		}
		answers := s.answers
		s.mu.Unlock()
		if ok {
			return nil
		}
		if err != nil {
			return err
		}
		s.ask()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-time.After(s.p.Answer): // ask again
			continue
		}
		s.mu.Lock()
		ok, fresh := done(), s.answers > answers
		s.mu.Unlock()
		if ok || !fresh {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, s.p.Poll)
		}
	}
}

// ask puts a question into the wire as soon as it is free, unless one waits for its answer.
func (s *Session) ask() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asking || s.p.Ask == AskNone || s.err != nil || len(s.asks) > 0 && time.Since(s.asks[len(s.asks)-1].at) < s.p.Answer {
		return
	}
	s.asking = true
	go func() { // a wire that takes nothing must not hold up who waits
		s.write.Lock()
		defer s.write.Unlock()
		s.mu.Lock()
		question := "~HS\r\n"
		if s.p.Ask == AskBoth {
			question = "~HS~HQES\r\n"
		}
		s.asks = append(s.asks, ask{sent: s.sent, at: time.Now()})
		s.mu.Unlock()
		_, err := io.WriteString(s.wire, question)
		s.mu.Lock()
		s.asking = false
		s.mu.Unlock()
		if err != nil {
			s.fail(err)
		}
	}()
}

// listen takes the answers in.
func (s *Session) listen() {
	answers := NewAnswers(s.wire)
	for {
		a, err := answers.Next()
		if err != nil {
			s.fail(err)
			return
		}
		s.mu.Lock()
		s.take(a)
		s.tell()
		s.mu.Unlock()
	}
}

// take puts an answer to its question.
func (s *Session) take(a Answer) {
	if a.Identity != nil {
		s.identity = a.Identity
		return
	}
	s.heard = time.Now()
	if len(s.asks) == 0 {
		return // of no question of ours
	}
	switch {
	case a.Host != nil && s.p.Ask == AskHost:
		s.complete(*a.Host)
	case a.Host != nil:
		if s.half() { // the other half never came
			s.asks = s.asks[1:]
			if len(s.asks) == 0 {
				return
			}
		}
		s.asks[0].host = a.Host
	case s.p.Ask == AskBoth:
		s.status.Errors = *a.Errors
		if s.half() {
			s.complete(*s.asks[0].host)
			return
		}
		// Some firmwares answer ~HS not at all while they are out of paper or open. What they said of it before is old.
		s.status.Host = HostStatus{Formats: s.status.Host.Formats, Remaining: s.status.Host.Remaining}
		s.asks = s.asks[1:]
		s.answers++
	}
}

// complete reckons with the answer to the oldest question.
func (s *Session) complete(host HostStatus) {
	question := s.asks[0]
	s.asks = s.asks[1:]
	s.answers++
	s.status.Host = host
	s.waiting, s.lastSent = host.Formats+host.Remaining, question.sent
	if s.frozen {
		return
	}
	if s.waiting > 0 || s.status.broken() {
		s.calm.on = false
		s.printed = max(s.printed, question.sent-s.waiting-1)
		return
	}
	switch {
	case s.p.Settle == 0, s.calm.on && s.calm.sent == question.sent && question.at.Sub(s.calm.at) >= s.p.Settle:
		s.printed = max(s.printed, question.sent)
	default:
		s.printed = max(s.printed, question.sent-1)
		if !s.calm.on || s.calm.sent != question.sent {
			s.calm = calm{true, question.sent, time.Now()}
		}
	}
}

// tell wakes who waits. The lock is held.
func (s *Session) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.tell()
}

// failed takes an error of the wire to heart.
func (s *Session) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	s.fail(err)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

type deadliner interface{ SetWriteDeadline(time.Time) error }

// interruptible lets the end of the context break off a write that waits; the function it returns undoes it.
func (s *Session) interruptible(ctx context.Context) func() {
	d, ok := s.wire.(deadliner)
	if !ok {
		return func() {}
	}
	stop := context.AfterFunc(ctx, func() { d.SetWriteDeadline(time.Unix(1, 0)) })
	return func() {
		stop()
		d.SetWriteDeadline(time.Time{})
	}
}

// counter counts what went into the wire.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
