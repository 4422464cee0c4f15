package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
	"znak/store"
)

// copiesPanel tells when the store was last copied, makes a copy now, and leads to putting one back.
type copiesPanel struct {
	w     *Window
	shown []view.Copy
	icon  *widget.Icon
	last  *line
	list  *fyne.Container
	box   *fyne.Container
}

func newCopiesPanel(w *Window) *copiesPanel {
	p := &copiesPanel{w: w, icon: widget.NewIcon(nil), last: newLine(""), list: vbox(2)}
	about := muted(w.words.T("ui.copies.about"))
	about.Step = sizeTable
	now := newButton(w, w.words.T("ui.copies.do"), theme.DocumentSaveIcon(), p.backup)
	mark := boxed(26, 20, p.icon)
	p.box = vbox(8, subheading(w.words.T("ui.copies.title")), about, border(nil, nil, container.NewCenter(mark), now, p.last), p.list)
	return p
}

func (p *copiesPanel) refresh() {
	if p.w.params.Copies == nil {
		p.last.set("", colorMuted)
		return
	}
	words := p.w.words
	load(p.w.tasks, "copies", func(ctx context.Context) (view.Copies, error) {
		paths, err := p.w.params.Copies(ctx)
		return words.CopiesOf(paths, fileSize), err
	}, func(v view.Copies, err error) {
		if p.w.told(err) {
			p.fill(v)
		}
	})
}

// fileSize is how many bytes a file has; 0 where it is gone.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (p *copiesPanel) fill(v view.Copies) {
	p.last.set(v.Last, theme.ColorNameForeground)
	p.icon.SetResource(p.w.icons.get(shapeOf(v.Tone), inkOf(v.Tone)))
	if slices.Equal(v.List, p.shown) {
		return
	}
	p.shown = v.List
	p.list.Objects = nil
	for _, c := range v.List {
		path := muted(filepath.Base(c.Path))
		path.Step = sizeTable
		var back fyne.CanvasObject
		if p.w.params.Restore != nil {
			back = quiet(newButton(p.w, p.w.words.T("ui.copies.restore"), nil, func() { p.w.open(screenRestore, c.Path) }))
		}
		when := whole(c.When)
		when.Step = sizeTable
		size := whole(c.Size)
		size.Step, size.Ink, size.Align = sizeTable, colorMuted, fyne.TextAlignTrailing
		p.list.Add(border(nil, nil, container.NewCenter(hbox(8, wide(120, when), wide(70, size))), back, container.New(centerY{}, path)))
	}
	p.box.Refresh()
}

func (p *copiesPanel) backup() {
	start(p.w.tasks, "backup", func(ctx context.Context) (store.Copy, error) { return p.w.station.Backup(ctx, "") }, func(c store.Copy, err error) {
		if p.w.told(err) {
			p.w.say(view.OK, p.w.words.Say("ui.copies.done", map[string]any{"File": c.Path}))
		}
		p.refresh()
	})
}

// newSupportPanel makes the report for those who help.
func newSupportPanel(w *Window) fyne.CanvasObject {
	_, about := para(w.words.T("ui.support.about"), view.Plain)
	files := vbox(4)
	files.Hide()
	do := newButton(w, w.words.T("ui.support.do"), theme.DocumentIcon(), func() {
		readme := w.words.T("cmd.support.readme")
		start(w.tasks, "support", func(ctx context.Context) (string, error) {
			return w.station.WriteSupport(ctx, "", w.params.Versions, readme)
		}, func(file string, err error) {
			if !w.told(err) {
				return
			}
			w.say(view.OK, w.words.Say("ui.support.done", map[string]any{"File": file}))
			files.Objects = nil
			w.files(files, []string{file})
			files.Show()
		})
	})
	return vbox(8, subheading(w.words.T("ui.support.title")), about, hbox(0, do), files)
}
