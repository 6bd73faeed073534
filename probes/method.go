package probes

import (
	"iter"
	"strconv"

	"blurt/scanner/wire"
)

// method asks by methods that change nothing (RFC 9110, section 9.2.1), and by
// one that no server knows: frameworks check an unknown one for cross-site
// request forgery and refuse it in many ways.
func method() Probe {
	return Probe{
		ID:      "method",
		Changes: "uses another method",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, m := range []string{"HEAD", "OPTIONS", "TRACE", "BLURT"} {
					r := c.Control
					r.Method = m
					if m == "TRACE" {
						r = r.With(wire.Field{Name: "X-SSL-Client-S-DN", Value: "CN=" + c.Mint("X-SSL-Client-S-DN")})
					}
					if !yield(Attempt{Variant: m, Request: r}) {
						return
					}
				}
			}
		},
	}
}

// unsafeMethod posts to the endpoint itself; only on the caller's word.
func unsafeMethod() Probe {
	return Probe{
		ID:      "unsafe-method",
		Changes: "posts to the endpoint",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if !c.Unsafe {
					return
				}
				r := c.Control
				r.Method = "POST"
				_ = yield(Attempt{Variant: "empty-body", Request: withBody(r, "", nil)}) &&
					yield(Attempt{Variant: "wrong-content-type", Request: withBody(r, "application/json", []byte("<blurt/>"))})
			}
		},
	}
}

func lengthOf(body []byte) string { return strconv.Itoa(len(body)) }
