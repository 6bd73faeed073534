package detect

import (
	"bytes"
	"strings"

	"blurt/scanner/wire"
)

// form is the kind of text that a body is.
type form uint8

const (
	opaqueForm form = iota // images, scripts, style sheets
	htmlForm
	dataForm // JSON, XML, YAML
	textForm
)

// formOf trusts the media type, and the first byte where there is none.
func formOf(got *wire.Response) form {
	media, _, _ := strings.Cut(got.Field("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch {
	case media == "text/html", media == "application/xhtml+xml":
		return htmlForm
	case strings.HasSuffix(media, "xml") && isXHTML(got.Body):
		return htmlForm
	case strings.HasSuffix(media, "json"), strings.HasSuffix(media, "xml"), strings.HasSuffix(media, "yaml"),
		media == "application/graphql-response+json":
		return dataForm
	case media == "text/css", strings.HasSuffix(media, "javascript"):
		return opaqueForm
	case strings.HasPrefix(media, "text/"), media == "message/http":
		return textForm
	case media == "", media == "application/octet-stream", media == "application/grpc":
		return sniff(got.Body)
	default:
		if got.Status >= 400 {
			return sniff(got.Body)
		}
		return opaqueForm
	}
}

func sniff(body []byte) form {
	start := bytes.TrimLeft(head(body, 512), "\ufeff \t\r\n")
	switch {
	case len(start) == 0:
		return textForm
	case isXHTML(start):
		return htmlForm
	case start[0] == '{', start[0] == '[', bytes.HasPrefix(start, []byte("<?xml")):
		return dataForm
	case start[0] == '<':
		return htmlForm
	case bytes.IndexByte(start, 0) >= 0:
		return opaqueForm
	default:
		return textForm
	}
}

// isXHTML knows a page that is written as XML.
func isXHTML(body []byte) bool {
	start := head(body, 512)
	return bytes.Contains(start, []byte("<?xml")) && bytes.Contains(start, []byte("<html"))
}

// Lengths up to which a body may be an error's message although its status
// says nothing of an error, in bytes.
const (
	shortData   = 4 << 10
	shortText   = 1 << 10
	messageText = 300
)

// errorLike reports whether an answer may be an error's: its status says so, or
// it is short data or a short text that says so itself or that its control does
// not equal.
func (in Input) errorLike() bool {
	if in.Got.Status >= 400 {
		return true
	}
	if in.Got.Status == 0 || in.Control != nil && bytes.Equal(in.Control.Body, in.Got.Body) {
		return false
	}
	if !in.isNew() && !namesError(in.Got) {
		return false
	}
	switch formOf(in.Got) {
	case dataForm:
		return len(in.Got.Body) <= shortData
	case textForm:
		return len(in.Got.Body) <= shortText
	default:
		return false
	}
}

// isNew reports whether the request's change made the answer: its control was
// no error's and holds something else.
func (in Input) isNew() bool {
	return in.once(func(c *claims) *answered { return &c.isNew }, func() bool {
		return in.Control != nil && in.Control.Status < 400 && !bytes.Equal(in.Control.Body, in.Got.Body)
	})
}

// namesError reports whether an answer calls itself an error's: data by a member
// of its own, a text by being no more than a message.
func namesError(got *wire.Response) bool {
	if formOf(got) != dataForm {
		return len(got.Body) <= messageText
	}
	body := lowerASCII(head(got.Body, shortData))
	for _, member := range [...]string{`"error`, `"exception`, `"fault`, `"trace"`, `"stack`} {
		for from := 0; ; from++ {
			at := indexFrom(body, member, from)
			if at < 0 {
				break
			}
			// An escaped quote belongs to a text that quotes something.
			if (at == 0 || body[at-1] != '\\') && hasValue(body[at+1:]) {
				return true
			}
			from = at
		}
	}
	return bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<")) && containsAny(body, "<error", "<fault", ":fault")
}

// hasValue reports whether a name whose quote has been opened is that of a member
// with a value: "level":"error" and "error":null are no errors. A name of several
// words is a text that a catalogue translates.
func hasValue(rest []byte) bool {
	name := bytes.IndexByte(head(rest, 64), '"')
	if name < 0 || bytes.IndexByte(rest[:name], ' ') >= 0 {
		return false
	}
	value, found := bytes.CutPrefix(bytes.TrimLeft(rest[name+1:], " \t\r\n"), []byte(":"))
	value = bytes.TrimLeft(value, " \t\r\n")
	if !found || len(value) == 0 {
		return false
	}
	for _, nothing := range [...]string{"null", "false", `""`, "[]", "{}", "0"} {
		if bytes.HasPrefix(value, []byte(nothing)) {
			return false
		}
	}
	return true
}

// withoutScripts overwrites the scripts and style sheets of a page with blanks.
func withoutScripts(body []byte) []byte {
	clean := bytes.Clone(body)
	lower := lowerASCII(body)
	for _, element := range [...]string{"script", "style"} {
		for at := 0; ; {
			start := indexFrom(lower, "<"+element, at)
			if start < 0 {
				break
			}
			at = len(lower)
			if end := indexFrom(lower, "</"+element, start); end >= 0 {
				at = end
			}
			for i := start; i < at; i++ {
				clean[i] = ' '
			}
		}
	}
	return clean
}

// lowerASCII keeps every byte in its place, which bytes.ToLower does not.
func lowerASCII(b []byte) []byte {
	lower := bytes.Clone(b)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c | 0x20
		}
	}
	return lower
}

// inControl reports whether the control's answer shows the same text.
func (in Input) inControl(text []byte) bool {
	return in.Control != nil && len(text) > 0 && bytes.Contains(in.Control.Body, text)
}

// echoedWithin reports whether a canary stands in a part of the body.
func (in Input) echoedWithin(span Span) bool {
	for _, e := range in.Echoes {
		if e.Where == "body" && e.Start >= span.Start && e.End <= span.End && countsAsIdentity(e.Field) {
			return true
		}
	}
	return false
}

// countsAsIdentity leaves out the echoes of a request's own line.
func countsAsIdentity(field string) bool {
	switch strings.ToLower(field) {
	case "path", "query", "host", "method", "cookie", "body", "preference":
		return false
	}
	return true
}
