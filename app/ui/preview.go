package ui

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/draw"

	"znak/app/postal"
	"znak/app/ui/view"
	"znak/printer/raster"
)

// pictures draws envelopes off the UI thread and keeps the last ones. A picture is the raster that would be printed, made
// smaller for the screen.
type pictures struct {
	w     *Window
	kept  map[postal.ShPI]image.Image
	order []postal.ShPI
}

const (
	keptPictures = 16
	pictureWidth = 1400 // pixels: enough for half a wide screen at twice the scale
	pictureDPI   = 300  // where the page does not say for which resolution it was fitted
)

func newPictures(w *Window) *pictures {
	return &pictures{w: w, kept: map[postal.ShPI]image.Image{}}
}

// forget drops all pictures: the letters may have changed.
func (p *pictures) forget() { p.kept, p.order = map[postal.ShPI]image.Image{}, nil }

// get brings the picture of a letter; done runs on the UI thread.
func (p *pictures) get(id postal.ShPI, done func(image.Image, error)) {
	if img, ok := p.kept[id]; ok {
		done(img, nil)
		return
	}
	load(p.w.tasks, "preview", func(ctx context.Context) (image.Image, error) {
		page, err := p.w.station.Preview(ctx, id)
		if err != nil {
			return nil, err
		}
		dpi := page.DPI
		if dpi == 0 {
			dpi = pictureDPI
		}
		img, err := raster.Render(page, dpi)
		if err != nil {
			return nil, err
		}
		return smaller(img), nil
	}, func(img image.Image, err error) {
		if err == nil {
			p.kept[id] = img
			p.order = append(p.order, id)
			if len(p.order) > keptPictures {
				delete(p.kept, p.order[0])
				p.order = p.order[1:]
			}
		}
		done(img, err)
	})
}

func smaller(img image.Image) image.Image {
	b := img.Bounds()
	if b.Dx() <= pictureWidth {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, pictureWidth, b.Dy()*pictureWidth/b.Dx()))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Src, nil)
	return small
}

// envelope shows the picture of a letter on the table it lies on, or says why there is none.
type envelope struct {
	w     *Window
	image *canvas.Image
	words *line
	box   fyne.CanvasObject
	of    postal.ShPI
}

// newEnvelope makes one that is at least height high.
func newEnvelope(w *Window, height float32) *envelope {
	e := &envelope{w: w, image: canvas.NewImageFromImage(nil), words: muted("")}
	e.image.FillMode = canvas.ImageFillContain
	e.image.ScaleMode = canvas.ImageScaleSmooth
	e.words.Align = fyne.TextAlignCenter
	ground := newPanel(colorPaper, 8, inset(14, 14, container.New(fixedHeight{height}, e.image, e.words)))
	e.box = ground
	return e
}

// show draws the letter; the old picture stays until the new one is here.
func (e *envelope) show(id postal.ShPI) {
	e.of = id
	e.w.pics.get(id, func(img image.Image, err error) {
		if e.of != id {
			return
		}
		if err != nil {
			e.image.Image = nil
			e.words.set(e.w.words.Say("ui.piece.no-preview", map[string]any{"Why": e.w.words.Trouble(err)}), colorMuted)
		} else {
			e.image.Image = img
			e.words.set("", colorMuted)
		}
		e.image.Refresh()
	})
}

// fixedHeight gives its content at least a height and the whole width.
type fixedHeight struct{ height float32 }

func (f fixedHeight) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, f.height) }

func (f fixedHeight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

// letter is everything about the selected letter: its envelope, its facts, what a person can say about it, its story.
type letter struct {
	w       *Window
	shown   postal.ShPI
	env     *envelope
	head    *line
	tail    *line
	facts   *line
	note    *line
	ask     *fyne.Container
	story   *fyne.Container
	full    *fyne.Container
	nothing fyne.CanvasObject
	box     fyne.CanvasObject
}

func newLetter(w *Window) *letter {
	l := &letter{w: w, env: newEnvelope(w, 96), head: whole(""), tail: whole(""), facts: muted(""), note: newLine(""), story: vbox(6)}
	l.head.Step, l.tail.Step, l.tail.Bold = theme.SizeNameSubHeadingText, theme.SizeNameSubHeadingText, true
	l.facts.Step = sizeTable
	copyIt := quiet(newButton(w, "", theme.ContentCopyIcon(), func() { w.app.Clipboard().SetContent(string(l.shown)) }))
	larger := quiet(newButton(w, w.words.T("ui.zoom"), theme.ZoomInIcon(), func() { w.open(screenZoom, string(l.shown)) }))
	identity := border(nil, nil, hbox(0, l.head, l.tail, copyIt), larger)
	if large() {
		identity = vbox(4, hbox(0, l.head, l.tail, copyIt), container.NewHBox(larger))
	}
	_, question := para(w.words.T("ui.piece.declare"), view.Warn)
	l.ask = vbox(8, question, container.NewGridWithColumns(2,
		newButton(w, w.words.T("ui.piece.was-printed"), nil, func() { l.declare(true) }),
		newButton(w, w.words.T("ui.piece.was-not"), nil, func() { l.declare(false) })))
	title := subheading(w.words.T("ui.piece.story"))
	below := border(vbox(6, identity, l.facts, l.note, l.ask, inset(4, 0, title)), nil, nil, nil, container.NewVScroll(l.story))
	l.full = container.New(stacked{0.44, 4}, l.env.box, inset(8, 4, below))
	l.full.Hide()
	_, words := para(w.words.T("ui.piece.choose"), view.Plain)
	l.nothing = container.New(atMost{260, true}, words)
	l.box = container.NewStack(l.full, l.nothing)
	return l
}

// clear shows that nothing is chosen.
func (l *letter) clear() {
	l.shown = ""
	l.full.Hide()
	l.nothing.Show()
}

// show brings everything about a letter.
func (l *letter) show(id postal.ShPI) {
	l.shown = id
	l.env.show(id)
	load(l.w.tasks, "letter", func(ctx context.Context) (view.Detail, error) { return l.w.detail(ctx, id) }, func(d view.Detail, err error) {
		if l.w.told(err) && l.shown == id {
			l.fill(d)
		}
	})
}

func (w *Window) detail(ctx context.Context, id postal.ShPI) (view.Detail, error) {
	row, err := w.station.Piece(ctx, id)
	if err != nil {
		return view.Detail{}, err
	}
	events, err := w.station.Story(ctx, id)
	return w.words.DetailOf(row, events), err
}

func (l *letter) fill(d view.Detail) {
	l.nothing.Hide()
	l.full.Show()
	l.head.set(d.Head, theme.ColorNameForeground)
	l.tail.set(d.Tail, theme.ColorNameForeground)
	l.facts.set(d.Facts, colorMuted)
	l.note.set(d.Note, theme.ColorNameWarning)
	show(l.note, d.Note != "")
	show(l.ask, d.Unknown)
	l.story.Objects = nil
	for _, s := range d.Story {
		when := muted(s.When)
		when.Step = sizeTable
		text, body := para(s.Text, s.Tone)
		text.SizeName = sizeTable
		l.story.Add(border(nil, nil, wide(108, when), nil, body))
	}
	l.full.Refresh()
}

func (l *letter) declare(printed bool) {
	id := l.shown
	start(l.w.tasks, "declare", func(ctx context.Context) (bool, error) {
		if printed {
			return true, l.w.station.DeclarePrinted(ctx, id)
		}
		return false, l.w.station.DeclareNotPrinted(ctx, id)
	}, func(_ bool, err error) {
		l.w.told(err)
		l.w.changed()
		l.show(id)
	})
}

func show(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}
