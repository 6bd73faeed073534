package probes

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed dialects.yaml
var dialectData []byte

// Role is which part of the client's identity a header field carries.
type Role string

// The roles that a dialect may name.
const (
	CertificateRole   Role = "certificate"    // the client's own certificate
	ChainRole         Role = "chain"          // the certificates that vouch for it
	SubjectRole       Role = "subject"        // its subject's distinguished name
	IssuerRole        Role = "issuer"         // its issuer's distinguished name
	CommonNameRole    Role = "common-name"    // the subject's common name alone
	UserRole          Role = "user"           // whom the proxy takes the client for
	SANRole           Role = "san"            // a subjectAltName
	SPIFFERole        Role = "spiffe"         // a SPIFFE ID
	SerialRole        Role = "serial"         // the serial number
	FingerprintRole   Role = "fingerprint"    // a digest of the certificate
	KeyIdentifierRole Role = "key-identifier" // the subject's or the authority's key identifier
	NotBeforeRole     Role = "not-before"     // the start of validity
	NotAfterRole      Role = "not-after"      // the end of validity
	ValidityRole      Role = "validity"       // both in one
	VerifyRole        Role = "verify"         // whether the certificate was verified
	PresentRole       Role = "present"        // whether there was one
	ErrorRole         Role = "error"          // why it was not verified
	InfoRole          Role = "info"           // several parts in one value
	XFCCRole          Role = "xfcc"           // Envoy's x-forwarded-client-cert
	JSONRole          Role = "json"           // several parts as an object
	OtherRole         Role = "other"          // read beside the certificate: ciphers, sessions, flags
)

// Roles returns all roles.
func Roles() []Role {
	return []Role{
		CertificateRole, ChainRole, SubjectRole, IssuerRole, CommonNameRole, UserRole, SANRole, SPIFFERole, SerialRole,
		FingerprintRole, KeyIdentifierRole, NotBeforeRole, NotAfterRole, ValidityRole, VerifyRole, PresentRole,
		ErrorRole, InfoRole, XFCCRole, JSONRole, OtherRole,
	}
}

// DialectField is one header field of a dialect.
type DialectField struct {
	Name     string
	Role     Role
	Encoding Encoding
}

// Dialect is how one system hands the certificate over.
type Dialect struct {
	System string
	Source string // where its documentation says so
	Fields []DialectField
}

// BuiltinDialects returns the dialects that blurt knows, most common first. The
// data is part of the program; a mistake in it is a mistake in the program.
func BuiltinDialects() []Dialect { return slices.Clone(builtinDialects()) }

var builtinDialects = sync.OnceValue(func() []Dialect {
	dialects, err := ParseDialects(dialectData, "dialects.yaml")
	if err != nil {
		panic("probes: built-in dialects: " + err.Error())
	}
	return dialects
})

// MergeDialects returns base with more: a system that both know is taken from
// more, in its old place; the others of more come first, because whoever names
// them knows the target.
func MergeDialects(base, more []Dialect) []Dialect {
	out := make([]Dialect, 0, len(base)+len(more))
	merged := slices.Clone(base)
	for _, d := range more {
		i := slices.IndexFunc(merged, func(old Dialect) bool { return strings.EqualFold(old.System, d.System) })
		if i < 0 {
			out = append(out, d)
			continue
		}
		merged[i] = d
	}
	return append(out, merged...)
}

// conflated is the key under which WSGI and CGI file a field name (PEP 3333).
func conflated(name string) string {
	key := []byte(name)
	for i, c := range key {
		switch {
		case 'a' <= c && c <= 'z':
			key[i] = c - 'a' + 'A'
		case c == '-':
			key[i] = '_'
		}
	}
	return string(key)
}
