// Package sound says with a tone what the screen says with colour, shape and words: for a person who looks at the envelopes and not at the screen. The
// tones are made here, so that no recording has to be carried; a computer without loudspeakers stays silent, and that is no error.
package sound

import (
	"encoding/binary"
	"math"
	"sync"
)

// Tone is what a sound means.
type Tone string

// The tones, told apart by melody and not by pitch alone.
const (
	OK      Tone = "ok"      // one short high note: next envelope
	Half    Tone = "half"    // a tick: the other code is wanted
	Check   Tone = "check"   // two falling notes: look at the screen
	Stop    Tone = "stop"    // three low rough notes: put the envelope aside
	Done    Tone = "done"    // three rising notes: all is well and finished
	Trouble Tone = "trouble" // a long falling pair: what was going on has stopped and needs a person
)

// Tones are all of them.
var Tones = []Tone{OK, Half, Check, Stop, Done, Trouble}

// note is a frequency in hertz for some milliseconds; 0 Hz is a rest.
type note struct {
	hz    float64
	ms    int
	rough bool // with overtones, as a buzzer has them
}

var melodies = map[Tone][]note{
	OK:      {{1320, 90, false}},
	Half:    {{990, 35, false}},
	Check:   {{880, 110, false}, {0, 30, false}, {620, 160, false}},
	Stop:    {{210, 150, true}, {0, 50, false}, {210, 150, true}, {0, 50, false}, {210, 220, true}},
	Done:    {{660, 110, false}, {880, 110, false}, {1320, 230, false}},
	Trouble: {{520, 260, true}, {0, 40, false}, {350, 420, true}},
}

const rate = 22_050 // samples a second

// WAV is the tone as a file: mono, 16 bits. An unknown tone is empty silence.
func WAV(t Tone) []byte {
	var samples []int16
	for _, n := range melodies[t] {
		count := rate * n.ms / 1000
		const edge = rate * 6 / 1000 // swells and fades, so that it does not click
		for i := range count {
			at := 2 * math.Pi * n.hz * float64(i) / rate
			v := math.Sin(at)
			if n.rough {
				v = 0.6*v + 0.3*math.Sin(3*at) + 0.2*math.Sin(5*at)
			}
			v *= min(1, float64(i)/edge, float64(count-i)/edge)
			samples = append(samples, int16(v*0.5*math.MaxInt16))
		}
	}
	size := len(samples) * 2
	out := make([]byte, 0, 44+size)
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(36+size))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16)
	for _, v := range []uint16{1, 1} { // PCM, one channel
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	out = binary.LittleEndian.AppendUint32(out, rate)
	out = binary.LittleEndian.AppendUint32(out, rate*2)
	out = binary.LittleEndian.AppendUint16(out, 2)
	out = binary.LittleEndian.AppendUint16(out, 16)
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	for _, v := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	return out
}

// Player plays tones one after the other, off the caller's thread.
type Player struct {
	out output

	mu      sync.Mutex
	playing bool
	next    Tone // "": none
}

// output is what makes a tone heard; it returns when the tone has ended, at once where there is nothing to hear it with.
type output interface{ play(Tone) }

// NewPlayer finds what the computer has for sounds.
func NewPlayer() *Player { return &Player{out: newOutput()} }

// Play begins t, or notes it as the next one: of tones that come faster than they can be heard the last counts.
func (p *Player) Play(t Tone) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = t
	if p.playing {
		return
	}
	p.playing = true
	go p.work()
}

func (p *Player) work() {
	for {
		p.mu.Lock()
		t := p.next
		p.next = ""
		p.playing = t != ""
		p.mu.Unlock()
		if t == "" {
			return
		}
		p.out.play(t)
	}
}
