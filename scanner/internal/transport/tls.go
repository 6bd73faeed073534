package transport

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"blurt/scanner/wire"
)

// shaker makes the TLS handshakes of a client.
type shaker struct {
	roots    *x509.CertPool
	insecure bool
	suites   []uint16
}

func newShaker(c Config) *shaker {
	s := &shaker{roots: c.Roots, insecure: c.Insecure}
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		s.suites = append(s.suites, suite.ID)
	}
	return s
}

// shake makes the handshake on the connection and fills in its facts, as far as
// it came. The server's certificate is looked at before any of ours is sent.
func (s *shaker) shake(c *conn, as wire.Identity, alpn []string) error {
	by, name := c.key.by, indicated(c.key)
	c.hs = &wire.Handshake{ServerName: serverName(name)}
	done := false
	config := &tls.Config{
		ServerName:         name, // crypto/tls leaves the extension out for an address
		NextProtos:         alpn,
		MinVersion:         max(by.MinTLS, tls.VersionTLS10), // broken TLS is what a scanner looks at
		MaxVersion:         by.MaxTLS,
		CipherSuites:       s.suites,
		InsecureSkipVerify: true, // verified below, where the reason can be kept
		Renegotiation:      tls.RenegotiateOnceAsClient,
		ClientSessionCache: tickets{c.link, by.Session},
		VerifyConnection: func(state tls.ConnectionState) error {
			return s.verify(c.hs, state, c.key.origin.Host, as.Private)
		},
		GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if done {
				// A renegotiation: exchanges that went before keep what they saw.
				again := *c.hs
				c.hs = &again
			}
			return present(c.hs, info, as.Cert)
		},
	}
	stream := tls.Client(c.link, config)
	if err := stream.Handshake(); err != nil {
		return shakeError(c, err)
	}
	done = true
	c.stream = stream
	state := stream.ConnectionState()
	c.hs.Version, c.hs.CipherSuite, c.hs.ALPN, c.hs.Resumed = state.Version, state.CipherSuite, state.NegotiatedProtocol, state.DidResume
	return nil
}

// indicated returns the name that a connection is to ask for.
func indicated(key connKey) string {
	if key.by.NoServerName {
		return ""
	}
	return cmp.Or(key.by.ServerName, key.origin.Host)
}

// serverName returns the name that the server name indication holds; an address
// cannot stand there (RFC 6066, section 3).
func serverName(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return strings.TrimSuffix(host, ".")
}

// present answers a request for a client certificate. Returning the certificate
// here sends it whatever issuers the server listed; left to itself, crypto/tls
// withholds it silently.
func present(hs *wire.Handshake, info *tls.CertificateRequestInfo, cert *tls.Certificate) (*tls.Certificate, error) {
	hs.Requested = true
	hs.AcceptableCAs = nil
	for _, name := range info.AcceptableCAs {
		hs.AcceptableCAs = append(hs.AcceptableCAs, slices.Clone(name))
	}
	if cert == nil || len(cert.Certificate) == 0 {
		return new(tls.Certificate), nil
	}
	whoever := *info
	whoever.AcceptableCAs = nil
	if err := whoever.SupportsCertificate(cert); err != nil {
		text := "the client certificate cannot be presented to this server: " + clean(strings.TrimPrefix(err.Error(), "tls: "))
		return nil, &reason{text, err}
	}
	hs.Sent = true
	return cert, nil
}

// verify keeps the facts of the server's certificate and refuses to go on where
// a private identity would be shown to a server that nobody vouches for.
func (s *shaker) verify(hs *wire.Handshake, state tls.ConnectionState, host string, private bool) error {
	hs.Version, hs.CipherSuite, hs.ALPN = state.Version, state.CipherSuite, state.NegotiatedProtocol
	hs.Chain = state.PeerCertificates
	hs.Unverified = s.unverified(state.PeerCertificates, strings.TrimSuffix(host, "."))
	if hs.Unverified != "" && private && !s.insecure {
		return &wire.Failure{Stage: wire.StageTrust, Err: fmt.Errorf(
			"certificate does not verify (%s); pass --ca-file, or --insecure to send --cert and --header anyway", hs.Unverified)}
	}
	return nil
}

// unverified returns in one line why a chain does not verify, or nothing.
func (s *shaker) unverified(chain []*x509.Certificate, name string) string {
	if len(chain) == 0 {
		return "the server presented no certificate"
	}
	options := x509.VerifyOptions{Roots: s.roots, DNSName: name, Intermediates: x509.NewCertPool()}
	for _, cert := range chain[1:] {
		options.Intermediates.AddCert(cert)
	}
	_, err := chain[0].Verify(options)
	return whyUnverified(chain[0], name, err)
}

func whyUnverified(leaf *x509.Certificate, name string, err error) string {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &unknown) && bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return "it is self-signed"
	case errors.As(err, &unknown):
		return "it is signed by an unknown authority"
	case errors.As(err, &host):
		return "it is not valid for " + clean(name)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "it is not valid before " + leaf.NotBefore.UTC().Format(time.DateOnly)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it expired on " + leaf.NotAfter.UTC().Format(time.DateOnly)
	}
	return clean(strings.TrimPrefix(err.Error(), "x509: "))
}

// shakeError says why a handshake failed and records an alert where the server
// sent one.
func shakeError(c *conn, err error) error {
	var record tls.RecordHeaderError
	switch {
	case noteAlert(c, err, false):
		return refusalError(c.hs.Refusal)
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return &reason{errIsHTTP.Error(), errIsHTTP}
	case errors.As(err, &record):
		return &reason{errNotTLS.Error(), errNotTLS}
	}
	return err
}

// noteAlert records a fatal alert from the server in the handshake.
func noteAlert(c *conn, err error, finished bool) bool {
	number, found := alertOf(err)
	if !found || c.hs == nil {
		return false
	}
	c.refused(wire.Refusal{Alert: number, Name: alertName(number), AfterFinished: finished})
	return true
}

func refusalError(r *wire.Refusal) error {
	text := fmt.Sprintf("the server ended the handshake with the alert %s (%d)", r.Name, r.Alert)
	return &reason{text, errRefused}
}

// tickets resumes nothing but the session of a way that holds one, whatever name
// it was given out for. It listens, too: a server issues a TLS 1.3 session ticket
// once it has accepted the client's last flight, and that ends the wait for an
// alert.
type tickets struct {
	link    *link
	session *wire.Session // nil: none
}

func (t tickets) Get(string) (*tls.ClientSessionState, bool) {
	if t.session == nil {
		return nil, false
	}
	state := t.session.Take()
	return state, state != nil
}

func (t tickets) Put(_ string, state *tls.ClientSessionState) {
	if state == nil {
		return
	}
	if t.session != nil {
		t.session.Keep(state)
	}
	t.link.accept()
}
