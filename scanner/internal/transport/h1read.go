package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"blurt/scanner/wire"
)

const (
	maxInterim    = 16  // informational responses before the final one
	maxBlankLines = 4   // empty lines before a status line
	plainTextSpan = 512 // bytes that decide whether an answer without a head is text
)

// limits bound one response. All are in bytes but fields, a count of lines.
type limits struct{ body, head, line, fields int }

// answer is what was read: the response, its content coding still on, and
// whether the connection is fit for another request.
type answer struct {
	*wire.Response
	reusable bool
	trailer  []wire.Field // kept apart, so that they cannot change how the body is read
}

// unanswered is an error before the first byte of a final answer.
type unanswered struct{ error }

func (u *unanswered) Unwrap() error { return u.error }

// readResponse reads the final response to a request of that method. An error
// means that there is no response at all; what goes wrong once the head is there
// becomes part of the response.
func readResponse(br *bufio.Reader, method string, lim limits) (answer, error) {
	for range maxInterim {
		a, err := readOne(br, method, lim)
		if err != nil || a.Status >= 200 || a.Status == 101 {
			return a, err
		}
	}
	return answer{}, fmt.Errorf("more than %d interim responses and no final one", maxInterim)
}

func readOne(br *bufio.Reader, method string, lim limits) (answer, error) {
	var odd oddities
	start, err := skipBlankLines(br, &odd)
	if err != nil {
		return answer{}, &unanswered{err}
	}
	if !strings.EqualFold(string(start), "HTTP/") {
		return readHeadless(br, lim, odd)
	}
	head, err := readHead(br, lim)
	if err != nil {
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return answer{}, err
		}
		odd.add("the head ends without an empty line")
	}
	r, headOdd := parseHead(string(head), lim.fields)
	for _, text := range headOdd {
		odd.add(text)
	}
	r.Head = head
	a := answer{Response: r}
	readBody(br, &a, method, lim, &odd)
	r.Odd = odd
	a.reusable = a.reusable && len(odd) == 0 && !r.Cut && r.Proto == "HTTP/1.1" && br.Buffered() == 0 &&
		!hasToken(r.Fields, "Connection", "close")
	return a, nil
}

// skipBlankLines drops what some servers send before a status line (RFC 9112,
// section 2.2) and returns the first five bytes that follow, or fewer where the
// answer ends there.
func skipBlankLines(br *bufio.Reader, odd *oddities) ([]byte, error) {
	for range maxBlankLines {
		first, err := br.Peek(1)
		if err != nil {
			return nil, err
		}
		if first[0] != '\r' && first[0] != '\n' {
			break
		}
		odd.add("empty line before the status line")
		if _, err := br.ReadSlice('\n'); err != nil {
			return nil, err
		}
	}
	start, err := br.Peek(len("HTTP/"))
	if len(start) == 0 {
		return nil, err
	}
	return start, nil
}

// readHeadless takes an answer without a status line, as HTTP/0.9 had it: the
// text of a crash may be just that. Bytes that are not text are no HTTP.
func readHeadless(br *bufio.Reader, lim limits, odd oddities) (answer, error) {
	odd.add("no status line")
	r := &wire.Response{Proto: "HTTP/0.9", Status: noStatus}
	body, cut, err := readToEnd(br, lim.body)
	start := body[:min(len(body), plainTextSpan)]
	switch {
	case len(start) >= 2 && start[0] == 0x15 && start[1] == 0x03:
		return answer{}, errIsTLS
	case bytes.IndexFunc(start, isBinary) >= 0:
		return answer{}, errNotHTTP
	}
	r.Body, r.Cut = body, cut
	noteBroken(r, err, &odd)
	r.Odd = odd
	return answer{Response: r}, nil
}

func isBinary(c rune) bool {
	return c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != 0x1b
}

// readHead reads up to and with the empty line that ends a head. At the end of
// the stream it returns what there is, with io.EOF.
func readHead(br *bufio.Reader, lim limits) ([]byte, error) {
	if head := bufferedHead(br, lim); head != nil {
		return head, nil
	}
	var head []byte
	line := 0
	for {
		part, err := br.ReadSlice('\n')
		head = append(head, part...)
		line += len(part)
		switch {
		case line > lim.line:
			return nil, fmt.Errorf("a field line is longer than %d bytes", lim.line)
		case len(head) > lim.head:
			return nil, fmt.Errorf("the head is longer than %d bytes", lim.head)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return head, err
		case line == 1, line == 2 && part[0] == '\r':
			return head, nil
		}
		line = 0
	}
}

// bufferedHead takes the usual case: the whole head came with the first read. It
// returns nil where that is not so.
func bufferedHead(br *bufio.Reader, lim limits) []byte {
	buffered, _ := br.Peek(min(br.Buffered(), lim.line, lim.head))
	if bytes.HasPrefix(buffered, []byte("\r\n")) {
		_, _ = br.Discard(len("\r\n")) // buffered bytes are discarded without an error
		return []byte("\r\n")
	}
	end := bytes.Index(buffered, []byte("\n\r\n"))
	if end < 0 || buffered[0] == '\n' || bytes.Contains(buffered[:end+1], []byte("\n\n")) {
		return nil
	}
	head := bytes.Clone(buffered[:end+len("\n\r\n")])
	_, _ = br.Discard(len(head))
	return head
}

// readToEnd reads until the connection is closed. Many TLS servers leave out the
// close_notify, which would be an error only where nothing else marked the end.
func readToEnd(br *bufio.Reader, limit int) (body []byte, cut bool, err error) {
	body, cut, err = readUpTo(br, -1, limit)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return body, cut, err
}

// readUpTo reads n bytes, or to the end of the stream where n is negative, but
// keeps no more than limit. Memory grows with what really came.
func readUpTo(r io.Reader, n int64, limit int) (body []byte, cut bool, err error) {
	want := int64(limit) + 1 // one more shows that there is more
	first := int64(4 << 10)
	if n >= 0 {
		first = 64 << 10
		want = min(want, n)
	}
	if want == 0 {
		return nil, false, nil
	}
	body = make([]byte, 0, min(want, first))
	for int64(len(body)) < want {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		var read int
		read, err = r.Read(body[len(body):min(int64(cap(body)), want)])
		body = body[:len(body)+read]
		if err != nil {
			break
		}
	}
	switch {
	case len(body) > limit:
		return body[:limit], true, nil
	case int64(len(body)) == want, n < 0 && errors.Is(err, io.EOF):
		return body, false, nil
	}
	return body, false, err
}
