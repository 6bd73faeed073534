package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// broken is a body that its own content type does not allow.
type broken struct {
	variant, contentType, encoding, body string
	from                                 Profile
}

func brokenBodies(token string) []broken {
	return []broken{
		{variant: "json", contentType: "application/json", body: `{"blurt": [1, "` + token},
		{variant: "form", contentType: "application/x-www-form-urlencoded; charset=blurt", body: "a=%zz%ff&b[=" + token, from: Standard},
		{variant: "multipart", contentType: "multipart/form-data", body: "--x\r\nContent-Disposition: form-data; name=\"" + token, from: Standard},
		{variant: "not-compressed", contentType: "application/json", encoding: "gzip", body: `{"blurt": "` + token + `"}`, from: Standard},
		{variant: "xml", contentType: "application/xml", body: `<?xml version="1.0"?><blurt a=` + token, from: Thorough},
		{variant: "json-charset", contentType: "application/json; charset=blurt", body: `{"a": "` + token + `"}`, from: Thorough},
		{variant: "json-not-utf-8", contentType: "application/json", body: "{\"a\": \"\xff\xfe" + token + "\"}", from: Thorough},
		{variant: "json-scalar", contentType: "application/json", body: `"` + token + `"`, from: Thorough},
		{variant: "yaml", contentType: "application/yaml", body: "a: [" + token, from: Thorough},
		{variant: "graphql", contentType: "application/json", body: `{"query": "{ ` + token + `"}`, from: Thorough},
		{variant: "unknown-type", contentType: "blurt", body: token, from: Thorough},
	}
}

// content posts broken bodies to a path that does not exist: many applications
// parse the body before they look for the handler. On the caller's word the
// endpoint itself gets them as well.
func content() Probe {
	return Probe{
		ID:            "content",
		Changes:       "posts a body that its content type does not allow",
		PerOrigin:     true,
		AgainstAbsent: true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, b := range brokenBodies(c.Mint("body")) {
					if c.Profile < b.from {
						continue
					}
					r := b.in(withTarget(c.Control, "/"+c.Mint("path")))
					r.Method = "POST"
					if !yield(Attempt{Variant: b.variant, Request: r}) {
						return
					}
				}
			}
		},
	}
}

// in gives the request the body.
func (b broken) in(r wire.Request) wire.Request {
	if b.encoding != "" {
		r = r.With(wire.Field{Name: "Content-Encoding", Value: b.encoding})
	}
	return withBody(r, b.contentType, []byte(b.body))
}

// body sends the endpoint a broken body: with GET, which changes nothing
// whatever comes along (RFC 9110, section 9.3.1), and with POST on the caller's
// word.
func body() Probe {
	return Probe{
		ID:      "body",
		Changes: "sends a body that its content type does not allow to the endpoint",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for i, b := range brokenBodies(c.Mint("body")) {
					if c.Profile < b.from {
						continue
					}
					r := b.in(c.Control)
					if i == 0 && !yield(Attempt{Variant: "get-" + b.variant, Request: r}) {
						return
					}
					r.Method = "POST"
					if c.Unsafe && !yield(Attempt{Variant: "post-" + b.variant, Request: r}) {
						return
					}
				}
			}
		},
	}
}
