package discover

import (
	"errors"
	"io"
)

// ErrRation says that one element of a document is larger than it may be.
var ErrRation = errors.New("an entry is too large")

// Ration is a reader that gives no more than Limit bytes between two refills,
// and then ErrRation, so that a streaming decoder cannot be made to keep more.
type Ration struct {
	From  io.Reader
	Limit int64
	left  int64
}

// Refill begins the next element.
func (r *Ration) Refill() { r.left = r.Limit }

// Read implements io.Reader.
func (r *Ration) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, ErrRation
	}
	n, err := r.From.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	return n, err
}
