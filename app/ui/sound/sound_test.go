package sound

import (
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestWAV(t *testing.T) {
	seen := map[string]Tone{}
	for _, tone := range Tones {
		b := WAV(tone)
		if string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 || int(binary.LittleEndian.Uint32(b[40:])) != len(b)-44 {
			t.Errorf("%s: head of %d bytes: %q", tone, len(b), b[:44])
		}
		loudest := 0
		for i := 44; i < len(b); i += 2 {
			loudest = max(loudest, int(int16(binary.LittleEndian.Uint16(b[i:]))))
		}
		if loudest < 8000 || loudest > 20000 {
			t.Errorf("%s: loudest sample %d", tone, loudest)
		}
		if long := time.Duration(len(b)-44) * time.Second / (2 * rate); long > time.Second || (tone == OK || tone == Half) && long > 100*time.Millisecond {
			t.Errorf("%s lasts %v: scans come faster", tone, long)
		}
		if other, ok := seen[string(b)]; ok {
			t.Errorf("%s sounds like %s", tone, other)
		}
		seen[string(b)] = tone
	}
	if b := WAV("unknown"); len(b) != 44 {
		t.Errorf("unknown: %d bytes", len(b))
	}
}

// slow notes what it plays and takes its time.
type slow struct {
	mu    sync.Mutex
	heard []Tone
	begun chan struct{}
	go_   chan struct{}
}

func (s *slow) play(t Tone) {
	s.mu.Lock()
	s.heard = append(s.heard, t)
	s.mu.Unlock()
	s.begun <- struct{}{}
	<-s.go_
}

// Scans faster than their tones: the first and the last are heard, and nobody waits.
func TestLastToneCounts(t *testing.T) {
	s := &slow{begun: make(chan struct{}), go_: make(chan struct{})}
	p := &Player{out: s}
	p.Play(OK)
	<-s.begun
	for range 100 {
		p.Play(OK)
	}
	p.Play(Stop)
	s.go_ <- struct{}{}
	<-s.begun
	s.go_ <- struct{}{}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.heard, []Tone{OK, Stop}) {
		t.Errorf("heard %q", s.heard)
	}
}
