package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
	"github.com/owasp-amass/resolve"
)

const (
	// askTime is how long one round of questions may take, and askRounds how many
	// there are: datagrams get lost.
	askTime   = 2 * time.Second
	askRounds = 2
	// resolverRate is more questions a second than a scan asks.
	resolverRate = 500
	// poolAge is how long one pool of the library is used. It opens a new set of
	// sockets every ten seconds and leaves the old set behind, so that a pool must
	// not live that long.
	poolAge  = 5 * time.Second
	maxChain = 16 // CNAME records followed in one answer
)

// servers asks name servers through the resolver library. Its pool of sockets is
// opened for the first question and closed with the last one under way, so that
// a scan of addresses alone starts no goroutine.
type servers struct {
	life context.Context // of all questions
	end  context.CancelFunc

	mu      sync.Mutex
	current *generation
	shut    bool
	asking  sync.WaitGroup
}

// generation is one pool of the library and those who use it.
type generation struct {
	pool    *resolve.Resolvers
	sockets []*net.UDPConn
	born    time.Time
	users   int
}

func newServers() *servers {
	life, end := context.WithCancel(context.Background())
	return &servers{life: life, end: end}
}

// systemResolvers returns the name servers that the system is set up with, or
// errNoFile where it keeps them elsewhere.
func systemResolvers() ([]string, error) {
	config, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, errNoFile
	}
	if len(config.Servers) == 0 {
		return nil, &reason{"no name server configured; pass --resolvers", errNoServer}
	}
	var addresses []string
	for _, server := range config.Servers {
		addresses = append(addresses, net.JoinHostPort(server, config.Port))
	}
	return addresses, nil
}

// askSystem leaves the question to the system, as on Windows.
func askSystem(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	var unknown *net.DNSError
	if errors.As(err, &unknown) && unknown.IsNotFound {
		return nil, noHost(host, []string{"the system"})
	}
	if err != nil {
		return nil, err
	}
	for i, addr := range addrs {
		addrs[i] = addr.Unmap()
	}
	return order(addrs), nil
}

// query asks for the A and AAAA records of a name and returns its addresses.
func (s *servers) query(host string, asked []string) ([]netip.Addr, error) {
	if len(host) > 253 {
		return nil, noHost(host[:253], asked)
	}
	if _, ok := dns.IsDomainName(host); !ok {
		return nil, noHost(host, asked)
	}
	g, err := s.enter(asked)
	if err != nil {
		return nil, err
	}
	defer s.leave(g)
	var last error
	for n := range askRounds {
		addrs, err := g.round(s.life, host, n > 0)
		if err == nil {
			if len(addrs) == 0 {
				return nil, noHost(host, asked)
			}
			return order(addrs), nil
		}
		if s.life.Err() != nil {
			return nil, errShut
		}
		last = err
	}
	text := "no answer from the name server"
	if !errors.Is(last, context.DeadlineExceeded) {
		text = last.Error()
	}
	return nil, &reason{text + " (asked " + clean(strings.Join(asked, ", ")) + ")", last}
}

// round asks both questions at once. It succeeds where both are answered, or one
// of them with an address. Plain questions go without EDNS (RFC 6891), which some
// servers refuse.
func (g *generation) round(ctx context.Context, host string, plain bool) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var (
		addrs   []netip.Addr
		problem error
	)
	var answers []chan *dns.Msg
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		question := resolve.QueryMsg(host, kind)
		if plain {
			question.Extra = nil
		}
		answers = append(answers, g.pool.QueryChan(ctx, question))
	}
	for _, answer := range answers {
		select {
		case <-ctx.Done():
			problem = ctx.Err()
		case msg := <-answer:
			if err := judge(msg); err != nil {
				problem = err
				continue
			}
			addrs = append(addrs, addressesIn(msg, host)...)
		}
	}
	if len(addrs) > 0 {
		return addrs, nil
	}
	return nil, problem
}

// judge tells answers, a denial among them, from servers that could not say.
func judge(msg *dns.Msg) error {
	switch {
	case msg == nil || msg.Rcode == resolve.RcodeNoResponse:
		return context.DeadlineExceeded
	case msg.Rcode == dns.RcodeSuccess, msg.Rcode == dns.RcodeNameError:
		return nil
	}
	return errors.New("the name server answered " + dns.RcodeToString[msg.Rcode])
}

// addressesIn returns the addresses of the name in an answer, aliases followed.
// Records of names that nobody asked for are left out.
func addressesIn(msg *dns.Msg, host string) []netip.Addr {
	alias := make(map[string]string)
	records := resolve.ExtractAnswers(msg)
	for _, record := range resolve.AnswersByType(records, dns.TypeCNAME) {
		alias[record.Name] = canonical(record.Data)
	}
	own := map[string]bool{host: true}
	for name, steps := alias[host], 0; name != "" && !own[name] && steps < maxChain; name, steps = alias[name], steps+1 {
		own[name] = true
	}
	var addrs []netip.Addr
	for _, record := range records {
		if (record.Type != dns.TypeA && record.Type != dns.TypeAAAA) || !own[record.Name] {
			continue
		}
		if addr, err := netip.ParseAddr(record.Data); err == nil {
			addrs = append(addrs, addr.Unmap())
		}
	}
	return addrs
}

// enter joins the pool of the moment, or opens one.
func (s *servers) enter(addresses []string) (*generation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return nil, errShut
	}
	if s.current == nil || time.Since(s.current.born) > poolAge {
		g, err := open53(addresses)
		if err != nil {
			return nil, err
		}
		s.current = g
	}
	s.current.users++
	s.asking.Add(1)
	return s.current, nil
}

// leave closes the pool behind the last one who asked.
func (s *servers) leave(g *generation) {
	defer s.asking.Done()
	s.mu.Lock()
	g.users--
	last := g.users == 0
	if last && s.current == g {
		s.current = nil
	}
	s.mu.Unlock()
	if last {
		g.close()
	}
}

// close ends the questions under way and waits for those who asked.
func (s *servers) close() {
	s.mu.Lock()
	s.shut = true
	s.mu.Unlock()
	s.end()
	s.asking.Wait()
}

// open53 makes a pool that asks the given servers.
func open53(addresses []string) (*generation, error) {
	g := &generation{pool: resolve.NewResolvers(), born: time.Now()}
	g.sockets = socketsOf(g.pool)
	if len(g.sockets) == 0 {
		// The library goes on without sockets and would crash at the first question.
		return nil, errors.New("no sockets for asking the name server")
	}
	g.pool.SetTimeout(askTime)
	g.pool.SetMaxQPS(resolverRate) // without it, the library divides by the number of its servers
	if err := g.pool.AddResolvers(resolverRate, addresses...); err != nil || g.pool.Len() == 0 {
		g.close()
		return nil, &reason{"no usable name server among " + clean(strings.Join(addresses, ", ")), errNoServer}
	}
	return g, nil
}

// close stops the pool. The library then waits for one more datagram on each of
// its sockets, for ever; closing them wakes it up.
func (g *generation) close() {
	g.pool.Stop()
	for _, socket := range g.sockets {
		_ = socket.Close() // the library closes it too
	}
}

// socketsOf finds the sockets of a pool, which the library keeps to itself. Where
// a later version keeps them otherwise, it finds none.
func socketsOf(pool *resolve.Resolvers) []*net.UDPConn {
	conns := reflect.ValueOf(pool).Elem().FieldByName("conns")
	if conns.Kind() != reflect.Pointer || conns.IsNil() || conns.Elem().Kind() != reflect.Struct {
		return nil
	}
	list := conns.Elem().FieldByName("conns")
	if list.Kind() != reflect.Slice {
		return nil
	}
	var sockets []*net.UDPConn
	for i := range list.Len() {
		one := list.Index(i)
		if one.Kind() != reflect.Pointer || one.IsNil() || one.Elem().Kind() != reflect.Struct {
			return nil
		}
		socket := one.Elem().FieldByName("conn")
		if socket.Kind() != reflect.Interface || socket.Elem().Type() != reflect.TypeFor[*net.UDPConn]() {
			return nil
		}
		sockets = append(sockets, (*net.UDPConn)(socket.Elem().UnsafePointer()))
	}
	return sockets
}
