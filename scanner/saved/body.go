package saved

import (
	"bytes"
	"io"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// body reads a file without a head: the body of an answer, or, as some programs
// save it, its fields without the status line.
func (f *file) body(yield yielder) {
	body, cut, err := readUpTo(f.in, maxBody)
	if err != nil {
		yield(nil, err)
		return
	}
	if len(body) == 0 {
		yield(nil, ErrNoAnswer)
		return
	}
	x := f.bare(body, cut)
	x.Place = f.name
	yield(x, nil)
}

// bare makes an exchange of a body alone. Its media type is what it looks like:
// detectors read HTML, data and text differently.
func (f *file) bare(body []byte, cut bool) *Exchange {
	status := f.options.Status
	if status == 0 {
		status = 200
	}
	got := &wire.Response{Proto: "HTTP/1.1", Status: status, Body: body, Cut: cut}
	if media := mediaOf(body); media != "" {
		got.Fields = []wire.Field{{Name: "Content-Type", Value: media}}
	}
	return &Exchange{To: f.options.At, Asked: f.asked(), Got: got, Bare: true}
}

// asked is the request that is assumed where none was saved.
func (f *file) asked() wire.Request {
	target := f.options.At.Target
	if target == "" {
		target = "/"
	}
	return wire.Request{Method: "GET", Target: target}
}

// mediaOf names the media type of a body by its beginning; empty leaves it to
// the detectors.
func mediaOf(body []byte) string {
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(body[:min(len(body), 512)], []byte("\ufeff")), " \t\r\n"))
	switch {
	case bytes.IndexByte(start, 0) >= 0:
		return "application/octet-stream"
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")), bytes.HasPrefix(start, []byte("<head")):
		return "text/html"
	case bytes.HasPrefix(start, []byte("<?xml")):
		return "application/xml"
	case bytes.HasPrefix(start, []byte("{")), bytes.HasPrefix(start, []byte(`["`)), bytes.HasPrefix(start, []byte("[{")):
		return "application/json"
	}
	return ""
}

// readUpTo reads to the end but keeps no more than limit bytes.
func readUpTo(r io.Reader, limit int) (kept []byte, cut bool, err error) {
	var b bytes.Buffer
	n, err := io.CopyN(&b, r, int64(limit)+1)
	if err == io.EOF {
		err = nil
	}
	if n > int64(limit) {
		return b.Bytes()[:limit], true, err
	}
	return b.Bytes(), false, err
}

// decode takes the content codings off an answer's body and bounds it.
func decode(got *wire.Response) {
	transport.Decode(got, maxBody)
	if len(got.Body) > maxBody {
		got.Body, got.Cut = got.Body[:maxBody], true
	}
}
