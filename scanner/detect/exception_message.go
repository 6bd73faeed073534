package detect

import (
	"bytes"
	"fmt"

	"blurt/scanner/finding"
)

// exceptionMessage reads the message of an exception that nothing caught but the
// last handler, which hands it on. It says in which language and at what the
// program failed, short of a stack trace.
func exceptionMessage() Detector {
	return Detector{
		Name:  "exception_message",
		Rules: []string{"exception-message"},
		Hints: exceptionHints(),
		Run:   runExceptionMessage,
	}
}

// maxExceptionPage is the length up to which a page may be no more than an
// exception's message, in bytes.
const maxExceptionPage = 32 << 10

func runExceptionMessage(in Input) Output {
	// What a plain request gets as a success is data, whatever it speaks of.
	if in.Got.Status < 400 && !in.isNew() || !in.errorLike() || formOf(in.Got) == opaqueForm || len(in.Got.Body) > maxExceptionPage {
		return Output{}
	}
	list := itemList{in: in}
	hit := Hit{Rule: "exception-message", Category: finding.ErrorDetail, Confidence: finding.Firm}
	first := ""
	for _, t := range exceptionTexts {
		if !t.always && in.Got.Status < 500 {
			continue
		}
		span, ok := messageWith(in, t.text)
		if !ok {
			continue
		}
		if first == "" {
			first, hit.Excerpt = t.runtime, span
		}
		list.add(Item{
			Category: finding.ErrorDetail, Name: t.runtime, Value: string(in.Got.Body[span.Start:span.End]),
			Location: fmt.Sprintf("body, byte %d", span.Start),
		})
	}
	for _, class := range exceptionClasses(in) {
		if first == "" {
			first, hit.Excerpt = string(in.Got.Body[class.Start:class.End]), class
		}
		list.add(Item{
			Category: finding.ErrorDetail, Name: "exception class", Value: string(in.Got.Body[class.Start:class.End]),
			Location: fmt.Sprintf("body, byte %d", class.Start),
		})
	}
	// What a certificate parser says is told with more to say.
	if first == "" || in.isOwned() || len(runParserError(in).Hits) > 0 {
		return Output{}
	}
	hit.Message = fmt.Sprintf("An error repeats the message of an uncaught exception (%s).", short(first))
	hit.Items = list.items
	return Output{Hits: []Hit{hit}}
}

// Bounds of the exception classes in one answer: of those that are listed, and of
// those that are looked for in the control.
const (
	maxClasses       = 8
	maxClassesLooked = 100
)

// exceptionClasses finds names of exception classes that no person writes: with
// the package in front ("java.lang.IllegalStateException",
// "django.core.exceptions.FieldError"), or before a colon or a parenthesis, as
// runtimes print them ("KeyError: 'x'").
func exceptionClasses(in Input) []Span {
	body := in.visible()
	var found []Span
	for _, ending := range [...]string{"Exception", "Error"} {
		looked := 0
		for at := 0; len(found) < maxClasses && looked < maxClassesLooked; {
			n := indexFrom(body, ending, at)
			if n < 0 {
				break
			}
			at = n + len(ending)
			start := n
			for start > 0 && n-start < 120 && isClassByte(body[start-1]) {
				start--
			}
			name := body[start:at]
			if !isClassName(name, body[at:]) {
				continue
			}
			looked++
			if in.inControl(name) || in.isQuoted(start) {
				continue
			}
			found = append(found, Span{start, at})
		}
	}
	return found
}

// isClassByte reports a byte of a qualified class name; "$" and "\" stand in
// those of Java and PHP.
func isClassByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '$'
}

// isClassName judges a word that ends in Exception or Error by what it holds and
// what follows.
func isClassName(name, after []byte) bool {
	last := name[bytes.LastIndexByte(name, '.')+1:]
	if len(last) == 0 || last[0] < 'A' || last[0] > 'Z' || len(after) > 0 && isClassByte(after[0]) && after[0] != '.' {
		return false
	}
	if bytes.Count(name, []byte(".")) >= 2 {
		return name[0] >= 'a' && name[0] <= 'z'
	}
	_, known := builtInExceptions[string(last)]
	return known && len(after) > 0 && (after[0] == ':' || after[0] == '(')
}

// builtInExceptions are the languages' own classes that handlers print most.
var builtInExceptions = map[string]struct{}{
	"KeyError": {}, "ValueError": {}, "TypeError": {}, "AttributeError": {}, "IndexError": {}, "LookupError": {}, "NameError": {},
	"AssertionError": {}, "RuntimeError": {}, "ZeroDivisionError": {}, "OSError": {}, "ImportError": {}, "ModuleNotFoundError": {},
	"UnicodeDecodeError": {}, "UnicodeEncodeError": {}, "RecursionError": {}, "JSONDecodeError": {}, "ValidationError": {},
	"ReferenceError": {}, "RangeError": {}, "URIError": {}, "NoMethodError": {}, "ArgumentError": {},
	"NullPointerException": {}, "IllegalArgumentException": {}, "IllegalStateException": {}, "NumberFormatException": {},
	"ArrayIndexOutOfBoundsException": {}, "ClassCastException": {}, "NullReferenceException": {}, "ArgumentNullException": {},
	"FormatException": {}, "InvalidOperationException": {},
}
