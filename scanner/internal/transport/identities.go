package transport

import (
	"crypto/tls"
	"sync"

	"blurt/scanner/wire"
)

// maxIdentities bounds the digests that are remembered.
const maxIdentities = 1024

// identities remembers the digests of identities, which are costly beside a
// kept-alive exchange. An identity is immutable, so its certificate's address
// stands for the certificate.
type identities struct {
	mu    sync.RWMutex
	known map[identityKey]string
}

type identityKey struct {
	name    string
	cert    *tls.Certificate
	private bool
}

func (i *identities) of(as wire.Identity) string {
	key := identityKey{as.Name, as.Cert, as.Private}
	i.mu.RLock()
	id, found := i.known[key]
	i.mu.RUnlock()
	if found {
		return id
	}
	id = as.ID()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known == nil || len(i.known) >= maxIdentities {
		i.known = make(map[identityKey]string)
	}
	i.known[key] = id
	return id
}
