package probes

import (
	"strings"

	"blurt/scanner/wire"
)

// fieldsOf returns the dialect fields of these roles.
func fieldsOf(roles ...Role) []DialectField {
	var out []DialectField
	for _, f := range dialectFields() {
		for _, r := range roles {
			if f.Role == r {
				out = append(out, f)
			}
		}
	}
	return out
}

// genuine returns the fields of these roles as proxies would send them for the
// specimen.
func genuine(s *Specimen, roles ...Role) []wire.Field {
	var out []wire.Field
	for _, f := range fieldsOf(roles...) {
		out = append(out, f.value(s))
	}
	return out
}

// everyRole is a whole claim: all that a proxy says of a verified certificate.
func everyRole() []Role {
	return []Role{CertificateRole, SubjectRole, CommonNameRole, IssuerRole, VerifyRole, SerialRole, FingerprintRole}
}

// claiming returns an attempt that adds the fields to the control.
func claiming(c Context, variant string, fields []wire.Field) Attempt {
	added := make([]string, len(fields))
	for i, f := range fields {
		added[i] = f.Name
	}
	return Attempt{Variant: variant, Request: c.Control.With(fields...), Added: added}
}

// withUnderscores spells the names as WSGI and CGI servers would read them. A
// proxy that overwrites "X-SSL-Client-S-DN" may let "X_SSL_Client_S_DN" pass.
func withUnderscores(fields []wire.Field) []wire.Field {
	out := make([]wire.Field, len(fields))
	for i, f := range fields {
		out[i] = wire.Field{Name: strings.ReplaceAll(f.Name, "-", "_"), Value: f.Value}
	}
	return out
}
