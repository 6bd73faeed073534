package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// representation asks for the answer in ways that switch the form of error
// pages, and by a preference and an expectation that do not parse (RFC 9110,
// sections 10.1.1 and 12.5.1).
func representation() Probe {
	return Probe{
		ID:      "representation",
		Changes: "asks for another form of the answer, or by a preference that does not parse",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if c.Profile < Standard {
					return
				}
				script := c.Control.Set("Accept", "text/plain").With(wire.Field{Name: "X-Requested-With", Value: "XMLHttpRequest"})
				token := c.Mint("preference")
				if !yield(Attempt{Variant: "script", Request: script}) || !yield(Attempt{
					Variant: "malformed-accept",
					Request: c.Control.Set("Accept", "blurt/;q="+token+", */"),
					Once:    onceBelowThorough(c, "representation/malformed-accept"),
				}) || c.Profile < Thorough {
					return
				}
				yield(Attempt{Variant: "expect", Request: c.Control.With(wire.Field{Name: "Expect", Value: token})})
			}
		},
	}
}
