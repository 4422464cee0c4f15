package winspool

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// api is the spooler itself, by winspool.drv. No handle is kept between calls, except in documents.
type api struct{}

var _ spooler = api{}

func system() spooler { return api{} }

var (
	winspoolDLL            = windows.NewLazySystemDLL("winspool.drv")
	procEnumPrinters       = winspoolDLL.NewProc("EnumPrintersW")
	procOpenPrinter        = winspoolDLL.NewProc("OpenPrinterW")
	procClosePrinter       = winspoolDLL.NewProc("ClosePrinter")
	procGetPrinter         = winspoolDLL.NewProc("GetPrinterW")
	procSetPrinter         = winspoolDLL.NewProc("SetPrinterW")
	procEnumJobs           = winspoolDLL.NewProc("EnumJobsW")
	procGetJob             = winspoolDLL.NewProc("GetJobW")
	procSetJob             = winspoolDLL.NewProc("SetJobW")
	procStartDocPrinter    = winspoolDLL.NewProc("StartDocPrinterW")
	procStartPagePrinter   = winspoolDLL.NewProc("StartPagePrinter")
	procWritePrinter       = winspoolDLL.NewProc("WritePrinter")
	procEndPagePrinter     = winspoolDLL.NewProc("EndPagePrinter")
	procEndDocPrinter      = winspoolDLL.NewProc("EndDocPrinter")
	procAbortPrinter       = winspoolDLL.NewProc("AbortPrinter")
	procDocumentProps      = winspoolDLL.NewProc("DocumentPropertiesW")
	procDeviceCapabilities = winspoolDLL.NewProc("DeviceCapabilitiesW")
)

const (
	enumLocal       = 2 // PRINTER_ENUM_LOCAL
	enumConnections = 4 // PRINTER_ENUM_CONNECTIONS
	accessUse       = 0x8
	accessAdmin     = 0x4
	controlPause    = 1 // PRINTER_CONTROL_PAUSE
	controlResume   = 2
)

// printerInfo2 is PRINTER_INFO_2W.
type printerInfo2 struct {
	server, printer, share, port, driver, comment, location *uint16
	devMode                                                 uintptr
	sepFile, processor, datatype, parameters                *uint16
	security                                                uintptr
	attributes, priority, defaultPriority                   uint32
	start, until, status, jobs, ppm                         uint32
}

func (p *printerInfo2) plain() printerInfo {
	return printerInfo{name: text(p.printer), driver: text(p.driver), port: text(p.port), attributes: p.attributes, status: p.status}
}

// jobInfo1 is JOB_INFO_1W.
type jobInfo1 struct {
	id                                                   uint32
	printer, machine, user, document, datatype, statusIs *uint16
	status, priority, position, total, printed           uint32
	submitted                                            windows.Systemtime
}

func (j *jobInfo1) plain() jobInfo {
	return jobInfo{id: j.id, document: text(j.document), status: j.status, words: text(j.statusIs), total: int(j.total), printed: int(j.printed)}
}

func text(p *uint16) string { return windows.UTF16PtrToString(p) }

var errNoReason = errors.New("failed without a reason")

// failed turns the outcome of a call into an error with its name.
func failed(call string, ok uintptr, err error) error {
	if ok != 0 {
		return nil
	}
	no, _ := err.(syscall.Errno)
	switch no {
	case windows.ERROR_INVALID_PRINTER_NAME:
		err = fmt.Errorf("%w: %w", errMissing, err)
	case windows.ERROR_ACCESS_DENIED:
		err = fmt.Errorf("%w: %w", errDenied, err)
	case 0:
		err = errNoReason
	}
	return fmt.Errorf("%s: %w", call, err)
}

// sized calls f first for the size it needs, then for the answer; between the two it may have grown.
func sized(call string, f func(buf *byte, size uint32, need *uint32) (uintptr, error)) ([]byte, error) {
	var buf []uint64 // aligned for any structure
	var need uint32
	for range 5 {
		var at *byte
		if len(buf) > 0 {
			at = (*byte)(unsafe.Pointer(&buf[0]))
		}
		ok, err := f(at, uint32(len(buf)*8), &need)
		if ok != 0 {
			if at == nil {
				return nil, nil
			}
			return unsafe.Slice(at, len(buf)*8), nil
		}
		switch no, _ := err.(syscall.Errno); {
		case int(need) > len(buf)*8:
		case no == 0 && need == 0: // wine's way of saying that there is nothing
			return nil, nil
		default:
			return nil, failed(call, 0, err)
		}
		buf = make([]uint64, need/8+64)
	}
	return nil, fmt.Errorf("%s: its answer grows and grows", call)
}

func (api) printers() ([]printerInfo, error) {
	var count uint32
	buf, err := sized("EnumPrinters", func(at *byte, size uint32, need *uint32) (uintptr, error) {
		ok, _, err := procEnumPrinters.Call(enumLocal|enumConnections, 0, 2, uintptr(unsafe.Pointer(at)), uintptr(size), uintptr(unsafe.Pointer(need)), uintptr(unsafe.Pointer(&count)))
		return ok, err
	})
	if err != nil || buf == nil {
		return nil, err
	}
	list := unsafe.Slice((*printerInfo2)(unsafe.Pointer(&buf[0])), count)
	out := make([]printerInfo, 0, count)
	for i := range list {
		out = append(out, list[i].plain())
	}
	return out, nil
}

// printerDefaults is PRINTER_DEFAULTSW.
type printerDefaults struct {
	datatype *uint16
	devMode  uintptr
	access   uint32
}

// handle is an open printer.
type handle uintptr

func openPrinter(name string, access uint32) (handle, error) {
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	var h handle
	def := printerDefaults{access: access}
	ok, _, err := procOpenPrinter.Call(uintptr(unsafe.Pointer(n)), uintptr(unsafe.Pointer(&h)), uintptr(unsafe.Pointer(&def)))
	return h, failed("OpenPrinter", ok, err)
}

func (h handle) close() { _, _, _ = procClosePrinter.Call(uintptr(h)) }

// with opens a printer for one call.
func with[T any](name string, access uint32, f func(h handle) (T, error)) (T, error) {
	h, err := openPrinter(name, access)
	if err != nil {
		var none T
		return none, err
	}
	defer h.close()
	return f(h)
}

func (api) printer(name string) (printerInfo, error) {
	return with(name, accessUse, func(h handle) (printerInfo, error) {
		buf, err := sized("GetPrinter", func(at *byte, size uint32, need *uint32) (uintptr, error) {
			ok, _, err := procGetPrinter.Call(uintptr(h), 2, uintptr(unsafe.Pointer(at)), uintptr(size), uintptr(unsafe.Pointer(need)))
			return ok, err
		})
		if err != nil || buf == nil {
			return printerInfo{}, cmp.Or(err, errNoReason)
		}
		return (*printerInfo2)(unsafe.Pointer(&buf[0])).plain(), nil
	})
}

func (api) jobs(name string) ([]jobInfo, error) {
	return with(name, accessUse, func(h handle) ([]jobInfo, error) {
		const most = 10000
		var count uint32
		buf, err := sized("EnumJobs", func(at *byte, size uint32, need *uint32) (uintptr, error) {
			ok, _, err := procEnumJobs.Call(uintptr(h), 0, most, 1, uintptr(unsafe.Pointer(at)), uintptr(size), uintptr(unsafe.Pointer(need)), uintptr(unsafe.Pointer(&count)))
			return ok, err
		})
		if err != nil || buf == nil {
			return nil, err
		}
		list := unsafe.Slice((*jobInfo1)(unsafe.Pointer(&buf[0])), count)
		out := make([]jobInfo, 0, count)
		for i := range list {
			out = append(out, list[i].plain())
		}
		return out, nil
	})
}

// getJob reads JOB_INFO_1. A job that is gone is an invalid parameter to the spooler, by its own documents.
func (h handle) getJob(id uint32) ([]byte, error) {
	buf, err := sized("GetJob", func(at *byte, size uint32, need *uint32) (uintptr, error) {
		ok, _, err := procGetJob.Call(uintptr(h), uintptr(id), 1, uintptr(unsafe.Pointer(at)), uintptr(size), uintptr(unsafe.Pointer(need)))
		return ok, err
	})
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return nil, errGone
	}
	if err == nil && buf == nil {
		err = errNoReason
	}
	return buf, err
}

// job is looked for in the list too where the spooler refuses without saying why: wine does for a job that is gone.
func (a api) job(name string, id uint32) (jobInfo, error) {
	info, err := with(name, accessUse, func(h handle) (jobInfo, error) {
		buf, err := h.getJob(id)
		if err != nil {
			return jobInfo{}, err
		}
		return (*jobInfo1)(unsafe.Pointer(&buf[0])).plain(), nil
	})
	if !errors.Is(err, errNoReason) {
		return info, err
	}
	list, listErr := a.jobs(name)
	if listErr != nil {
		return jobInfo{}, err
	}
	for _, j := range list {
		if j.id == id {
			return j, nil
		}
	}
	return jobInfo{}, errGone
}

func (api) control(name string, id uint32, c command) error {
	_, err := with(name, accessUse, func(h handle) (struct{}, error) {
		ok, _, err := procSetJob.Call(uintptr(h), uintptr(id), 0, 0, uintptr(c))
		return struct{}{}, gone(failed("SetJob", ok, err))
	})
	return err
}

func gone(err error) error {
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return errGone
	}
	return err
}

func (api) rename(name string, id uint32, doc string) error {
	d, err := windows.UTF16PtrFromString(doc)
	if err != nil {
		return err
	}
	_, err = with(name, accessUse, func(h handle) (struct{}, error) {
		buf, err := h.getJob(id)
		if err != nil {
			return struct{}{}, err
		}
		info := (*jobInfo1)(unsafe.Pointer(&buf[0]))
		info.document, info.position = d, 0 // 0: where it stands
		ok, _, err := procSetJob.Call(uintptr(h), uintptr(id), 1, uintptr(unsafe.Pointer(info)), 0)
		runtime.KeepAlive(d) // buf does not keep what it points to
		return struct{}{}, gone(failed("SetJob", ok, err))
	})
	return err
}

func (api) hold(name string, on bool) error {
	_, err := with(name, accessUse|accessAdmin, func(h handle) (struct{}, error) {
		c := uintptr(controlResume)
		if on {
			c = controlPause
		}
		ok, _, err := procSetPrinter.Call(uintptr(h), 0, 0, c)
		return struct{}{}, failed("SetPrinter", ok, err)
	})
	return err
}

// rawDocument is a job of bytes.
type rawDocument struct {
	h      handle
	number uint32
}

// docInfo1 is DOC_INFO_1W.
type docInfo1 struct{ name, file, datatype *uint16 }

func (api) raw(name, doc string) (document, error) {
	d, err := windows.UTF16PtrFromString(doc)
	if err != nil {
		return nil, err
	}
	h, err := openPrinter(name, accessUse)
	if err != nil {
		return nil, err
	}
	info := docInfo1{name: d, datatype: windows.StringToUTF16Ptr("RAW")}
	number, _, err := procStartDocPrinter.Call(uintptr(h), 1, uintptr(unsafe.Pointer(&info)))
	if err := failed("StartDocPrinter", number, err); err != nil {
		h.close()
		return nil, err
	}
	return &rawDocument{h, uint32(number)}, nil
}

func (d *rawDocument) id() uint32      { return d.number }
func (d *rawDocument) resolution() int { return 0 }

// page writes all bytes: the spooler may take them piecemeal.
func (d *rawDocument) page(s sheet) error {
	ok, _, err := procStartPagePrinter.Call(uintptr(d.h))
	if err := failed("StartPagePrinter", ok, err); err != nil {
		return err
	}
	for rest := s.data; len(rest) > 0; {
		var n uint32
		ok, _, err := procWritePrinter.Call(uintptr(d.h), uintptr(unsafe.Pointer(&rest[0])), uintptr(len(rest)), uintptr(unsafe.Pointer(&n)))
		if err := failed("WritePrinter", ok, err); err != nil {
			return err
		}
		if n == 0 {
			return errors.New("WritePrinter: takes no bytes")
		}
		rest = rest[n:]
	}
	ok, _, err = procEndPagePrinter.Call(uintptr(d.h))
	return failed("EndPagePrinter", ok, err)
}

func (d *rawDocument) end() error {
	if d.h == 0 {
		return errGone
	}
	defer d.leave()
	ok, _, err := procEndDocPrinter.Call(uintptr(d.h))
	return failed("EndDocPrinter", ok, err)
}

func (d *rawDocument) abort() error {
	if d.h == 0 {
		return nil
	}
	defer d.leave()
	ok, _, err := procAbortPrinter.Call(uintptr(d.h))
	return failed("AbortPrinter", ok, err)
}

func (d *rawDocument) leave() {
	d.h.close()
	d.h = 0
}
