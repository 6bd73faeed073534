package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// maxURL bounds a URL that a user or a target hands in, in bytes.
const maxURL = 8 << 10

// Endpoint is one resource of an origin. Target is the request target in
// origin form (RFC 9112, section 3.2.1), byte for byte as it was given.
type Endpoint struct {
	Origin Origin
	Target string
}

// String returns the endpoint as a URL.
func (e Endpoint) String() string {
	if strings.HasPrefix(e.Target, "http://") || strings.HasPrefix(e.Target, "https://") {
		return e.Target
	}
	return e.Origin.String() + e.Target
}

// Path returns the target without its query.
func (e Endpoint) Path() string {
	path, _, _ := strings.Cut(e.Target, "?")
	return path
}

// WithTarget returns the endpoint of the same origin with another target.
func (e Endpoint) WithTarget(target string) Endpoint {
	e.Target = target
	return e
}

// ParseEndpoint reads an absolute http or https URL. Nothing in the path or
// query is decoded, cleaned or reordered. The error says what is wrong and how
// to mend it.
func ParseEndpoint(raw string) (Endpoint, error) {
	fail := func(format string, a ...any) (Endpoint, error) {
		return Endpoint{}, fmt.Errorf("URL %s: %w", quoteShort(raw), fmt.Errorf(format, a...))
	}
	if len(raw) > maxURL {
		return fail("longer than %d bytes", maxURL)
	}
	scheme, rest, found := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case !found:
		return fail("no scheme: write https:// or http:// before the host")
	case scheme != "http" && scheme != "https":
		return fail("scheme %q is not supported: use https or http", scheme)
	}
	if i := strings.IndexFunc(rest, func(r rune) bool { return r <= ' ' || r == 0x7f }); i >= 0 {
		return fail("white space or a control character at byte %d: percent-encode it", len(scheme)+3+i)
	}
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	authority, target := rest, "/"
	if end >= 0 {
		authority, target = rest[:end], rest[end:]
		if target[0] == '?' {
			target = "/" + target
		}
	}
	if strings.Contains(authority, "@") {
		return fail("user information in a URL ends up in logs: pass it with --header instead")
	}
	host, port, err := splitAuthority(authority, defaultPort(scheme))
	if err != nil {
		return fail("%w", err)
	}
	return Endpoint{Origin: Origin{Scheme: scheme, Host: host, Port: port}, Target: target}, nil
}

func splitAuthority(authority string, port uint16) (string, uint16, error) {
	host, portText, bracketed := authority, "", strings.HasPrefix(authority, "[")
	if bracketed {
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return "", 0, errors.New("the IPv6 address has no closing bracket")
		}
		host, portText = authority[1:end], authority[end+1:]
		if portText != "" && portText[0] != ':' {
			return "", 0, errors.New("unexpected text after the IPv6 address")
		}
		portText = strings.TrimPrefix(portText, ":")
		if addr, err := netip.ParseAddr(host); err != nil || !addr.Is6() {
			return "", 0, errors.New("the brackets do not hold an IPv6 address")
		}
	} else if i := strings.IndexByte(authority, ':'); i >= 0 {
		host, portText = authority[:i], authority[i+1:]
		if strings.Contains(portText, ":") {
			return "", 0, errors.New("an IPv6 address needs brackets: https://[::1]/")
		}
	}
	if portText != "" {
		n, err := strconv.ParseUint(portText, 10, 16)
		if err != nil || n == 0 {
			return "", 0, fmt.Errorf("port %q is not a number from 1 to 65535", portText)
		}
		port = uint16(n)
	}
	host = strings.ToLower(host)
	if !bracketed {
		if err := checkHost(host); err != nil {
			return "", 0, err
		}
	}
	return host, port, nil
}

// checkHost accepts what names a host in practice: letters, digits, hyphen,
// dot and underscore, 253 bytes in all (RFC 1035, section 2.3.4).
func checkHost(host string) error {
	if host == "" {
		return errors.New("no host")
	}
	if len(host) > 253 {
		return errors.New("the host name is longer than 253 bytes")
	}
	for i := 0; i < len(host); i++ {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
		case c >= 0x80:
			return errors.New("the host name is not ASCII: write its xn-- form")
		default:
			return fmt.Errorf("%q cannot stand in a host name", c)
		}
	}
	if strings.Contains(host, "..") || host[0] == '.' {
		return errors.New("the host name has an empty label")
	}
	return nil
}

// quoteShort quotes hostile text for a one-line message.
func quoteShort(s string) string {
	const limit = 80
	if len(s) > limit {
		return strconv.QuoteToASCII(s[:limit]) + "…"
	}
	return strconv.QuoteToASCII(s)
}
