package transport

import (
	"strings"

	"blurt/scanner/wire"
)

// The functions of this file read what another program saved with the same
// tolerance as what a connection brings. They do no I/O.

// ParseHead reads the status line and the field lines of a saved response. What
// is wrong with them is told in Response.Odd.
func ParseHead(text string) *wire.Response {
	r, odd := parseHead(text, SavedFields)
	r.Odd = odd
	return r
}

// ParseFields reads field lines alone.
func ParseFields(text string) []wire.Field {
	var odd oddities
	return parseFields(text, SavedFields, &odd)
}

// Decode takes the content codings and UTF-16 off a body of which at most limit
// bytes are kept. A body that does not decode stays as it is: many programs save the
// decoded body beside the fields of the coded one.
func Decode(r *wire.Response, limit int) { newDecoder(limit).decode(r) }

// ContentLength returns the length that the fields give, or -1.
func ContentLength(fields []wire.Field) int64 {
	var odd oddities
	return contentLength(fields, &odd)
}

// IsChunked reports whether the fields announce the chunked transfer coding.
func IsChunked(fields []wire.Field) bool {
	return hasToken(fields, "Transfer-Encoding", "chunked")
}

// IsFieldLine reports whether a line, without its ending, has the form of a
// header field's (RFC 9112, section 5) or continues one.
func IsFieldLine(line string) bool {
	if line == "" {
		return false
	}
	if isFold(line) {
		return true
	}
	name, _, found := strings.Cut(line, ":")
	return found && isFieldName(name)
}

// SavedFields bounds the fields of one saved message.
const SavedFields = 512
