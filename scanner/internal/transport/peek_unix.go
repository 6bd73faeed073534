//go:build unix

package transport

import (
	"errors"
	"syscall"
)

// canPeek says that quiet can tell.
const canPeek = true

// peeker looks into a kept-alive stream without reading from it.
type peeker struct {
	raw  syscall.RawConn
	look func(fd uintptr) bool // made once: each use would allocate it anew
	one  [1]byte
	n    int
	err  error
}

func newPeeker(raw syscall.RawConn) *peeker {
	p := &peeker{raw: raw}
	p.look = func(fd uintptr) bool {
		p.n, _, p.err = syscall.Recvfrom(int(fd), p.one[:], syscall.MSG_PEEK)
		return true
	}
	return p
}

// quiet reports whether the stream is still open with nothing to read. A server
// that gives an idle connection up closes it, or first sends an answer that
// nobody asked for (408), which must not be taken for that of the next request.
func (p *peeker) quiet() bool {
	err := p.raw.Read(p.look)
	return err == nil && p.n <= 0 && (errors.Is(p.err, syscall.EAGAIN) || errors.Is(p.err, syscall.EWOULDBLOCK))
}
