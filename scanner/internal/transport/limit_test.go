package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

func TestBudget(t *testing.T) {
	to := serveRaw(t, counting(func(int, int) string { return sized("x") }))
	client := newClient(t, transport.Config{MaxRequests: 3})
	for i := range 5 {
		x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
		if i < 3 {
			mustGet(t, x)
		} else if x.Err == nil || x.Err.Stage != wire.StageBudget {
			t.Errorf("request %d: %v", i, x.Err)
		}
	}
	if client.Requests() != 3 {
		t.Errorf("%d requests counted", client.Requests())
	}
}

// No second holds more requests than the rate, however many wait at once.
func TestRate(t *testing.T) {
	const perSecond, total = 20, 30
	var (
		mu    sync.Mutex
		times []time.Time
	)
	to := serveRaw(t, counting(func(int, int) string {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, time.Now())
		return sized("x")
	}))
	client := newClient(t, transport.Config{Rate: perSecond})
	var wait sync.WaitGroup
	for range total {
		wait.Go(func() { client.Do(context.Background(), wire.Identity{}, to, get(to, "/")) })
	}
	wait.Wait()
	// Arrival is later than sending by an unknown while, so what can be held to is
	// the whole: that many requests need that much time.
	if took := times[len(times)-1].Sub(times[0]); len(times) != total || took < (total-perSecond)*time.Second/perSecond {
		t.Errorf("%d requests in %v", len(times), took)
	}
}

func TestWaitingForTheRateCanBeStopped(t *testing.T) {
	to := serveRaw(t, counting(func(int, int) string { return sized("x") }))
	client := newClient(t, transport.Config{Rate: 0.001})
	mustGet(t, client.Do(context.Background(), wire.Identity{}, to, get(to, "/")))
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if x := client.Do(ctx, wire.Identity{}, to, get(to, "/")); x.Err == nil || x.Err.Stage != wire.StageBudget || !errors.Is(x.Err, context.Canceled) {
		t.Errorf("error %v", x.Err)
	}
}

func TestGuard(t *testing.T) {
	reached := make(chan struct{}, 8)
	to := serveRaw(t, func(_ int, c net.Conn) { reached <- struct{}{} })
	var asked []string
	refuse := func(host string, addr netip.Addr) bool {
		asked = append(asked, fmt.Sprint(host, " ", addr))
		return false
	}
	server := serveNames(t, map[string][]string{"outside.test.": {"outside.test. 60 A 127.0.0.1", "outside.test. 60 AAAA ::1"}})
	client := newClient(t, transport.Config{Allow: refuse, Resolvers: []string{server.addr}})
	to.Host = "outside.test"
	x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	if x.Err == nil || x.Err.Stage != wire.StageScope || x.Sent != nil || client.Requests() != 0 || len(reached) != 0 {
		t.Errorf("error %v, sent %q", x.Err, x.Sent)
	}
	if got := fmt.Sprint(asked); got != "[outside.test 127.0.0.1 outside.test ::1]" {
		t.Errorf("asked for %s", got)
	}
}

// Addresses that are out of scope are passed over, not talked to.
func TestGuardPicksAllowedAddress(t *testing.T) {
	to := serveRaw(t, counting(func(int, int) string { return sized("x") }))
	server := serveNames(t, map[string][]string{"mixed.test.": {"mixed.test. 60 A 127.0.0.1", "mixed.test. 60 A 10.255.255.1"}})
	client := newClient(t, transport.Config{
		Resolvers: []string{server.addr},
		Allow:     func(_ string, addr netip.Addr) bool { return addr.IsLoopback() },
	})
	to.Host = "mixed.test"
	x := client.Do(context.Background(), wire.Identity{}, to, get(to, "/"))
	mustGet(t, x)
	if x.Remote.Addr() != loopback {
		t.Errorf("remote %v", x.Remote)
	}
}
