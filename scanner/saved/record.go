package saved

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// recordMember is the first member of each record, by which files are known.
const recordMember = "blurt_exchange"

// recordVersion is the number of the records' form.
const recordVersion = 1

// Record is one exchange that blurt keeps of a scan, as a line of JSON. The
// names are a contract: add, never rename.
type Record struct {
	Version int `json:"blurt_exchange"` // 1
	// Finding is what the exchange shows.
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Message     string `json:"message"`
	// Canaries are the tokens in the answer that the scan had sent.
	Canaries []Canary `json:"canaries,omitempty"`
	// FindingURL is that of the finding, URL that of this request.
	FindingURL string `json:"finding_url"`
	URL        string `json:"url"`
	Endpoint   string `json:"endpoint"`
	// Place is "*" where the finding belongs to the whole origin.
	Place string `json:"place"`
	// About is by what endpoints with the same error are put together.
	About    string `json:"about,omitempty"`
	Probe    string `json:"probe"`
	Identity string `json:"identity"`
	// Claim is what the request pretends: "", "header", "certificate" or "broken".
	Claim     string     `json:"claim,omitempty"`
	Redacted  bool       `json:"redacted"`
	Request   Message    `json:"request"`
	Response  *Message   `json:"response,omitempty"`
	Control   *Message   `json:"control,omitempty"`
	Handshake *Handshake `json:"handshake,omitempty"`
}

// Canary is a token that came back, and what had carried it.
type Canary struct {
	Token string `json:"token"`
	Probe string `json:"probe"`
	Field string `json:"field"`
}

// Message is an HTTP message. Body is its text; bytes that are none stand in
// Binary instead.
type Message struct {
	Method  string          `json:"method,omitempty"`
	Target  string          `json:"target,omitempty"`
	Version string          `json:"version,omitempty"`
	Status  int             `json:"status,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Fields  []finding.Field `json:"fields"`
	Body    string          `json:"body,omitempty"`
	Binary  []byte          `json:"body_base64,omitempty"`
	Cut     bool            `json:"cut,omitempty"` // the body went on
}

// Handshake is what is kept of a TLS handshake.
type Handshake struct {
	Version       string   `json:"version,omitempty"`
	Requested     bool     `json:"certificate_requested"`
	Sent          bool     `json:"certificate_sent"`
	AcceptableCAs [][]byte `json:"acceptable_cas,omitempty"` // in DER
	Refusal       string   `json:"refusal,omitempty"`
}

// SetBody puts a body into the message, as text where it is one.
func (m *Message) SetBody(body []byte) {
	if utf8.Valid(body) {
		m.Body = string(body)
		return
	}
	m.Binary = body
}

func (m *Message) body() []byte {
	if m.Binary != nil {
		return m.Binary
	}
	return []byte(m.Body)
}

func (m *Message) fields() []wire.Field {
	out := make([]wire.Field, len(m.Fields))
	for i, f := range m.Fields {
		out[i] = wire.Field(f)
	}
	return out
}

func (m *Message) response() *wire.Response {
	if m == nil {
		return nil
	}
	return &wire.Response{
		Proto: m.Version, Status: m.Status, Reason: m.Reason, Fields: m.fields(), Body: m.body(), Cut: m.Cut,
	}
}

// ControlResponse returns what the benign request got, nil where it was not kept.
func (r *Record) ControlResponse() *wire.Response { return r.Control.response() }

// claims names the claims in records.
func claims() map[string]wire.Claim {
	return map[string]wire.Claim{
		"": wire.NoClaim, "header": wire.HeaderClaim, "certificate": wire.CertificateClaim, "broken": wire.BrokenClaim,
	}
}

// ClaimName returns how records call a claim.
func ClaimName(c wire.Claim) string {
	for name, claim := range claims() {
		if claim == c {
			return name
		}
	}
	return ""
}

// RequestClaim returns what the request pretends.
func (r *Record) RequestClaim() wire.Claim { return claims()[r.Claim] }

// WireHandshake returns what detectors read of the handshake, nil without one.
func (r *Record) WireHandshake() *wire.Handshake {
	if r.Handshake == nil {
		return nil
	}
	h := &wire.Handshake{Requested: r.Handshake.Requested, Sent: r.Handshake.Sent, AcceptableCAs: r.Handshake.AcceptableCAs}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		if tls.VersionName(version) == r.Handshake.Version {
			h.Version = version
		}
	}
	if r.Handshake.Refusal != "" {
		h.Refusal = &wire.Refusal{Name: r.Handshake.Refusal}
	}
	return h
}

// records reads what "blurt scan --save-exchanges" keeps, line by line.
func (f *file) records(yield yielder) {
	source := &discover.Ration{From: f.in, Limit: maxEntry}
	source.Refill()
	decoder := json.NewDecoder(source)
	for n := 1; ; n++ {
		source.Refill()
		record := &Record{}
		err := decoder.Decode(record)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil && record.Version != recordVersion {
			err = fmt.Errorf("it has version %d, this blurt reads version %d", record.Version, recordVersion)
		}
		if err != nil {
			yield(nil, errorAt(n, "record", recordError(err)))
			return
		}
		x := record.exchange()
		x.Place = f.name
		if n > 1 {
			x.Place = f.place(n, "record")
		}
		if !yield(x, nil) {
			return
		}
	}
}

func recordError(err error) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends in the middle")
	case errors.As(err, &syntax), errors.As(err, &wrong):
		return errors.New("it is broken: " + quoteShort(bytes.TrimPrefix([]byte(err.Error()), []byte("json: "))))
	}
	return err
}

func (r *Record) exchange() *Exchange {
	x := &Exchange{Record: r, Got: r.Response.response(), Asked: wire.Request{
		Method: r.Request.Method, Target: r.Request.Target, Version: r.Request.Version,
		Fields: r.Request.fields(), Body: r.Request.body(),
	}}
	if to, err := wire.ParseEndpoint(r.Endpoint); err == nil {
		x.To = to
	}
	return x
}
