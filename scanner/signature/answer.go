package signature

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

const (
	maxParsed = 2 << 20 // bytes of a body that are parsed as a document
	maxValues = 50      // values of one matcher that are kept
	maxValue  = 2000    // bytes of one
)

// answer is a response with its documents, parsed when they are first asked for.
type answer struct {
	got *wire.Response

	page    *html.Node
	data    any
	hasPage bool
	hasData bool
}

// found is what one matcher has found in an answer.
type found struct {
	matcher  *Matcher
	value    string
	location string
	span     detect.Span // in the body
	field    string      // the header field, where it is one
}

// holds reports whether the answer shows what a matcher asks for, and what.
func (a *answer) holds(m *Matcher) ([]found, bool) {
	switch {
	case len(m.Status) > 0:
		for _, r := range m.Status {
			if r[0] <= a.got.Status && a.got.Status <= r[1] {
				return nil, true
			}
		}
		return nil, false
	case m.Type != "":
		return nil, strings.HasPrefix(strings.ToLower(a.got.Field("Content-Type")), strings.ToLower(m.Type))
	case m.Header != "":
		return a.fields(m)
	case m.Body != "":
		at := bytes.Index(a.got.Body, []byte(m.Body))
		if at < 0 {
			return nil, false
		}
		return []found{a.part(m, at, at+len(m.Body), at, at+len(m.Body))}, true
	case m.regex != nil:
		return a.expression(m)
	case m.selector != nil:
		return a.elements(m)
	case m.json != nil:
		return a.members(m)
	}
	for i := range m.Any {
		if f, ok := a.holds(&m.Any[i]); ok {
			return f, true
		}
	}
	return nil, false
}

// part is what stands between from and to; the excerpt is that of the match.
func (a *answer) part(m *Matcher, from, to, start, end int) found {
	return found{
		matcher: m, value: clip(string(a.got.Body[from:to])), location: fmt.Sprintf("body, byte %d", from),
		span: detect.Span{Start: start, End: end},
	}
}

func (a *answer) fields(m *Matcher) ([]found, bool) {
	var out []found
	for _, f := range a.got.Fields {
		if !strings.EqualFold(f.Name, m.Header) || len(out) == maxValues {
			continue
		}
		if value, ok := narrow(m.matches, f.Value); ok {
			out = append(out, found{matcher: m, value: clip(value), location: "field " + f.Name, field: f.Name})
		}
	}
	return out, len(out) > 0
}

func (a *answer) expression(m *Matcher) ([]found, bool) {
	body := a.got.Body[:min(len(a.got.Body), maxParsed)]
	if m.Contains != "" && !bytes.Contains(body, []byte(m.Contains)) {
		return nil, false
	}
	var out []found
	for _, at := range m.regex.FindAllSubmatchIndex(body, maxValues) {
		from, to := at[0], at[1]
		if len(at) > 3 && at[2] >= 0 {
			from, to = at[2], at[3]
		}
		out = append(out, a.part(m, from, to, at[0], at[1]))
	}
	return out, len(out) > 0
}

func (a *answer) elements(m *Matcher) ([]found, bool) {
	if !a.hasPage {
		a.hasPage = true
		if strings.Contains(strings.ToLower(a.got.Field("Content-Type")), "html") && len(a.got.Body) <= maxParsed {
			a.page, _ = html.Parse(bytes.NewReader(a.got.Body)) // it takes any bytes
		}
	}
	if a.page == nil {
		return nil, false
	}
	var out []found
	for _, element := range m.selector.MatchAll(a.page) {
		if value, ok := narrow(m.matches, strings.Join(strings.Fields(textOf(element)), " ")); ok && len(out) < maxValues {
			out = append(out, found{matcher: m, value: clip(value), location: "element " + m.Selector})
		}
	}
	return out, len(out) > 0
}

// textOf returns the text below an element. A page may nest deeper than a stack
// should grow, so it does not call itself.
func textOf(element *html.Node) string {
	var b strings.Builder
	for n := range element.Descendants() {
		if n.Type == html.TextNode && b.Len() < maxValue {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

func (a *answer) members(m *Matcher) ([]found, bool) {
	if !a.hasData {
		a.hasData = true
		if len(a.got.Body) <= maxParsed && json.Unmarshal(a.got.Body, &a.data) != nil {
			a.data = nil
		}
	}
	if a.data == nil {
		return nil, false
	}
	var out []found
	for node := range m.json.Select(a.data).All() {
		value, ok := node.(string)
		if !ok {
			text, err := json.Marshal(node)
			if err != nil {
				continue
			}
			value = string(text)
		}
		if value, ok := narrow(m.matches, value); ok && len(out) < maxValues {
			out = append(out, found{matcher: m, value: clip(value), location: "JSON " + m.JSON})
		}
	}
	return out, len(out) > 0
}

// narrow returns the first group of the expression, or all of the value where
// there is none; false where the value does not fit.
func narrow(expression *regexp.Regexp, value string) (string, bool) {
	if expression == nil {
		return value, true
	}
	groups := expression.FindStringSubmatch(value)
	switch {
	case groups == nil:
		return "", false
	case len(groups) > 1:
		return groups[1], true
	}
	return value, true
}

func clip(s string) string { return s[:min(len(s), maxValue)] }
