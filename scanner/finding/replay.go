package finding

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Replay is what it takes to make the requests behind a finding again. Unlike
// Evidence it is whole: nothing in it is masked or cut, because it holds nothing
// but what the scan made up and the URL that it was handed. Of the caller's own
// certificate and header fields it holds none.
type Replay struct {
	// Impossible is why only a scan can show the leak again; then no request is here.
	Impossible string `json:"impossible,omitempty"`
	// Judge is how the answer is read.
	Judge Judge `json:"judge,omitempty"`
	Sent  *Sent `json:"sent,omitempty"`
	// Control is the request whose answer the other's is held against; nil where
	// the leak shows by itself.
	Control *Sent `json:"control,omitempty"`
	// Claim is what the request pretends: "", "header", "certificate" or "broken".
	Claim string `json:"claim,omitempty"`
	// Canaries are the tokens in the request, and those that came back.
	Canaries []Canary `json:"canaries,omitempty"`
}

// Judge says what shows that a leak is still there.
type Judge string

// The ways to judge.
const (
	ByRule       Judge = "rule"       // the detectors find the same rule
	ByVerdicts   Judge = "verdicts"   // the requests are let in or refused as before
	ByDifference Judge = "difference" // the two requests still get different answers
)

// Sent is one request, and as whom and how it goes.
type Sent struct {
	Origin string `json:"origin"` // "https://api.example"
	// Identity is "none", "caller", or the name of a certificate that blurt makes.
	Identity string      `json:"identity"`
	Way      *Way        `json:"way,omitempty"` // nil for the usual one
	Method   string      `json:"method"`
	Target   Raw         `json:"target"`
	Version  string      `json:"version,omitempty"` // empty for HTTP/1.1
	Fields   []SentField `json:"fields"`
	Body     []byte      `json:"body,omitempty"` // in base64
	// Verdict and Status are what came back in the scan.
	Verdict Verdict `json:"verdict"`
	Status  int     `json:"status,omitempty"`
}

// SentField is one header field of a request, byte for byte.
type SentField struct {
	Name  Raw `json:"name"`
	Value Raw `json:"value"`
}

// Way is how a connection differs from the usual one.
type Way struct {
	ServerName   string `json:"server_name,omitempty"` // in the handshake (RFC 6066, section 3)
	NoServerName bool   `json:"no_server_name,omitempty"`
	MinTLS       string `json:"min_tls,omitempty"` // "1.2"
	MaxTLS       string `json:"max_tls,omitempty"`
	HTTP         string `json:"http,omitempty"` // "1.1" or "2" where that alone is offered
	Address      string `json:"address,omitempty"`
	SplitHello   bool   `json:"split_hello,omitempty"`
}

// Canary is a token, and what carried it.
type Canary struct {
	Token string `json:"token"`
	Probe string `json:"probe"`
	Field string `json:"field"`
}

// Raw is text that may hold any byte. What is no UTF-8 stands in JSON as
// "base64:" and its base64 (RFC 4648, section 4).
type Raw string

const rawMark = "base64:"

// MarshalText implements encoding.TextMarshaler.
func (r Raw) MarshalText() ([]byte, error) {
	if utf8.ValidString(string(r)) && !strings.HasPrefix(string(r), rawMark) {
		return []byte(r), nil
	}
	return []byte(rawMark + base64.StdEncoding.EncodeToString([]byte(r))), nil
}

// UnmarshalText implements encoding.TextUnmarshaler. The error is that of broken
// base64.
func (r *Raw) UnmarshalText(text []byte) error {
	encoded, marked := strings.CutPrefix(string(text), rawMark)
	if !marked {
		*r = Raw(text)
		return nil
	}
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	*r = Raw(plain)
	return nil
}
