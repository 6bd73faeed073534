package transport

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"blurt/scanner/wire"
)

// maxNames bounds the host names that are remembered.
const maxNames = 4096

// names turns hosts into addresses: literals, pins, the hosts file, localhost,
// then name servers. Each name is asked for once in a scan; its addresses stand
// in a fixed order, and the first one that a connection was made to stays first.
type names struct {
	pins      map[pinKey]netip.Addr
	hosts     func() map[string][]netip.Addr // the hosts file, read on first use
	resolvers func() ([]string, error)       // addresses of name servers
	asking    singleflight.Group
	servers   *servers

	mu    sync.Mutex
	found map[string][]netip.Addr
}

type pinKey struct {
	host string
	port uint16
}

func newNames(c Config) (*names, error) {
	n := &names{
		pins:      make(map[pinKey]netip.Addr, len(c.Pins)),
		hosts:     sync.OnceValue(readHostsFile),
		resolvers: sync.OnceValues(systemResolvers),
		servers:   newServers(),
		found:     make(map[string][]netip.Addr),
	}
	for _, pin := range c.Pins {
		n.pins[pinKey{canonical(pin.Host), pin.Port}] = pin.Addr.Unmap()
	}
	if len(c.Resolvers) > 0 {
		given, err := resolverAddresses(c.Resolvers)
		if err != nil {
			return nil, err
		}
		n.resolvers = func() ([]string, error) { return given, nil }
	}
	return n, nil
}

// resolverAddresses checks name servers, given as an address with or without a
// port. A name would need a name server itself.
func resolverAddresses(given []string) ([]string, error) {
	const port = 53 // RFC 1035, section 4.2
	var addresses []string
	for _, text := range given {
		server, err := netip.ParseAddrPort(text)
		if err != nil {
			addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
			if err != nil {
				return nil, fmt.Errorf("resolver %s: use an IP address, with or without a port", clean(text))
			}
			server = netip.AddrPortFrom(addr, port)
		}
		addresses = append(addresses, server.String())
	}
	return addresses, nil
}

func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// pinned returns the address that the user gave for the origin.
func (n *names) pinned(to wire.Origin) (netip.Addr, bool) {
	if len(n.pins) == 0 {
		return netip.Addr{}, false
	}
	addr, found := n.pins[pinKey{canonical(to.Host), to.Port}]
	return addr, found
}

// known returns the addresses of a name that was looked up before.
func (n *names) known(host string) []netip.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.found[host]
}

// pin moves an address to the front of its host's list.
func (n *names) pin(host string, addr netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	addrs := n.found[host]
	i := slices.Index(addrs, addr)
	if i <= 0 {
		return
	}
	// The list is shared with its readers: put a new one in its place.
	moved := append([]netip.Addr{addr}, addrs[:i]...)
	n.found[host] = append(moved, addrs[i+1:]...)
}

// lookup returns every address of the host.
func (n *names) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addrs := n.known(host); addrs != nil {
		return addrs, nil
	}
	addrs, err := n.find(ctx, canonical(host))
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.found) >= maxNames {
		clear(n.found)
	}
	n.found[host] = addrs
	return addrs, nil
}

func (n *names) find(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	if addrs := n.hosts()[host]; len(addrs) > 0 {
		return addrs, nil
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		// RFC 6761, section 6.3: never asked of a name server.
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}, nil
	}
	return n.ask(ctx, host)
}

// ask puts the question to the name servers, once for all who wait for it.
func (n *names) ask(ctx context.Context, host string) ([]netip.Addr, error) {
	resolvers, err := n.resolvers()
	if errors.Is(err, errNoFile) {
		return askSystem(ctx, host)
	}
	if err != nil {
		return nil, err
	}
	answer := n.asking.DoChan(host, func() (any, error) {
		return n.servers.query(host, resolvers)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-answer:
		addrs, _ := result.Val.([]netip.Addr)
		return addrs, result.Err
	}
}

var (
	errNoServer = errors.New("no name server")
	errNoFile   = errors.New("no list of name servers")
	errNoHost   = errors.New("no such host")
)

// noHost says that a name has no address, and who said so.
func noHost(host string, asked []string) error {
	return &reason{fmt.Sprintf("no such host %s (asked %s)", clean(host), clean(strings.Join(asked, ", "))), errNoHost}
}

// order removes doubles and puts IPv4 first, each family by number, so that two
// scans of the same names use the same addresses.
func order(addrs []netip.Addr) []netip.Addr {
	slices.SortFunc(addrs, func(a, b netip.Addr) int {
		if a.Is4() != b.Is4() {
			if a.Is4() {
				return -1
			}
			return 1
		}
		return a.Compare(b)
	})
	return slices.Compact(addrs)
}

// close stops what asks the name servers.
func (n *names) close() { n.servers.close() }
