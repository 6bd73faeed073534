package transport

import (
	"net"
	"sync/atomic"
	"time"
)

// link is a TCP stream whose reads and writes end in time. Its owner calls begin
// before each exchange; no other goroutine reads or writes meanwhile, save for
// cancel.
type link struct {
	net.Conn
	stall   time.Duration // between two reads of one answer
	limit   time.Time     // end of the exchange
	started bool          // the answer has begun
	loose   bool          // reads are timed by someone else
	waiting bool          // for an alert; see wait
	split   bool          // the first write goes in two segments
	cut     atomic.Bool
}

// begin sets the time limit of an exchange, or of one part of it.
func (l *link) begin(limit time.Time) error {
	l.limit, l.started, l.waiting = limit, false, false
	err := l.Conn.SetDeadline(limit)
	if l.cut.Load() {
		return errCanceled
	}
	return err
}

// release takes all time limits off, for the HTTP/2 library, which has its own.
func (l *link) release() error {
	l.loose, l.waiting = true, false
	err := l.Conn.SetDeadline(time.Time{})
	if l.cut.Load() {
		return errCanceled
	}
	return err
}

// cancel makes reads and writes that are under way and all later ones fail. It
// may be called from any goroutine. The order matters: whoever sets a deadline
// looks at cut afterwards.
func (l *link) cancel() {
	l.cut.Store(true)
	_ = l.Conn.SetDeadline(time.Unix(1, 0)) // fails only on a closed connection
}

// Read reads within the time limit. Once the answer has begun, each further read
// must also not stall.
func (l *link) Read(p []byte) (int, error) {
	if l.started && !l.loose && !l.waiting {
		limit := time.Now().Add(l.stall)
		if l.limit.Before(limit) {
			limit = l.limit
		}
		if err := l.Conn.SetReadDeadline(limit); err != nil {
			return 0, err
		}
	}
	if l.cut.Load() {
		return 0, errCanceled
	}
	n, err := l.Conn.Read(p)
	l.started = true
	if err != nil && l.cut.Load() {
		return n, errCanceled
	}
	return n, err
}

// Write writes within the time limit.
func (l *link) Write(p []byte) (int, error) {
	n, err := l.write(p)
	if err != nil && l.cut.Load() {
		return n, errCanceled
	}
	return n, err
}

// write sends the start of the very first write, which is the ClientHello, in a
// segment of its own where that is wanted.
func (l *link) write(p []byte) (int, error) {
	half := len(p) / 2
	if !l.split || half == 0 {
		return l.Conn.Write(p)
	}
	l.split = false
	n, err := l.Conn.Write(p[:half])
	if err != nil {
		return n, err
	}
	m, err := l.Conn.Write(p[half:])
	return n + m, err
}

// wait lets one read last until the limit at most; accept ends it early.
func (l *link) wait(limit time.Time) error {
	l.waiting, l.started = true, false
	err := l.Conn.SetReadDeadline(limit)
	if l.cut.Load() {
		return errCanceled
	}
	return err
}

// accept ends a wait. It is called from within Read's caller, by its goroutine.
func (l *link) accept() {
	if l.waiting {
		_ = l.Conn.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed connection
	}
}
