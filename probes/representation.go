package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// representation asks for the answer in ways that switch the form of error
// pages, and by preferences and conditions that do not parse (RFC 9110,
// sections 10.1.1, 12, 13 and 14).
func representation() Probe {
	return Probe{
		ID:      "representation",
		Changes: "asks for another form of the answer, or by preferences that do not parse",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				if c.Profile < Standard {
					return
				}
				script := c.Control.Set("Accept", "text/plain").With(wire.Field{Name: "X-Requested-With", Value: "XMLHttpRequest"})
				token := c.Mint("preference")
				preferences := claiming(c, "malformed-preferences", []wire.Field{
					{Name: "Accept-Language", Value: "\xff;q=" + token},
					{Name: "Accept-Charset", Value: token + ";q=2"},
					{Name: "If-Modified-Since", Value: token},
					{Name: "If-None-Match", Value: token},
					{Name: "If-Range", Value: token},
					{Name: "Range", Value: "bytes=5-2,-0,99999999999999999999-" + token},
					{Name: "X-Request-ID", Value: "'" + token},
					{Name: "traceparent", Value: "00-" + token},
					{Name: "baggage", Value: "=;" + token},
				})
				preferences.Group, preferences.Once = true, onceBelowThorough(c, "representation/malformed-preferences")
				_ = yield(Attempt{Variant: "script", Request: script}) &&
					yield(Attempt{
						Variant: "malformed-accept",
						Request: c.Control.Set("Accept", "blurt/;q="+token+", */"),
						Once:    onceBelowThorough(c, "representation/malformed-accept"),
					}) &&
					yield(preferences) &&
					yield(Attempt{
						Variant: "expect",
						Request: c.Control.With(wire.Field{Name: "Expect", Value: token}),
						Once:    onceBelowThorough(c, "representation/expect"),
					})
			}
		},
	}
}
