package probes

import (
	"iter"
	"strings"

	"blurt/scanner/wire"
)

// notFound asks for paths that cannot exist, at the root and beside the
// endpoint, where another application may answer. Frameworks in debug mode
// answer with their routes.
func notFound() Probe {
	return Probe{
		ID:      "not-found",
		Changes: "asks for a path that does not exist",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				r := c.Control
				r.Target = "/" + c.Mint("path")
				if !yield(Attempt{Variant: "any", Request: r, Absent: true, Once: "not-found"}) ||
					!yield(Attempt{Variant: "browser", Request: r.Set("Accept", acceptBrowser), Once: "not-found as browser"}) {
					return
				}
				path := c.Endpoint.Path()
				if folder := path[:strings.LastIndexByte(path, '/')+1]; folder != "/" {
					r.Target = folder + c.Mint("path")
					yield(Attempt{Variant: "beside", Request: r, Once: "not-found in " + folder})
				}
			}
		},
	}
}

// postNotFound sends what only a debug mode complains of, to a path that no
// handler has.
func postNotFound() Probe {
	return Probe{
		ID:        "post-not-found",
		Changes:   "posts to a path that does not exist",
		PerOrigin: true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				r := c.Control
				r.Method, r.Target = "POST", "/"+c.Mint("path")
				if !yield(Attempt{Variant: "empty-body", Request: withBody(r, "", nil)}) {
					return
				}
				yield(Attempt{Variant: "wrong-content-type", Request: withBody(r, "application/json", []byte("<blurt/>"))})
			}
		},
	}
}

// withBody gives the request a body and the fields that frame it.
func withBody(r wire.Request, contentType string, body []byte) wire.Request {
	if contentType != "" {
		r = r.With(wire.Field{Name: "Content-Type", Value: contentType})
	}
	r.Body = body
	return r.With(wire.Field{Name: "Content-Length", Value: lengthOf(body)})
}
