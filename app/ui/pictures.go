package ui

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/scan"
	"znak/app/station"
	"znak/app/ui/sound"
	"znak/app/ui/view"
)

// picturesScreen judges the envelopes on photographs and scans, as many as are on each, and tells page by page what was seen. Files are dropped on the window or chosen.
type picturesScreen struct {
	w     *Window
	name  string // of the batch; "" is any
	queue []string
	works bool
	halt  context.CancelFunc
	lines []view.PictureLine
	pages int
	good  int

	cleared int // how often; pages that come from before are dropped

	top   *checkHead
	state *line
	act   *widget.Activity
	stop  *button
	list  *rows
	whole *paragraph // the chosen line in full
	empty fyne.CanvasObject
	box   fyne.CanvasObject
}

var _ fullScreen = (*picturesScreen)(nil)

func newPicturesScreen(w *Window) *picturesScreen {
	s := &picturesScreen{w: w, state: subheading(""), act: widget.NewActivity()}
	s.act.Hide()
	s.top = newCheckHead(w, screenPictures, true, s.show)
	file := primary(newButton(w, w.words.T("ui.pictures.file"), theme.FileImageIcon(), s.chooseFile))
	folder := newButton(w, w.words.T("ui.pictures.folder"), theme.FolderOpenIcon(), s.chooseFolder)
	s.stop = newButton(w, w.words.T("ui.pictures.stop"), theme.MediaStopIcon(), func() {
		s.queue = nil
		if s.halt != nil {
			s.halt()
		}
	})
	clear_ := newButton(w, w.words.T("ui.pictures.clear"), theme.ContentClearIcon(), s.clear)
	buttons := hbox(8, file, folder, s.stop, clear_)
	s.list = newRows(w, func() int { return len(s.lines) }, func() fyne.CanvasObject { return newVerdictRow(w, 220) }, func(i int, o fyne.CanvasObject) {
		l := s.lines[i]
		o.(*verdictRow).set(l.Tone, l.Where, l.Head, l.Tail, l.Do)
	})
	var text fyne.CanvasObject
	s.whole, text = para("", view.Plain)
	s.list.OnSelected = func(i int) {
		if i < len(s.lines) {
			l := s.lines[i]
			s.whole.SetText(l.Where + " · " + strings.TrimSpace(l.Head+l.Tail) + "\n" + l.Do)
		}
	}
	hintText, hintBox := para(w.words.T("ui.pictures.hint"), view.Plain)
	hintText.Alignment = fyne.TextAlignCenter
	s.empty = middle(hintBox)
	top := vbox(12, s.top.box, buttons, hbox(8, s.state, s.act))
	s.box = inset(12, 24, border(top, inset(8, 0, text), nil, nil, inset(8, 0, container.NewStack(s.list, s.empty))))
	s.fill()
	return s
}

func (s *picturesScreen) head() (string, string)     { return s.w.words.T("ui.check.tab.pictures"), "" }
func (s *picturesScreen) content() fyne.CanvasObject { return s.box }
func (s *picturesScreen) batch() string              { return s.name }
func (s *picturesScreen) refresh()                   {}

// show goes on with what is on the screen; another batch begins anew.
func (s *picturesScreen) show(name string) {
	if name != s.name {
		s.name = name
		s.clear()
	}
	s.top.set(name)
}

func (s *picturesScreen) clear() {
	if s.halt != nil {
		s.halt()
	}
	s.cleared++
	s.queue, s.lines, s.pages, s.good = nil, nil, 0, 0
	s.whole.SetText("")
	s.list.UnselectAll()
	s.fill()
}

func (s *picturesScreen) chooseFile() {
	s.w.chooseFile(pictureKinds, func(path string) { s.take([]string{path}) })
}

func (s *picturesScreen) chooseFolder() {
	s.w.chooseFolder(func(path string) { s.take([]string{path}) })
}

// pictureKinds are the files that hold pictures of envelopes, by their endings.
var pictureKinds = []string{".png", ".jpg", ".jpeg", ".pdf"}

func isPicture(file string) bool {
	return slices.Contains(pictureKinds, strings.ToLower(filepath.Ext(file)))
}

// unfold puts the pictures of a folder, by name, in its place.
func unfold(paths []string) (files []string) {
	for _, path := range paths {
		entries, err := os.ReadDir(path)
		if err != nil { // a file; what is wrong with it is told when it is read
			files = append(files, path)
			continue
		}
		for _, e := range entries {
			if !e.IsDir() && isPicture(e.Name()) {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	return files
}

// take reads files and folders, after those that are being read.
func (s *picturesScreen) take(paths []string) {
	files := unfold(paths)
	if len(files) == 0 {
		s.state.set(s.w.words.T("ui.pictures.none"), inkOf(view.Warn))
		return
	}
	s.queue = append(s.queue, files...)
	s.next()
}

// next judges the files that wait.
func (s *picturesScreen) next() {
	if s.works || len(s.queue) == 0 {
		return
	}
	files, name, begun := s.queue, s.name, s.cleared
	s.queue, s.works = nil, true
	taken := start(s.w.tasks, "pictures", func(ctx context.Context) (bool, error) {
		ctx, halt := context.WithCancel(ctx)
		defer halt()
		s.w.tasks.put(func() { s.halt = halt })
		for seen, err := range s.w.station.Pictures(ctx, name, files) {
			if ctx.Err() != nil {
				return true, nil
			}
			if err != nil {
				return false, err
			}
			s.w.tasks.put(func() {
				if s.cleared == begun {
					s.add(seen)
				}
			})
		}
		return false, nil
	}, func(stopped bool, err error) {
		s.works, s.halt = false, nil
		s.fill()
		switch {
		case !s.w.told(err):
			s.state.set(s.w.words.Trouble(err), inkOf(view.Stop))
			s.w.tone(sound.Trouble)
		case s.cleared != begun:
		case stopped:
			s.state.set(s.w.words.T("ui.pictures.stopped")+" "+s.sum(), inkOf(view.Warn))
		case s.good == len(s.lines):
			s.w.tone(sound.Done)
		default:
			s.w.tone(sound.Check)
		}
		s.w.refreshStatus()
		s.next()
	})
	if !taken {
		s.works = false
	}
	s.fill()
}

func (s *picturesScreen) add(seen station.PictureSeen) {
	s.pages++
	for _, l := range s.w.words.PictureLines(seen) {
		if l.Tone == view.OK {
			s.good++
		}
		s.lines = append(s.lines, l)
	}
	s.fill()
	s.list.ScrollToBottom()
}

// sum is what was seen so far.
func (s *picturesScreen) sum() string {
	w := s.w.words
	return w.N("ui.pictures.pages", s.pages) + " · " + w.N("ui.pictures.good", s.good) + " · " + w.N("ui.pictures.bad", len(s.lines)-s.good)
}

func (s *picturesScreen) fill() {
	text, tone := "", view.Plain
	switch {
	case s.works:
		text, tone = s.w.words.T("ui.pictures.working")+" "+s.sum(), view.Accent
	case s.pages > 0:
		text, tone = s.sum(), cmp.Or(map[bool]view.Tone{true: view.OK}[s.good == len(s.lines)], view.Warn)
	}
	s.state.set(text, inkOf(tone))
	show(s.act, s.works)
	if s.works {
		s.act.Start()
	} else {
		s.act.Stop()
	}
	s.stop.set(s.stop.Text, s.works)
	show(s.empty, len(s.lines) == 0)
	s.list.Refresh()
}

// key hears every key on this screen.
func (s *picturesScreen) key(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyF3:
		s.w.goBack()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.w.pressFocused()
	}
}

// heard: a scanner means the letter in the hand, so the tab for letters answers.
func (s *picturesScreen) heard(in scan.Input) {
	if in.Scan {
		s.w.goTo(place{view.ScreenVerify, s.name})
		s.w.screen(view.ScreenVerify).(*verifyScreen).heard(in)
	}
}

// dropped takes what was dropped on the window: pictures and PDFs of envelopes, and folders of them.
func (w *Window) dropped(paths []string) {
	paths = slices.DeleteFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return !isPicture(path) && (err != nil || !info.IsDir())
	})
	if len(paths) == 0 || !w.station.HasAccount() {
		return
	}
	if w.here.screen != screenPictures {
		to := place{screenPictures, w.batchHere()}
		if _, full := w.current().(fullScreen); full {
			w.goTo(to)
		} else {
			w.open(to.screen, to.arg)
		}
	}
	w.screen(screenPictures).(*picturesScreen).take(paths)
}
