package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"znak/app/postal"
	"znak/app/ui/view"
	"znak/assets"
)

// The colours and sizes that the stock theme has no name for.
const (
	colorPanel  fyne.ThemeColorName = "znakPanel"  // the menu, cards
	colorMuted  fyne.ThemeColorName = "znakMuted"  // secondary words, still 4.5:1
	colorAccent fyne.ThemeColorName = "znakAccent" // words and shapes in the accent colour
	colorPaper  fyne.ThemeColorName = "znakPaper"  // the table an envelope lies on
	colorBand   fyne.ThemeColorName = "znakBand"   // ОБУЧЕНИЕ
	colorOnFill fyne.ThemeColorName = "znakOnFill" // words on a verdict

	fillOK     fyne.ThemeColorName = "znakFillOK"
	fillWarn   fyne.ThemeColorName = "znakFillWarn"
	fillStop   fyne.ThemeColorName = "znakFillStop"
	fillAccent fyne.ThemeColorName = "znakFillAccent"
	fillIdle   fyne.ThemeColorName = "znakFillIdle"

	sizeTable   fyne.ThemeSizeName = "znakTable"   // 13
	sizeBig     fyne.ThemeSizeName = "znakBig"     // the answer of a card
	sizeRun     fyne.ThemeSizeName = "znakRun"     // «312 из 800»
	sizeVerdict fyne.ThemeSizeName = "znakVerdict" // read from two metres
	sizeTail    fyne.ThemeSizeName = "znakTail"    // the last five digits under a verdict
	sizeDo      fyne.ThemeSizeName = "znakDo"      // what to do, under a verdict
)

// look is the program's own theme: one deep blue, three verdict colours, much white; figures are tabular, as the stock
// typeface has them. Light or dark is the system's choice unless the person has made one.
type look struct {
	fyne.Theme
	wish Look
}

// ThemeOf is the look that a person wishes.
func ThemeOf(l Look) fyne.Theme { return look{theme.DefaultTheme(), l} }

type pair struct{ light, dark uint32 }

// Contrast of every word colour on its ground is 4.5:1 or better; a test computes it.
var colors = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground:          {0xffffff, 0x14181f},
	theme.ColorNameForeground:          {0x1a2230, 0xe8ecf2},
	theme.ColorNamePrimary:             {0x1f4788, 0x3d6cb9},
	theme.ColorNameForegroundOnPrimary: {0xffffff, 0xffffff},
	theme.ColorNameFocus:               {0xa9c1e8, 0x35568a},
	theme.ColorNameHyperlink:           {0x1f4788, 0x8fb4f2},
	theme.ColorNameButton:              {0xe7ecf4, 0x2a3341},
	theme.ColorNameDisabledButton:      {0xf0f2f5, 0x20262f},
	theme.ColorNameDisabled:            {0x8a93a1, 0x6d7684},
	theme.ColorNameInputBackground:     {0xffffff, 0x1b212a},
	theme.ColorNameInputBorder:         {0xc3cbd7, 0x3b4657},
	theme.ColorNamePlaceHolder:         {0x5f6979, 0x98a2b1},
	theme.ColorNameSelection:           {0xe1eaf8, 0x213658},
	theme.ColorNameSeparator:           {0xe2e6ec, 0x2c3440},
	theme.ColorNameHeaderBackground:    {0xf4f6f9, 0x1b212a},
	theme.ColorNameMenuBackground:      {0xffffff, 0x1f2630},
	theme.ColorNameOverlayBackground:   {0xffffff, 0x1b212a},
	theme.ColorNameShadow:              {0xdfe4ea, 0x0c0f14},
	theme.ColorNameScrollBar:           {0xb4bdca, 0x4a5566},
	theme.ColorNameSuccess:             {0x17713a, 0x6fd08c},
	theme.ColorNameWarning:             {0x8f5300, 0xf0b45a},
	theme.ColorNameError:               {0xb3261e, 0xff8f86},
	theme.ColorNameForegroundOnSuccess: {0xffffff, 0x0c2414},
	theme.ColorNameForegroundOnWarning: {0xffffff, 0x2b1900},
	theme.ColorNameForegroundOnError:   {0xffffff, 0x3a0a07},
	colorPanel:                         {0xf4f6f9, 0x1b212a},
	colorMuted:                         {0x5b6574, 0x9aa5b4},
	colorAccent:                        {0x1f4788, 0x8fb4f2},
	colorPaper:                         {0xe9edf2, 0x0e1116},
	colorBand:                          {0x8f5300, 0x8f5300},
	colorOnFill:                        {0xffffff, 0xffffff},
	fillOK:                             {0x17713a, 0x17713a},
	fillWarn:                           {0x9a5b00, 0x9a5b00},
	fillStop:                           {0xb3261e, 0xb3261e},
	fillAccent:                         {0x1f4788, 0x1f4788},
	fillIdle:                           {0x556070, 0x39434f},
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:           14,
	theme.SizeNameCaptionText:    12,
	theme.SizeNameHeadingText:    22,
	theme.SizeNameSubHeadingText: 16,
	theme.SizeNamePadding:        4,
	theme.SizeNameInnerPadding:   8,
	theme.SizeNameInputRadius:    6,
	theme.SizeNameInlineIcon:     18,
	sizeTable:                    13,
	sizeBig:                      26,
	sizeRun:                      64,
	sizeVerdict:                  84,
	sizeTail:                     56,
	sizeDo:                       22,
}

func (l look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch name { // laid over what is below
	case theme.ColorNameHover:
		return veil(l.wish.variant(variant), 0x18)
	case theme.ColorNamePressed:
		return veil(l.wish.variant(variant), 0x24)
	case theme.ColorNameFocus: // laid over a pale button and over a dark one with white words: both stay readable
		if l.wish.variant(variant) == theme.VariantLight && l.wish.Mode != ModeContrast {
			return color.NRGBA{0x4f, 0x86, 0xe0, 0x66}
		}
	}
	variant = l.wish.variant(variant)
	p, ok := colors[name]
	if !ok {
		return l.Theme.Color(name, variant)
	}
	if v, ok := stark[name]; ok && l.wish.Mode == ModeContrast {
		return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
	}
	v := p.light
	if variant == theme.VariantDark {
		v = p.dark
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

// veil darkens a light ground and lightens a dark one a little.
func veil(variant fyne.ThemeVariant, alpha uint8) color.Color {
	if variant == theme.VariantDark {
		return color.NRGBA{0xff, 0xff, 0xff, alpha}
	}
	return color.NRGBA{0, 0, 0, alpha}
}

func (l look) Size(name fyne.ThemeSizeName) float32 {
	v, ok := sizes[name]
	if !ok {
		v = l.Theme.Size(name)
	}
	return v * l.wish.times(name)
}

// inkOf is the colour of words and shapes of a tone.
func inkOf(t view.Tone) fyne.ThemeColorName {
	switch t {
	case view.Muted:
		return colorMuted
	case view.Accent:
		return colorAccent
	case view.OK:
		return theme.ColorNameSuccess
	case view.Warn:
		return theme.ColorNameWarning
	case view.Stop:
		return theme.ColorNameError
	}
	return theme.ColorNameForeground
}

// fillOf is the ground of a tone.
func fillOf(t view.Tone) fyne.ThemeColorName {
	switch t {
	case view.OK:
		return fillOK
	case view.Warn:
		return fillWarn
	case view.Stop:
		return fillStop
	case view.Accent:
		return fillAccent
	}
	return fillIdle
}

// Icon is the icon of the program, for the one who starts the application.
func Icon() fyne.Resource { return picture("znak.png") }

// ownIcon is an icon that the toolkit has not, in the colour of the theme.
func ownIcon(name string) fyne.Resource { return theme.NewThemedResource(picture(name)) }

func picture(name string) fyne.Resource {
	raw, err := assets.Icons.ReadFile("icon/" + name)
	if err != nil {
		panic(err) // embedded
	}
	return fyne.NewStaticResource(name, raw)
}

// shapeOf is the shape that stands beside the word of a tone. The other icons are the Material icons that come with Fyne.
func shapeOf(t view.Tone) fyne.Resource {
	switch t {
	case view.OK:
		return theme.ConfirmIcon()
	case view.Warn:
		return theme.WarningIcon()
	case view.Stop:
		return theme.CancelIcon()
	case view.Accent:
		return theme.MediaPlayIcon()
	}
	return theme.RadioButtonIcon()
}

// stateShape is the shape of a piece's state: each state has its own.
func stateShape(s postal.PieceState) fyne.Resource {
	switch s {
	case postal.StatePulled:
		return theme.RadioButtonIcon()
	case postal.StateQueued:
		return theme.HistoryIcon()
	case postal.StatePrinted:
		return theme.DocumentPrintIcon()
	case postal.StateUnknown:
		return theme.QuestionIcon()
	case postal.StateVerified:
		return theme.ConfirmIcon()
	case postal.StateStale:
		return theme.WarningIcon()
	case postal.StateSpoiled:
		return theme.ContentCutIcon()
	case postal.StateHanded:
		return theme.MailSendIcon()
	case postal.StateAccepted:
		return theme.CheckButtonCheckedIcon()
	case postal.StateRefused:
		return theme.CancelIcon()
	case postal.StateDelivered:
		return theme.HomeIcon()
	case postal.StateWithdrawn:
		return theme.ContentRemoveIcon()
	case postal.StateOrphan:
		return theme.DeleteIcon()
	}
	return theme.QuestionIcon()
}

// tinted are coloured icons, made once: a table asks for them with every cell.
type tinted map[tint]fyne.Resource

type tint struct {
	name string
	ink  fyne.ThemeColorName
}

func (t tinted) get(res fyne.Resource, ink fyne.ThemeColorName) fyne.Resource {
	key := tint{res.Name(), ink}
	if have, ok := t[key]; ok {
		return have
	}
	made := theme.NewColoredResource(res, ink)
	t[key] = made
	return made
}

// mutedTheme is the look for secondary words that wrap.
type mutedTheme struct{ fyne.Theme }

func (m mutedTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameForeground {
		name = colorMuted
	}
	return m.Theme.Color(name, variant)
}

// onFillTheme is the look for words on the ground of a verdict.
type onFillTheme struct{ fyne.Theme }

func (o onFillTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameForeground {
		name = colorOnFill
	}
	return o.Theme.Color(name, variant)
}
