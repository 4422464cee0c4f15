package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// notice is the one line above the status bar that tells what came of the last thing done. A new one replaces the old; the technical
// text of an error is folded away.
type notice struct {
	w      *Window
	box    *fyne.Container
	ground *panel
	icon   *widget.Icon
	text   *paragraph
	more   *button
	act    *button // something to do about it, for as long as it is there
	do     func()
	folded *paragraph
	detail fyne.CanvasObject
	raw    string
	tone   view.Tone
	closed string // the trouble a person has closed: it does not come back by itself
}

func newNotice(w *Window) *notice {
	n := &notice{w: w, icon: widget.NewIcon(nil)}
	var body fyne.CanvasObject
	n.text, body = para("", view.Plain)
	n.folded, n.detail = newQuote(w, "")
	n.detail.Hide()
	n.more = quiet(newButton(w, w.words.T("ui.more"), nil, n.unfold))
	hide := quiet(newButton(w, "", theme.WindowCloseIcon(), n.hide))
	n.act = newButton(w, "", nil, func() {
		if n.do != nil {
			n.do()
		}
	})
	n.act.Hide()
	row := border(nil, nil, container.NewCenter(boxed(26, 20, n.icon)), hbox(4, n.act, n.more, hide), container.New(centerY{}, body))
	n.ground = newPanel(colorPanel, 6, inset(8, 12, vbox(6, row, n.detail)))
	n.ground.Border = theme.ColorNameSeparator
	n.box = inset(8, 24, n.ground)
	n.box.Hide()
	return n
}

func (n *notice) set(tone view.Tone, text, raw string) {
	if raw != "" && raw == n.closed {
		return
	}
	n.raw, n.tone = raw, tone
	n.icon.SetResource(n.w.icons.get(shapeOf(tone), inkOf(tone)))
	n.text.SetText(text)
	n.detail.Hide()
	n.act.Hide()
	n.more.SetText(n.w.words.T("ui.more"))
	if raw == "" {
		n.more.Hide()
	} else {
		n.more.Show()
	}
	n.box.Show()
	if s, ok := n.w.current().(interface{ note(view.Tone, string) }); ok { // a full-window screen shows the line itself
		s.note(tone, text)
	}
}

// offer puts a button beside the line that was said last.
func (n *notice) offer(label string, do func()) {
	n.do = do
	n.act.SetText(label)
	n.act.Show()
}

func (n *notice) unfold() {
	if n.detail.Visible() {
		n.detail.Hide()
		n.more.SetText(n.w.words.T("ui.more"))
	} else {
		n.folded.SetText(n.raw)
		n.detail.Show()
		n.more.SetText(n.w.words.T("ui.less"))
	}
	n.ground.Refresh()
}

func (n *notice) hide() {
	n.closed = n.raw
	n.box.Hide()
}

// asked is told when a person starts something: its trouble is news again.
func (n *notice) asked() { n.closed = "" }

// leave is told when a person goes to another screen: good news stays behind.
func (n *notice) leave() {
	if n.tone == view.OK || n.tone == view.Accent {
		n.box.Hide()
	}
}
