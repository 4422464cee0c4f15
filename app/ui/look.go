package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/ui/view"
)

// Look is how a person wishes to see the window. It belongs to the person at this computer, not to the office's records, so it is kept in the
// preferences of the desktop.
type Look struct {
	Mode    Mode
	Percent int // size of text, 100 to 200; 0 is 100
}

// Mode is light, dark or high contrast.
type Mode string

const (
	ModeSystem   Mode = "system" // the desktop's choice
	ModeLight    Mode = "light"
	ModeDark     Mode = "dark"
	ModeContrast Mode = "contrast" // white and yellow on black, 7:1 and better
)

var (
	modes    = []Mode{ModeSystem, ModeLight, ModeDark, ModeContrast}
	percents = []int{100, 125, 150, 175, 200}
)

const (
	prefMode    = "look.mode"
	prefPercent = "look.percent"
)

// LookOf reads what the person at this computer has chosen; what is not understood is the default.
func LookOf(app fyne.App) Look {
	l := Look{Mode: Mode(app.Preferences().StringWithFallback(prefMode, string(ModeSystem))), Percent: app.Preferences().IntWithFallback(prefPercent, 100)}
	l.Percent = min(max(l.Percent, percents[0]), percents[len(percents)-1])
	return l
}

func (l Look) keep(app fyne.App) {
	app.Preferences().SetString(prefMode, string(l.Mode))
	app.Preferences().SetInt(prefPercent, l.Percent)
}

// variant is the one that the person wishes, else the desktop's.
func (l Look) variant(desktop fyne.ThemeVariant) fyne.ThemeVariant {
	switch l.Mode {
	case ModeLight:
		return theme.VariantLight
	case ModeDark, ModeContrast:
		return theme.VariantDark
	}
	return desktop
}

// times is what a size grows by. Text grows whole; figures that are read from two metres anyway grow by half of it, gaps do not.
func (l Look) times(name fyne.ThemeSizeName) float32 {
	if l.Percent <= 100 {
		return 1
	}
	whole := float32(l.Percent) / 100
	switch name {
	case sizeRun, sizeVerdict, sizeTail, sizeDo, sizeBig, theme.SizeNameHeadingText:
		return 1 + (whole-1)/2
	case theme.SizeNamePadding, theme.SizeNameInnerPadding, theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder, theme.SizeNameInputRadius,
		theme.SizeNameSelectionRadius, theme.SizeNameScrollBarRadius, theme.SizeNameWindowTitleBarHeight:
		return 1
	}
	return whole
}

// stark are the colours of high contrast; verdicts keep theirs, which are 4.5:1 and better under white.
var stark = map[fyne.ThemeColorName]uint32{
	theme.ColorNameBackground:          0x000000,
	theme.ColorNameForeground:          0xffffff,
	theme.ColorNamePrimary:             0xffd84a,
	theme.ColorNameForegroundOnPrimary: 0x000000,
	theme.ColorNameFocus:               0x6f6000,
	theme.ColorNameHyperlink:           0xffe680,
	theme.ColorNameButton:              0x303030,
	theme.ColorNameDisabledButton:      0x1c1c1c,
	theme.ColorNameDisabled:            0xb0b0b0,
	theme.ColorNameInputBackground:     0x000000,
	theme.ColorNameInputBorder:         0xffffff,
	theme.ColorNamePlaceHolder:         0xd0d0d0,
	theme.ColorNameSelection:           0x4a4100,
	theme.ColorNameSeparator:           0x8a8a8a,
	theme.ColorNameHeaderBackground:    0x000000,
	theme.ColorNameMenuBackground:      0x000000,
	theme.ColorNameOverlayBackground:   0x000000,
	theme.ColorNameScrollBar:           0xffffff,
	theme.ColorNameSuccess:             0x7dff9e,
	theme.ColorNameWarning:             0xffd84a,
	theme.ColorNameError:               0xff9d96,
	colorPanel:                         0x161616,
	colorMuted:                         0xe0e0e0,
	colorAccent:                        0xffe680,
	colorPaper:                         0x2a2a2a,
}

// zoom is by how much text is larger than usual, as the theme in force says.
func zoom() float32 { return theme.TextSize() / sizes[theme.SizeNameText] }

// large reports whether text is so large that what stands side by side has to stand one below the other.
func large() bool { return zoom() >= 1.4 }

// atMost gives its content the width there is, but not more than most (at usual text), in the middle.
type atMost struct {
	most   float32
	middle bool // of the height as well
}

func (a atMost) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[0].MinSize()
	return fyne.NewSize(min(m.Width, a.most*zoom()), m.Height)
}

func (a atMost) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, a.most*zoom())
	o[0].Resize(fyne.NewSize(w, size.Height)) // what wraps knows its height by its width
	h, y := size.Height, float32(0)
	if a.middle {
		h = min(size.Height, o[0].MinSize().Height)
		y = (size.Height - h) / 2
	}
	o[0].Resize(fyne.NewSize(w, h))
	o[0].Move(fyne.NewPos((size.Width-w)/2, y))
}

// pile lays its objects one below the other; what height is left they share.
type pile struct{ gap float32 }

func (p pile) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for i, o := range objects {
		o := o.MinSize()
		m.Width = max(m.Width, o.Width)
		m.Height += o.Height
		if i > 0 {
			m.Height += p.gap
		}
	}
	return m
}

func (p pile) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	spare := max(size.Height-p.MinSize(objects).Height, 0) / float32(max(len(objects), 1))
	y := float32(0)
	for _, o := range objects {
		o.Resize(fyne.NewSize(size.Width, o.Size().Height)) // what wraps knows its height by its width
		h := o.MinSize().Height + spare
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + p.gap
	}
}

// newLookPanel chooses text size, light or dark, and the language; each shows at once and is kept.
func newLookPanel(w *Window) fyne.CanvasObject {
	now := LookOf(w.app)
	var sizesOf, modesOf []string
	for _, p := range percents {
		sizesOf = append(sizesOf, w.words.Say("ui.look.percent", map[string]any{"N": p}))
	}
	for _, m := range modes {
		modesOf = append(modesOf, w.words.T("ui.look.mode."+string(m)))
	}
	size := newChoice(w, sizesOf, nil)
	mode := newChoice(w, modesOf, nil)
	for i, p := range percents {
		if p == now.Percent {
			size.Selected = sizesOf[i]
		}
	}
	for i, m := range modes {
		if m == now.Mode {
			mode.Selected = modesOf[i]
		}
	}
	size.OnChanged = func(string) { w.dress(Look{now.Mode, percents[size.SelectedIndex()]}) }
	mode.OnChanged = func(string) { w.dress(Look{modes[mode.SelectedIndex()], now.Percent}) }
	about := func(key string) fyne.CanvasObject {
		text, body := para(w.words.T(key), view.Plain)
		text.SizeName = sizeTable
		return body
	}
	return vbox(16, subheading(w.words.T("ui.look.title")),
		vbox(4, whole(w.words.T("ui.look.size")), size, about("ui.look.size-about")),
		vbox(4, whole(w.words.T("ui.look.mode")), mode, about("ui.look.mode-about")))
}

// dress changes the look of the whole window at once and keeps it.
func (w *Window) dress(l Look) {
	if l == LookOf(w.app) {
		return
	}
	l.keep(w.app)
	w.app.Settings().SetTheme(w.themeOf(l))
	w.rebuild(place{view.ScreenSettings, ""})
}

// rebuild makes all screens anew and shows one of them; the way back stays.
func (w *Window) rebuild(to place) {
	back := w.back
	w.build()
	w.back = back
	w.goTo(to)
}

// roomy shows a screen that may be larger than the room it has: it scrolls then.
func roomy(o fyne.CanvasObject) fyne.CanvasObject { return container.NewScroll(o) }

// listAndChosen puts a list and what is chosen in it side by side with a bar between; one below the other where the text is large.
func listAndChosen(list, chosen fyne.CanvasObject) *container.Split {
	if large() {
		s := container.NewVSplit(container.New(fixedHeight{360}, list), container.New(fixedHeight{560}, chosen))
		s.SetOffset(0.4)
		return s
	}
	s := container.NewHSplit(list, chosen)
	s.SetOffset(0.66)
	return s
}

// boxed gives a shape its room, which grows with the text.
func boxed(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(box{fyne.NewSize(width, height)}, o)
}

type box struct{ size fyne.Size }

func (b box) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(b.size.Width*zoom(), b.size.Height*zoom())
}
func (b box) Layout(o []fyne.CanvasObject, size fyne.Size) {
	at := b.MinSize(nil)
	o[0].Resize(at)
	o[0].Move(fyne.NewPos(0, 0))
}
