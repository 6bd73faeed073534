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
	mu   sync.Mutex
	list []wire.Origin
}

func (h *handedOrigins) add(to wire.Origin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.list) < maxHanded && !slices.Contains(h.list, to) {
		h.list = append(h.list, to)
	}
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
