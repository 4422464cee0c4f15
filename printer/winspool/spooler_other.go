//go:build !windows

package winspool

// system is nil: there is no Windows spooler here.
func system() spooler { return nil }
