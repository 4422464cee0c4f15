package usb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Requests of Linux's usbdevice_fs.h. gousb can take kernel drivers away too, but then of every interface of the device: a scanner or a
// card reader in the same box would die. These speak of one interface.
type usbfsIoctl struct {
	iface int32
	code  int32
	data  uintptr
}

type usbfsDriver struct {
	iface uint32
	name  [256]byte
}

const (
	usbfsDisconnect = 0x5516 // _IO('U', 22)
	usbfsConnect    = 0x5517 // _IO('U', 23)
	usbfsGetDriver  = 0x40005508 | uint(unsafe.Sizeof(usbfsDriver{}))<<16
	usbfsDoIoctl    = 0xC0005512 | uint(unsafe.Sizeof(usbfsIoctl{}))<<16
	lpGetStatus     = 0x060b // of usblp: GET_PORT_STATUS
)

// node is the open file of a device.
type node struct{ file *os.File }

func openNode(path string) (node, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return node{}, fmt.Errorf("%w: %w", errAccess, err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENODEV):
		return node{}, fmt.Errorf("%w: %w", errGone, err)
	}
	return node{f}, err
}

func (n node) ioctl(request uint, arg unsafe.Pointer) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, n.file.Fd(), uintptr(request), uintptr(arg))
	if errno != 0 {
		return errno
	}
	return nil
}

// driver is the name of the kernel's driver of an interface, "usbfs" for a program that has claimed it, "" for none.
func (n node) driver(iface int) (string, error) {
	d := usbfsDriver{iface: uint32(iface)}
	err := n.ioctl(usbfsGetDriver, unsafe.Pointer(&d))
	if errors.Is(err, unix.ENODATA) {
		return "", nil
	}
	return unix.ByteSliceToString(d.name[:]), err
}

// detach takes the kernel's driver away from this interface and from no other. A program's claim is respected.
func (n node) detach(iface int) error {
	driver, err := n.driver(iface)
	if err != nil || driver == "" {
		return err
	}
	if driver == "usbfs" {
		return errInUse
	}
	d := usbfsIoctl{iface: int32(iface), code: usbfsDisconnect}
	if err := n.ioctl(usbfsDoIoctl, unsafe.Pointer(&d)); err != nil && !errors.Is(err, unix.ENODATA) {
		return fmt.Errorf("take driver %s away from interface %d: %w", driver, iface, err)
	}
	return nil
}

// attach lets the kernel look for a driver of this interface, as when it was plugged in. That also mends what a killed program has left.
func (n node) attach(iface int) error {
	d := usbfsIoctl{iface: int32(iface), code: usbfsConnect}
	return n.ioctl(usbfsDoIoctl, unsafe.Pointer(&d))
}

func (n node) close() { n.file.Close() }

// lpStatus asks for the port status by the kernel's driver, which then need not be taken away.
func lpStatus(name string) (byte, error) {
	f, err := os.OpenFile("/dev/usb/"+name, os.O_RDWR|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return 0, fmt.Errorf("%w: %w", errAccess, err)
	case errors.Is(err, syscall.EBUSY):
		return 0, errInUse
	case err != nil:
		return 0, err
	}
	defer f.Close()
	var status int32
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), lpGetStatus, uintptr(unsafe.Pointer(&status))); errno != 0 {
		return 0, errno
	}
	return byte(status), nil
}
