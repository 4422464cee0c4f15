//go:build !linux

package store

import "errors"

var errNoMount = errors.New("only on Linux")

func mountSmall(_, _ string) error   { return errNoMount }
func remountSmall(_, _ string) error { return errNoMount }
func unmount(string) error           { return nil }
