package sound

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// winmm plays tones out of memory.
type winmm struct {
	playSound *windows.LazyProc
	ready     map[Tone][]byte
}

func newOutput() output {
	return &winmm{windows.NewLazySystemDLL("winmm.dll").NewProc("PlaySoundW"), map[Tone][]byte{}}
}

// Flags of PlaySoundW: wait until it has ended, no sound of the system's in its place, out of memory.
const (
	sndSync      = 0x0
	sndNoDefault = 0x2
	sndMemory    = 0x4
)

func (w *winmm) play(t Tone) {
	if w.playSound.Find() != nil {
		return
	}
	wav, ok := w.ready[t]
	if !ok {
		wav = WAV(t)
		w.ready[t] = wav
	}
	_, _, _ = w.playSound.Call(uintptr(unsafe.Pointer(&wav[0])), 0, sndSync|sndNoDefault|sndMemory) // it answers false without loudspeakers: silence
}
