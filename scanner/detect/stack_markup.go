package detect

import (
	"bytes"
	"strings"
)

// breakingTags end a line, lastTags all of the text.
var (
	breakingTags = [...]string{"br", "p", "li", "div", "tr", "td", "th", "ol", "ul", "dt", "dd", "h1", "h2", "h3", "h4", "table"}
	lastTags     = [...]string{"/pre", "/textarea", "/body", "/article", "/html", "/script", "/detail", "/faultstring"}
)

// breakingTag looks at a tag: how long it is where it ends a line, and whether
// it ends the text.
func breakingTag(text []byte) (size int, last bool) {
	name := tagName(text)
	for _, t := range lastTags {
		if strings.EqualFold(name, t) {
			return 0, true
		}
	}
	for _, t := range breakingTags {
		if strings.EqualFold(strings.TrimPrefix(name, "/"), t) {
			if end := bytes.IndexByte(head(text, 300), '>'); end > 0 {
				return end + 1, false
			}
		}
	}
	return 0, false
}

// tagName returns the name of the tag that a text begins with, with the slash
// of an end tag.
func tagName(text []byte) string {
	end := 1
	for end < len(text) && end < 20 && (text[end] == '/' && end == 1 || 'a' <= text[end]|0x20 && text[end]|0x20 <= 'z' || '0' <= text[end] && text[end] <= '9') {
		end++
	}
	return string(text[min(1, len(text)):min(end, len(text))])
}

// inlineTags are those that may stand within a line.
var inlineTags = [...]string{"b", "i", "a", "em", "strong", "span", "code", "tt", "font", "cite", "small", "u", "pre", "mark"}

func isInlineTag(name string) bool {
	name = strings.TrimPrefix(name, "/")
	for _, t := range inlineTags {
		if strings.EqualFold(name, t) {
			return true
		}
	}
	return false
}

// endsBreakingTag reports whether the tag that ends at a place begins a line.
func endsBreakingTag(body []byte, at int) bool {
	start := bytes.LastIndexByte(body[max(0, at-300):at], '<')
	if start < 0 {
		return false
	}
	start += max(0, at-300)
	if bytes.HasPrefix(body[start:], []byte("<![CDATA[")) {
		return true
	}
	name := tagName(body[start:])
	if strings.EqualFold(name, "pre") || strings.EqualFold(name, "textarea") {
		return true
	}
	size, _ := breakingTag(body[start:])
	// An element of XML begins right behind another or on a line of its own.
	return size > 0 || name != "" && !isInlineTag(name) && (start == 0 || body[start-1] == '>' || body[start-1] == '\n')
}

// withoutTags drops inline tags; other text between angle brackets stays, as
// the names of methods have them.
func withoutTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:at])
		s = s[at:]
		end := strings.IndexByte(s, '>')
		if end > 0 && end < 1<<10 && isInlineTag(tagName([]byte(s[:min(len(s), 24)]))) {
			s = s[end+1:]
			continue
		}
		b.WriteByte('<')
		s = s[1:]
	}
}

// leadingTags returns the length of the tags in front of a line.
func leadingTags(line []byte) int {
	at := 0
	for {
		rest := bytes.TrimLeft(line[at:], " \t\r")
		skipped := len(line) - at - len(rest)
		switch name := tagName(head(rest, 24)); {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			at += skipped + len("<![CDATA[")
		case bytes.HasPrefix(rest, []byte("<!--")):
			at += skipped + len("<!--")
		case len(rest) == 0 || rest[0] != '<' || name == "" || isPlaceName(name):
			return at
		default:
			end := bytes.IndexByte(head(rest, 300), '>')
			if end < 0 {
				return at
			}
			at += skipped + end + 1
		}
	}
}

// isPlaceName knows what stacks put between angle brackets themselves.
func isPlaceName(name string) bool {
	switch name {
	case "internal", "main", "anonymous", "top", "init", "clinit", "eval":
		return true
	}
	return false
}
