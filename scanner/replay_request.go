package scanner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"

	"blurt/scanner/finding"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

// request is one request of a report, ready to be made again.
type request struct {
	job job
	to  wire.Endpoint
	by  wire.Way
}

// request reads what a report says was sent.
func (p *repetition) request(ctx context.Context, s *finding.Sent) (*request, error) {
	to, err := endpointOf(s)
	if err != nil {
		return nil, err
	}
	r := &request{to: to}
	if r.by, err = wayOf(s.Way); err != nil {
		return nil, err
	}
	if r.job, err = p.client(ctx, s.Identity); err != nil {
		return nil, err
	}
	asked := wire.Request{Method: s.Method, Target: string(s.Target), Version: s.Version, Body: s.Body}
	for _, f := range s.Fields {
		asked.Fields = append(asked.Fields, wire.Field{Name: string(f.Name), Value: string(f.Value)})
	}
	if asked.Method == "" || asked.Target == "" {
		return nil, errors.New("the report's request has no method or no target")
	}
	r.job.attempt.Request = asked
	if !to.Origin.TLS() && s.Way == nil && p.endpoint.Origin != to.Origin {
		r.job.identity.Fields, r.job.identity.Private = nil, false // nothing of the caller's goes in clear
	}
	return r, nil
}

// endpointOf reads where a request goes. The target may be one that no URL can
// have.
func endpointOf(s *finding.Sent) (wire.Endpoint, error) {
	to, err := wire.ParseEndpoint(s.Origin)
	if err != nil {
		return wire.Endpoint{}, fmt.Errorf("the report's request: %w", err)
	}
	return to.WithTarget(string(s.Target)), nil
}

// wayOf reads a way.
func wayOf(w *finding.Way) (wire.Way, error) {
	if w == nil {
		return wire.Way{}, nil
	}
	by := wire.Way{ServerName: w.ServerName, NoServerName: w.NoServerName, HTTP: w.HTTP, SplitHello: w.SplitHello}
	var err error
	if by.MinTLS, err = versionOf(w.MinTLS); err != nil {
		return by, err
	}
	if by.MaxTLS, err = versionOf(w.MaxTLS); err != nil {
		return by, err
	}
	if w.HTTP != "" && w.HTTP != "1.1" && w.HTTP != "2" {
		return by, fmt.Errorf("the report's way names an HTTP version %.20q", w.HTTP)
	}
	if w.Address != "" {
		if by.Addr, err = netip.ParseAddr(w.Address); err != nil {
			return by, fmt.Errorf("the report's way names %.60q, which is no address", w.Address)
		}
	}
	return by, nil
}

func versionOf(number string) (uint16, error) {
	if number == "" {
		return 0, nil
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		if versionNumber(version) == number {
			return version, nil
		}
	}
	return 0, fmt.Errorf("the report's way names a TLS version %.20q", number)
}

// client returns a job of the client of that name: nobody, the caller, or one
// with a certificate that a probe makes.
func (p *repetition) client(ctx context.Context, name string) (job, error) {
	for _, id := range p.engine.identities {
		if id.Name == name {
			return job{identity: id}, nil
		}
	}
	if name == "caller" {
		return job{}, errors.New("it was found as you: give --cert, and --key if the key is in another file")
	}
	nobody := p.engine.identities[0]
	exchange := p.do(ctx, nobody, p.endpoint, p.engine.control(p.endpoint))
	if exchange.Handshake == nil {
		return job{}, fmt.Errorf("nobody answers: %w", exchange.Err)
	}
	p.origin.hear(exchange.Handshake)
	c := &control{identity: nobody, exchange: exchange}
	for j := range p.jobs(c, isCertificate) {
		if j.as().Name == name {
			return j, nil
		}
	}
	return job{}, fmt.Errorf("the certificate %q cannot be made again: it needs the flags of the scan, such as --issuer-cert or --cert",
		redact.Printable(name[:min(len(name), 40)]))
}
