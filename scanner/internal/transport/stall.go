package transport

import (
	"io"
	"sync/atomic"
	"time"
)

// stallReader ends an HTTP/2 body that stops coming: a shared connection has no
// time limit of its own.
type stallReader struct {
	body  io.ReadCloser
	stall time.Duration
	timer *time.Timer
	ended atomic.Bool
}

// Read reads and gives up where no byte comes in time.
func (s *stallReader) Read(p []byte) (int, error) {
	if s.timer == nil {
		s.timer = time.AfterFunc(s.stall, func() {
			s.ended.Store(true)
			_ = s.body.Close() // makes Read return
		})
	} else {
		s.timer.Reset(s.stall)
	}
	return s.body.Read(p)
}

func (s *stallReader) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}

func (s *stallReader) stalled() bool { return s.ended.Load() }
