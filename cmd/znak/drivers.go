package main

import (
	"io"
	"path/filepath"

	"znak/printer"
	"znak/printer/cups"
	"znak/printer/page"
	"znak/printer/socket"
	"znak/printer/usb"
	"znak/printer/winspool"
	"znak/printer/zpl"
)

// drivers are all kinds of printers the office can add. Which of them this computer has, each driver says itself.
func drivers(dir string) []printer.Driver {
	label := func(w io.Writer, p page.Page) error { return zpl.NewEncoder(p.DPI, zpl.Defaults()).Encode(w, p) }
	record := filepath.Join(dir, "printers")
	return []printer.Driver{
		cups.New(cups.Params{Record: record, ZPL: label}),
		cups.New(cups.Params{Kind: cups.KindDirect, Record: record, ZPL: label}),
		socket.New(socket.Params{}),
		usb.New(usb.Params{}),
		winspool.New(winspool.Params{ZPL: label}),
	}
}
