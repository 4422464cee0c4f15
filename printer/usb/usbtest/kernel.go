package usbtest

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// kernel is an image and its modules.
type kernel struct {
	image   string
	modules string // the folder
}

// findKernel takes the kernel fetched before, or fetches Debian's newest. It is kept outside the tree, in the user's folder for such things.
func findKernel(ctx context.Context) (kernel, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "znak-usbtest")
	if k, err := kernelIn(dir); err == nil {
		return k, nil
	}
	if err := fetchKernel(ctx, dir); err != nil {
		return kernel{}, err
	}
	return kernelIn(dir)
}

func kernelIn(dir string) (kernel, error) {
	images, err := filepath.Glob(filepath.Join(dir, "boot", "vmlinuz-*"))
	if err != nil {
		return kernel{}, err
	}
	for _, image := range slices.Backward(images) {
		version := strings.TrimPrefix(filepath.Base(image), "vmlinuz-")
		k := kernel{image, filepath.Join(dir, "lib", "modules", version)}
		if _, err := k.files([]string{"dummy_hcd", "usb_f_printer"}); err == nil {
			return k, nil
		}
	}
	return kernel{}, fmt.Errorf("no kernel with dummy_hcd in %s", dir)
}

// fetchKernel downloads the package that Debian's linux-image-amd64 stands for, whatever its version is by now, and keeps of it what is needed.
func fetchKernel(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "znak-usbtest-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	run := func(name string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
			}
			return "", fmt.Errorf("%s: %w", strings.Join(append([]string{name}, args...), " "), err)
		}
		return string(out), nil
	}
	depends, err := run("apt-cache", "depends", "linux-image-amd64")
	if err != nil {
		return err
	}
	_, name, ok := strings.Cut(depends, "Depends: ")
	if !ok {
		return errors.New("apt knows no linux-image-amd64: the machine needs Debian's kernel, put one into " + dir)
	}
	name, _, _ = strings.Cut(name, "\n")
	if _, err := run("apt-get", "-q", "download", strings.TrimSpace(name)); err != nil {
		return err
	}
	packages, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("downloaded %q: %v", packages, err)
	}
	whole, small := filepath.Join(work, "whole"), filepath.Join(work, "small")
	if _, err := run("dpkg-deb", "-x", packages[0], whole); err != nil {
		return err
	}
	all, err := kernelIn(whole)
	if err != nil {
		return err
	}
	files, err := all.files(modules)
	if err != nil {
		return err
	}
	for _, file := range append(files, all.image) {
		rel, err := filepath.Rel(whole, file)
		if err != nil {
			return err
		}
		to := filepath.Join(small, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(file, to); err != nil {
			return err
		}
	}
	if err := os.Rename(small, dir); err != nil {
		if _, other := kernelIn(dir); other == nil { // another test was quicker
			return nil
		}
		return err
	}
	return nil
}

// files lists the modules and what they need, in the order of loading. One that is not there is built in.
func (k kernel) files(names []string) ([]string, error) {
	where := map[string]string{}
	err := filepath.WalkDir(k.modules, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(filepath.Base(path), ".ko") && !d.IsDir() {
			where[moduleName(path)] = path
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var files []string
	var add func(name string) error
	add = func(name string) error {
		path, ok := where[name]
		if !ok || slices.Contains(files, path) {
			return nil
		}
		needs, err := needsOf(path)
		if err != nil {
			return err
		}
		for _, need := range needs {
			if err := add(need); err != nil {
				return err
			}
		}
		files = append(files, path)
		return nil
	}
	for _, name := range names {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	if _, ok := where["dummy_hcd"]; !ok {
		return nil, errors.New("no dummy_hcd")
	}
	return files, nil
}

// moduleName is "cdc_acm" of ".../cdc-acm.ko.xz".
func moduleName(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

// needsOf reads which modules a module needs.
func needsOf(path string) ([]string, error) {
	content, err := unpack(path)
	if err != nil {
		return nil, err
	}
	f, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("%s: not a module", path)
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for field := range bytes.SplitSeq(info, []byte{0}) {
		if list, ok := bytes.CutPrefix(field, []byte("depends=")); ok && len(list) > 0 {
			return strings.Split(strings.ReplaceAll(string(list), "-", "_"), ","), nil
		}
	}
	return nil, nil
}

// unpack reads a module, which newer distributions keep compressed.
func unpack(path string) ([]byte, error) {
	switch filepath.Ext(path) {
	case ".xz":
		return exec.Command("xz", "-dc", path).Output()
	case ".zst":
		return exec.Command("zstd", "-dc", path).Output()
	}
	return os.ReadFile(path)
}
