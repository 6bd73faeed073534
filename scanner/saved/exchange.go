package saved

import (
	"errors"
	"fmt"

	"blurt/scanner/wire"
)

// Exchange is one answer that was read, and what is known of its request.
type Exchange struct {
	// Place says where it stood, for people: "capture.har, entry 12".
	Place string
	// To is where the request went; its Origin is empty where nothing says so.
	To    wire.Endpoint
	Asked wire.Request
	Got   *wire.Response // nil where a record is of a handshake only
	// Bare says that there was no head: status and type are assumed.
	Bare bool
	// Record is what blurt knew when it kept the exchange; nil for others.
	Record *Record
}

// HasOrigin reports whether it is known where the request went.
func (x *Exchange) HasOrigin() bool { return x.To.Origin.Host != "" }

// Options say what the files themselves may not.
type Options struct {
	// At is where answers came from whose file does not say so; its Origin may be
	// empty.
	At wire.Endpoint
	// Status is that of bodies without a head; 0 means 200.
	Status int
}

// Bounds of what is kept of one exchange, in bytes.
const (
	maxBody  = 8 << 20   // decoded
	maxHead  = 256 << 10 // of one message
	maxEntry = 48 << 20  // of one entry of an archive or line of a record, encoded
)

// ErrNoAnswer says that a file is empty or holds requests only.
var ErrNoAnswer = errors.New("it holds no answer")

// errorAt says where in a file something is wrong.
func errorAt(n int, unit string, err error) error {
	return fmt.Errorf("%s %d: %w", unit, n, err)
}
