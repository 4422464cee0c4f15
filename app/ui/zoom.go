package ui

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"znak/app/postal"
	"znak/app/ui/view"
	"znak/printer/page"
	"znak/printer/raster"
)

const screenZoom = "zoom"

// zoomScreen shows the very raster that would be printed of one envelope, as large as a person wants: plus and minus, or the buttons.
type zoomScreen struct {
	w      *Window
	id     postal.ShPI
	about  string
	img    image.Image
	width  page.Millimetres
	step   int
	pic    *canvas.Image
	ground *fyne.Container
	scroll *container.Scroll
	scale  *line
	words  *line
	box    fyne.CanvasObject
}

// zooms are how many times as large as on paper an envelope is shown; the first fits it into the window.
var zooms = []float32{0, 1, 1.5, 2, 3, 4, 6}

// unitsPerMM is how many of the toolkit's units a millimetre of an ordinary desktop screen has: a unit is about 1/96 of an inch.
const unitsPerMM = 96 / 25.4

func newZoomScreen(w *Window) *zoomScreen {
	s := &zoomScreen{w: w, pic: canvas.NewImageFromImage(nil), scale: whole(""), words: muted("")}
	s.pic.FillMode, s.pic.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	s.ground = container.New(fixedSize{}, s.pic)
	s.scroll = container.NewScroll(container.NewCenter(s.ground))
	out := newButton(w, "", theme.ZoomOutIcon(), func() { s.turn(-1) })
	in := newButton(w, "", theme.ZoomInIcon(), func() { s.turn(+1) })
	fit := newButton(w, w.words.T("ui.zoom.fit"), theme.ZoomFitIcon(), func() { s.to(0) })
	real := newButton(w, w.words.T("ui.zoom.life"), nil, func() { s.to(1) })
	top := border(nil, nil, hbox(6, fit, real, out, in, container.NewCenter(inset(0, 8, s.scale))), nil, s.words)
	s.box = border(inset(0, 0, top), nil, nil, nil, inset(8, 0, newPanel(colorPaper, 8, s.scroll)))
	return s
}

func (s *zoomScreen) head() (string, string) {
	return s.w.words.Say("ui.zoom.title", map[string]any{"ShPI": s.id.Grouped()}), s.about
}
func (s *zoomScreen) content() fyne.CanvasObject { return s.box }
func (s *zoomScreen) refresh()                   {}

func (s *zoomScreen) show(id string) {
	s.id, s.img, s.step = postal.ShPI(id), nil, 0
	s.pic.Image = nil
	s.pic.Refresh()
	s.words.set(s.w.words.T("ui.zoom.drawing"), colorMuted)
	type drawing struct {
		img  image.Image
		page page.Page
	}
	load(s.w.tasks, "zoom", func(ctx context.Context) (drawing, error) {
		p, err := s.w.station.Preview(ctx, postal.ShPI(id))
		if err != nil {
			return drawing{}, err
		}
		dpi := p.DPI
		if dpi == 0 {
			dpi = pictureDPI
		}
		img, err := raster.Render(p, dpi)
		return drawing{img, p}, err
	}, func(d drawing, err error) {
		if string(s.id) != id {
			return
		}
		if err != nil {
			s.words.set(s.w.words.Say("ui.piece.no-preview", map[string]any{"Why": s.w.words.Trouble(err)}), colorMuted)
			return
		}
		s.img, s.width = d.img, d.page.Width
		s.about = s.w.words.Say("ui.zoom.about", map[string]any{"Dots": s.w.words.Number(d.img.Bounds().Dx()), "By": s.w.words.Number(d.img.Bounds().Dy())})
		s.words.set("", colorMuted)
		s.pic.Image = s.img
		s.to(s.step)
		s.w.retitle(s)
	})
}

func (s *zoomScreen) turn(by int) { s.to(min(max(s.step+by, 0), len(zooms)-1)) }

func (s *zoomScreen) to(step int) {
	s.step = step
	if s.img == nil {
		return
	}
	b := s.img.Bounds()
	room := s.scroll.Size()
	w := float32(s.width) * unitsPerMM * zooms[step]
	label := s.w.words.Say("ui.look.percent", map[string]any{"N": int(zooms[step]*100 + 0.5)})
	if step == 0 {
		w = max(min(room.Width-24, (room.Height-24)*float32(b.Dx())/float32(b.Dy())), 100)
		label = s.w.words.T("ui.zoom.fitted")
	}
	s.ground.Layout = fixedSize{fyne.NewSize(w, w*float32(b.Dy())/float32(b.Dx()))}
	s.scale.set(label, theme.ColorNameForeground)
	s.ground.Refresh()
	s.pic.Refresh()
	s.scroll.Refresh()
}

// plus and minus are heard as what a person types.
func (s *zoomScreen) typedIn(text string) {
	for _, r := range text {
		switch r {
		case '+', '=':
			s.turn(+1)
		case '-':
			s.turn(-1)
		case '0':
			s.to(0)
		}
	}
}

// scanned shows the scanned letter instead.
func (s *zoomScreen) scanned(text string) {
	if id, ok := view.FindShPI(text); ok {
		s.w.open(screenZoom, string(id))
	}
}

// fixedSize gives its content one size.
type fixedSize struct{ size fyne.Size }

func (f fixedSize) MinSize([]fyne.CanvasObject) fyne.Size { return f.size }
func (f fixedSize) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}
