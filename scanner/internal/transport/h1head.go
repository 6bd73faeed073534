package transport

import (
	"strconv"
	"strings"

	"blurt/scanner/wire"
)

// noStatus stands in Response.Status where the server sent none that can be
// read; no server uses it.
const noStatus = 999

// oddities collects what a strict parser would have refused, each kind once.
type oddities []string

func (o *oddities) add(text string) {
	for _, known := range *o {
		if known == text {
			return
		}
	}
	*o = append(*o, text)
}

// parseHead reads a status line and its field lines (RFC 9112, sections 4 and 5)
// from the text of a head and tolerates whatever is wrong with them. It takes
// time linear in the text.
func parseHead(text string, maxFields int) (*wire.Response, oddities) {
	var odd oddities
	line, rest := nextLine(text, &odd)
	r := parseStatus(line, &odd)
	r.Fields = parseFields(rest, maxFields, &odd)
	return r, odd
}

// nextLine cuts the first line off, without its line ending.
func nextLine(text string, odd *oddities) (line, rest string) {
	line, rest, found := strings.Cut(text, "\n")
	switch {
	case strings.HasSuffix(line, "\r"):
		line = line[:len(line)-1]
	case found:
		odd.add("a line ends in a bare line feed")
	}
	return line, rest
}

func parseStatus(line string, odd *oddities) *wire.Response {
	r := &wire.Response{Status: noStatus}
	proto, rest, spaced := strings.Cut(line, " ")
	r.Proto = proto
	if proto != "HTTP/1.1" && proto != "HTTP/1.0" {
		odd.add("unusual protocol version in the status line")
		r.Proto = clean(proto)
	}
	trimmed := strings.TrimLeft(rest, " ")
	code := leadingDigits(trimmed)
	if len(code) >= 3 {
		if n, err := strconv.Atoi(code[:3]); err == nil && n >= 100 {
			r.Status = n
		}
	}
	tail := trimmed[min(3, len(code)):]
	r.Reason = strings.TrimPrefix(tail, " ")
	if !spaced || trimmed != rest || len(code) != 3 || r.Status == noStatus && code != "999" || tail != "" && tail[0] != ' ' {
		odd.add("bad status line")
	}
	if hasControl(line) {
		odd.add("control byte in the status line")
	}
	return r
}

func leadingDigits(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return s[:i]
		}
	}
	return s
}

func parseFields(text string, maxFields int, odd *oddities) []wire.Field {
	fields := make([]wire.Field, 0, min(strings.Count(text, "\n"), maxFields))
	for text != "" {
		var line string
		line, text = nextLine(text, odd)
		if line == "" {
			continue
		}
		if isFold(line) {
			odd.add("folded field line")
			text = unfold(fields, line, text, odd)
			continue
		}
		field, ok := parseField(line, odd)
		if !ok {
			continue
		}
		if len(fields) == maxFields {
			odd.add("more than " + strconv.Itoa(maxFields) + " fields; the rest was left out")
			return fields
		}
		fields = append(fields, field)
	}
	return fields
}

func isFold(line string) bool { return isBlank(line[0]) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// trimBlanks takes optional white space off both ends (RFC 9110, section 5.6.3);
// strings.Trim costs more than the rest of a field line.
func trimBlanks(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	for s != "" && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// unfold joins a run of continuation lines to the last field (RFC 9112, section
// 5.2) at once, so that many of them do not copy the value many times over.
func unfold(fields []wire.Field, line, text string, odd *oddities) (rest string) {
	var value strings.Builder
	if len(fields) > 0 {
		value.WriteString(fields[len(fields)-1].Value)
	}
	for {
		value.WriteByte(' ')
		value.WriteString(strings.Trim(line, " \t"))
		if text == "" || !isFold(text) {
			break
		}
		line, text = nextLine(text, odd)
	}
	if hasControl(value.String()) {
		odd.add("control byte in a field")
	}
	if len(fields) > 0 {
		fields[len(fields)-1].Value = value.String()
	}
	return text
}

func parseField(line string, odd *oddities) (wire.Field, bool) {
	name, value, found := strings.Cut(line, ":")
	if !found {
		odd.add("field line without a colon")
		return wire.Field{}, false
	}
	if name != "" && isBlank(name[len(name)-1]) {
		odd.add("white space before a field's colon")
		name = strings.TrimRight(name, " \t")
	}
	if !isFieldName(name) {
		odd.add("bad field name")
	}
	if hasControl(line) {
		odd.add("control byte in a field")
	}
	return wire.Field{Name: name, Value: trimBlanks(value)}, true
}

// isFieldName follows RFC 9110, section 5.6.2, but for bytes beyond ASCII.
func isFieldName(name string) bool {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', c == '-', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		case c <= ' ', strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0:
			return false
		}
	}
	return name != ""
}

// hasControl reports a control byte other than a tab.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' && c != '\t') || c == 0x7f {
			return true
		}
	}
	return false
}

// hasToken reports whether the comma-separated fields of that name hold the
// token, in any case (RFC 9110, section 5.6.1).
func hasToken(fields []wire.Field, name, token string) bool {
	for _, f := range fields {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		for part := range strings.SplitSeq(f.Value, ",") {
			if strings.EqualFold(strings.Trim(part, " \t"), token) {
				return true
			}
		}
	}
	return false
}
