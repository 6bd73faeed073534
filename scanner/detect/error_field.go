package detect

import (
	"fmt"
	"net/url"
	"strings"

	"blurt/scanner/finding"
)

// errorField reads header fields in which a debug mode puts what went wrong, such
// as Symfony's X-Debug-Exception, and what certificate parsers say and which files
// are named in those that applications use for messages.
func errorField() Detector {
	return Detector{Name: "error_field", Rules: []string{"exception-message", "certificate-parser-error", "path-leak"}, Run: runErrorField}
}

func runErrorField(in Input) Output {
	list := itemList{in: in}
	hit := Hit{Rule: "exception-message", Category: finding.ErrorDetail, Confidence: finding.Firm, Key: "header field"}
	for _, f := range in.Got.Fields {
		if !namesException(f.Name) || len(strings.TrimSpace(f.Value)) < minErrorValue || in.Control != nil && in.Control.Field(f.Name) == f.Value {
			continue
		}
		value := f.Value
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		if hit.Field == "" {
			hit.Field = f.Name
		}
		list.add(Item{Category: finding.ErrorDetail, Name: f.Name, Value: value, Location: "field " + f.Name})
	}
	hits := []Hit{hit}
	if hit.Field == "" {
		hits = in.fieldMessages()
	} else {
		hits[0].Items = list.items
		hits[0].Message = fmt.Sprintf("The header field %s tells what went wrong inside of the program.", short(hit.Field))
	}
	// Who owns a body takes long to tell, and most answers have no such field.
	if len(hits) == 0 || in.isOwned() {
		return Output{}
	}
	return Output{Hits: hits}
}

// minErrorValue is the length from which a value tells something, in bytes.
const minErrorValue = 4

// namesException knows the names by which debug modes call such fields.
func namesException(name string) bool {
	switch lower := strings.ToLower(name); lower {
	case "x-debug-exception", "x-debug-exception-file", "x-exception", "x-exception-message", "x-exception-class", "x-exception-type",
		"x-error-exception", "x-error-trace", "x-error-stack", "x-error-stacktrace", "x-debug-error", "x-debug-trace", "x-debug-stack",
		"x-stacktrace", "x-stack-trace", "x-traceback", "x-debug-traceback", "x-application-error", "x-php-error":
		return true
	}
	return false
}
