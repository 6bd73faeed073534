package transport

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"blurt/scanner/wire"
)

// dialer makes connections: TCP, the proxy on the way, TLS.
type dialer struct {
	names   *names
	shaker  *shaker
	proxy   *proxy // nil: none
	stall   time.Duration
	timeout time.Duration
}

func newDialer(c Config, names *names) (*dialer, error) {
	d := &dialer{names: names, shaker: newShaker(c), stall: c.ReadTimeout, timeout: c.Timeout}
	if c.Proxy != nil {
		p, err := newProxy(c.Proxy, names, c.Roots)
		if err != nil {
			return nil, err
		}
		d.proxy = p
	}
	return d, nil
}

// dial makes a connection for the call. Where TLS began, the connection is
// returned with a failure too, for the handshake's facts; it is closed then.
func (d *dialer) dial(ctx context.Context, c *call, key connKey, alpn []string, limit time.Time) (*conn, *wire.Failure) {
	bounded, cancel := context.WithDeadline(ctx, limit)
	defer cancel()
	tcp, remote, err := d.connect(bounded, c)
	if err != nil {
		return nil, failure(wire.StageConnect, cause(ctx, err), c.within(d.timeout))
	}
	one := &conn{key: key, link: &link{Conn: tcp, stall: d.stall}, remote: remote}
	one.key.addr = remote.Addr()
	one.stream = one.link
	if socket, ok := tcp.(*net.TCPConn); ok {
		if raw, err := socket.SyscallConn(); err == nil {
			one.peek = newPeeker(raw)
		}
	}
	one.link.split = c.by.SplitHello
	if c.to.TLS() {
		if f := d.secure(ctx, one, c.as, alpn, limit); f != nil {
			one.close()
			return one, f
		}
	}
	one.br = bufio.NewReaderSize(one.stream, readBuffer)
	return one, nil
}

// secure makes the TLS handshake within the limit.
func (d *dialer) secure(ctx context.Context, one *conn, as wire.Identity, alpn []string, limit time.Time) *wire.Failure {
	stop := context.AfterFunc(ctx, one.link.cancel)
	err := one.link.begin(limit)
	begun := time.Now()
	if err == nil {
		err = d.shaker.shake(one, as, alpn)
	}
	one.shook = time.Since(begun)
	if !stop() && err == nil {
		err = errCanceled
	}
	if err != nil {
		return failure(wire.StageTLS, cause(ctx, err), d.timeout)
	}
	return nil
}

// connect opens a TCP connection to the first address that answers and pins it.
func (d *dialer) connect(ctx context.Context, c *call) (net.Conn, netip.AddrPort, error) {
	if d.proxy != nil {
		host := c.to.Host
		if len(c.addrs) > 0 {
			host = c.addrs[0].String()
		}
		conn, err := d.proxy.dial(ctx, net.JoinHostPort(host, strconv.Itoa(int(c.to.Port))))
		return conn, netip.AddrPort{}, err
	}
	var first error
	for i, addr := range c.addrs {
		to := netip.AddrPortFrom(addr, c.to.Port)
		conn, err := dialTCP(ctx, to, len(c.addrs)-i)
		if err == nil {
			if !c.by.Addr.IsValid() {
				d.names.pin(c.to.Host, addr)
			}
			return conn, to, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = errors.New("the host has no address")
	}
	return nil, netip.AddrPort{}, first
}

// dialTCP connects to one address and takes no more than its share of the time
// that is left where others could be tried after it.
func dialTCP(ctx context.Context, to netip.AddrPort, candidates int) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: -1}
	if end, ok := ctx.Deadline(); ok && candidates > 1 {
		dialer.Timeout = time.Until(end) / time.Duration(candidates)
	}
	return dialer.DialContext(ctx, "tcp", to.String())
}

// cause prefers why the caller's context ended to what that looked like on the
// connection.
func cause(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, errRefused) {
		return ended
	}
	return err
}
