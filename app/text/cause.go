package text

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"syscall"
)

// cause is a trouble of a computer and the key of its words.
type cause struct {
	err error
	key string
}

// causes are those that people meet, most special first.
var causes = []cause{
	{fs.ErrNotExist, "cause.not-exist"},
	{fs.ErrPermission, "cause.permission"},
	{fs.ErrExist, "cause.exists"},
	{syscall.ENOSPC, "cause.no-space"},
	{syscall.EROFS, "cause.read-only"},
	{syscall.EISDIR, "cause.is-folder"},
	{syscall.ENOTDIR, "cause.no-folder"},
	{syscall.ECONNREFUSED, "cause.refused"},
	{exec.ErrNotFound, "cause.no-program"},
	{context.DeadlineExceeded, "cause.silent"},
	{os.ErrDeadlineExceeded, "cause.silent"},
}

// Cause says in this language why the computer or the network could not do a thing: a few words without a full stop, for the inside of a sentence. What has no
// words comes back as the system says it.
func (p *Printer) Cause(err error) string {
	for _, c := range causes {
		if errors.Is(err, c.err) {
			return p.Say(c.key, nil)
		}
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return p.Say("cause.no-host", map[string]any{"Host": name.Name})
	}
	return err.Error()
}
