package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/sound"
	"znak/app/ui/view"
)

// prefSound keeps whether the person at this computer wishes to hear anything.
const prefSound = "sound"

func soundOn(app fyne.App) bool { return app.Preferences().BoolWithFallback(prefSound, true) }

// withSound gives the window the computer's own sounds where nothing else was chosen.
func withSound(app fyne.App, p Params) Params {
	if p.Sound == nil {
		p.Sound = sound.NewPlayer().Play
	}
	if play := p.Sound; p.Chime == nil {
		p.Chime = func(well bool) {
			switch {
			case !soundOn(app):
			case well:
				play(sound.Done)
			default:
				play(sound.Trouble)
			}
		}
	}
	return p
}

// tone lets a tone be heard, unless the person has turned sounds off.
func (w *Window) tone(t sound.Tone) {
	if w.params.Sound != nil && soundOn(w.app) {
		w.params.Sound(t)
	}
}

// toneOf is what a verdict sounds like.
func toneOf(t view.Tone) sound.Tone {
	switch t {
	case view.OK:
		return sound.OK
	case view.Accent:
		return sound.Half
	case view.Stop:
		return sound.Stop
	}
	return sound.Check
}

// newSoundSwitch turns sounds on and off; it says which it is.
func newSoundSwitch(w *Window) *button {
	b := quiet(newButton(w, "", nil, nil))
	say := func() {
		if soundOn(w.app) {
			b.Icon = theme.VolumeUpIcon()
			b.SetText(w.words.T("ui.sound.on"))
		} else {
			b.Icon = theme.VolumeMuteIcon()
			b.SetText(w.words.T("ui.sound.off"))
		}
	}
	b.OnTapped = func() {
		w.app.Preferences().SetBool(prefSound, !soundOn(w.app))
		say()
		w.tone(sound.OK)
	}
	say()
	return b
}
