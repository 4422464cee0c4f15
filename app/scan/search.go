package scan

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// Heard is something that arrived at a place while scanners were searched for.
type Heard struct {
	Place Place
	Baud  int
	Text  string
	Err   error // instead of a text: why nothing can be heard there, with a hint
}

// bauds are the speeds a serial scanner may be set to, the usual ones first. USB-CDC takes any.
var bauds = []int{9600, 115200, 19200, 38400, 57600}

// Search listens at every place that no scanner of known occupies until ctx ends, so that a scan of the set-up code shows where its scanner is; what is
// plugged in meanwhile is heard too. At a serial port that sends nonsense the next speed is tried; the code must then be scanned again. tell is
// called from several goroutines; why places cannot be listed or opened is told once each.
func Search(ctx context.Context, drivers []Driver, known []Device, tell func(Heard)) {
	var mu sync.Mutex
	open, told := map[string]bool{}, map[string]bool{}
	fail := func(p Place, err error) {
		mu.Lock()
		key := p.Port + " " + err.Error()
		news := !told[key]
		told[key] = true
		mu.Unlock()
		if news && ctx.Err() == nil {
			tell(Heard{Place: p, Err: err})
		}
	}
	var all sync.WaitGroup
	defer all.Wait()
	for ctx.Err() == nil {
		for _, driver := range drivers {
			places, err := driver.Places()
			if err != nil {
				fail(Place{Kind: driver.Kind()}, err)
			}
			for _, p := range places {
				mu.Lock()
				skip := open[p.Port] || occupied(p, known)
				open[p.Port] = open[p.Port] || !skip
				mu.Unlock()
				if skip {
					continue
				}
				all.Go(func() {
					if err := searchAt(ctx, driver, p, tell); err != nil {
						fail(p, err)
					}
					mu.Lock()
					delete(open, p.Port)
					mu.Unlock()
				})
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryEvery):
		}
	}
}

func occupied(p Place, known []Device) bool {
	for _, d := range known {
		if d.Is(p) {
			return true
		}
	}
	return false
}

// searchAt listens at one place until it is gone.
func searchAt(ctx context.Context, driver Driver, p Place, tell func(Heard)) error {
	for speed := 0; ctx.Err() == nil; {
		baud := bauds[speed%len(bauds)]
		stream, err := driver.Open(p.Port, baud)
		if err != nil {
			return err
		}
		stop := context.AfterFunc(ctx, func() { _ = stream.Close() })
		for {
			text, err := stream.Next()
			if text != "" && ctx.Err() == nil {
				tell(Heard{Place: p, Baud: baud, Text: text})
			}
			if err != nil {
				break
			}
			if driver.Kind() == DeviceSerial && nonsense(text) {
				speed++
				break
			}
		}
		if stop() {
			_ = stream.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// nonsense reports whether a text looks like one that was read at the wrong speed.
func nonsense(text string) bool {
	odd := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; c > '~' || c < ' ' && !strings.ContainsRune("\t\r\n\x02\x03\x04\x1d", rune(c)) {
			odd++
		}
	}
	return 4*odd > len(text)
}

// Try listens to one scanner until the set-up code has come from it, and says what it has told. It ends with the error of ctx where none comes.
func Try(ctx context.Context, driver Driver, d Device) (Learned, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var learned Learned
	var last, lost error
	held := ""
	done := false
	Keep(ctx, driver, d, func(e Event) {
		if e.State == Disconnected {
			lost = e.Err
		}
		if e.State != "" || done {
			return
		}
		held += e.Input.Text
		if learned, last = Learn(held); last == nil {
			done = true
			cancel()
		} else if !errors.Is(last, ErrHalfway) {
			held = ""
		}
	})
	switch {
	case done:
		return learned, nil
	case last != nil:
		return learned, last
	case lost != nil:
		return learned, lost
	}
	return learned, ctx.Err()
}
