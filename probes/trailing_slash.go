package probes

import (
	"iter"
	"strings"

	"blurt/scanner/wire"
)

// trailingSlash asks for the same path with its last slash added or removed.
// Where the server redirects from one spelling to the other, no handler stands
// behind the first; a POST there changes nothing, and in debug mode Django
// complains of it with its technical page.
func trailingSlash() Probe {
	return Probe{
		ID:      "trailing-slash",
		Changes: "adds or removes the slash at the end of the path",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				r := c.Control
				toggled, ok := toggleSlash(r.Target)
				if c.Answer != nil && redirectsTo(c.Answer, toggled) {
					yield(postTo(r, r.Target))
					return
				}
				if r.Target = toggled; ok {
					yield(Attempt{Variant: "toggled", Request: r})
				}
			}
		},
		Follow: func(c Context, a Attempt, answer *wire.Response) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if a.Variant == "toggled" && redirectsTo(answer, c.Control.Target) {
					yield(postTo(c.Control, a.Request.Target))
				}
			}
		},
	}
}

func postTo(r wire.Request, target string) Attempt {
	r.Method, r.Target = "POST", target
	return Attempt{Variant: "post-redirected", Request: withBody(r, "", nil)}
}

// toggleSlash reports false for the root, which has no other spelling.
func toggleSlash(target string) (string, bool) {
	path, query, found := strings.Cut(target, "?")
	if path == "/" {
		return target, false
	}
	if strings.HasSuffix(path, "/") {
		path = strings.TrimSuffix(path, "/")
	} else {
		path += "/"
	}
	if found {
		path += "?" + query
	}
	return path, true
}

func redirectsTo(r *wire.Response, target string) bool {
	switch r.Status {
	case 301, 302, 307, 308:
		location := r.Field("Location")
		return location == target || strings.Contains(location, "://") && strings.HasSuffix(location, target)
	}
	return false
}
