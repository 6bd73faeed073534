package detect

import (
	"bytes"
	"encoding/json"
	"strings"

	"blurt/scanner/wire"
)

// envelope is the outermost object of a short JSON answer, or of the first event
// in a stream of them; nil for any other answer.
func envelope(got *wire.Response) map[string]json.RawMessage {
	text := bytes.TrimSpace(got.Body)
	if len(text) > shortData {
		return nil
	}
	if strings.HasPrefix(got.Field("Content-Type"), "text/event-stream") {
		_, data, found := bytes.Cut(text, []byte("data:"))
		if !found {
			return nil
		}
		text, _, _ = bytes.Cut(data, []byte("\n"))
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return nil
	}
	return members
}

// saysFailed reports that an answer tells a failure whatever its status is: by a
// member that names an error, beside which stands nothing that was asked for.
func saysFailed(got *wire.Response) bool {
	failed := false
	for name, value := range envelope(got) {
		switch name = strings.ToLower(name); {
		case tellsFailure(name, value):
			failed = true
		case isFilled(value) && (value[0] == '{' || value[0] == '['):
			return false
		}
	}
	return failed
}

// admitsFailure reports that an answer whose status is a success's has a flag that
// says the opposite. What a record of somebody else's failure holds has none.
func admitsFailure(got *wire.Response) bool {
	for name, value := range envelope(got) {
		switch strings.ToLower(name) {
		case "ok", "success":
			if string(value) == "false" {
				return true
			}
		}
	}
	return false
}

// tellsFailure knows the members by which an envelope tells that it holds an error.
func tellsFailure(name string, value json.RawMessage) bool {
	text := strings.ToLower(strings.Trim(string(value), `"`))
	switch name {
	case "error", "errors", "fault", "exception":
		return isFilled(value)
	case "success", "ok":
		return text == "false"
	case "status", "result", "state", "outcome":
		return text == "error" || text == "fail" || text == "failed" || text == "failure" || isErrorStatus(text)
	case "code", "statuscode", "status_code", "httpstatus":
		return isErrorStatus(text)
	}
	return false
}

// isErrorStatus knows the statuses of errors (RFC 9110, sections 15.5 and 15.6).
func isErrorStatus(text string) bool {
	n, ok := number(text)
	return ok && n >= 400 && n < 600
}

// isFilled reports that a JSON value is more than nothing.
func isFilled(value json.RawMessage) bool {
	switch string(value) {
	case "", "null", "false", `""`, "0", "[]", "{}":
		return false
	}
	return true
}

// sameEnvelope reports that two answers are objects of the same members, each with
// the same kind of value: where one of them is a refusal, the other is none the less.
func sameEnvelope(a, b *wire.Response) bool {
	first, second := envelope(a), envelope(b)
	if len(first) == 0 || len(first) != len(second) {
		return false
	}
	for name, value := range first {
		other, known := second[name]
		if !known || len(value) == 0 || len(other) == 0 || signOf(value) != signOf(other) || isFilled(value) != isFilled(other) {
			return false
		}
	}
	return true
}

// signOf is the first sign of a JSON value, which tells its kind; all numbers have the same.
func signOf(value json.RawMessage) byte {
	if c := value[0]; c != '-' && (c < '0' || c > '9') {
		return c
	}
	return '0'
}
