package scanner

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"

	"blurt/scanner/wire"
)

// reproduce returns a shell command that goes the way again.
func (c *crossing) reproduce(w *way, got *wire.Exchange) string {
	switch {
	case w.kind == bySession:
		return c.reproduceSession(w, got)
	case w.by.NoServerName:
		return "printf %b " + printfQuote(closing(w.request)) + " | openssl s_client -quiet -ign_eof -noservername -connect " +
			shellQuote(dialed(w, got))
	case w.by.ServerName != "":
		return reproduceName(w, got)
	}
	command := reproduce(w.to, w.as, oneVersion(w.request))
	const curl = "curl --insecure"
	var options string
	if w.by.MaxTLS != 0 {
		options += " --tls-max " + curlVersion(w.by.MaxTLS)
		if w.by.MaxTLS < tls.VersionTLS12 {
			options += " --ciphers DEFAULT@SECLEVEL=0 --tlsv" + curlVersion(w.by.MaxTLS)
		}
	}
	switch {
	case w.request.Version == "HTTP/1.0":
		options += " --http1.0"
	case w.by.HTTP == "1.1":
		options += " --http1.1"
	case w.by.HTTP == "2":
		options += " --http2"
	}
	if w.by.Addr.IsValid() {
		options += " --resolve " + shellQuote(w.to.Origin.Address()+":"+bracketed(w.by.Addr))
	} else if remote := got.Remote.Addr(); remote.IsValid() && !isAddress(w.to.Origin.Host) {
		options += " --resolve " + shellQuote(w.to.Origin.Address()+":"+bracketed(remote))
	}
	return strings.Replace(command, curl, curl+options, 1)
}

// dialed is the address that was connected to, so that the command needs no name
// server.
func dialed(w *way, got *wire.Exchange) string {
	if got.Remote.IsValid() {
		return got.Remote.String()
	}
	return w.to.Origin.Address()
}

// oneVersion leaves the version to an option of curl.
func oneVersion(r wire.Request) wire.Request {
	r.Version = ""
	return r
}

// reproduceName has curl connect to the origin under another name. The Host field
// is that of the front door.
func reproduceName(w *way, got *wire.Exchange) string {
	origin := w.to.Origin
	named := origin
	named.Host = w.by.ServerName
	command := reproduce(wire.Endpoint{Origin: named, Target: w.to.Target}, w.as, w.request)
	return strings.Replace(command, "curl --insecure",
		fmt.Sprintf("curl --insecure --connect-to %s", shellQuote(named.Address()+":"+dialed(w, got))), 1)
}

// reproduceSession takes a session under one name and resumes it under the other.
func (c *crossing) reproduceSession(w *way, got *wire.Exchange) string {
	version := ""
	switch w.by.MaxTLS {
	case tls.VersionTLS13:
		version = " -tls1_3"
	case tls.VersionTLS12:
		version = " -tls1_2"
	}
	client := "openssl s_client -quiet -ign_eof" + version + " -connect " + shellQuote(dialed(w, got))
	request := "printf %b " + printfQuote(closing(w.request)) + " | " + client
	donor := " -noservername"
	if w.donor != "" {
		donor = " -servername " + shellQuote(w.donor)
	}
	first := request + donor
	if w.own {
		first += " -cert YOUR.pem -key YOUR.key"
	}
	mine := " -noservername"
	if host := w.to.Origin.Host; !isAddress(host) {
		mine = " -servername " + shellQuote(host)
	}
	return first + " -sess_out blurt-session.pem >/dev/null; " + request + mine + " -sess_in blurt-session.pem"
}

// closing writes a request that asks for the connection to be closed, so that the
// command ends.
func closing(r wire.Request) string {
	var b strings.Builder
	version := r.Version
	if version == "" {
		version = "HTTP/1.1"
	}
	fmt.Fprintf(&b, "%s %s %s\r\n", r.Method, r.Target, version)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("Connection: close\r\n\r\n")
	return b.String()
}

func curlVersion(version uint16) string {
	return strings.TrimPrefix(tls.VersionName(version), "TLS ")
}

func bracketed(addr netip.Addr) string {
	if addr.Is6() {
		return "[" + addr.String() + "]"
	}
	return addr.String()
}
