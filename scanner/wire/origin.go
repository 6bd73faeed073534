package wire

import (
	"strconv"
	"strings"
)

// Origin is the scheme, host and port that a connection belongs to
// (RFC 6454, section 4).
type Origin struct {
	Scheme string // "http" or "https", in lower case
	Host   string // a name in lower case or an IP address without brackets
	Port   uint16
}

// Authority returns host and port as the Host field spells them: the port is
// left out where it is the scheme's default, an IPv6 address stands in brackets
// (RFC 9110, section 7.2).
func (o Origin) Authority() string {
	if o.Port == defaultPort(o.Scheme) {
		return o.bracketed()
	}
	return o.Address()
}

// Address returns host and port for dialing; the port is always there.
func (o Origin) Address() string {
	return o.bracketed() + ":" + strconv.Itoa(int(o.Port))
}

func (o Origin) bracketed() string {
	if strings.Contains(o.Host, ":") {
		return "[" + o.Host + "]"
	}
	return o.Host
}

// String returns the origin as the start of a URL.
func (o Origin) String() string { return o.Scheme + "://" + o.Authority() }

// TLS reports whether the origin is reached through TLS.
func (o Origin) TLS() bool { return o.Scheme == "https" }

func defaultPort(scheme string) uint16 {
	if scheme == "http" {
		return 80
	}
	return 443
}
