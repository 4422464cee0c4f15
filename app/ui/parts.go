package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// line is one line of text without padding, in a theme colour and size; what does not fit ends in an ellipsis. It is as
// light as a canvas.Text, so that tables and cards may have many.
type line struct {
	widget.BaseWidget
	Text  string
	Ink   fyne.ThemeColorName
	Step  fyne.ThemeSizeName
	Bold  bool
	Align fyne.TextAlign
	Whole bool // asks for the room of the whole text; otherwise takes what it is given
}

func newLine(text string) *line {
	l := &line{Text: text}
	l.ExtendBaseWidget(l)
	return l
}

// whole is a line that is never cut.
func whole(text string) *line {
	l := newLine(text)
	l.Whole = true
	return l
}

func heading(text string) *line {
	l := whole(text)
	l.Step, l.Bold = theme.SizeNameHeadingText, true
	return l
}

func subheading(text string) *line {
	l := whole(text)
	l.Step, l.Bold = theme.SizeNameSubHeadingText, true
	return l
}

func muted(text string) *line {
	l := newLine(text)
	l.Ink = colorMuted
	return l
}

func (l *line) set(text string, ink fyne.ThemeColorName) {
	if l.Text == text && l.Ink == ink {
		return
	}
	l.Text, l.Ink = text, ink
	l.Refresh()
}

func (l *line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{l: l, text: canvas.NewText("", nil)}
	r.Refresh()
	return r
}

type lineRenderer struct {
	l    *line
	text *canvas.Text
	for_ fyne.Size // the size for which the text was last cut
	cut  string    // of which text
}

func (r *lineRenderer) style() {
	ink, size := r.l.Ink, r.l.Step
	if ink == "" {
		ink = theme.ColorNameForeground
	}
	if size == "" {
		size = theme.SizeNameText
	}
	r.text.Color = theme.ColorForWidget(ink, r.l)
	r.text.TextSize = theme.SizeForWidget(size, r.l)
	r.text.TextStyle.Bold = r.l.Bold
	r.text.Alignment = r.l.Align
}

func (r *lineRenderer) measure(s string) fyne.Size {
	return fyne.MeasureText(s, r.text.TextSize, r.text.TextStyle)
}

func (r *lineRenderer) Layout(size fyne.Size) {
	if size != r.for_ || r.cut != r.l.Text {
		r.text.Text = r.fit(size.Width)
		r.for_, r.cut = size, r.l.Text
	}
	h := r.text.MinSize().Height
	r.text.Move(fyne.NewPos(0, (size.Height-h)/2))
	r.text.Resize(fyne.NewSize(size.Width, h))
}

func (r *lineRenderer) fit(width float32) string {
	s := r.l.Text
	if r.l.Whole || s == "" || r.measure(s).Width <= width+0.5 {
		return s
	}
	letters := []rune(s)
	lo, hi := 0, len(letters)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if r.measure(string(letters[:mid])+"…").Width <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return strings.TrimRight(string(letters[:lo]), " ·,") + "…"
}

func (r *lineRenderer) MinSize() fyne.Size {
	m := r.measure(r.l.Text)
	if !r.l.Whole {
		m.Width = 0
	}
	return m
}

func (r *lineRenderer) Refresh() {
	r.style()
	r.for_ = fyne.Size{}
	r.Layout(r.l.Size())
	r.text.Refresh()
}

func (r *lineRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.text} }
func (r *lineRenderer) Destroy()                     {}

// para is a text that wraps, without the padding of a label.
func para(text string, tone view.Tone) (*paragraph, fyne.CanvasObject) {
	l := newParagraph(text)
	l.Importance = importance(tone)
	return l, container.New(outdent{}, l)
}

// outdent gives a label its room without the inner padding around it.
type outdent struct{}

func (outdent) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m, p := objects[0].MinSize(), theme.InnerPadding()
	return fyne.NewSize(max(m.Width-2*p, 0), max(m.Height-2*p, 0))
}

func (outdent) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	p := theme.InnerPadding()
	objects[0].Move(fyne.NewPos(-p, -p))
	objects[0].Resize(fyne.NewSize(size.Width+2*p, size.Height+2*p))
}

func importance(t view.Tone) widget.Importance {
	switch t {
	case view.OK:
		return widget.SuccessImportance
	case view.Warn:
		return widget.WarningImportance
	case view.Stop:
		return widget.DangerImportance
	}
	return widget.MediumImportance
}

// panel is a coloured ground with round corners under its content.
type panel struct {
	widget.BaseWidget
	Fill    fyne.ThemeColorName // "" for none
	Border  fyne.ThemeColorName // "" for none
	Radius  float32
	content fyne.CanvasObject
}

func newPanel(fill fyne.ThemeColorName, radius float32, content fyne.CanvasObject) *panel {
	p := &panel{Fill: fill, Radius: radius, content: content}
	p.ExtendBaseWidget(p)
	return p
}

func (p *panel) setFill(fill fyne.ThemeColorName) {
	if p.Fill != fill {
		p.Fill = fill
		p.Refresh()
	}
}

func (p *panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{p: p, rect: canvas.NewRectangle(nil)}
	r.paint()
	return r
}

type panelRenderer struct {
	p    *panel
	rect *canvas.Rectangle
}

func (r *panelRenderer) paint() {
	r.rect.FillColor = color.Transparent
	if r.p.Fill != "" {
		r.rect.FillColor = theme.ColorForWidget(r.p.Fill, r.p)
	}
	r.rect.CornerRadius = r.p.Radius
	if r.p.Border != "" {
		r.rect.StrokeColor, r.rect.StrokeWidth = theme.ColorForWidget(r.p.Border, r.p), 1
	}
}

func (r *panelRenderer) Layout(s fyne.Size) {
	r.rect.Resize(s)
	r.p.content.Resize(s)
}
func (r *panelRenderer) MinSize() fyne.Size { return r.p.content.MinSize() }
func (r *panelRenderer) Refresh() {
	r.paint()
	r.rect.Refresh()
}
func (r *panelRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.rect, r.p.content}
}
func (r *panelRenderer) Destroy() {}

// bar shows shares of a whole as coloured pieces side by side; the words stand below it.
type bar struct {
	widget.BaseWidget
	height float32
	slices []slice
}

type slice struct {
	share float64
	fill  fyne.ThemeColorName
}

func newBar(height float32) *bar {
	b := &bar{height: height}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(slices ...slice) {
	b.slices = slices
	b.Refresh()
}

func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b, ground: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type barRenderer struct {
	b       *bar
	ground  *canvas.Rectangle
	pieces  []*canvas.Rectangle
	objects []fyne.CanvasObject
}

func (r *barRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	x := float32(0)
	for i, p := range r.pieces {
		w := s.Width * float32(r.b.slices[i].share)
		p.Move(fyne.NewPos(x, 0))
		p.Resize(fyne.NewSize(min(w, s.Width-x), s.Height))
		x += w
	}
}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(40, r.b.height) }

func (r *barRenderer) Refresh() {
	r.ground.FillColor = theme.ColorForWidget(theme.ColorNameSeparator, r.b)
	r.ground.CornerRadius = r.b.height / 2
	for len(r.pieces) < len(r.b.slices) {
		r.pieces = append(r.pieces, canvas.NewRectangle(nil))
	}
	r.pieces = r.pieces[:len(r.b.slices)]
	r.objects = []fyne.CanvasObject{r.ground}
	for i, p := range r.pieces {
		p.FillColor = theme.ColorForWidget(r.b.slices[i].fill, r.b)
		p.CornerRadius = r.b.height / 2
		r.objects = append(r.objects, p)
	}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *barRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *barRenderer) Destroy()                     {}

// gaps of 4-8-16-24.

func vbox(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

func hbox(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

func inset(v, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(v, v, h, h), o)
}

// fixed gives its content a width.
type fixed struct{ width float32 }

func (f fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(f.width*zoom(), h)
}

func (f fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func wide(width float32, o fyne.CanvasObject) *fyne.Container { return container.New(fixed{width}, o) }

// shares lays its objects side by side in given parts of the width, with a gap between; one below the other where the text is large.
type shares struct {
	parts []float32
	gap   float32
}

func (s shares) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if large() {
		return pile{s.gap}.MinSize(objects)
	}
	var m fyne.Size
	for _, o := range objects {
		o := o.MinSize()
		m.Width += o.Width
		m.Height = max(m.Height, o.Height)
	}
	m.Width += s.gap * float32(len(objects)-1)
	return m
}

func (s shares) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if large() {
		pile{s.gap}.Layout(objects, size)
		return
	}
	total := float32(0)
	for _, p := range s.parts {
		total += p
	}
	room, x := size.Width-s.gap*float32(len(objects)-1), float32(0)
	for i, o := range objects {
		w := room * s.parts[i] / total
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + s.gap
	}
}

// middle keeps a text in the middle of a free space: for empty states.
func middle(o fyne.CanvasObject) fyne.CanvasObject { return container.New(atMost{520, true}, o) }
