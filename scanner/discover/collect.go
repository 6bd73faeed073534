package discover

import "blurt/scanner/wire"

// Bounds of what is read and returned.
const (
	// MaxLeads bounds the endpoints of one answer.
	MaxLeads = 500
	// MaxEndpoints bounds the endpoints of one document that the caller hands in.
	MaxEndpoints = 10_000
	// MaxDocument bounds an API description, in bytes.
	MaxDocument = 16 << 20

	maxTarget = 2000 // bytes of one target
)

// Options say what counts as an endpoint.
type Options struct {
	// Unsafe takes in operations that only methods other than GET and HEAD have.
	Unsafe bool
}

// collector gathers endpoints, each once, in the order in which they come.
type collector struct {
	seen  map[wire.Endpoint]bool
	found []wire.Endpoint
	most  int
}

func newCollector(most int, but ...wire.Endpoint) *collector {
	c := &collector{seen: make(map[wire.Endpoint]bool), most: most}
	for _, e := range but {
		c.seen[e] = true
	}
	return c
}

func (c *collector) full() bool { return len(c.found) >= c.most }

func (c *collector) add(endpoints ...wire.Endpoint) {
	for _, e := range endpoints {
		if c.full() {
			return
		}
		if !c.seen[e] && len(e.Target) <= maxTarget {
			c.seen[e] = true
			c.found = append(c.found, e)
		}
	}
}

// refer adds what a reference in the answer of an endpoint points to.
func (c *collector) refer(at wire.Endpoint, reference string) {
	if e, ok := Resolve(at, reference); ok {
		c.add(e)
	}
}
