package probes

import (
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// maxRespelled is how many fields the variants of spelling change: those of the
// most common systems.
const maxRespelled = 40

// maxSpelledCertificates is how many of them are certificates: those are long.
const maxSpelledCertificates = 3

// short returns the genuine fields of the most common systems that fit one
// request beside their variants: names, verdicts and serial numbers.
func (k *claim) short(known catalogue) []wire.Field {
	var items []item
	for _, s := range known {
		f := s.choices[0].field
		if f.family() == certificateFamily || f.family() == listFamily || len(items) == maxRespelled {
			continue
		}
		items = append(items, item{field: k.genuine(f)})
	}
	if groups := pack(k.context, items, 1); len(groups) > 0 {
		return groups[0]
	}
	return nil
}

// respelled is the short claim with each field changed; it is sent as one
// attempt where it fits.
func (k *claim) respelled(variant string, known catalogue, most int, change func(wire.Field) []wire.Field) []Attempt {
	var items []item
	for _, f := range k.short(known) {
		changed := change(f)
		items = append(items, item{field: changed[0], companions: changed[1:]})
	}
	return k.grouped(variant, items, most)
}

// underscores spells the names as WSGI and CGI servers would read them. A proxy
// that overwrites "X-SSL-Client-S-DN" may let "X_SSL_Client_S_DN" pass.
func (k *claim) underscores(known catalogue, most int) []Attempt {
	var items []item
	for _, s := range known {
		if f := s.choices[0].field; f.Role == CertificateRole && len(items) < maxSpelledCertificates {
			items = append(items, item{field: k.genuine(f)})
		}
	}
	for _, f := range k.short(known) {
		items = append(items, item{field: f})
	}
	for i := range items {
		items[i].field.Name = strings.ReplaceAll(items[i].field.Name, "-", "_")
	}
	return k.grouped("underscores", items, most)
}

// otherCase writes the names in capitals.
func (k *claim) otherCase(known catalogue, most int) []Attempt {
	return k.respelled("other-case", known, most, func(f wire.Field) []wire.Field {
		return []wire.Field{{Name: strings.ToUpper(f.Name), Value: f.Value}}
	})
}

// duplicated sends each field twice, as a client's own copy before the proxy's
// would arrive. Servers take the first, the last, or both.
func (k *claim) duplicated(known catalogue, _ int) []Attempt {
	var fields []wire.Field
	for _, f := range k.half(known) {
		fields = append(fields, wire.Field{Name: f.Name, Value: "NONE"}, f)
	}
	return []Attempt{claiming(k.context, "duplicated", fields)}
}

// half is as much of the short claim as fits twice.
func (k *claim) half(known catalogue) []wire.Field {
	fields := k.short(known)
	return fields[:len(fields)/2]
}

// joined sends what a server makes of two fields of one name: a list.
func (k *claim) joined(known catalogue, most int) []Attempt {
	return k.respelled("comma-joined", known, most, func(f wire.Field) []wire.Field {
		return []wire.Field{{Name: f.Name, Value: f.Value + ", " + f.Value}}
	})
}

// verdict gives every verdict one value, beside names.
func (k *claim) verdict(variant, value string, known catalogue, most int) []Attempt {
	var items []item
	for _, s := range known {
		if r := s.choices[0].field.Role; r == VerifyRole {
			items = append(items, item{field: wire.Field{Name: s.name, Value: value}})
		}
	}
	return k.grouped(variant, append(items, k.nameItems(known, k.named, false)...), most)
}

// failed is what nginx sends with ssl_verify_client optional_no_ca: the subject
// of a stranger, beside the verdict that he was not verified.
func (k *claim) failed(known catalogue, most int) []Attempt {
	return k.verdict("failed-beside-subject", "FAILED:self-signed certificate", known, most)
}

// generous is Apache's verdict for a certificate of an unknown authority.
func (k *claim) generous(known catalogue, most int) []Attempt {
	return k.verdict("generous", "GENEROUS", known, most)
}

// verifyZero is HAProxy's verdict where there was no certificate.
func (k *claim) verifyZero(known catalogue, most int) []Attempt {
	return k.verdict("verify-zero", "0", known, most)
}

// literals are texts that proxies send in place of a value that is not there.
func (k *claim) literals(known catalogue, _ int) []Attempt {
	fill := func(variant string, value func(Role) string) []Attempt {
		return k.grouped(variant, k.nameItems(known, func(f DialectField) (wire.Field, bool) {
			_, names := k.named(f)
			return wire.Field{Name: f.Name, Value: value(f.Role)}, names
		}, true), 1)
	}
	return slices.Concat(
		fill("null-literal", func(Role) string { return apacheNull }),
		fill("placeholder", caddyPlaceholder),
	)
}

// caddyPlaceholder is what header_up sends when there is no certificate.
func caddyPlaceholder(r Role) string {
	if r == IssuerRole {
		return "{http.request.tls.client.issuer}"
	}
	return "{http.request.tls.client.subject}"
}

// removed names the proxy's own fields as hop-by-hop ones (RFC 9110, section
// 7.6.1): a proxy that removes them after it has set them hands over a request
// that says nothing about the client. Only HTTP/1.1 can say it.
func (k *claim) removed(known catalogue, _ int) []Attempt {
	names := []string{"close"}
	for _, s := range known {
		if r := s.choices[0].field.Role; r != CertificateRole && r != VerifyRole || len(names) > maxRemoved {
			continue
		}
		names = append(names, s.name)
	}
	return []Attempt{claiming(k.context, "removed", []wire.Field{{Name: "Connection", Value: strings.Join(names, ", ")}})}
}

const maxRemoved = 30

// knownNames claims the names that the target itself uses.
func (k *claim) knownNames(known catalogue, most int) []Attempt {
	var out []Attempt
	for i, name := range k.context.names() {
		if i == most {
			break
		}
		commonName, dn := parts(name)
		fill := func(f DialectField) (wire.Field, bool) {
			g := grammars()[f.Encoding]
			switch {
			case g.named == nil:
				return wire.Field{}, false
			case f.Encoding == "dn-rfc4514":
				return wire.Field{Name: f.Name, Value: dn}, true
			case f.Encoding == "dn-slash":
				return wire.Field{Name: f.Name, Value: slashDN(dn)}, true
			}
			return wire.Field{Name: f.Name, Value: g.named(commonName)}, true
		}
		out = append(out, k.grouped("known-name", k.nameItems(known, fill, true), 1)...)
	}
	return out
}

// parts returns the common name of a distinguished name, or a distinguished name
// for a host name.
func parts(name string) (commonName, dn string) {
	if !strings.Contains(name, "=") {
		return name, "CN=" + name
	}
	for _, part := range strings.Split(name, ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), "CN="); ok {
			return value, name
		}
	}
	_, value, _ := strings.Cut(name, "=")
	value, _, _ = strings.Cut(value, ",")
	return value, name
}
