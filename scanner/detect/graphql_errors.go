package detect

import (
	"bytes"
	"encoding/json"
)

// inGraphQLErrors reports whether a place is within the errors of a GraphQL
// response (GraphQL specification, section 7.1): such an answer has the status of
// a success, and what stands among its errors the service says of itself.
func (in Input) inGraphQLErrors(span Span) bool {
	if formOf(in.Got) != dataForm || len(in.Got.Body) > maxObjects {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(in.Got.Body))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return false
	}
	within := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return false
		}
		start := int(d.InputOffset())
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return false
		}
		switch name {
		case "errors":
			within = bytes.HasPrefix(value, []byte("[")) && span.Start >= start && span.End <= int(d.InputOffset())
		case "data", "extensions":
		default:
			return false
		}
	}
	return within
}
