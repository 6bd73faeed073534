package detect

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// maxCertificateNames bounds the names that are read of one chain.
const maxCertificateNames = 50

// certificateNames reads the names and addresses in the server's certificates
// that exist only inside of a network.
func certificateNames() Detector {
	return Detector{
		Name:  "certificate_names",
		Rules: []string{"certificate-internal-name"},
		Run:   runCertificateNames,
	}
}

func runCertificateNames(in Input) Output {
	if in.Handshake == nil || len(in.Handshake.Chain) == 0 || in.Handshake.Resumed {
		return Output{}
	}
	list := itemList{in: in}
	var seen map[string]bool
	add := func(kind, value, where string) {
		host := value
		if strings.Contains(value, "://") {
			if at, err := url.Parse(value); err == nil && at.Host != "" {
				host = at.Hostname()
			}
		}
		if !isInside(host) || isBelow(host, in.To.Origin.Host) || seen[value] || len(seen) == maxCertificateNames {
			return
		}
		if seen == nil {
			seen = make(map[string]bool)
		}
		seen[value] = true
		list.add(Item{Category: finding.InternalHost, Name: kind, Value: value, Location: where})
	}
	for i, cert := range in.Handshake.Chain {
		where := "certificate of the server"
		if i > 0 {
			where = fmt.Sprintf("certificate %d of the chain", i+1)
		}
		readCertificate(cert, func(kind, value string) { add(kind, value, where) })
	}
	if len(seen) == 0 {
		return Output{}
	}
	message := fmt.Sprintf("The server's certificates name %d hosts or addresses of an inside network.", len(seen))
	if len(seen) == 1 {
		message = "The server's certificates name a host or an address of an inside network."
	}
	return Output{Hits: []Hit{{
		Rule: "certificate-internal-name", Category: finding.InternalHost, Message: message,
		Confidence: finding.Firm, Items: list.items, PerOrigin: true,
	}}}
}

// readCertificate hands on what names a host: the subject alternative names, and
// where revocation and issuers are looked up (RFC 5280, sections 4.2.1.6,
// 4.2.1.13 and 4.2.2.1).
func readCertificate(cert *x509.Certificate, add func(kind, value string)) {
	for _, name := range cert.DNSNames {
		add("host name", name)
	}
	for _, ip := range cert.IPAddresses {
		add("address", ip.String())
	}
	for _, uri := range cert.URIs {
		if uri.Host != "" {
			add("URI", uri.String())
		}
	}
	if !slices.Contains(cert.DNSNames, cert.Subject.CommonName) {
		add("common name", cert.Subject.CommonName)
	}
	for _, at := range []struct {
		kind string
		urls []string
	}{
		{"OCSP responder", cert.OCSPServer}, {"issuer's location", cert.IssuingCertificateURL}, {"revocation list", cert.CRLDistributionPoints},
	} {
		for _, location := range at.urls {
			add(at.kind, location)
		}
	}
}

// isInside reports a name that no public resolver knows, or a private address.
func isInside(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return isPrivate(addr)
	}
	name := strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "*.")
	return isInternalName(name, certainSuffixes[:]) || isInternalName(name, internalSuffixes[:])
}

// isBelow reports a name or address that whoever scans the target knows: its own,
// one beside it or one below its domain, or the loopback's. A target that has a
// private address itself is looked at from inside.
func isBelow(host, target string) bool {
	if at, err := netip.ParseAddr(target); err == nil && !at.IsLoopback() && isPrivate(at) {
		return true
	}
	host, target = strings.TrimPrefix(strings.ToLower(host), "*."), strings.ToLower(target)
	if host == target || isLoopback(host) {
		return true
	}
	_, domain, ok := strings.Cut(target, ".")
	return ok && isInside(target) && (host == domain || strings.HasSuffix(host, "."+domain))
}
