package transport

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"blurt/scanner/wire"
)

const (
	maxCodings = 4       // content codings over each other
	zstdWindow = 8 << 20 // bytes; the most that RFC 9659 allows for HTTP
)

var errCoding = errors.New("unknown content coding")

// decoder takes content codings off (RFC 9110, section 8.4). Its limit counts
// decoded bytes, at each layer.
type decoder struct{ limit int }

func newDecoder(limit int) *decoder { return &decoder{limit} }

// decode replaces the body by what it encodes, in UTF-8 where it is UTF-16. A body
// that does not decode stays as it is, and the response says so.
func (d *decoder) decode(r *wire.Response) {
	if len(r.Body) == 0 {
		return
	}
	d.decodeContent(r)
	toUTF8(r, d.limit)
}

func (d *decoder) decodeContent(r *wire.Response) {
	codings := contentCodings(r.Fields)
	if len(codings) == 0 {
		return
	}
	if len(codings) > maxCodings {
		r.Odd = append(r.Odd, "too many content codings; the body was left as it is")
		return
	}
	body, cut := r.Body, r.Cut
	for i := len(codings) - 1; i >= 0; i-- {
		plain, more, err := d.layer(codings[i], body)
		if err != nil && (len(plain) == 0 || !cut) {
			r.Odd = append(r.Odd, "the body is not "+clean(codings[i])+" as its Content-Encoding says")
			return
		}
		body, cut = plain, cut || more
	}
	r.Body, r.Cut = body, cut
}

// layer takes one coding off. With an error it returns what came before it.
func (d *decoder) layer(coding string, body []byte) (plain []byte, cut bool, err error) {
	reader, err := open(coding, body)
	if err != nil {
		return nil, false, err
	}
	defer reader.Close()
	plain, cut, err = readUpTo(reader, -1, d.limit)
	return plain, cut, err
}

func open(coding string, body []byte) (io.ReadCloser, error) {
	source := bytes.NewReader(body)
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(source)
	case "deflate":
		// The standard means zlib; some servers send bare deflate.
		if r, err := zlib.NewReader(source); err == nil {
			return r, nil
		}
		return flate.NewReader(bytes.NewReader(body)), nil
	case "br":
		return io.NopCloser(brotli.NewReader(source)), nil
	case "zstd":
		r, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderMaxMemory(2*zstdWindow))
		if err != nil {
			return nil, err
		}
		return r.IOReadCloser(), nil
	}
	return nil, errCoding
}

// contentCodings lists the codings in the order in which they were applied.
func contentCodings(fields []wire.Field) []string {
	var codings []string
	for _, f := range fields {
		if !strings.EqualFold(f.Name, "Content-Encoding") {
			continue
		}
		for part := range strings.SplitSeq(f.Value, ",") {
			coding := strings.ToLower(strings.Trim(part, " \t"))
			if coding != "" && coding != "identity" {
				codings = append(codings, coding)
			}
			if len(codings) > maxCodings {
				return codings
			}
		}
	}
	return codings
}
