package probes

import (
	"encoding/base64"
	"net/url"
	"strings"
	"sync"
)

// certificateForm is how an encoding wraps a certificate. Malformed ones are
// wrapped in the same way, so that the mistake reaches the parser it is meant for.
type certificateForm struct {
	// pem wraps a PEM text with line feeds; nil where the encoding frames DER.
	pem func(text string) string
	// der wraps DER; nil where the encoding frames PEM.
	der func(der []byte) string
}

func (f certificateForm) certificate(der []byte) string { return f.labelled("CERTIFICATE", der) }

func (f certificateForm) labelled(label string, der []byte) string {
	if f.pem != nil {
		return f.pem(frame(label, der))
	}
	return f.der(der)
}

// certificateForms are the encodings of whole certificates.
var certificateForms = sync.OnceValue(func() map[Encoding]certificateForm {
	base := base64.StdEncoding.EncodeToString
	return map[Encoding]certificateForm{
		// nginx's $ssl_client_escaped_cert: all but unreserved characters escaped.
		"pem-percent": {pem: percentEncode},
		// AWS load balancers leave "+", "=" and "/" as they are.
		"pem-percent-plus": {pem: func(text string) string { return percentEncodeBut(text, "+=/", upperHex) }},
		// Apache's %{escape:...}, lower-case and with the same characters left.
		"pem-percent-lower": {pem: func(text string) string { return percentEncodeBut(text, "+=/", lowerHex) }},
		// nginx's $ssl_client_cert once a server has unfolded its lines (RFC 9112,
		// section 5.2).
		"pem-tabs": {pem: func(text string) string { return joinLines(text, "\t") }},
		// mod_headers turns line feeds into spaces.
		"pem-spaces": {pem: func(text string) string { return joinLines(text, " ") }},
		"pem-joined": {pem: func(text string) string { return joinLines(text, "") }},
		// Traefik: the base64 body alone; since 2.9.2 as it is, before escaped.
		"pem-base64":         {der: base},
		"pem-base64-percent": {der: func(der []byte) string { return url.QueryEscape(base(der)) }},
		"der-base64":         {der: base},
		// RFC 9440: a structured-field byte sequence, or a list of them.
		"sf-binary": {der: byteSequence},
		"sf-list":   {der: byteSequence},
	}
})

func byteSequence(der []byte) string { return ":" + base64.StdEncoding.EncodeToString(der) + ":" }

func certificateGrammars() map[Encoding]grammar {
	out := make(map[Encoding]grammar)
	for name, form := range certificateForms() {
		out[name] = grammar{
			family:  certificateFamily,
			roles:   []Role{CertificateRole, ChainRole},
			genuine: func(s *Specimen, _ Role) string { return form.certificate(s.der()) },
		}
	}
	return out
}

func (s *Specimen) der() []byte { return s.Certificate.Certificate[0] }

// joinLines puts a PEM text on one line.
func joinLines(pem, by string) string {
	return strings.ReplaceAll(strings.TrimSuffix(pem, "\n"), "\n", by)
}

const (
	upperHex = "0123456789ABCDEF"
	lowerHex = "0123456789abcdef"
)

// percentEncode escapes as nginx's $ssl_client_escaped_cert does: all but the
// unreserved characters of RFC 3986.
func percentEncode(text string) string { return percentEncodeBut(text, "", upperHex) }

// percentEncodeBut escapes all but unreserved characters and those kept.
func percentEncodeBut(text, kept, digits string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("-._~", c) >= 0, strings.IndexByte(kept, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}
