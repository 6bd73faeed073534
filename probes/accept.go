package probes

import "iter"

// accept asks for the other representations of the endpoint.
func accept() Probe {
	return Probe{
		ID:      "accept",
		Changes: "asks for another representation in the Accept field",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				_ = yield(Attempt{Variant: "browser", Request: c.Control.Set("Accept", acceptBrowser)}) &&
					yield(Attempt{Variant: "json", Request: c.Control.Set("Accept", acceptJSON)})
			}
		},
	}
}
