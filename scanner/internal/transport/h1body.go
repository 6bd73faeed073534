package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"blurt/scanner/wire"
)

// readBody reads the body as the head frames it (RFC 9112, section 6.3). It sets
// the answer's body, whether it was cut, and whether the end is certain enough
// for the connection to carry another request.
func readBody(br *bufio.Reader, a *answer, method string, lim limits, odd *oddities) {
	r := a.Response
	tunnel := method == "CONNECT" && r.Status < 300
	if method == "HEAD" || tunnel || r.Status < 200 || r.Status == 204 || r.Status == 304 {
		// A faulty server sends a body all the same; it would be taken for the start
		// of the next answer, so such a connection is never used again.
		return
	}
	if coding, found := transferCoding(r.Fields); found {
		if _, both := wire.Get(r.Fields, "Content-Length"); both {
			odd.add("both Transfer-Encoding and Content-Length")
		}
		if strings.EqualFold(coding, "chunked") {
			readChunked(br, a, lim, odd)
			return
		}
		odd.add("unusual transfer coding")
		if hasToken(r.Fields, "Transfer-Encoding", "chunked") {
			readChunked(br, a, lim, odd)
			return
		}
		readPlain(br, a, -1, lim, odd)
		return
	}
	readPlain(br, a, contentLength(r.Fields, odd), lim, odd)
}

// readPlain reads a body of that length, or to the end of the connection where
// the length is negative.
func readPlain(br *bufio.Reader, a *answer, length int64, lim limits, odd *oddities) {
	var err error
	if length < 0 {
		a.Body, a.Cut, err = readToEnd(br, lim.body)
	} else {
		a.Body, a.Cut, err = readUpTo(br, length, lim.body)
		a.reusable = true
	}
	noteBroken(a.Response, err, odd)
}

// noteBroken records why a body ended before its end.
func noteBroken(r *wire.Response, err error, odd *oddities) {
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		r.Cut = true
		odd.add("the body was not read to its end: " + err.Error())
	case isTimeout(err):
		r.Cut, r.Late = true, true
		odd.add("the body stopped before its end and no more came in time")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		odd.add("the connection was closed before the end of the body")
	default:
		odd.add("the connection broke before the end of the body")
	}
}

func transferCoding(fields []wire.Field) (string, bool) {
	var all []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Transfer-Encoding") {
			all = append(all, f.Value)
		}
	}
	return strings.Trim(strings.Join(all, ","), " \t"), all != nil
}

// contentLength returns the length that the fields give, or -1 where there is
// none that can be trusted.
func contentLength(fields []wire.Field, odd *oddities) int64 {
	length, text := int64(-1), ""
	for _, f := range fields {
		if !strings.EqualFold(f.Name, "Content-Length") {
			continue
		}
		if length >= 0 {
			odd.add("more than one Content-Length")
			if f.Value != text {
				odd.add("Content-Lengths that differ; the first was used")
			}
			continue
		}
		n, err := strconv.ParseInt(f.Value, 10, 64)
		if err != nil || n < 0 || leadingDigits(f.Value) != f.Value {
			odd.add("bad Content-Length")
			continue
		}
		length, text = n, f.Value
	}
	return length
}
