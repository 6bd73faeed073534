package detect

import (
	"bytes"
	"html"
	"strings"
)

// quarkusTemplate is the page that Quarkus has in its mode for development: a
// stack, or the routes where none fits.
func quarkusTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Quarkus", product: "quarkus", language: "java",
		sign: `<svg id="quarkus-logo-svg"`, second: `<div class="callout">`, heading: "h2", headline: quarkusHeadline, finish: finishQuarkus, frameless: true,
	}
}

func quarkusHeadline(b pageBlock, _ []pageBlock) (string, bool) {
	if b.tag != "h2" || b.class != "container" {
		return "", false
	}
	if rest, found := strings.CutPrefix(b.text, "Error id "); found {
		if _, exception, found := strings.Cut(rest, ", "); found {
			return exception, true
		}
	}
	return b.text, true
}

// finishQuarkus reads the stack, in which the program's own classes are elements
// for an editor, and the routes.
func finishQuarkus(body []byte, blocks []pageBlock, p *debugPage) {
	if _, text, found := bytes.Cut(body, []byte(`<code class="stacktrace"><pre>`)); found {
		text, _, _ = bytes.Cut(head(text, maxStack), []byte("</pre>"))
		plain := []byte(html.UnescapeString(withoutAnyTags(string(text))))
		if at := newAnchors(plain, javaGrammar().anchors).next(0); at >= 0 {
			s, _ := readStack(plain, at, javaGrammar(), false)
			p.frames = s.frames
			if len(s.exceptions) > 1 {
				p.causes = s.exceptions[1:]
			}
		}
	}
	listed := false
	for _, b := range blocks {
		switch {
		case b.class == "intro":
			listed = true
		case !listed, len(p.routes) >= maxPairs:
		case b.tag == "li" && strings.Contains(b.text, " /"):
			method, path, _ := strings.Cut(b.text, " ")
			p.routes = append(p.routes, pair{method, path})
		case b.tag == "h3" && b.link != "":
			url, description, _ := strings.Cut(b.text, " ")
			p.routes = append(p.routes, pair{description, url})
		}
	}
}

// withoutAnyTags drops the tags of a text in which other angle brackets are
// escaped; quoted values of attributes may hold some.
func withoutAnyTags(s string) string {
	var b strings.Builder
	inTag, quote := false, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case !inTag && c == '<':
			inTag = true
		case !inTag:
			b.WriteByte(c)
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			inTag = false
		}
	}
	return b.String()
}
