package winspool

import (
	"fmt"
	"image"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"znak/printer"
	"znak/printer/page"
	"znak/printer/raster"
)

// fake is a spooler with one queue, whose printer prints at once what it may print.
type fake struct {
	mu      sync.Mutex
	info    printerInfo
	dpi     int
	list    []*fakeJob
	next    uint32
	paper   []string // every page that came out
	deaf    bool     // takes commands and does nothing, as wine's spooler does
	forgets bool     // drops a job that is printed though it was told to keep it
	trouble uint32   // of a job that should print: it stays in the queue with these flags
	counts  bool     // counts pages in PagesPrinted
	hang    chan struct{}
	refuse  error // of the next page
	missing bool
}

type fakeJob struct {
	f *fake
	jobInfo
	pages  []string
	out    int
	retain bool
	pixels bool
	open   bool
	gone   bool
}

var (
	_ spooler  = (*fake)(nil)
	_ document = (*fakeJob)(nil)
)

func newFake() *fake {
	return &fake{info: printerInfo{name: "Office", driver: "Fictive Laser 300", port: "USB001"}, dpi: 300}
}

// enter takes the lock, after hanging if the spooler hangs.
func (f *fake) enter() func() {
	f.mu.Lock()
	hang := f.hang
	f.mu.Unlock()
	if hang != nil {
		<-hang
	}
	f.mu.Lock()
	return f.mu.Unlock
}

func (f *fake) printers() ([]printerInfo, error) {
	defer f.enter()()
	return []printerInfo{f.info, {name: "PDF", driver: "Print to file", port: "PORTPROMPT:"}}, nil
}

func (f *fake) printer(name string) (printerInfo, error) {
	defer f.enter()()
	if f.missing || name != f.info.name {
		return printerInfo{}, errMissing
	}
	return f.info, nil
}

func (f *fake) abilities(string) (abilities, error) {
	defer f.enter()()
	return abilities{dpi: f.dpi, forms: []form{{"C5", 162, 229}}, trays: []string{"Manual"}}, nil
}

func (f *fake) find(id uint32) *fakeJob {
	for _, j := range f.list {
		if j.jobInfo.id == id && !j.gone {
			return j
		}
	}
	return nil
}

func (f *fake) jobs(string) ([]jobInfo, error) {
	defer f.enter()()
	var out []jobInfo
	for _, j := range f.list {
		if !j.gone {
			out = append(out, j.seen())
		}
	}
	return out, nil
}

func (j *fakeJob) seen() jobInfo {
	i := j.jobInfo
	i.total = len(j.pages)
	if j.f.counts {
		i.printed = j.out
	}
	return i
}

func (f *fake) job(_ string, id uint32) (jobInfo, error) {
	defer f.enter()()
	if j := f.find(id); j != nil {
		return j.seen(), nil
	}
	return jobInfo{}, errGone
}

func (f *fake) control(_ string, id uint32, c command) error {
	defer f.enter()()
	j := f.find(id)
	if j == nil {
		return errGone
	}
	if f.deaf {
		return nil
	}
	switch c {
	case commandPause:
		j.status |= jobPaused
	case commandResume:
		j.status &^= jobPaused
		j.print()
	case commandDelete:
		j.gone = true
	case commandRetain:
		j.retain = true
	case commandRelease:
		j.retain = false
	}
	return nil
}

func (f *fake) rename(_ string, id uint32, doc string) error {
	defer f.enter()()
	j := f.find(id)
	if j == nil {
		return errGone
	}
	j.document = doc
	return nil
}

func (f *fake) hold(_ string, on bool) error {
	defer f.enter()()
	if on {
		f.info.status |= printerPaused
	} else {
		f.info.status &^= printerPaused
		f.print()
	}
	return nil
}

func (f *fake) print() {
	for _, j := range f.list {
		j.print()
	}
}

// print lets come out what may, with the lock held.
func (j *fakeJob) print() {
	f := j.f
	if j.gone || j.status&(jobPaused|jobPrinted|jobComplete) != 0 || f.info.status&printerPaused != 0 || j.open && f.info.attributes&attributeDirect == 0 {
		return
	}
	if f.trouble != 0 {
		j.status |= f.trouble | jobPrinting
		return
	}
	f.paper = append(f.paper, j.pages[j.out:]...)
	j.out = len(j.pages)
	if j.open {
		return
	}
	j.status = jobPrinted | jobRetained
	if !j.retain || f.forgets {
		j.gone = true
	}
}

// refill ends the trouble.
func (f *fake) refill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range f.list {
		j.status &^= f.trouble
	}
	f.trouble, f.info.status = 0, 0
	f.print()
}

// suffer begins a trouble.
func (f *fake) suffer(job, queue uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trouble, f.info.status = job, queue
}

// change is what the spooler, or a person at it, does to its first job.
func (f *fake) change(do func(*fakeJob)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(f.list[0])
}

// holds reports whether the spooler still holds the job.
func (f *fake) holds(id uint32) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.find(id) != nil
}

func (f *fake) raw(_, doc string) (document, error) { return f.begin(doc, false) }

func (f *fake) pixels(_, doc string, _ int, _ sheet) (document, error) { return f.begin(doc, true) }

func (f *fake) begin(doc string, pixels bool) (document, error) {
	defer f.enter()()
	f.next++
	j := &fakeJob{f: f, jobInfo: jobInfo{id: f.next, document: doc, status: jobSpooling}, pixels: pixels, open: true}
	f.list = append(f.list, j)
	return j, nil
}

func (j *fakeJob) id() uint32 { return j.jobInfo.id }

func (j *fakeJob) resolution() int {
	if j.pixels {
		return j.f.dpi
	}
	return 0
}

// page notes which page this is: for pictures by reading its codes back.
func (j *fakeJob) page(s sheet) error {
	defer j.f.enter()()
	if err := j.f.refuse; err != nil {
		j.f.refuse = nil
		return err
	}
	if j.gone {
		return errGone
	}
	j.pages = append(j.pages, name(s))
	j.print()
	return nil
}

func name(s sheet) string {
	if s.img == nil {
		return string(s.data)
	}
	for _, v := range s.img.Pix[:8] { // anything at all would do; the name is put there by render
		if v != 255 {
			return "dirty"
		}
	}
	return readName(s.img)
}

func (j *fakeJob) end() error {
	defer j.f.enter()()
	if j.gone {
		return errGone
	}
	j.open = false
	j.status &^= jobSpooling
	j.print()
	return nil
}

func (j *fakeJob) abort() error {
	defer j.f.enter()()
	j.gone = true
	return nil
}

// readName reads the identifier in the bar code of a pagetest envelope.
func readName(img *image.Gray) string {
	for n := range 60 {
		p := testPage(n)
		codes, err := raster.ReadBack(img, p)
		if err == nil && codes[0].Text == p.Name {
			return p.Name
		}
	}
	return "unreadable"
}

func nameOnly(w io.Writer, p page.Page) error {
	if _, err := raster.Render(p, 60); err != nil { // what an encoder refuses
		return err
	}
	_, err := fmt.Fprint(w, p.Name)
	return err
}

func open(t *testing.T, f *fake, s printer.Setup) *device {
	t.Helper()
	d := newDriver(Params{ZPL: nameOnly}, f)
	d.poll = 2 * time.Millisecond
	s.URI, s.Name = URI("Office"), "office"
	v, err := d.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	return v.(*device)
}

func (f *fake) printed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.paper)
}
