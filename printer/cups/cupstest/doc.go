// Package cupstest plays real printing faults: a real cupsd of its own, without systemd and without touching the machine's, with queues on a
// scripted backend that keeps a record of every page it "printed" (fault.go), and a real driverless printer (eve.go).
package cupstest
