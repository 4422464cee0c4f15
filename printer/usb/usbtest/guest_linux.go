package usbtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Inside reports whether this program is the first process of the machine.
func Inside() bool { return os.Getpid() == 1 }

// Main is what a TestMain calls inside: it makes the machine ready, runs the tests and switches it off.
func Main(m *testing.M) {
	code := 1
	if err := boot(); err != nil {
		fmt.Println("boot:", err)
	} else {
		code = m.Run()
	}
	fmt.Printf("%s%d\n", exitLine, code)
	os.Stdout.Sync()
	unix.Sync()
	unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART) // qemu ends instead
	select {}
}

// configfs is where gadgets are described.
const configfs = "/config"

func boot() error {
	for _, m := range []struct{ what, where string }{
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"},
	} {
		if err := unix.Mount(m.what, m.where, m.what, 0, ""); err != nil {
			return fmt.Errorf("%s: %w", m.where, err)
		}
	}
	os.Setenv("PATH", "/")
	os.Setenv("HOME", "/tmp")
	if err := os.MkdirAll(configfs, 0o755); err != nil {
		return err
	}
	files, err := filepath.Glob("/modules/*.ko")
	if err != nil {
		return err
	}
	for _, file := range files {
		_, name, _ := strings.Cut(moduleName(file), "_") // "03_usbcore"
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		err = unix.FinitModule(int(f.Fd()), parameters[name], 0)
		f.Close()
		if err != nil {
			return fmt.Errorf("module %s: %w", name, err)
		}
	}
	if err := unix.Mount("none", configfs, "configfs", 0, ""); err != nil {
		return fmt.Errorf("configfs: %w", err)
	}
	return nil
}
