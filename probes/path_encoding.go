package probes

import (
	"iter"
	"strings"
)

// pathEncoding puts bytes into path and query that do not decode: to no byte, to
// no text, or to what no name may hold.
func pathEncoding() Probe {
	return Probe{
		ID:      "path-encoding",
		Changes: "puts characters that do not decode into the path or the query",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, q := range []struct{ variant, value string }{
					{"query-bad-bytes", "%00%ff%zz%"},
					{"query-wrong-type", c.Mint("query")},
				} {
					r := withTarget(c.Control, withQuery(c.Control.Target, q.value))
					if !yield(Attempt{Variant: q.variant, Request: r}) {
						return
					}
				}
				for _, s := range pathEncodings() {
					if a, ok := s.build(c, "path-encoding"); ok && !yield(a) {
						return
					}
				}
				if c.Profile < Thorough {
					return
				}
				for _, name := range commonParameters()[:10] {
					for _, value := range []string{"[]", "%5B%5D=1", "-1", "1e999", "%27", "9999999999999999999999"} {
						r := withTarget(c.Control, c.Endpoint.Path()+"?"+name+"="+value)
						if !yield(Attempt{Variant: "query-" + name + "-" + value, Request: r}) {
							return
						}
					}
				}
			}
		},
	}
}

func pathEncodings() []spelling {
	after := func(suffix string) func(Context, []string) string {
		return func(_ Context, segments []string) string { return lastAs(segments, segments[len(segments)-1]+suffix) }
	}
	return []spelling{
		{variant: "not-utf-8", from: Standard, write: after("%ff%fe")},
		{variant: "bad-percent-encoding", from: Standard, once: true, write: after("%zz")},
		{variant: "null", from: Standard, once: true, write: after("%00")},
		{variant: "raw-bytes", from: Thorough, once: true, write: after("\xff\xfe")},
		{variant: "encoded-line-break", from: Thorough, write: after("%0d%0aX-Blurt:%20injected")},
		{variant: "surrogate", from: Thorough, write: after("%ed%a0%80")},
		{variant: "wrong-type", from: Thorough, write: func(c Context, segments []string) string { return lastAs(segments, c.Mint("path")) }},
		{variant: "large-number", from: Thorough, write: func(_ Context, segments []string) string { return lastAs(segments, "99999999999999999999999") }},
	}
}

// commonParameters are query parameters that views convert without looking.
func commonParameters() []string {
	return []string{
		"id", "limit", "offset", "size", "sort", "q", "date", "since", "from", "to",
		"page", "per_page", "page_size", "count", "order", "filter", "fields", "start", "end", "cursor", "version", "lang",
	}
}

// withQuery gives each parameter of the query the value, and where there is no
// query, parameters that many APIs have.
func withQuery(target, value string) string {
	path, query, _ := strings.Cut(target, "?")
	names := commonParameters()
	if query != "" {
		names = nil
		for pair := range strings.SplitSeq(query, "&") {
			name, _, _ := strings.Cut(pair, "=")
			names = append(names, name)
		}
	}
	var b strings.Builder
	b.WriteString(path)
	for i, name := range names {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(name + "=" + value)
	}
	return b.String()
}
