package saved

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// body reads a message's body. The fields are those of the connection, while
// what was saved may be without its codings, or left out altogether: curl writes
// a chunked body in one piece, one that it unpacked beside the packed length, and
// none at all of a redirect that it followed. So the framing counts only where
// it leads to another message or the end.
func (m *messageReader) body(fields []wire.Field) (body []byte, cut bool, err error) {
	if line, _ := m.peekLine(); len(line) == 0 || startsMessage(line) {
		return nil, false, nil
	}
	if transport.IsChunked(fields) && m.atChunk() {
		return m.chunks()
	}
	k := keeper{limit: maxBody}
	if length := transport.ContentLength(fields); length >= 0 {
		if _, err := io.CopyN(&k, m.in, length); err != nil && !errors.Is(err, io.EOF) {
			return nil, false, err
		}
		if m.atEnd() {
			return k.kept, k.cut, nil
		}
	}
	err = m.untilMessage(&k)
	return k.kept, k.cut, err
}

// atEnd reports that nothing follows, or another message does.
func (m *messageReader) atEnd() bool {
	start, _ := m.in.Peek(m.in.Size() / 4)
	text := bytes.TrimLeft(start, "\r\n")
	return len(text) == 0 && len(start) < m.in.Size()/4 || startsMessage(text) || isSeparator(firstLine(text))
}

// untilMessage takes all lines before the next that begins a message.
func (m *messageReader) untilMessage(k *keeper) error {
	for atLine := true; ; {
		if atLine {
			if line, _ := m.peekLine(); startsMessage(line) || m.separated && isSeparator(line) {
				k.trimBlank()
				return nil
			}
		}
		part, err := m.in.ReadSlice('\n')
		_, _ = k.Write(part) // a keeper takes everything
		atLine = err == nil
		switch {
		case err == nil, errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return nil
		default:
			return err
		}
	}
}

// atChunk reports whether the size of a chunk comes next (RFC 9112, section 7.1).
func (m *messageReader) atChunk() bool {
	line, _ := m.peekLine()
	_, ok := chunkSize(line)
	return ok
}

func chunkSize(line []byte) (int64, bool) {
	text, ended := strings.CutSuffix(string(line), "\n")
	text, _, _ = strings.Cut(strings.TrimSuffix(text, "\r"), ";")
	text = strings.TrimRight(text, " \t")
	if !ended || text == "" || len(text) > 15 || text[0] == '+' || text[0] == '-' {
		return 0, false
	}
	size, err := strconv.ParseInt(text, 16, 64)
	return size, err == nil
}

// chunks reads a body that was saved in chunks. Where one is broken, the rest
// stays as it is.
func (m *messageReader) chunks() (body []byte, cut bool, err error) {
	k := keeper{limit: maxBody}
	for {
		line, err := m.peekLine()
		size, ok := chunkSize(line)
		if !ok {
			if len(line) == 0 && err != nil {
				return k.kept, k.cut, nil
			}
			err = m.untilMessage(&k)
			return k.kept, k.cut, err
		}
		_, _ = m.in.Discard(len(line)) // it was peeked
		if size == 0 {
			_, err := m.trailer()
			return k.kept, k.cut, err
		}
		if _, err := io.CopyN(&k, m.in, size); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return k.kept, k.cut, err
		}
		if end, _ := m.peekLine(); len(bytes.TrimRight(end, "\r\n")) == 0 {
			_, _ = m.in.Discard(len(end)) // it was peeked
		}
	}
}

// trailer drops the trailer fields and the empty line after them.
func (m *messageReader) trailer() (string, error) {
	if line, _ := m.peekLine(); startsMessage(line) {
		return "", nil
	}
	return m.head()
}

// keeper keeps the beginning of what is written to it.
type keeper struct {
	limit int
	kept  []byte
	cut   bool
}

// Write implements io.Writer; it takes everything.
func (k *keeper) Write(data []byte) (int, error) {
	room := k.limit - len(k.kept)
	if len(data) > room {
		k.cut = true
	}
	k.kept = append(k.kept, data[:min(len(data), room)]...)
	return len(data), nil
}

// trimBlank takes off the line ending that parts a body from the next message.
func (k *keeper) trimBlank() {
	if !k.cut {
		k.kept = bytes.TrimRight(k.kept, "\r\n")
	}
}
