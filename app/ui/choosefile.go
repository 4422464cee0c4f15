package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
)

// prefFolder is the folder in which a person has chosen something last.
const prefFolder = "choose.folder"

// fileChooser is a dialog in which a person chooses a file or a folder. It is the program's own: in the language of the window, whole by keyboard, and a scan
// is heard through it.
type fileChooser struct {
	w       *Window
	kinds   []string // endings of the files that are shown; none: folders are chosen
	folder  string
	entries []os.DirEntry
	at      int // the chosen entry; -1: none
	chosen  func(path string)

	path *entry
	list *rows
	said *paragraph
	do   *button
	box  *widget.PopUp
}

// chooseFile asks for a file with one of these endings.
func (w *Window) chooseFile(kinds []string, chosen func(path string)) {
	newFileChooser(w, w.words.T("ui.choose.file"), kinds, chosen).open()
}

// chooseFolder asks for a folder.
func (w *Window) chooseFolder(chosen func(path string)) {
	newFileChooser(w, w.words.T("ui.choose.folder"), nil, chosen).open()
}

func newFileChooser(w *Window, title string, kinds []string, chosen func(path string)) *fileChooser {
	c := &fileChooser{w: w, kinds: kinds, chosen: chosen, at: -1}
	c.path = newEntry(w, w.words.T("ui.choose.path"))
	c.path.OnSubmitted = c.typed
	up := newButton(w, w.words.T("ui.choose.up"), theme.MoveUpIcon(), func() { c.enter(filepath.Dir(c.folder)) })
	c.list = newRows(w, func() int { return len(c.entries) }, func() fyne.CanvasObject { return newFileRow(w) }, func(i int, o fyne.CanvasObject) {
		o.(*fileRow).set(c.entries[i])
	})
	c.list.OnSelected = func(i int) {
		c.at = i
		c.mark()
	}
	c.list.enter = c.take
	var said fyne.CanvasObject
	c.said, said = para("", view.Warn)
	c.do = primary(newButton(w, "", nil, c.accept))
	c.mark()
	leave := newButton(w, w.words.T("ui.choose.cancel"), nil, func() { c.box.Hide() })
	head := vbox(8, subheading(title), border(nil, nil, nil, up, c.path), said)
	c.box = widget.NewModalPopUp(inset(12, 12, border(head, inset(8, 0, wrapped(wide(220, c.do), leave)), nil, nil, inset(8, 0, c.list))), w.win.Canvas())
	return c
}

func (c *fileChooser) open() {
	size := c.w.win.Canvas().Size()
	c.box.Resize(fyne.NewSize(min(900, size.Width-40), min(600, size.Height-40)))
	c.box.Show()
	c.w.win.Canvas().Focus(c.list)
	folder := c.w.app.Preferences().String(prefFolder)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		folder, _ = os.UserHomeDir() // "" is the folder of the program
	}
	c.enter(folder)
}

// enter shows what is in a folder.
func (c *fileChooser) enter(folder string) {
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole
	}
	load(c.w.tasks, "choose-file", func(context.Context) ([]os.DirEntry, error) { return os.ReadDir(folder) }, func(list []os.DirEntry, err error) {
		if err != nil {
			c.w.log.Info("folder not read", "error", err)
			c.tell(c.w.words.T("ui.choose.unreadable"))
			return
		}
		c.folder, c.entries = folder, c.shown(list)
		c.path.SetText(folder)
		c.tell("")
		if len(c.entries) == 0 {
			c.tell(c.w.words.T("ui.choose.empty"))
		}
		c.at = -1
		c.list.UnselectAll()
		c.list.ScrollToTop()
		c.list.Refresh()
		c.mark()
	})
}

// shown are the folders, then the files that can be chosen, each by name.
func (c *fileChooser) shown(list []os.DirEntry) (shown []os.DirEntry) {
	for _, folders := range []bool{true, false} {
		for _, e := range list {
			if e.IsDir() == folders && !strings.HasPrefix(e.Name(), ".") && (folders || c.fits(e.Name())) {
				shown = append(shown, e)
			}
		}
	}
	return shown
}

func (c *fileChooser) fits(name string) bool {
	return slices.Contains(c.kinds, strings.ToLower(filepath.Ext(name)))
}

func (c *fileChooser) tell(text string) {
	c.said.SetText(text)
	show(c.said, text != "")
}

// mark shows what the main button would do.
func (c *fileChooser) mark() {
	picked := c.at >= 0 && c.at < len(c.entries)
	switch {
	case picked && c.entries[c.at].IsDir():
		c.do.set(c.w.words.T("ui.choose.enter"), true)
	case c.kinds == nil:
		c.do.set(c.w.words.T("ui.choose.this"), c.folder != "")
	default:
		c.do.set(c.w.words.T("ui.choose.open"), picked)
	}
}

// accept is the main button: the chosen file, or the folder in view.
func (c *fileChooser) accept() {
	if c.kinds == nil && (c.at < 0 || c.at >= len(c.entries)) {
		c.end(c.folder)
		return
	}
	c.take()
}

// take goes into the chosen folder or ends with the chosen file.
func (c *fileChooser) take() {
	if c.at < 0 || c.at >= len(c.entries) {
		return
	}
	e := c.entries[c.at]
	path := filepath.Join(c.folder, e.Name())
	switch {
	case e.IsDir():
		c.enter(path)
	case c.kinds != nil:
		c.end(path)
	}
}

// typed is a path that a person has typed: of a folder to go to, or of the file itself.
func (c *fileChooser) typed(path string) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		c.enter(path)
	case err == nil && c.fits(path):
		c.end(path)
	default:
		c.tell(c.w.words.T("ui.choose.unreadable"))
	}
}

func (c *fileChooser) end(path string) {
	folder := path
	if c.kinds != nil {
		folder = filepath.Dir(path)
	}
	c.w.app.Preferences().SetString(prefFolder, folder)
	c.box.Hide()
	c.chosen(path)
}

// fileRow is a file or a folder in the list.
type fileRow struct {
	widget.BaseWidget
	icon *widget.Icon
	name *line
	box  fyne.CanvasObject
}

func newFileRow(w *Window) *fileRow {
	r := &fileRow{icon: widget.NewIcon(nil), name: newLine("")}
	r.box = inset(3, 4, border(nil, nil, container.NewCenter(boxed(28, 20, r.icon)), nil, r.name))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer draws the icon and the name.
func (r *fileRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

func (r *fileRow) set(e os.DirEntry) {
	icon := theme.FileIcon()
	if e.IsDir() {
		icon = theme.FolderIcon()
	}
	r.icon.SetResource(icon)
	r.name.set(e.Name(), theme.ColorNameForeground)
}
