// Package usbtest is a computer with USB for tests on one that has none: a virtual machine in which Linux plays both sides, the computer
// and the printer that is plugged into it. The test's own program is its first process.
//
// Nothing of the machine that runs the tests is used but qemu: the kernel is Debian's, with its dummy_hcd (a USB socket whose plug is in the
// same computer) and usb_f_printer (a printer made of a file). KVM is not needed; a run takes about ten seconds.
package usbtest

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Params of a run.
type Params struct {
	Args  []string // of the program in the machine
	Limit time.Duration
}

// modules are loaded in this order, each after what it needs. What a kernel has built in is passed over.
var modules = []string{"configfs", "libcomposite", "usb_f_printer", "usb_f_acm", "dummy_hcd", "usblp", "cdc_acm"}

// parameters of modules.
var parameters = map[string]string{"dummy_hcd": "num=2"}

// exitLine is what the guest says last.
const exitLine = "usbtest: exit "

// Run starts the machine with this very program in it and hands every line of its console on. It returns what the program ended with.
// The test is skipped where qemu or a kernel cannot be had.
func Run(t *testing.T, p Params, line func(string)) int {
	t.Helper()
	qemu, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		t.Skip("qemu-system-x86_64 is missing (Debian: apt-get install qemu-system-x86): nothing was tested with USB")
	}
	kernel, err := findKernel(t.Context())
	if err != nil {
		t.Skipf("no kernel for the virtual machine, nothing was tested with USB: %v", err)
	}
	initrd := filepath.Join(t.TempDir(), "initrd.gz")
	if err := writeInitrd(initrd, kernel); err != nil {
		t.Fatal(err)
	}
	if p.Limit == 0 {
		p.Limit = 8 * time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), p.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, qemu, "-accel", "tcg,thread=multi", "-smp", "2", "-cpu", "max", "-m", "768",
		"-kernel", kernel.image, "-initrd", initrd, "-nographic", "-no-reboot", "-nic", "none",
		"-append", "console=ttyS0 panic=1 quiet loglevel=1 rdinit=/program -- "+strings.Join(p.Args, " "))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	code := -1
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text := strings.TrimRight(escapes.ReplaceAllString(lines.Text(), ""), "\r")
		if _, after, ok := strings.Cut(text, exitLine); ok {
			fmt.Sscan(after, &code)
			continue
		}
		line(text)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v", qemu, err)
	}
	return code
}

// escapes are what the machine's firmware does to a terminal.
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]|\x1bc")

// writeInitrd packs this program, its libraries and the kernel's modules into the archive that the kernel unpacks as its whole disk.
func writeInitrd(name string, k kernel) (err error) {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return err
	}
	a := &archive{out: z, made: map[string]bool{}}
	for _, dir := range []string{"dev", "proc", "sys", "tmp", "etc"} {
		a.dir(dir)
	}
	a.file("program", program, 0o755)
	libraries, err := librariesOf(program)
	if err != nil {
		return err
	}
	for _, lib := range libraries {
		a.file(lib, lib, 0o755)
	}
	files, err := k.files(modules)
	if err != nil {
		return err
	}
	for i, file := range files {
		content, err := unpack(file)
		if err != nil {
			return err
		}
		a.content(fmt.Sprintf("modules/%02d-%s.ko", i, moduleName(file)), content, 0o644)
	}
	a.end()
	if a.err != nil {
		return a.err
	}
	return z.Close()
}

var libraryLine = regexp.MustCompile(`(?m)^\s+(?:\S+ => )?(/\S+) \(0x`)

// librariesOf lists what the program needs at run time; nothing for a static one.
func librariesOf(program string) ([]string, error) {
	out, err := exec.Command("ldd", program).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "not a dynamic executable") {
		return nil, fmt.Errorf("ldd: %w: %s", err, out)
	}
	var libraries []string
	for _, m := range libraryLine.FindAllSubmatch(out, -1) {
		libraries = append(libraries, string(m[1]))
	}
	return libraries, nil
}

// archive is a cpio archive of the kind that kernels unpack ("newc").
type archive struct {
	out  io.Writer
	made map[string]bool
	err  error
}

func (a *archive) entry(name string, mode uint32, content []byte) {
	if a.err != nil {
		return
	}
	head := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		len(a.made)+1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name)+1, 0)
	pad := func(n int) string { return "\x00\x00\x00"[:(4-n%4)%4] }
	for _, part := range []string{head + name + "\x00", pad(len(head) + len(name) + 1), string(content), pad(len(content))} {
		if _, err := io.WriteString(a.out, part); err != nil {
			a.err = err
			return
		}
	}
}

func (a *archive) dir(name string) {
	if name == "." || name == "/" || name == "" || a.made[name] {
		return
	}
	a.dir(filepath.Dir(name))
	a.made[name] = true
	a.entry(name, 0o040755, nil)
}

func (a *archive) content(name string, content []byte, mode uint32) {
	name = strings.TrimPrefix(name, "/")
	a.dir(filepath.Dir(name))
	if a.made[name] {
		return
	}
	a.made[name] = true
	a.entry(name, 0o100000|mode, content)
}

func (a *archive) file(name, from string, mode uint32) {
	content, err := os.ReadFile(from)
	if err != nil && a.err == nil {
		a.err = err
	}
	a.content(name, content, mode)
}

func (a *archive) end() { a.entry("TRAILER!!!", 0, nil) }
