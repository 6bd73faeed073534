package detect

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// setting says how the text around a place in a body speaks.
type setting uint8

const (
	// prose is written by people: a manual, an article, an example.
	prose setting = iota
	// loose text may be either.
	loose
	// live text was put there by a program: a member of data, a line of a dump,
	// the message of an error.
	live
)

// maxStringProse is the length from which a string of data is somebody's text, as
// an article in a search index is, in bytes.
const maxStringProse = 16 << 10

// settingAt judges a place in the body.
func (in Input) settingAt(span Span) setting {
	switch formOf(in.Got) {
	case dataForm:
		if in.isSpecification() || in.standsInLongString(span) {
			return prose
		}
		return live
	case htmlForm:
		return in.settingInPage(span)
	case textForm:
		if in.Got.Status >= 400 || in.isNew() || in.isLog(span) || in.isSettings() || in.isOperational() {
			return live
		}
		if len(in.Got.Body)-(span.End-span.Start) <= messageText {
			return live // there is hardly anything else
		}
		return prose
	}
	if in.isSettings() {
		return live
	}
	return loose
}

// isArticle reports whether nothing in an answer can be live: a page or a text
// that is no error's, that the request did not change, and that has neither
// scripts, fields nor assignments in it.
func (in Input) isArticle() bool {
	body := in.Got.Body
	switch formOf(in.Got) {
	case htmlForm:
		return !in.isLivePage() && len(in.liveParts().spans) == 0
	case textForm:
		return in.Got.Status < 400 && !in.isNew() && len(body) > messageText && !in.isSettings() && !in.isOperational() && !logLine.Match(head(body, 120))
	case opaqueForm:
		return !in.isSettings()
	}
	return false
}

// settingsLine is a line of a settings file: an assignment, nothing else.
var settingsLine = regexp.MustCompile(`^\s*(?:export )?[A-Za-z_][\w.-]{1,60}\s*[=:]\s*\S?|^\s*[\[#;]|^\s*$`)

// isSettingsFile reports whether the lines that a text begins with are assignments.
func isSettingsFile(body []byte) bool {
	lines, assignments := 0, 0
	start := head(body, 4<<10)
	if bytes.IndexByte(start, 0) >= 0 {
		start = bytes.ReplaceAll(start, []byte{0}, []byte("\n")) // as in /proc/self/environ
	}
	for line := range bytes.SplitSeq(start, []byte("\n")) {
		if lines++; lines > 40 {
			break
		}
		if !settingsLine.Match(line) || len(line) > 400 {
			return false
		}
		if bytes.ContainsAny(line, "=:") {
			assignments++
		}
	}
	return assignments >= 3
}

// settingInPage looks at the element that a place stands in.
func (in Input) settingInPage(span Span) setting {
	if in.isLivePage() || slices.Contains(liveElements[:], elementAt(in.Got.Body, span.Start)) {
		return live
	}
	return prose
}

// liveElements are those that programs fill in on pages which people wrote.
var liveElements = [...]string{"script", "input"}

// isLivePage reports whether a page is made by a program from one end to the other.
func (in Input) isLivePage() bool { return in.Got.Status >= 500 || in.isNew() }

// elementReach is how far before a place its tag is looked for, in bytes.
const elementReach = 4 << 10

// elementAt returns the name of the tag that stands last before a place, which a
// closing tag empties.
func elementAt(body []byte, at int) string {
	before := body[max(0, at-elementReach):at]
	open := bytes.LastIndexByte(before, '<')
	if open < 0 {
		return ""
	}
	name := before[open+1:]
	end := 0
	for end < len(name) && isLetter(name[end]) {
		end++
	}
	return strings.ToLower(string(name[:end]))
}

// isSpecification knows descriptions of an API and schemas: what stands in them
// are examples.
func (in Input) isSpecification() bool {
	return in.once(func(c *claims) *answered { return &c.isSpecification }, func() bool {
		return containsAny(head(in.Got.Body, 2<<10), `"openapi"`, `"swagger"`, "openapi:", "swagger:", `"$schema"`, `"asyncapi"`, "<wsdl:definitions", "<definitions", "<xs:schema", `"_postman_id"`)
	})
}

// isSettings reports whether the body is a settings file.
func (in Input) isSettings() bool {
	return in.once(func(c *claims) *answered { return &c.isSettings }, func() bool { return isSettingsFile(in.Got.Body) })
}

// standsInLongString reports whether the string around a place is so long that it
// is a text by itself.
func (in Input) standsInLongString(span Span) bool {
	body := in.Got.Body
	low, high := max(0, span.Start-maxStringProse), min(len(body), span.End+maxStringProse)
	start := lastQuote(body[low:span.Start])
	if start < 0 {
		return span.Start-low == maxStringProse
	}
	end := nextQuote(body[span.End:high])
	return span.Start-low-start+end > shortText
}

// nextQuote returns where the next quotation mark without a backslash stands, or
// the text's length.
func nextQuote(text []byte) int {
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at
		}
	}
	return len(text)
}

// lastQuote returns where the last quotation mark without a backslash stands.
func lastQuote(text []byte) int {
	for at := len(text); ; {
		at = bytes.LastIndexByte(text[:at], '"')
		if at <= 0 || text[at-1] != '\\' {
			return at
		}
	}
}

// assignmentLine is a line of an environment or a settings file, as a text, in a
// table or a list.
var assignmentLine = regexp.MustCompile(`(?m)(?:^|\x00|\\n|<t[dh][^>]*>\s*|<dt>\s*|<li>\s*)"?([A-Z][A-Z0-9_]{2,60})"?(?:=| = | => |: |\s*</t[dh]>\s*<td[^>]*>|</dt>\s*<dd>)["']?[^\s"'<]`)

// dumpNames are variables that every process of a server has: beside them, other
// assignments are an environment too.
var dumpNames = [...]string{"PATH", "HOME", "HOSTNAME", "PWD", "LANG", "SHLVL", "USER", "SERVER_SOFTWARE", "REMOTE_ADDR", "REQUEST_METHOD",
	"DOCUMENT_ROOT", "GATEWAY_INTERFACE", "LC_ALL", "SHELL", "LOGNAME", "TERM", "KUBERNETES_SERVICE_HOST", "DEBUG", "INVOCATION_ID", "VIRTUAL_ENV"}

// Bounds of a dump.
const (
	dumpReach  = 4 << 10 // bytes on each side that are looked at
	minEntries = 4       // assignments
	minUsual   = 2       // of names that every server has
)

// isDump reports whether a place stands among the assignments of an environment.
func (in Input) isDump(span Span) bool {
	near := in.Got.Body[max(0, span.Start-dumpReach):min(len(in.Got.Body), span.End+dumpReach)]
	names := make(map[string]bool)
	usual := 0
	for _, at := range assignmentLine.FindAllSubmatchIndex(near, 200) {
		name := string(near[at[2]:at[3]])
		if names[name] {
			continue
		}
		names[name] = true
		for _, known := range dumpNames {
			if name == known {
				usual++
			}
		}
	}
	return len(names) >= minEntries && usual >= minUsual
}
