// Command znak-sandbox is a post office on this computer: the otpravka contract over HTTP with an invented account, for
// demo, training and tests. Its first four lines on standard output are url, token, login and password; then it serves
// until it is stopped by SIGINT or SIGTERM.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"znak/app/hint"
	"znak/app/post/sandbox"
	"znak/app/text"
)

// Exit codes of design/cli.md.
const (
	exitDone     = 0
	exitWrongUse = 2
	exitTrouble  = 5
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// flags are the command's own, as typed.
type flags struct {
	listen, fault, balance, lang string
	seed                         int64
	pieces, limit                int
	zpl                          zplFlags
}

// run is the whole command; it returns the exit code when ctx ends or something is wrong.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var f flags
	command := &cobra.Command{
		Use: "znak-sandbox", Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c.Context(), f, stdout) },
	}
	command.CompletionOptions.DisableDefaultCmd = true
	fl := command.Flags()
	fl.StringVar(&f.listen, "listen", "127.0.0.1:0", "")
	fl.Int64Var(&f.seed, "seed", 1, "")
	fl.IntVar(&f.pieces, "pieces", 0, "")
	fl.StringVar(&f.fault, "fault", "", "")
	fl.StringVar(&f.balance, "balance", "", "")
	fl.IntVar(&f.limit, "limit", sandbox.DefaultLimit, "")
	f.zpl.register(fl)
	fl.StringVar(&f.lang, "lang", text.SystemLanguage(), "")
	command.SetArgs(args)
	command.SetOut(stdout)
	command.SetErr(stderr)

	speak := func() (*text.Printer, error) { return text.Load(f.lang) }
	command.SetHelpFunc(func(*cobra.Command, []string) {
		if p, err := speak(); err == nil {
			fmt.Fprintln(stdout, p.Say("sandbox.help", nil))
		}
	})
	command.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return hint.New("sandbox.usage", hint.Args{"Error": err.Error()}, errWrongUse)
	})
	err := command.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	p, loadErr := speak()
	if loadErr != nil {
		fmt.Fprintln(stderr, err, loadErr)
		return exitTrouble
	}
	var wrong *sandbox.FaultError
	if _, _, known := hint.Of(err); !known { // cobra's own: a stray argument
		err = hint.New("sandbox.usage", hint.Args{"Error": err.Error()}, errWrongUse)
	}
	fmt.Fprintln(stderr, p.Hint(err))
	if errors.Is(err, errWrongUse) || errors.As(err, &wrong) {
		return exitWrongUse
	}
	return exitTrouble
}

// errWrongUse marks errors of flags and arguments.
var errWrongUse = errors.New("wrong use")

func serve(ctx context.Context, f flags, stdout io.Writer) error {
	options, err := f.options()
	if err != nil {
		return err
	}
	address, err := loopbackUnlessTold(f.listen)
	if err != nil {
		return hint.New("sandbox.bad_listen", hint.Args{"Address": f.listen}, errWrongUse)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return hint.New("sandbox.cannot_listen", hint.Args{"Address": address, "Error": err.Error()}, err)
	}
	virtual, err := f.zpl.start(ctx)
	if err != nil {
		_ = listener.Close() // nothing was served yet
		return err
	}
	defer virtual.stop()
	post := sandbox.New(options)
	if _, err := fmt.Fprintf(stdout, "url: http://%s\ntoken: %s\nlogin: %s\npassword: %s\n",
		listener.Addr(), post.Token(), post.Login(), post.Password()); err != nil {
		_ = listener.Close() // nothing was served yet
		return hint.New("sandbox.cannot_write", hint.Args{"Error": err.Error()}, err)
	}
	if err := virtual.announce(stdout); err != nil {
		_ = listener.Close() // nothing was served yet
		return hint.New("sandbox.cannot_write", hint.Args{"Error": err.Error()}, err)
	}

	server := &http.Server{Handler: virtual.beside(post.Handler()), ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err := <-stopped:
		return hint.New("sandbox.cannot_listen", hint.Args{"Address": address, "Error": err.Error()}, err)
	case <-ctx.Done():
	}
	// Answers under way get a moment; those a fault holds back are cut off.
	patience, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(patience) != nil {
		_ = server.Close()
	}
	return nil
}

// options turns the flags into the sandbox's options.
func (f flags) options() (sandbox.Options, error) {
	o := sandbox.Options{Seed: f.seed, Pieces: f.pieces, Limit: f.limit}
	if f.pieces < 0 || f.pieces > maxPieces {
		return o, hint.New("sandbox.bad_number", hint.Args{"Flag": "--pieces", "Min": 0, "Max": maxPieces}, errWrongUse)
	}
	if f.limit < 1 {
		return o, hint.New("sandbox.bad_number", hint.Args{"Flag": "--limit", "Min": 1, "Max": maxPieces}, errWrongUse)
	}
	switch {
	case f.balance == "":
	case slices.Contains([]sandbox.BalanceMode{sandbox.BalanceNone, sandbox.BalanceOff}, sandbox.BalanceMode(f.balance)):
		o.BalanceMode = sandbox.BalanceMode(f.balance)
	default:
		kopecks, err := strconv.ParseInt(f.balance, 10, 64)
		if err != nil || kopecks < 0 {
			return o, hint.New("sandbox.bad_balance", hint.Args{"Value": f.balance}, errWrongUse)
		}
		o.Balance = &kopecks
	}
	if f.fault == "" {
		return o, nil
	}
	file, err := os.Open(f.fault)
	if err != nil {
		return o, hint.New("sandbox.cannot_read", hint.Args{"File": f.fault, "Error": err.Error()}, errWrongUse)
	}
	defer func() { _ = file.Close() }() // it was only read
	o.Faults, err = sandbox.ParseFaults(file)
	if _, _, known := hint.Of(err); err != nil && !known {
		err = hint.New("sandbox.cannot_read", hint.Args{"File": f.fault, "Error": err.Error()}, errWrongUse)
	}
	return o, err
}

// maxPieces stays below the 9.9 million ШПИ of the technical index.
const maxPieces = 9_000_000

// loopbackUnlessTold keeps ":8080" on this computer: other computers see the sandbox only when its address says so.
func loopbackUnlessTold(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}
