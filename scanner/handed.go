package scanner

import (
	"slices"
	"sync"

	"blurt/scanner/wire"
)

// maxHanded bounds the targets' origins that are remembered.
const maxHanded = 256

// handedOrigins are the origins of the targets so far, the first ones of them. It
// is safe for concurrent use.
type handedOrigins struct {
	mu       sync.Mutex
	list     []wire.Origin
	repeated []wire.Origin // those that more than one target has
}

func (h *handedOrigins) add(to wire.Origin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := slices.Contains(h.list, to)
	switch {
	case !known && len(h.list) < maxHanded:
		h.list = append(h.list, to)
	case known && !slices.Contains(h.repeated, to):
		h.repeated = append(h.repeated, to)
	}
}

// isRepeated reports an origin that more than one target has.
func (h *handedOrigins) isRepeated(origin wire.Origin) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.repeated, origin)
}

// all returns them in the order in which they were handed in.
func (h *handedOrigins) all() []wire.Origin {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list)
}

// has reports whether a host is that of a target.
func (h *handedOrigins) has(host string) bool {
	return slices.ContainsFunc(h.all(), func(o wire.Origin) bool { return o.Host == host })
}
