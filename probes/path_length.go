package probes

import (
	"iter"
	"strings"

	"blurt/scanner/wire"
)

// pathLength goes beyond the limits of servers: nginx takes 8 KiB a line,
// gunicorn 4,094 bytes of a request line, and each has a page of its own for
// what is longer.
func pathLength() Probe {
	return Probe{
		ID:         "path-length",
		Changes:    "makes the path, the query or a cookie longer than servers take",
		PerOrigin:  true,
		MinProfile: Standard,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				limits := c.Limits
				if limits == (Limits{}) {
					limits = DefaultLimits()
				}
				// The query stays below what proxies take, so that the application's
				// server is the one to complain.
				below := max(0, min(limits.Line-1500, 6000))
				beyond := limits.Line + 600
				path := c.Endpoint.Path()
				if !yield(Attempt{Variant: "query", Request: withTarget(c.Control, path+"?blurt="+c.Mint("query")+strings.Repeat("a", below))}) ||
					!yield(Attempt{
						Variant: "cookie",
						Request: c.Control.With(wire.Field{Name: "Cookie", Value: "sessionid=" + strings.Repeat("a", beyond)}),
					}) || c.Profile < Thorough {
					return
				}
				yield(Attempt{Variant: "path", Request: withTarget(c.Control, "/"+c.Mint("path")+strings.Repeat("a", beyond))})
			}
		},
	}
}
