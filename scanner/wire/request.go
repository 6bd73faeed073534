package wire

import (
	"slices"
	"strings"
)

// Request is one HTTP request, exactly as it goes on the wire. For HTTP/1.1
// that is the request line, the fields in their order and spelling, an empty
// line and the body; no field is added, so a Host and a Content-Length stand in
// Fields where they are wanted. For HTTP/2 the Host field becomes :authority.
type Request struct {
	Method  string
	Target  string
	Version string // empty means "HTTP/1.1"
	Fields  []Field
	Body    []byte
}

// With returns a copy of the request with the fields appended; neither shares
// memory that the other may change.
func (r Request) With(fields ...Field) Request {
	r.Fields = append(slices.Clip(slices.Clone(r.Fields)), fields...)
	return r
}

// Set returns a copy in which the first field of that name has the value and
// further ones of that name are gone; where there is none it is appended.
func (r Request) Set(name, value string) Request {
	fields := make([]Field, 0, len(r.Fields)+1)
	done := false
	for _, f := range r.Fields {
		switch {
		case !strings.EqualFold(f.Name, name):
			fields = append(fields, f)
		case !done:
			fields = append(fields, Field{Name: f.Name, Value: value})
			done = true
		}
	}
	if !done {
		fields = append(fields, Field{Name: name, Value: value})
	}
	r.Fields = fields
	return r
}

// HTTP1Only reports whether only HTTP/1.1 written byte for byte can say this
// request: HTTP/2 has no version, no obsolete framing and stricter alphabets
// (RFC 9113, section 8.2). Such a request is given a connection of its own that
// is closed after it, so that a desynchronised peer cannot spoil the next one.
func (r Request) HTTP1Only() bool {
	if r.Version != "" && r.Version != "HTTP/1.1" {
		return true
	}
	if !isToken(r.Method) || !isVisible(r.Target) {
		return true
	}
	hosts, lengths := 0, 0
	for _, f := range r.Fields {
		if !isToken(f.Name) || !isFieldValue(f.Value) {
			return true
		}
		switch strings.ToLower(f.Name) {
		case "host":
			hosts++
		case "content-length":
			lengths++
		case "connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection":
			return true
		}
	}
	return hosts != 1 || lengths > 1
}

// isToken follows RFC 9110, section 5.6.2.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

func isVisible(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return s != ""
}

// isFieldValue follows RFC 9110, section 5.5: no control bytes but tab, no
// white space at the ends.
func isFieldValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return false
		}
	}
	return s == strings.Trim(s, " \t")
}
