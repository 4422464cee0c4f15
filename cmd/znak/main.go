// Command znak is the print station: without arguments it opens the window, with a verb it does the same job without one.
// design: the commands are a contract with scripts and schedulers; see README, "Commands".
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	c := &command{in: in, out: out, errOut: errOut}
	if err := c.speak(languageOf(args)); err != nil {
		c.complain(err)
		return exitStation
	}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err != nil {
		c.complain(err)
	}
	return c.codeOf(err)
}
