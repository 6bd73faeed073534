package detect

import "strings"

// Lengths from which something of the request is known again, in bytes.
const (
	minRepeated  = 8 // a part of the target
	minSentValue = 4 // a field's value beside others
)

// repeatsRequest reports whether an item is no more than the request itself said:
// a field of the same name as an interface such as CGI names it (RFC 3875, section
// 4.1.18), the value of any field, or a part of the target.
func (in Input) repeatsRequest(item Item) bool {
	value := strings.Trim(strings.TrimSuffix(item.Value, "…"), `"' `)
	if value == "" {
		return false
	}
	name := strings.ReplaceAll(item.Name, "_", "-")
	for _, f := range in.Asked.Fields {
		sent := strings.TrimSpace(f.Value)
		if value == sent {
			return true
		}
		named := strings.EqualFold(name, strings.ReplaceAll(f.Name, "_", "-")) || strings.EqualFold(name, "HTTP-"+strings.ReplaceAll(f.Name, "_", "-"))
		if named && (strings.Contains(sent, value) || len(sent) >= minSentValue && strings.Contains(value, sent)) {
			return true
		}
	}
	return len(value) >= minRepeated && strings.Contains(in.Asked.Target, value)
}
