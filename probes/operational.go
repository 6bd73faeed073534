package probes

import (
	"iter"
	"slices"

	"blurt/scanner/operational"
	"blurt/scanner/wire"
)

// operationalEndpoints asks for what is made for operators: metrics, profilers,
// logs, configuration, admin planes, API descriptions. Products that were
// recognised come first; what an entry leads to is asked for once it matched.
func operationalEndpoints() Probe {
	return Probe{
		ID:            "operational",
		Changes:       "asks for a path where operators' tools usually are",
		PerOrigin:     true,
		AgainstAbsent: true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				asked := make(map[string]bool)
				for _, known := range []bool{true, false} {
					for _, e := range operational.Entries() {
						if slices.Contains(c.Known.Products, e.Product) != known {
							continue
						}
						for _, path := range pathsFor(c.Profile, e, known) {
							if asked[path] {
								continue
							}
							asked[path] = true
							if !yield(Attempt{Variant: variantOf(e, path), Request: withTarget(c.Control, path)}) {
								return
							}
						}
					}
				}
			}
		},
		Follow: func(c Context, a Attempt, answer *wire.Response) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				e, _, _, ok := operational.Find(operational.Answer{
					Target: a.Request.Target, Status: answer.Status, Type: answer.Field("Content-Type"), Body: answer.Body, Cut: answer.Cut,
				})
				if !ok || c.Profile >= Thorough {
					return // thorough asks for all of them anyway
				}
				for _, path := range e.Then {
					if path != a.Request.Target && !yield(Attempt{Variant: variantOf(e, path), Request: withTarget(c.Control, path)}) {
						return
					}
				}
			}
		},
	}
}

// pathsFor returns what an entry is asked for by, in a profile. What belongs to
// a product that was recognised is asked for in standard already.
func pathsFor(p Profile, e *operational.Entry, known bool) []string {
	from, err := ParseProfile(e.Profile)
	if known {
		from = min(from, Standard)
	}
	if err != nil || p < from {
		return nil
	}
	if p >= Thorough {
		return slices.Concat(e.Paths, e.More, e.Then)
	}
	return e.Paths
}

// variantOf names an attempt by its entry, and by its path where the entry has
// several.
func variantOf(e *operational.Entry, path string) string {
	if len(e.Paths) > 0 && path == e.Paths[0] {
		return e.ID
	}
	return e.ID + " " + path
}
