package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"znak/app/hint"
	"znak/printer/zpl/zpltest"
)

// zplFlags are the flags of the virtual label printer, as typed.
type zplFlags struct {
	listen, dir, fault, model string
	pace                      time.Duration
	dpi, buffer               int
	quiet, single             bool
}

func (z *zplFlags) register(fl *pflag.FlagSet) {
	fl.StringVar(&z.listen, "zpl", "", "")
	fl.StringVar(&z.dir, "zpl-dir", "", "")
	fl.StringVar(&z.fault, "zpl-fault", "", "")
	fl.DurationVar(&z.pace, "zpl-pace", 0, "")
	fl.IntVar(&z.dpi, "zpl-dpi", 300, "")
	fl.StringVar(&z.model, "zpl-model", "", "")
	fl.IntVar(&z.buffer, "zpl-buffer", 16, "")
	fl.BoolVar(&z.quiet, "zpl-quiet", false, "")
	fl.BoolVar(&z.single, "zpl-single", false, "")
}

// label is the virtual label printer, if there is one.
type label struct{ *zpltest.Printer }

// zplPrefix is where its switches are.
const zplPrefix = "/_sandbox/zpl"

// start switches the printer on, if it was asked for.
func (z *zplFlags) start(ctx context.Context) (label, error) {
	if z.listen == "" {
		return label{}, nil
	}
	p := zpltest.Params{Dir: z.dir, PNG: z.dir != "", Pace: z.pace, Buffer: z.buffer, Model: z.model, DPI: z.dpi, Quiet: z.quiet, Single: z.single}
	if z.dpi != 203 && z.dpi != 300 && z.dpi != 600 {
		return label{}, hint.New("sandbox.zpl_dpi", hint.Args{"Value": z.dpi}, errWrongUse)
	}
	if z.buffer < 1 || z.buffer > maxPieces {
		return label{}, hint.New("sandbox.bad_number", hint.Args{"Flag": "--zpl-buffer", "Min": 1, "Max": maxPieces}, errWrongUse)
	}
	if z.pace < 0 {
		return label{}, hint.New("sandbox.usage", hint.Args{"Error": "--zpl-pace " + z.pace.String()}, errWrongUse)
	}
	rules, err := z.rules()
	if err != nil {
		return label{}, hint.New("sandbox.zpl_fault", hint.Args{"Value": z.fault, "Error": err.Error()}, errWrongUse)
	}
	p.Rules = rules
	address, err := loopbackUnlessTold(z.listen)
	if err != nil {
		return label{}, hint.New("sandbox.bad_listen", hint.Args{"Address": z.listen}, errWrongUse)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return label{}, hint.New("sandbox.cannot_listen", hint.Args{"Address": address, "Error": err.Error()}, err)
	}
	v := zpltest.New(p)
	if err := v.Serve(listener); err != nil {
		_ = listener.Close() // nothing was served yet
		return label{}, hint.New("sandbox.zpl_dir", hint.Args{"Dir": z.dir, "Error": err.Error()}, err)
	}
	return label{v}, nil
}

// rules reads --zpl-fault: a file, or the rules themselves.
func (z *zplFlags) rules() ([]zpltest.Rule, error) {
	if strings.ContainsAny(z.fault, " ;") {
		if _, err := os.Stat(z.fault); err != nil {
			return zpltest.ParseRules(strings.NewReader(z.fault))
		}
	}
	if z.fault == "" {
		return nil, nil
	}
	file, err := os.Open(z.fault)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return zpltest.ParseRules(file)
}

// announce says where the printer is, on a fifth line.
func (l label) announce(w io.Writer) error {
	if l.Printer == nil {
		return nil
	}
	_, err := fmt.Fprintf(w, "zpl: socket://%s\n", l.Addr())
	return err
}

// beside adds the printer's switches to the post's.
func (l label) beside(post http.Handler) http.Handler {
	if l.Printer == nil {
		return post
	}
	switches := l.Handler(zplPrefix)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == zplPrefix || strings.HasPrefix(r.URL.Path, zplPrefix+"/") {
			switches.ServeHTTP(w, r)
			return
		}
		post.ServeHTTP(w, r)
	})
}

func (l label) stop() {
	if l.Printer != nil {
		_ = l.Close() // what could not be kept on the disk is not worth another exit code
	}
}
