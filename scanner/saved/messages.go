package saved

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// messages reads HTTP messages, one after the other: answers as curl -i and
// wget --save-headers give them, or requests each with its answer.
func (f *file) messages(yield yielder) {
	m := messageReader{in: f.in}
	var request *wire.Request
	n, answered := 0, 0
	for {
		if err := m.skip(); err != nil {
			break
		}
		n++
		start, _ := m.in.Peek(len("HTTP/"))
		if string(start) != "HTTP/" {
			asked, err := m.request()
			if err != nil {
				yield(nil, errorAt(n, "message", err))
				return
			}
			request = asked
			continue
		}
		x, err := f.answer(&m, request)
		if err != nil {
			yield(nil, errorAt(n, "message", err))
			return
		}
		if x.Got.Status < 200 && x.Got.Status != 101 {
			continue // an interim answer: the final one follows
		}
		request = nil
		answered++
		x.Place = f.name
		if answered > 1 {
			x.Place = f.place(answered, "answer")
		}
		if !yield(x, nil) {
			return
		}
	}
	if answered == 0 {
		yield(nil, ErrNoAnswer)
	}
}

// answer reads one response and puts it to its request, where that was saved.
func (f *file) answer(m *messageReader, request *wire.Request) (*Exchange, error) {
	method := "GET"
	if request != nil {
		method = request.Method
	}
	got, err := m.response(method)
	if err != nil {
		return nil, err
	}
	x := &Exchange{To: f.options.At, Asked: f.asked(), Got: got}
	if request != nil {
		x.Asked = *request
		x.To = endpointOf(request, f.options.At)
		x.Asked.Target = x.To.Target
	}
	return x, nil
}

// endpointOf finds where a request went: an absolute target says it (RFC 9112,
// section 3.2.2), else the Host field does, but for the scheme.
func endpointOf(r *wire.Request, at wire.Endpoint) wire.Endpoint {
	if to, err := wire.ParseEndpoint(r.Target); err == nil {
		return to
	}
	if at.Origin.Host != "" {
		return at.WithTarget(r.Target)
	}
	if host, found := wire.Get(r.Fields, "Host"); found {
		if to, err := wire.ParseEndpoint("https://" + host + "/"); err == nil {
			return to.WithTarget(r.Target)
		}
	}
	return wire.Endpoint{Target: r.Target}
}

// messageReader reads messages off a stream. Its buffer is at least as large as
// what decides where a message begins.
type messageReader struct {
	in        *bufio.Reader
	separated bool // lines of their own part the messages
}

// skip goes to the beginning of the next message; io.EOF where there is none.
func (m *messageReader) skip() error {
	if start, _ := m.in.Peek(3); string(start) == "\ufeff" {
		_, _ = m.in.Discard(len(start))
	}
	for {
		line, err := m.peekLine()
		switch {
		case len(line) == 0:
			return io.EOF
		case startsMessage(line):
			return nil
		case isSeparator(line):
			m.separated = true
		case len(bytes.TrimSpace(line)) > 0:
			return nil // not the beginning of one: its reader says what is wrong
		}
		if _, discardError := m.in.Discard(len(line)); discardError != nil || err != nil {
			return io.EOF
		}
	}
}

// peekLine returns the next line with its ending, or as much of it as the buffer
// holds.
func (m *messageReader) peekLine() ([]byte, error) {
	for size := 256; ; size *= 4 {
		text, err := m.in.Peek(min(size, m.in.Size()))
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			return text[:end+1], nil
		}
		if err != nil || size >= m.in.Size() {
			return text, err
		}
	}
}

// head reads a message's first line and its fields.
func (m *messageReader) head() (string, error) {
	var head []byte
	for {
		line, err := m.in.ReadSlice('\n')
		if head = append(head, line...); len(head) > maxHead {
			return "", errors.New("its head is too long")
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil, len(bytes.TrimRight(line, "\r\n")) == 0:
			return string(head), nil
		}
	}
}

func (m *messageReader) request() (*wire.Request, error) {
	line, _ := m.peekLine()
	if !startsRequest(line) {
		return nil, errors.New("no message begins here: " + quoteShort(line))
	}
	head, err := m.head()
	if err != nil {
		return nil, err
	}
	first, rest, _ := strings.Cut(head, "\n")
	words := strings.Fields(first)
	r := &wire.Request{Method: words[0], Target: words[1], Version: words[2], Fields: transport.ParseFields(rest)}
	r.Body, _, err = m.body(r.Fields)
	return r, err
}

func (m *messageReader) response(method string) (*wire.Response, error) {
	head, err := m.head()
	if err != nil {
		return nil, err
	}
	r := transport.ParseHead(head)
	r.Head = []byte(head)
	if method == "HEAD" || r.Status < 200 || r.Status == 204 || r.Status == 304 {
		return r, nil
	}
	if r.Body, r.Cut, err = m.body(r.Fields); err != nil {
		return nil, err
	}
	decode(r)
	return r, nil
}

func quoteShort(text []byte) string {
	text = bytes.TrimSpace(text)
	out := strings.ToValidUTF8(string(text[:min(len(text), 40)]), "?")
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r >= 0x7f {
			return '?'
		}
		return r
	}, out) + `"`
}
