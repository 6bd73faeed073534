package discover

import (
	"bytes"
	"encoding/xml"
	"strings"

	"blurt/scanner/wire"
)

// Sitemap returns the pages that a site map or an index of site maps names.
func Sitemap(data []byte, origin wire.Origin) []wire.Endpoint {
	c := newCollector(MaxEndpoints)
	c.sitemap(wire.Endpoint{Origin: origin, Target: "/"}, data)
	return c.found
}

func (c *collector) sitemap(at wire.Endpoint, data []byte) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.Strict = false
	inLocation := false
	for !c.full() {
		token, err := decoder.RawToken()
		if err != nil {
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			inLocation = token.Name.Local == "loc"
		case xml.EndElement:
			inLocation = false
		case xml.CharData:
			if inLocation && !isAsset(string(token)) {
				c.refer(at, string(token))
			}
		}
	}
}

// Robots returns the paths and site maps that a robots.txt names (RFC 9309).
// What it asks crawlers to leave alone is what an owner wants to see scanned.
func Robots(data []byte, origin wire.Origin) []wire.Endpoint {
	c := newCollector(MaxEndpoints)
	c.robots(wire.Endpoint{Origin: origin, Target: "/robots.txt"}, data)
	return c.found
}

func (c *collector) robots(at wire.Endpoint, data []byte) {
	for line := range strings.Lines(string(data)) {
		if c.full() {
			return
		}
		line, _, _ = strings.Cut(line, "#")
		name, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "sitemap":
			c.refer(at, value)
		case "allow", "disallow":
			value = strings.TrimSuffix(strings.TrimSuffix(value, "$"), "*")
			if strings.HasPrefix(value, "/") && !strings.ContainsAny(value, "*$") && !isAsset(value) {
				c.refer(at, value)
			}
		}
	}
}
