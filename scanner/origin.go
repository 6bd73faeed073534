package scanner

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

const (
	maxSeen     = 200_000 // endpoints of one origin that are told apart
	maxLeads    = 10      // endpoints of one origin that are added by its answers
	maxFailures = 3       // endpoints in a row that get no answer before an origin is given up
)

// originState is what is remembered of an origin from one endpoint to the next.
// Only the goroutine that owns the origin touches it.
type originState struct {
	probed   bool                      // the probes of the whole origin have been sent
	products map[string]detect.Product // by name
	reported map[string]bool           // fingerprints of findings about the whole origin
	narrowed map[string][]string       // by rule, the fields that were enough
	seen     map[uint64]struct{}       // digests of targets
	leads    []wire.Endpoint
	led      int
	failures int
	lastErr  string
}

func newOriginState() *originState {
	return &originState{
		products: make(map[string]detect.Product),
		reported: make(map[string]bool),
		narrowed: make(map[string][]string),
		seen:     make(map[uint64]struct{}),
	}
}

// first reports whether a target has not been examined yet, and notes it.
func (s *originState) first(target string) bool {
	h := fnv.New64a()
	h.Write([]byte(target))
	digest := h.Sum64()
	if _, ok := s.seen[digest]; ok {
		return false
	}
	if len(s.seen) < maxSeen {
		s.seen[digest] = struct{}{}
	}
	return true
}

// lead queues an endpoint that an answer pointed to.
func (s *originState) lead(to wire.Endpoint) {
	if s.led < maxLeads {
		s.led++
		s.leads = append(s.leads, to)
	}
}

// learn keeps what is recognised, a version rather than none.
func (s *originState) learn(products []detect.Product) {
	for _, p := range products {
		if known, ok := s.products[p.Name]; !ok && len(s.products) < 32 || ok && known.Version == "" && p.Version != "" {
			s.products[p.Name] = p
		}
	}
}

// stack names the products, front first.
func (s *originState) stack() []string {
	order := []detect.Role{detect.Proxy, detect.Server, detect.Framework, detect.Language}
	names := slices.SortedFunc(maps.Keys(s.products), func(a, b string) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, s.products[a].Role), slices.Index(order, s.products[b].Role)),
			cmp.Compare(a, b))
	})
	return names
}
