package scanner

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/discover"
	"blurt/scanner/policy"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// Config is all that steers a scan. Start from Defaults; Run checks it once.
type Config struct {
	// Version is the tool's own version, for the User-Agent field and the report.
	Version string
	// Seed makes canaries, names and order repeatable: the same seed sends the
	// same requests to the same targets.
	Seed string

	HTTP        string        // "auto", "1.1" or "2"
	Rate        float64       // requests a second to one host; 0 is no limit
	Concurrency int           // requests in flight to one host
	MaxRequests int           // for the whole scan; 0 is no limit
	Timeout     time.Duration // for one exchange, from dialing to the last byte

	// Headers are the caller's own fields, added to each request. With Caller
	// they are sent only to servers whose certificate verifies, unless Insecure.
	Headers []wire.Field
	Caller  *tls.Certificate // the caller's own valid identity, to compare with
	// Issuer is an authority that the targets accept, with its key: of a staging
	// system, never of a live one. With it, certificates are made that fail one
	// check each.
	Issuer   *tls.Certificate
	Roots    *x509.CertPool // nil: the system's
	Insecure bool

	Pins      []Pin       // addresses that override name resolution
	Resolvers []string    // name servers as host or host:port; none: the system's
	Proxy     *url.URL    // http, https or socks5; nil: none
	Scope     []ScopeRule // empty: the host of each endpoint that is handed in
	SamePort  bool        // ask no port of a target's host that was not handed in
	Unsafe    bool        // send methods that may change state to real endpoints

	// Timing compares how long refusals of known and of made-up subjects take, at
	// the cost of many more requests.
	Timing bool

	// Profile says how much to ask of an endpoint.
	Profile probes.Profile
	// Dialects are the header fields in which proxies hand certificates on.
	Dialects []probes.Dialect
	// Detectors are the caller's own, beside the built-in ones.
	Detectors []detect.Detector
	// MaxEndpoints bounds the endpoints of one origin that its own answers add.
	MaxEndpoints int

	// Expectations say which endpoints must demand a certificate; the first that
	// matches speaks for an endpoint.
	Expectations []policy.Expectation

	// Descriptions are API descriptions of the targets. What they say of an endpoint
	// counts for how much it looks worth protecting, and one that demands mutual TLS
	// is held to it where no expectation speaks for the endpoint.
	Descriptions []*discover.API

	// KeepExchange, where set, is handed the whole exchange behind each finding, to
	// be saved. It may be called concurrently. An error is told in the report.
	KeepExchange func(saved.Record) error
	// ShowSecrets hands exchanges over as they were, but for the caller's own
	// Headers; otherwise their secrets are masked. It changes nothing else.
	ShowSecrets bool

	// ReportName is what commands of findings call the report; empty: report.json.
	ReportName string

	// Progress, where set, is told of each step. It must not block; it is never
	// called concurrently.
	Progress func(Progress)
}

// Defaults returns the configuration of a scan without any flag.
func Defaults() Config {
	return Config{
		HTTP: "auto", Rate: 50, Concurrency: 8, MaxRequests: 100_000, Timeout: 15 * time.Second,
		Profile: probes.Standard, MaxEndpoints: 20, Dialects: probes.BuiltinDialects(),
	}
}

// Validate reports the first thing in the configuration that cannot be.
func (c Config) Validate() error {
	switch {
	case c.HTTP != "auto" && c.HTTP != "1.1" && c.HTTP != "2":
		return fmt.Errorf("HTTP version %q: use auto, 1.1 or 2", c.HTTP)
	case c.Rate < 0:
		return errors.New("rate: use 0 for no limit or a positive number of requests a second")
	case c.Concurrency < 1 || c.Concurrency > 1000:
		return errors.New("concurrency: use a number from 1 to 1000")
	case c.MaxRequests < 0:
		return errors.New("max-requests: use 0 for no limit or a positive number")
	case c.Profile > probes.Thorough:
		return fmt.Errorf("profile: use one of %v", probes.Profiles())
	case c.MaxEndpoints < 0:
		return errors.New("max-endpoints: use 0 for none or a positive number")
	case c.Timeout <= 0:
		return errors.New("timeout: use a positive duration such as 15s")
	}
	return nil
}

// Pin is an address to use for a host and port instead of asking a name server,
// as curl's --resolve has it.
type Pin struct {
	Host string // lower case
	Port uint16
	Addr netip.Addr
}

// ScopeRule allows a host by name, or addresses by prefix. Exactly one is set.
// A name that starts with "*." allows every name below it.
type ScopeRule struct {
	Host   string
	Prefix netip.Prefix
}

// Progress is how far a scan has come.
type Progress struct {
	Endpoints     int // handed in so far
	EndpointsDone int
	Requests      int // sent so far
	Planned       int // known so far, the sent ones included
	Findings      int
}
