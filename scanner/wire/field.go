package wire

import "strings"

// Field is one header field line (RFC 9110, section 5). Name and Value are
// sent and kept as they are; nothing is trimmed, folded or canonicalised.
type Field struct {
	Name, Value string
}

// Get returns the value of the first field of that name, ignoring case, and
// whether there is one.
func Get(fields []Field, name string) (string, bool) {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}
