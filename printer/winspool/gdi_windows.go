package winspool

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	gdiDLL            = windows.NewLazySystemDLL("gdi32.dll")
	procCreateDC      = gdiDLL.NewProc("CreateDCW")
	procCreateIC      = gdiDLL.NewProc("CreateICW")
	procResetDC       = gdiDLL.NewProc("ResetDCW")
	procDeleteDC      = gdiDLL.NewProc("DeleteDC")
	procStartDoc      = gdiDLL.NewProc("StartDocW")
	procStartPage     = gdiDLL.NewProc("StartPage")
	procEndPage       = gdiDLL.NewProc("EndPage")
	procEndDoc        = gdiDLL.NewProc("EndDoc")
	procAbortDoc      = gdiDLL.NewProc("AbortDoc")
	procStretchDIBits = gdiDLL.NewProc("StretchDIBits")
	procGetDeviceCaps = gdiDLL.NewProc("GetDeviceCaps")
)

// Indices of GetDeviceCaps, commands of DeviceCapabilities, fields of a DEVMODE (wingdi.h).
const (
	capLogPixelsX      = 88
	capLogPixelsY      = 90
	capPhysicalWidth   = 110
	capPhysicalHeight  = 111
	capPhysicalOffsetX = 112
	capPhysicalOffsetY = 113

	dcPapers     = 2
	dcPaperSize  = 3
	dcBins       = 6
	dcBinNames   = 12
	dcPaperNames = 16

	fieldOrientation   = 0x1
	fieldPaperSize     = 0x2
	fieldPaperLength   = 0x4
	fieldPaperWidth    = 0x8
	fieldDefaultSource = 0x200
	fieldPrintQuality  = 0x400
	fieldYResolution   = 0x2000
	fieldFormName      = 0x10000

	portrait, landscape = 1, 2
	paperUser           = 256 // DMPAPER_USER
)

// devMode is DEVMODEW as far as printers have it. The driver's own part follows it in memory.
type devMode struct {
	deviceName                                          [32]uint16
	specVersion, driverVersion, size, driverExtra       uint16
	fields                                              uint32
	orientation, paperSize, paperLength, paperWidth     int16
	scale, copies, defaultSource, printQuality          int16
	color, duplex, yResolution, ttOption, collate       int16
	formName                                            [32]uint16
	logPixels                                           uint16
	bitsPerPel, pelsWidth, pelsHeight, flags, frequency uint32
	icmMethod, icmIntent, mediaType, ditherType         uint32
	reserved1, reserved2, panningWidth, panningHeight   uint32
}

// capability asks the driver for a list of n-sized things.
func capability[T any](name string, what uintptr) []T {
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil
	}
	count, _, _ := procDeviceCapabilities.Call(uintptr(unsafe.Pointer(n)), 0, what, 0, 0)
	if int32(count) <= 0 {
		return nil
	}
	out := make([]T, int32(count)+1)
	got, _, _ := procDeviceCapabilities.Call(uintptr(unsafe.Pointer(n)), 0, what, uintptr(unsafe.Pointer(&out[0])), 0)
	return out[:max(0, min(int(int32(got)), int(int32(count))))]
}

// paper is a form with the number the driver calls it by.
type paper struct {
	number int16
	form
}

func papers(name string) []paper {
	numbers := capability[int16](name, dcPapers)
	sizes := capability[[2]int32](name, dcPaperSize) // tenths of a millimetre
	names := capability[[64]uint16](name, dcPaperNames)
	var out []paper
	for i := range min(len(numbers), len(sizes)) {
		p := paper{number: numbers[i], form: form{width: float64(sizes[i][0]) / 10, height: float64(sizes[i][1]) / 10}}
		if i < len(names) {
			p.name = windows.UTF16ToString(names[i][:])
		}
		out = append(out, p)
	}
	return out
}

func trays(name string) (names []string, numbers []int16) {
	numbers = capability[int16](name, dcBins)
	for _, n := range capability[[24]uint16](name, dcBinNames) {
		names = append(names, strings.TrimSpace(windows.UTF16ToString(n[:])))
	}
	n := min(len(names), len(numbers))
	return names[:n], numbers[:n]
}

func (api) abilities(name string) (abilities, error) {
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return abilities{}, err
	}
	dc, _, err := procCreateIC.Call(uintptr(unsafe.Pointer(windows.StringToUTF16Ptr("WINSPOOL"))), uintptr(unsafe.Pointer(n)), 0, 0)
	if err := failed("CreateIC", dc, err); err != nil {
		return abilities{}, err
	}
	defer procDeleteDC.Call(dc)
	a := abilities{dpi: min(caps(dc, capLogPixelsX), caps(dc, capLogPixelsY))}
	for _, p := range papers(name) {
		a.forms = append(a.forms, p.form)
	}
	a.trays, _ = trays(name)
	return a, nil
}

func caps(dc uintptr, index uintptr) int {
	v, _, _ := procGetDeviceCaps.Call(dc, index)
	return int(int32(v))
}

// mode is the driver's DEVMODE for a sheet.
func mode(name string, dpi int, s sheet) (*devMode, error) {
	h, err := openPrinter(name, accessUse)
	if err != nil {
		return nil, err
	}
	defer h.close()
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const outBuffer, inBuffer = 2, 8
	call := func(out, in *devMode, flags uintptr) (int, error) {
		got, _, err := procDocumentProps.Call(0, uintptr(h), uintptr(unsafe.Pointer(n)), uintptr(unsafe.Pointer(out)), uintptr(unsafe.Pointer(in)), flags)
		if int32(got) < 0 {
			return 0, failed("DocumentProperties", 0, err)
		}
		return int(int32(got)), nil
	}
	size, err := call(nil, nil, 0)
	if err != nil {
		return nil, err
	}
	buf := make([]uint64, size/8+int(unsafe.Sizeof(devMode{}))/8+2) // the driver's part is longer than ours, or ours than an old driver's
	m := (*devMode)(unsafe.Pointer(&buf[0]))
	if _, err := call(m, nil, outBuffer); err != nil {
		return nil, err
	}
	if !s.anyPaper {
		m.choose(papers(name), s.width, s.height)
	}
	if s.tray != "" {
		names, numbers := trays(name)
		if err := m.source(names, numbers, s.tray); err != nil {
			return nil, err
		}
	}
	if dpi > 0 {
		m.printQuality, m.yResolution = int16(dpi), int16(dpi)
		m.fields |= fieldPrintQuality | fieldYResolution
	}
	_, err = call(m, m, inBuffer|outBuffer)
	return m, err
}

// choose asks for a paper: the driver's own of this size, upright or lying, else one by its measures.
func (m *devMode) choose(list []paper, width, height float64) {
	m.orientation = portrait
	m.fields |= fieldOrientation | fieldPaperSize
	m.fields &^= fieldFormName | fieldPaperLength | fieldPaperWidth
	for _, p := range list {
		switch {
		case near(p.width, width) && near(p.height, height):
			m.paperSize = p.number
			return
		case near(p.width, height) && near(p.height, width):
			m.paperSize, m.orientation = p.number, landscape
			return
		}
	}
	m.paperSize = paperUser
	m.paperWidth, m.paperLength = int16(math.Round(width*10)), int16(math.Round(height*10))
	m.fields |= fieldPaperWidth | fieldPaperLength
}

func (m *devMode) source(names []string, numbers []int16, tray string) error {
	for i, n := range names {
		if strings.EqualFold(n, strings.TrimSpace(tray)) {
			m.defaultSource = numbers[i]
			m.fields |= fieldDefaultSource
			return nil
		}
	}
	return fmt.Errorf("%w: %q", errTray, tray)
}

// pixelDocument is a job of pictures. A device context belongs to a thread: all calls are made on one.
type pixelDocument struct {
	name   string
	dpi    int
	dc     uintptr
	number uint32
	now    sheet // the paper and tray that are set
	todo   chan func()
	over   bool
}

// docInfo is DOCINFOW.
type docInfo struct {
	size                   int32
	name, output, datatype *uint16
	kind                   uint32
}

func (api) pixels(name, doc string, dpi int, first sheet) (document, error) {
	d := &pixelDocument{name: name, dpi: dpi, todo: make(chan func())}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for f := range d.todo {
			f()
		}
	}()
	if err := d.on(func() error { return d.begin(doc, first) }); err != nil {
		close(d.todo)
		return nil, err
	}
	return d, nil
}

// on calls f on the document's thread.
func (d *pixelDocument) on(f func() error) error {
	done := make(chan error)
	d.todo <- func() { done <- f() }
	return <-done
}

func (d *pixelDocument) begin(doc string, first sheet) error {
	m, err := mode(d.name, d.dpi, first)
	if err != nil {
		return err
	}
	n, err := windows.UTF16PtrFromString(d.name)
	if err != nil {
		return err
	}
	title, err := windows.UTF16PtrFromString(doc)
	if err != nil {
		return err
	}
	dc, _, err := procCreateDC.Call(uintptr(unsafe.Pointer(windows.StringToUTF16Ptr("WINSPOOL"))), uintptr(unsafe.Pointer(n)), 0, uintptr(unsafe.Pointer(m)))
	if err := failed("CreateDC", dc, err); err != nil {
		return err
	}
	d.dc, d.now = dc, first
	if err := d.fits(first); err != nil {
		procDeleteDC.Call(dc)
		return err
	}
	info := docInfo{name: title}
	info.size = int32(unsafe.Sizeof(info))
	number, _, err := procStartDoc.Call(dc, uintptr(unsafe.Pointer(&info)))
	if int32(number) <= 0 {
		procDeleteDC.Call(dc)
		return failed("StartDoc", 0, err)
	}
	d.number = uint32(number)
	return nil
}

func (d *pixelDocument) id() uint32 { return d.number }

func (d *pixelDocument) resolution() int {
	return min(caps(d.dc, capLogPixelsX), caps(d.dc, capLogPixelsY))
}

// scale is dots a millimetre.
func (d *pixelDocument) scale() (x, y float64) {
	return float64(caps(d.dc, capLogPixelsX)) / 25.4, float64(caps(d.dc, capLogPixelsY)) / 25.4
}

// fits makes sure that the driver took the paper.
func (d *pixelDocument) fits(s sheet) error {
	if s.anyPaper {
		return nil
	}
	x, y := d.scale()
	w, h := float64(caps(d.dc, capPhysicalWidth))/x, float64(caps(d.dc, capPhysicalHeight))/y
	if !near(w, s.width) || !near(h, s.height) {
		return fmt.Errorf("%w %.0f × %.0f mm: it has %.0f × %.0f mm", errPaper, s.width, s.height, w, h)
	}
	return nil
}

func (d *pixelDocument) page(s sheet) error { return d.on(func() error { return d.draw(s) }) }

func (d *pixelDocument) draw(s sheet) error {
	if s.width != d.now.width || s.height != d.now.height || s.tray != d.now.tray {
		m, err := mode(d.name, d.dpi, s)
		if err != nil {
			return err
		}
		ok, _, err := procResetDC.Call(d.dc, uintptr(unsafe.Pointer(m)))
		if err := failed("ResetDC", ok, err); err != nil {
			return err
		}
		d.now = s
		if err := d.fits(s); err != nil {
			d.now = sheet{}
			return err
		}
	}
	if ok, _, err := procStartPage.Call(d.dc); int32(ok) <= 0 {
		return failed("StartPage", 0, err)
	}
	// A place on the paper is a place in the printable area plus that area's offset.
	p := placement{
		scaleX: float64(caps(d.dc, capLogPixelsX)) / float64(s.dpi), scaleY: float64(caps(d.dc, capLogPixelsY)) / float64(s.dpi),
		offsetX: caps(d.dc, capPhysicalOffsetX), offsetY: caps(d.dc, capPhysicalOffsetY),
	}
	for _, b := range tiles(s.img) {
		if err := d.picture(b.dib(s.img), p.of(b.area)); err != nil {
			return err
		}
	}
	if ok, _, err := procEndPage.Call(d.dc); int32(ok) <= 0 {
		return failed("EndPage", 0, err)
	}
	return nil
}

// picture puts a device-independent bitmap at a place of the printable area.
func (d *pixelDocument) picture(b dib, at place) error {
	const srcCopy = 0x00CC0020
	signed := func(v int) uintptr { return uintptr(int32(v)) }
	got, _, err := procStretchDIBits.Call(d.dc, signed(at.x), signed(at.y), signed(at.w), signed(at.h),
		0, 0, uintptr(b.width), uintptr(b.height), uintptr(unsafe.Pointer(&b.pixels[0])), uintptr(unsafe.Pointer(&b.header[0])), 0, srcCopy)
	if int32(got) <= 0 {
		return failed("StretchDIBits", 0, err)
	}
	return nil
}

func (d *pixelDocument) end() error { return d.finish("EndDoc", procEndDoc) }

func (d *pixelDocument) abort() error { return d.finish("AbortDoc", procAbortDoc) }

func (d *pixelDocument) finish(call string, proc *windows.LazyProc) error {
	if d.over {
		return nil
	}
	d.over = true
	defer close(d.todo)
	return d.on(func() error {
		defer procDeleteDC.Call(d.dc)
		if ok, _, err := proc.Call(d.dc); int32(ok) <= 0 {
			return failed(call, 0, err)
		}
		return nil
	})
}

// near reports whether two lengths are the same paper, millimetres. Drivers round to inches and tenths.
func near(a, b float64) bool { return math.Abs(a-b) <= 2 }
