package folder

import (
	"errors"
	"io/fs"
	"syscall"
)

const (
	errorWriteProtect   = syscall.Errno(19)
	errorHandleDiskFull = syscall.Errno(39)
	errorDiskFull       = syscall.Errno(112)
	errorQuotaExceeded  = syscall.Errno(1295)
)

func isFull(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorQuotaExceeded)
}

func isReadOnly(err error) bool {
	return errors.Is(err, errorWriteProtect) || errors.Is(err, fs.ErrPermission)
}

// syncDir does nothing: Windows writes a renaming to its journal and gives no handle on a folder to sync.
func syncDir(string) error { return nil }
