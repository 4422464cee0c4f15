package store

import "syscall"

func mountSmall(dir, size string) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
}

func remountSmall(dir, options string) error {
	flags := uintptr(syscall.MS_REMOUNT)
	if len(options) > 3 && options[:3] == "ro," {
		flags |= syscall.MS_RDONLY
	}
	if len(options) > 3 && (options[:3] == "ro," || options[:3] == "rw,") {
		options = options[3:]
	}
	return syscall.Mount("tmpfs", dir, "tmpfs", flags, options)
}

func unmount(dir string) error { return syscall.Unmount(dir, 0) }
