package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"znak/app/ui/view"
	"znak/store"
)

// copiesPanel tells when the store was last copied, makes a copy now, and says how one is put back. A store is replaced only while nobody has it
// open: so it is a command, with the window closed.
type copiesPanel struct {
	w     *Window
	shown []view.Copy
	icon  *widget.Icon
	last  *line
	list  *fyne.Container
	how   *widget.Label
	typed *fyne.Container // the command
	steps *fyne.Container
	box   *fyne.Container
}

func newCopiesPanel(w *Window) *copiesPanel {
	p := &copiesPanel{w: w, icon: widget.NewIcon(nil), last: newLine(""), list: vbox(2), typed: container.NewStack()}
	about := muted(w.words.T("ui.copies.about"))
	about.Step = sizeTable
	var how fyne.CanvasObject
	p.how, how = para("", view.Plain)
	p.how.SizeName = sizeTable
	p.steps = vbox(6, how, p.typed)
	p.steps.Hide()
	now := newButton(w, w.words.T("ui.copies.do"), theme.DocumentSaveIcon(), p.backup)
	mark := container.NewGridWrap(fyne.NewSize(26, 20), p.icon)
	p.box = vbox(8, subheading(w.words.T("ui.copies.title")), about, container.NewBorder(nil, nil, container.NewCenter(mark), now, p.last), p.list, p.steps)
	return p
}

func (p *copiesPanel) refresh() {
	if p.w.params.Copies == nil {
		p.last.set("", colorMuted)
		return
	}
	load(p.w.tasks, "copies", p.w.params.Copies, func(paths []string, err error) {
		if p.w.told(err) {
			p.fill(p.w.words.CopiesOf(paths))
		}
	})
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
		path := muted(c.Path)
		path.Step = sizeTable
		back := quiet(newButton(p.w, p.w.words.T("ui.copies.restore"), nil, func() { p.explain(c) }))
		when := whole(c.When)
		when.Step = sizeTable
		p.list.Add(container.NewBorder(nil, nil, container.NewCenter(wide(120, when)), back, container.New(centerY{}, path)))
	}
	p.box.Refresh()
}

// explain says how a copy is put back.
func (p *copiesPanel) explain(c view.Copy) {
	if p.w.params.RestoreCommand == nil {
		return
	}
	command := p.w.params.RestoreCommand(c.Path)
	p.how.SetText(p.w.words.Say("ui.copies.restore-how", map[string]any{"When": c.When}))
	text, body := para(command, view.Plain)
	text.Selectable, text.TextStyle.Monospace, text.Wrapping, text.SizeName = true, true, fyne.TextWrapBreak, sizeTable
	take := quiet(newButton(p.w, "", theme.ContentCopyIcon(), func() { p.w.app.Clipboard().SetContent(command) }))
	p.typed.Objects = []fyne.CanvasObject{container.NewBorder(nil, nil, nil, container.NewVBox(take), body)}
	p.steps.Show()
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
