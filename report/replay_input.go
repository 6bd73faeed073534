package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// replayMaxElement is how large a finding, or any other element of a report, may
// be in bytes.
const replayMaxElement = 64 << 20

// plainText takes a byte order mark off, and tells UTF-16 from a broken report.
func plainText(r io.Reader) (io.Reader, error) {
	text := bufio.NewReader(r)
	start, err := text.Peek(3)
	switch {
	case len(start) == 0 && errors.Is(err, io.EOF):
		return nil, errors.New("the report is empty")
	case len(start) == 0:
		return nil, err
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return nil, errors.New("the report is UTF-16: save it as UTF-8")
	case bytes.Equal(start, []byte{0xef, 0xbb, 0xbf}):
		_, err := text.Discard(len(start))
		return text, err
	}
	return text, nil
}

// meter bounds how much is read for one element.
type meter struct {
	reader io.Reader
	left   int
}

var errElementTooLarge = fmt.Errorf("an element has more than %d MiB", replayMaxElement>>20)

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errElementTooLarge
	}
	n, err := m.reader.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}
