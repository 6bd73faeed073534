package probes

import "iter"

// hostSyntax names the host in ways that do not parse (RFC 9110, section 7.2).
func hostSyntax() Probe {
	return Probe{
		ID:        "host-syntax",
		Changes:   "writes a Host field that does not parse",
		PerOrigin: true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				hosts := []struct {
					variant string
					from    Profile
					value   string
				}{
					{"bad-port", Quick, c.Endpoint.Origin.Host + ":" + c.Mint("host")},
					{"bad-characters", Standard, c.Mint("host") + "_@[<'\".invalid"},
					{"bad-address", Thorough, "[::" + c.Mint("host")},
					{"empty", Thorough, ""},
					{"trailing-dot", Thorough, c.Endpoint.Origin.Host + "."},
					{"localhost", Thorough, "localhost"},
				}
				for _, h := range hosts {
					if c.Profile >= h.from && !yield(Attempt{Variant: h.variant, Request: c.Control.Set("Host", h.value)}) {
						return
					}
				}
			}
		},
	}
}
