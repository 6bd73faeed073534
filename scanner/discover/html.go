package discover

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"blurt/scanner/wire"
)

// html reads the links of a page, the forms that are sent by GET, and the route
// table of Rails' routing error page, whose cells hold patterns.
func (c *collector) html(at wire.Endpoint, body []byte) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	base, inScript := at, false
	for !c.full() {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if inScript {
				c.script(base, z.Raw())
			}
		case html.EndTagToken:
			inScript = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			element := string(name)
			inScript = element == "script"
			attributes := make(map[string]string)
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if len(attributes) < 32 {
					attributes[string(key)] = string(value)
				}
			}
			if element == "base" {
				if e, ok := Resolve(at, attributes["href"]); ok {
					base = e
				}
				continue
			}
			for _, reference := range references(element, attributes) {
				if !isAsset(reference) {
					c.refer(base, reference)
				}
			}
		}
	}
}

// references returns what one element points to.
func references(element string, attributes map[string]string) []string {
	var out []string
	add := func(name string) {
		if value := attributes[name]; value != "" {
			out = append(out, value)
		}
	}
	switch element {
	case "a", "area", "link":
		add("href")
	case "iframe", "frame", "embed":
		add("src")
	case "form":
		if method := attributes["method"]; method == "" || strings.EqualFold(method, "get") {
			add("action")
		}
	}
	add("data-route-path") // Rails
	add("spec-url")        // Redoc
	add("hx-get")          // htmx
	add("data-url")
	return out
}

// described is how pages of Swagger UI and Redoc name their description, and
// scripts the paths that they ask for.
var described = regexp.MustCompile(`(?:\burl\s*:|\bspecUrl\s*[:=]|\b[cC]onfigUrl["']?\s*:|Redoc\.init\(|\bfetch\(|\baxios\.get\()\s*["']([^"'\\\s<>]{1,300})["']`)

// script reads the references in a script that are asked for by GET as they
// are.
func (c *collector) script(at wire.Endpoint, body []byte) {
	for _, found := range described.FindAllSubmatch(body, MaxLeads) {
		reference := string(found[1])
		if !isAsset(reference) && (strings.ContainsAny(reference, "/.") || strings.HasPrefix(reference, "?")) {
			c.refer(at, reference)
		}
	}
}
