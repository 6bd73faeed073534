package discover

import (
	"bytes"
	"strings"

	"blurt/scanner/operational"
	"blurt/scanner/wire"
)

// maxBody bounds what is read of one answer, in bytes.
const maxBody = 4 << 20

// Leads returns the endpoints that an answer points to, all of the same origin:
// redirects and links in its fields, links in HTML and JSON, the paths of API
// descriptions, site maps and robots.txt, and route tables of debug pages.
func Leads(at wire.Endpoint, got *wire.Response) []wire.Endpoint {
	if got == nil {
		return nil
	}
	c := newCollector(MaxLeads, at)
	c.fields(at, got)
	body := got.Body[:min(len(got.Body), maxBody)]
	switch kindOf(at, got.Field("Content-Type"), body) {
	case htmlKind:
		c.html(at, body)
	case jsonKind:
		if !c.description(at, body) {
			c.json(at, body)
		}
	case yamlKind:
		c.description(at, body)
	case xmlKind:
		c.sitemap(at, body)
	case robotsKind:
		c.robots(at, body)
	case scriptKind:
		c.script(at, body)
	}
	return c.found
}

// fields reads Location, Content-Location and Link (RFC 8288).
func (c *collector) fields(at wire.Endpoint, got *wire.Response) {
	for _, f := range got.Fields {
		switch strings.ToLower(f.Name) {
		case "location", "content-location":
			c.refer(at, f.Value)
		case "link":
			rest := f.Value
			for !c.full() {
				_, after, found := strings.Cut(rest, "<")
				if !found {
					break
				}
				var reference string
				if reference, rest, found = strings.Cut(after, ">"); !found {
					break
				}
				if !isAsset(reference) {
					c.refer(at, reference)
				}
			}
		}
	}
}

// description reads an API description and reports whether the body is one.
func (c *collector) description(at wire.Endpoint, body []byte) bool {
	if !looksDescribed(body) {
		return false
	}
	found, err := OpenAPI(body, at, Options{})
	if err != nil {
		return false
	}
	for _, e := range found {
		if !changesState(e.Target) && !operational.Owns(e.Target) {
			c.add(e)
		}
	}
	return true
}

// kind is how a body is read.
type kind uint8

const (
	otherKind kind = iota
	htmlKind
	jsonKind
	yamlKind
	xmlKind
	robotsKind
	scriptKind
)

func kindOf(at wire.Endpoint, contentType string, body []byte) kind {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch {
	case media == "text/html", media == "application/xhtml+xml":
		return htmlKind
	case strings.HasSuffix(media, "json"):
		return jsonKind
	case strings.HasSuffix(media, "yaml"), strings.HasSuffix(media, "openapi"):
		return yamlKind
	case strings.HasSuffix(media, "javascript"):
		return scriptKind
	case strings.HasSuffix(media, "xml"):
		return xmlKind
	case media == "text/plain" && strings.HasSuffix(at.Path(), "/robots.txt"):
		return robotsKind
	case media == "", media == "text/plain", media == "application/octet-stream":
		return sniff(body)
	}
	return otherKind
}

func sniff(body []byte) kind {
	start := bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n")
	switch {
	case len(start) == 0:
	case start[0] == '{', start[0] == '[':
		return jsonKind
	case bytes.HasPrefix(start, []byte("<?xml")), bytes.HasPrefix(start, []byte("<urlset")), bytes.HasPrefix(start, []byte("<sitemapindex")):
		return xmlKind
	case start[0] == '<':
		return htmlKind
	case bytes.HasPrefix(start, []byte("openapi:")), bytes.HasPrefix(start, []byte("swagger:")):
		return yamlKind
	}
	return otherKind
}

// isAsset knows what pages load to look nice: nothing that an API serves.
func isAsset(reference string) bool {
	path, _, _ := strings.Cut(reference, "?")
	dot := strings.LastIndexByte(path, '.')
	if dot < strings.LastIndexByte(path, '/') {
		return false
	}
	switch strings.ToLower(path[dot+1:]) {
	case "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "woff", "woff2", "ttf", "eot", "otf",
		"mp3", "mp4", "webm", "pdf", "zip", "gz", "tgz", "bz2", "xz", "exe", "dmg", "iso":
		return dot >= 0
	}
	return false
}
