package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// The test binary also plays the other process: with childEnv set it runs one of the children instead of the tests.
const childEnv = "ZNAK_STORE_CHILD"

var children = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	if name := os.Getenv(childEnv); name != "" {
		if err := children[name](os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child prepares another process that runs children[name].
func child(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), childEnv+"="+name)
	cmd.Stderr = os.Stderr
	return cmd
}

// childrenAtOnce starts n such processes and waits until each has said "ready". let lets them all go at the same moment; wait gives what became of them.
func childrenAtOnce(t *testing.T, n int, name string, args ...string) (let func(), wait func() error) {
	t.Helper()
	var starts []io.Writer
	var ends []func() error
	for range n {
		cmd := child(t, name, args...)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatal(line, err)
		}
		starts, ends = append(starts, in), append(ends, cmd.Wait)
	}
	let = func() {
		for _, in := range starts {
			_, _ = io.WriteString(in, "go\n")
		}
	}
	wait = func() (err error) {
		for _, end := range ends {
			err = errors.Join(err, end())
		}
		return err
	}
	return let, wait
}
