package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// frame is what stands around every screen.
type frame struct {
	w      *Window
	root   *fyne.Container
	inner  *fyne.Container // menu, head, screen, notice
	center *fyne.Container // the screen
	full   *fyne.Container // a full-window screen
	title  *line
	about  *line
	works  *widget.Activity
	search *entry
	menu   map[string]*button
	digits map[string]*line // beside the items of the menu: the keys that open them
	status *statusBar
	notice *notice
}

var menuItems = []struct {
	screen string
	icon   func() fyne.Resource
}{
	{view.ScreenToday, theme.HomeIcon},
	{view.ScreenBatches, theme.ListIcon},
	{view.ScreenVerify, theme.ConfirmIcon},
	{view.ScreenReprint, theme.ViewRefreshIcon},
	{view.ScreenOutbox, theme.MailSendIcon},
	{view.ScreenMoney, func() fyne.Resource { return ownIcon("money.svg") }},
	{view.ScreenPrinters, theme.DocumentPrintIcon},
	{view.ScreenScanners, func() fyne.Resource { return ownIcon("scanner.svg") }},
	{view.ScreenOperators, theme.AccountIcon},
	{view.ScreenSettings, theme.SettingsIcon},
}

func newFrame(w *Window) *frame {
	f := &frame{w: w, menu: map[string]*button{}, digits: map[string]*line{}}
	items := vbox(4)
	for i, it := range menuItems {
		name := it.screen
		b := quiet(newButton(w, w.words.T("ui.menu."+name), it.icon(), func() { w.open(name, "") }))
		b.Alignment = widget.ButtonAlignLeading
		digit := whole(string(menuKey(i)))
		digit.Ink, digit.Step = colorMuted, sizeTable
		f.menu[name], f.digits[name] = b, digit
		items.Add(container.New(menuRow{}, b, digit))
	}
	menu := newPanel(colorPanel, 0, container.New(menuWidth{}, container.NewVScroll(inset(16, 12, items))))

	f.title, f.about = newLine(""), muted("")
	f.title.Step, f.title.Bold = theme.SizeNameHeadingText, true
	f.works = widget.NewActivity()
	f.works.Hide()
	hint := "ui.search.hint"
	if large() {
		hint = "ui.search.hint-short"
	}
	f.search = newEntry(w, w.words.T(hint))
	f.search.Icon = theme.SearchIcon()
	f.search.OnSubmitted = func(s string) {
		if s = view.CleanQuery(s); s != "" {
			w.open(screenSearch, s)
		}
	}
	find := border(nil, nil, container.NewCenter(wide(20, f.works)), nil, container.New(searchWidth{}, f.search))
	head := border(nil, nil, nil, container.NewCenter(find), container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), vbox(0, f.title, f.about)))

	f.notice = newNotice(w)
	f.center = container.NewStack()
	f.status = newStatusBar(w)
	desk := border(inset(14, 24, head), f.notice.box, nil, nil, inset(0, 24, roomy(f.center)))
	f.inner = border(nil, f.status.box, menu, nil, desk)
	f.full = container.NewStack()
	f.full.Hide()

	var band fyne.CanvasObject
	if w.station.HasAccount() && w.station.Specimen() { // before the first run nothing is known yet
		text := newLine(w.words.T("ui.training"))
		text.Ink, text.Bold, text.Align = colorOnFill, true, fyne.TextAlignCenter
		band = newPanel(colorBand, 0, inset(3, 16, text))
	}
	f.root = border(band, nil, nil, nil, container.NewStack(f.inner, f.full))
	return f
}

// put shows a screen.
func (f *frame) put(s screen) {
	_, verify := s.(fullScreen)
	_, first := s.(*firstScreen)
	_, gate := s.(*signInScreen)
	if verify || first || gate {
		f.full.Objects = []fyne.CanvasObject{s.content()}
		f.full.Show()
		f.inner.Hide()
		f.full.Refresh()
		return
	}
	f.full.Hide()
	f.full.Objects = nil
	f.inner.Show()
	f.center.Objects = []fyne.CanvasObject{s.content()}
	f.center.Refresh()
	f.retitle(s)
	name := f.w.here.screen
	switch name {
	case screenBatch, screenPrint, screenHandOver, screenZoom:
		name = view.ScreenBatches
	case screenFindPrinters, screenCalibrate, screenPrinterSetup:
		name = view.ScreenPrinters
	case screenPaper:
		if name = view.ScreenMoney; s.(*paperScreen).name != "" {
			name = view.ScreenBatches
		}
	}
	for id, b := range f.menu {
		want, ink := widget.LowImportance, colorMuted
		if id == name {
			want, ink = widget.HighImportance, theme.ColorNameForegroundOnPrimary
		}
		f.digits[id].set(f.digits[id].Text, ink)
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
}

func (f *frame) retitle(s screen) {
	title, about := s.head()
	f.title.set(title, f.title.Ink)
	f.about.set(about, colorMuted)
}

// count shows a number beside a menu item.
func (f *frame) count(name string, n int) {
	label := f.w.words.T("ui.menu." + name)
	if n > 0 {
		label = f.w.words.Say("ui.menu.count", map[string]any{"Label": label, "N": f.w.words.Number(n)})
	}
	if b := f.menu[name]; b.Text != label {
		b.SetText(label)
	}
}

func (f *frame) busy(some bool) {
	f.notice.asked()
	if some {
		f.works.Show()
		f.works.Start()
	} else {
		f.works.Stop()
		f.works.Hide()
	}
}
