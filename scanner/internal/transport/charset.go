package transport

import (
	"bytes"
	"encoding/binary"
	"mime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"blurt/scanner/wire"
)

// toUTF8 replaces a body in UTF-16 (RFC 2781) by the same text in UTF-8, in which
// answers are read, up to limit bytes. A body that does not look as its byte order
// mark or its charset say stays as it is.
func toUTF8(r *wire.Response, limit int) {
	order, text := utf16Text(r)
	if order == nil {
		return
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	plain := make([]byte, 0, len(text)/2)
	for _, c := range utf16.Decode(units) {
		if len(plain)+utf8.RuneLen(c) > limit {
			r.Cut = true
			break
		}
		plain = utf8.AppendRune(plain, c)
	}
	r.Body = plain
}

// utf16Text returns the byte order and the text without its mark, or no order. By
// the charset alone it needs a text whose first letters are ASCII, as the markup or
// the exception that begins a page is.
func utf16Text(r *wire.Response) (binary.ByteOrder, []byte) {
	body := r.Body
	if len(body) < 4 || bytes.IndexByte(body[:min(len(body), 512)], 0) < 0 {
		return nil, nil
	}
	media, parameters, _ := mime.ParseMediaType(r.Field("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	isText := strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "json") || strings.HasSuffix(media, "xml") || strings.HasPrefix(charset, "utf-16")
	switch {
	case !isText, bytes.HasPrefix(body, []byte{0xff, 0xfe, 0, 0}): // the mark of UTF-32
		return nil, nil
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		return binary.BigEndian, body[2:]
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		return binary.LittleEndian, body[2:]
	case strings.HasPrefix(charset, "utf-16") && body[0] == 0 && body[1] != 0:
		return binary.BigEndian, body
	case strings.HasPrefix(charset, "utf-16") && body[0] != 0 && body[1] == 0:
		return binary.LittleEndian, body
	}
	return nil, nil
}
