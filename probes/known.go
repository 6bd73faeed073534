package probes

import (
	"slices"
	"strings"
)

// Bounds of what a target may teach: it is a stranger's word.
const (
	maxLearntFields  = 12
	maxLearntNames   = 3
	maxLearntNameLen = 200 // bytes
)

// learnt returns the catalogue in the order that fits the target: first the
// header fields that its own errors mention, then those of the systems that were
// recognised. Nothing is left out for a guess.
func (c Context) learnt(known catalogue) catalogue {
	known = known.recognisedFirst(c.Known.Products)
	var fields []DialectField
	for _, name := range c.Known.Names {
		name = headerName(name)
		if len(fields) == maxLearntFields || !IsAboutClient(name) || known.has(name) {
			continue
		}
		if !slices.ContainsFunc(fields, func(f DialectField) bool { return strings.EqualFold(f.Name, name) }) {
			fields = append(fields, guessed(name)...)
		}
	}
	if len(fields) == 0 {
		return known
	}
	all := append(newCatalogue([]Dialect{{System: "learnt from the target", Fields: fields}}), known...)
	all.takeTurns()
	return all
}

// recognisedFirst puts the fields of recognised systems in front.
func (k catalogue) recognisedFirst(products []string) catalogue {
	if len(products) == 0 {
		return k
	}
	ours := func(s slot) int {
		if slices.ContainsFunc(s.choices, func(c choice) bool {
			return slices.ContainsFunc(products, func(p string) bool { return p != "" && strings.Contains(c.system, p) })
		}) {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(k), func(a, b slot) int { return ours(a) - ours(b) })
}

func (k catalogue) has(name string) bool {
	return slices.ContainsFunc(k, func(s slot) bool { return strings.EqualFold(s.name, name) })
}

// headerName turns the form in which WSGI, CGI and PHP name a field
// ("HTTP_X_CLIENT_DN") back.
func headerName(name string) string {
	if rest, ok := strings.CutPrefix(name, "HTTP_"); ok {
		return strings.ReplaceAll(rest, "_", "-")
	}
	return name
}

// IsAboutClient reports that a field of this name, or a CGI variable, can only
// say who the client is: fields that steer the server are left alone, whoever
// mentions them.
func IsAboutClient(name string) bool {
	name = headerName(name)
	if !isFieldName(name) || reserved(name) || !strings.ContainsAny(name, "-_") {
		return false
	}
	return containsAny(strings.ToLower(name), "cert", "client", "subject", "issuer", "-dn", "_dn", "verif", "serial",
		"fingerprint", "thumbprint", "ssl", "tls", "user", "identity", "principal", "peer", "spiffe", "-san", "_san", "-cn", "_cn",
		"caller", "consumer", "partner", "member", "subscriber", "device", "common-name", "authenticated",
		"klient", "kunde", "zert", "sertif", "benutzer", "usuario", "utilisateur", "utente")
}

// SameVariable reports that two names reach an application as one CGI variable
// (RFC 3875, section 4.1.18).
func SameVariable(a, b string) bool { return conflated(headerName(a)) == conflated(headerName(b)) }

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}

// guessed is what the name says about the value.
func guessed(name string) []DialectField {
	with := func(role Role, encodings ...Encoding) []DialectField {
		out := make([]DialectField, len(encodings))
		for i, e := range encodings {
			out[i] = DialectField{Name: name, Role: role, Encoding: e}
		}
		return out
	}
	switch text := strings.ToLower(name); {
	case containsAny(text, "verif", "status", "authenticated", "valid"):
		return with(VerifyRole, "nginx-verify", "bool")
	case containsAny(text, "issuer", "i-dn", "i_dn"):
		return with(IssuerRole, "dn-rfc4514", "dn-slash")
	case containsAny(text, "subject", "-dn", "_dn"):
		return with(SubjectRole, "dn-rfc4514", "dn-slash")
	case containsAny(text, "serial"):
		return with(SerialRole, "hex-upper", "decimal")
	case containsAny(text, "fingerprint", "sha1", "sha256", "thumb", "hash"):
		return with(FingerprintRole, "sha1-lower", "sha256-lower")
	case containsAny(text, "cert", "zert", "sertif") && !containsAny(text, "-cn", "_cn", "name"):
		return with(CertificateRole, "pem-percent", "der-base64")
	}
	return with(UserRole, "text")
}

// names returns the distinguished names and host names that the target uses.
func (c Context) names() []string {
	var out []string
	for _, name := range c.Known.Names {
		isName := strings.Contains(name, "=") || strings.Contains(name, ".")
		if isName && len(name) <= maxLearntNameLen && isPrintable(name) && len(out) < maxLearntNames {
			out = append(out, name)
		}
	}
	return out
}

func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
