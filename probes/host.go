package probes

import (
	"iter"
)

// unknownHost asks under a host name that the server cannot know: Django checks
// it before anything else, and other servers fall back to a default site.
func unknownHost() Probe {
	return Probe{
		ID:        "unknown-host",
		Changes:   "names a host that does not exist in the Host field",
		PerOrigin: true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				yield(Attempt{Variant: "invalid-name", Request: c.Control.Set("Host", c.Mint("host")+".invalid")})
			}
		},
	}
}
