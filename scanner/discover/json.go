package discover

import (
	"bytes"
	"encoding/json"
	"strings"

	"blurt/scanner/wire"
)

// json reads the strings that are links: URLs of the same origin wherever they
// stand, as in the API root of Django REST framework, and paths where the
// member's name says so, as in HAL and JSON:API.
func (c *collector) json(at wire.Endpoint, body []byte) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	var names []string // the member that each open object or array is in
	var inObject []bool
	name, expectName := "", false
	for !c.full() {
		token, err := decoder.Token()
		if err != nil {
			return
		}
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{', '[':
				names, inObject = append(names, name), append(inObject, token == '{')
				if token == '{' {
					expectName = true
				}
				continue
			default:
				name = names[len(names)-1]
				names, inObject = names[:len(names)-1], inObject[:len(inObject)-1]
			}
		case string:
			if expectName {
				name, expectName = token, false
				continue
			}
			if isLink(name, token) && !isAsset(token) {
				c.refer(at, token)
			}
		}
		expectName = len(inObject) > 0 && inObject[len(inObject)-1]
	}
}

// isLink reports whether a string of a JSON document is meant to be followed.
func isLink(name, value string) bool {
	switch {
	case strings.HasPrefix(value, "http://"), strings.HasPrefix(value, "https://"):
		return !strings.ContainsAny(value, " \t\r\n")
	case !strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//") || strings.ContainsAny(value, " \t\r\n"):
		return false
	}
	name = strings.ToLower(name)
	switch name {
	case "href", "url", "uri", "link", "links", "self", "next", "prev", "previous", "first", "last", "location", "endpoint", "endpoints",
		"route", "routes", "redirect", "canonical", "related", "@id":
		return true
	}
	return strings.HasSuffix(name, "_url") || strings.HasSuffix(name, "url") || strings.HasSuffix(name, "_link")
}
