package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// nameServer answers from a zone: lines in zone-file form, by name and type. A
// name that stands in silent is never answered.
type nameServer struct {
	addr   string
	mu     sync.Mutex
	asked  map[string]int
	zone   map[string][]string
	silent string
}

func serveNames(t *testing.T, zone map[string][]string) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &nameServer{addr: conn.LocalAddr().String(), asked: make(map[string]int), zone: zone, silent: "silent.test."}
	started := make(chan struct{})
	server := &dns.Server{PacketConn: conn, Handler: n, NotifyStartedFunc: func() { close(started) }}
	done := make(chan struct{})
	go func() { defer close(done); server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { server.Shutdown(); <-done })
	return n
}

func (n *nameServer) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	question := q.Question[0]
	n.mu.Lock()
	n.asked[question.Name]++
	n.mu.Unlock()
	if question.Name == n.silent {
		return
	}
	reply := new(dns.Msg)
	reply.SetReply(q)
	lines, found := n.zone[question.Name]
	switch {
	case question.Name == "old.test." && q.IsEdns0() != nil:
		reply.Rcode = dns.RcodeFormatError
		lines = nil
	case question.Name == "broken.test.":
		reply.Rcode = dns.RcodeServerFailure
	case !found:
		reply.Rcode = dns.RcodeNameError
	}
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			panic(err)
		}
		if kind := rr.Header().Rrtype; kind == question.Qtype || kind == dns.TypeCNAME {
			reply.Answer = append(reply.Answer, rr)
		}
	}
	w.WriteMsg(reply)
}

func TestAddresses(t *testing.T) {
	server := serveNames(t, map[string][]string{
		"two.test.":   {"two.test. 60 A 192.0.2.9", "two.test. 60 A 192.0.2.1", "two.test. 60 AAAA 2001:db8::1", "two.test. 60 A 192.0.2.9"},
		"six.test.":   {"six.test. 60 AAAA 2001:db8::6"},
		"alias.test.": {"alias.test. 60 CNAME real.test.", "real.test. 60 A 192.0.2.7", "stray.test. 60 A 192.0.2.66"},
		"loop.test.":  {"loop.test. 60 CNAME loop.test."},
		"empty.test.": {},
		"old.test.":   {"old.test. 60 A 192.0.2.8"},
	})
	client := newClient(t, transport.Config{Resolvers: []string{server.addr}})
	tests := []struct{ host, want string }{
		{"192.0.2.5", "[192.0.2.5]"},
		{"2001:db8::5", "[2001:db8::5]"},
		{"two.test", "[192.0.2.1 192.0.2.9 2001:db8::1]"},
		{"six.test", "[2001:db8::6]"},
		{"alias.test", "[192.0.2.7]"},
		{"two.test.", "[192.0.2.1 192.0.2.9 2001:db8::1]"},
		{"old.test", "[192.0.2.8]"},
		{"deep.localhost", "[127.0.0.1 ::1]"},
		{"loop.test", "resolve: no such host loop.test (asked " + server.addr + ")"},
		{"empty.test", "resolve: no such host empty.test (asked " + server.addr + ")"},
		{"missing.test", "resolve: no such host missing.test (asked " + server.addr + ")"},
		{"broken.test", "resolve: the name server answered SERVFAIL (asked " + server.addr + ")"},
	}
	for _, test := range tests {
		got, err := client.Addresses(context.Background(), test.host)
		text := fmt.Sprint(got)
		if err != nil {
			text = "resolve: " + err.Error()
		}
		if text != test.want {
			t.Errorf("%s: %s, want %s", test.host, text, test.want)
		}
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if n := server.asked["alias.test."]; n != 2 {
		t.Errorf("alias.test was asked for %d times, want once for A and once for AAAA", n)
	}
}

func TestResolverFailures(t *testing.T) {
	server := serveNames(t, nil)
	tests := []struct {
		name, host string
		resolvers  []string
		timeout    time.Duration
		want       string
	}{
		{"silent server", "silent.test", []string{server.addr}, 300 * time.Millisecond, "no answer within 300ms"},
		{"no server there", "any.test", []string{"127.0.0.1:1"}, 300 * time.Millisecond, "no answer within 300ms"},
		{"no such host", "missing.test", []string{server.addr}, 15 * time.Second, "no such host missing.test"},
		{"bad name", strings.Repeat("a", 64) + ".test", []string{server.addr}, 15 * time.Second, "no such host"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := newClient(t, transport.Config{Resolvers: test.resolvers, Timeout: test.timeout})
			to := wire.Origin{Scheme: "http", Host: test.host, Port: 1}
			x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
			if x.Err == nil || x.Err.Stage != wire.StageResolve || !strings.Contains(x.Err.Error(), test.want) {
				t.Errorf("error %v, want %q", x.Err, test.want)
			}
		})
	}
}

func TestBadResolver(t *testing.T) {
	if _, err := transport.New(transport.Config{Resolvers: []string{"192.0.2.1", "dns.example"}}); err == nil || !strings.Contains(err.Error(), "dns.example") {
		t.Errorf("error %v", err)
	}
}

// Many names at once share one pool of sockets, and all get their answer.
func TestManyNames(t *testing.T) {
	zone := make(map[string][]string)
	for i := range 50 {
		zone[fmt.Sprintf("n%d.test.", i)] = []string{fmt.Sprintf("n%d.test. 60 A 192.0.2.%d", i, i)}
	}
	server := serveNames(t, zone)
	client := newClient(t, transport.Config{Resolvers: []string{server.addr}})
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			got, err := client.Addresses(context.Background(), fmt.Sprintf("n%d.test", i))
			want := []netip.Addr{netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i))}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); err != nil || diff != "" {
				t.Errorf("n%d: %v %s", i, err, diff)
			}
		})
	}
	wait.Wait()
}

// The first address that answers is kept for the scan.
func TestPinnedAddress(t *testing.T) {
	var local []string
	to := serveRaw(t, func(_ int, c net.Conn) {
		for readRequest(c) != "" {
			c.Write([]byte(sized("x")))
		}
	})
	local = append(local, "both.test. 60 A 127.0.0.1", "both.test. 60 A 127.0.0.0") // nothing can listen on the latter
	server := serveNames(t, map[string][]string{"both.test.": local})
	to.Host = "both.test"
	client := newClient(t, transport.Config{Resolvers: []string{server.addr}})
	x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	mustGet(t, x)
	if x.Remote.Addr() != loopback {
		t.Errorf("remote %v", x.Remote)
	}
	got, err := client.Addresses(context.Background(), "both.test")
	if err != nil || fmt.Sprint(got) != "[127.0.0.1 127.0.0.0]" {
		t.Errorf("addresses %v, %v", got, err)
	}
}

func TestPins(t *testing.T) {
	to := serveRaw(t, counting(func(int, int) string { return sized("pinned") }))
	to.Host = "nowhere.test"
	pins := []transport.Pin{{Host: "nowhere.test", Port: to.Port, Addr: loopback}}
	client := newClient(t, transport.Config{Pins: pins, Resolvers: []string{"127.0.0.1:1"}, Timeout: 2 * time.Second})
	mustGet(t, client.Do(context.Background(), wire.Identity{}, to, get(to, "/")))
	to.Port++ // a pin holds for its port alone
	if x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/")); x.Err == nil || x.Err.Stage != wire.StageResolve {
		t.Errorf("error %v", x.Err)
	}
}

func TestCanceledLookup(t *testing.T) {
	server := serveNames(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	to := wire.Origin{Scheme: "http", Host: "silent.test", Port: 1}
	x := newClient(t, transport.Config{Resolvers: []string{server.addr}}).Do(ctx, wire.Identity{}, to, get(to, "/"))
	if x.Err == nil || !errors.Is(x.Err, context.Canceled) {
		t.Errorf("error %v", x.Err)
	}
}
