package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	socks "golang.org/x/net/proxy"

	"blurt/scanner/wire"
)

// proxyHead bounds a proxy's answer to CONNECT, in bytes.
const proxyHead = 16 << 10

// proxy reaches targets through a forward proxy, which resolves their names.
// Its credentials appear in no error.
type proxy struct {
	host   string
	port   uint16
	names  *names
	tls    *tls.Config // nil: the proxy itself is reached in the clear
	socks  bool
	user   *url.Userinfo
	header []wire.Field
}

func newProxy(u *url.URL, names *names, roots *x509.CertPool) (*proxy, error) {
	p := &proxy{host: u.Hostname(), names: names, user: u.User}
	fallback := ""
	switch u.Scheme {
	case "http":
		fallback = "80"
	case "https":
		fallback = "443"
		p.tls = &tls.Config{ServerName: u.Hostname(), RootCAs: roots, NextProtos: []string{"http/1.1"}}
	case "socks5", "socks5h":
		fallback = "1080"
		p.socks = true
	default:
		return nil, fmt.Errorf("proxy scheme %q: use http, https, socks5 or socks5h", u.Scheme)
	}
	port := u.Port()
	if port == "" {
		port = fallback
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || p.host == "" {
		return nil, errors.New("the proxy needs a host, and a port from 1 to 65535")
	}
	p.port = uint16(n)
	if p.user != nil && !p.socks {
		password, _ := p.user.Password()
		basic := base64.StdEncoding.EncodeToString([]byte(p.user.Username() + ":" + password))
		p.header = []wire.Field{{Name: "Proxy-Authorization", Value: "Basic " + basic}}
	}
	return p, nil
}

// dial returns a stream to the target, given as host:port, through the proxy.
func (p *proxy) dial(ctx context.Context, target string) (net.Conn, error) {
	var (
		conn net.Conn
		err  error
	)
	if p.socks {
		conn, err = p.dialSocks(ctx, target)
	} else {
		conn, err = p.dialConnect(ctx, target)
	}
	if err != nil {
		words := inWords(err, 0)
		return nil, &reason{"proxy: " + words.Error(), err}
	}
	return conn, nil
}

// reach opens a TCP connection to the proxy itself.
func (p *proxy) reach(ctx context.Context) (net.Conn, error) {
	addrs, err := p.names.lookup(ctx, p.host)
	if err != nil {
		return nil, err
	}
	var first error
	for i, addr := range addrs {
		conn, err := dialTCP(ctx, netip.AddrPortFrom(addr, p.port), len(addrs)-i)
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func (p *proxy) dialSocks(ctx context.Context, target string) (net.Conn, error) {
	var auth *socks.Auth
	if p.user != nil {
		password, _ := p.user.Password()
		auth = &socks.Auth{User: p.user.Username(), Password: password}
	}
	address := net.JoinHostPort(p.host, strconv.Itoa(int(p.port)))
	dialer, err := socks.SOCKS5("tcp", address, auth, reacher{p})
	if err != nil {
		return nil, err
	}
	through, ok := dialer.(socks.ContextDialer)
	if !ok {
		return nil, errors.New("the SOCKS dialer cannot be interrupted")
	}
	return through.DialContext(ctx, "tcp", target)
}

// reacher lets the SOCKS dialer open its connection to the proxy our way.
type reacher struct{ proxy *proxy }

func (r reacher) Dial(_, _ string) (net.Conn, error) { return r.proxy.reach(context.Background()) }

func (r reacher) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	return r.proxy.reach(ctx)
}

// dialConnect asks an HTTP proxy for a tunnel (RFC 9110, section 9.3.6).
func (p *proxy) dialConnect(ctx context.Context, target string) (net.Conn, error) {
	conn, err := p.reach(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	if p.tls != nil {
		conn = tls.Client(conn, p.tls)
	}
	err = p.tunnel(conn, target)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func (p *proxy) tunnel(conn net.Conn, target string) error {
	ask := wire.Request{Method: "CONNECT", Target: target, Fields: append([]wire.Field{{Name: "Host", Value: target}}, p.header...)}
	if _, err := conn.Write(encodeRequest(ask)); err != nil {
		return err
	}
	br := bufio.NewReader(conn)
	lim := limits{head: proxyHead, line: proxyHead, fields: 100}
	head, err := readHead(br, lim)
	if err != nil {
		return err
	}
	r, _ := parseHead(string(head), lim.fields)
	switch {
	case r.Status == 407:
		return &reason{"it asks for credentials (407)", nil}
	case r.Status < 200 || r.Status > 299:
		return &reason{fmt.Sprintf("it refused the tunnel (%d %s)", r.Status, clean(r.Reason)), nil}
	case br.Buffered() > 0:
		return &reason{"it sent bytes before the tunnel was used", nil}
	}
	return nil
}
