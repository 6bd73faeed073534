package probes

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"blurt/scanner/wire"
)

//go:embed dialects.yaml
var dialectData []byte

// Role is which part of the client's identity a header field carries.
type Role string

// The roles that a dialect may name.
const (
	CertificateRole Role = "certificate"
	SubjectRole     Role = "subject"
	CommonNameRole  Role = "common-name"
	IssuerRole      Role = "issuer"
	VerifyRole      Role = "verify"
	SerialRole      Role = "serial"
	FingerprintRole Role = "fingerprint"
)

// Encoding is how a field spells its value.
type Encoding string

// encoders make the value that a genuine proxy would send for a specimen. An
// encoding that a dialect names must stand here.
var encoders = map[Encoding]func(*Specimen) string{
	"pem-percent":  func(s *Specimen) string { return percentEncode(s.PEM) },
	"pem-folded":   func(s *Specimen) string { return foldLines(s.PEM) },
	"dn-rfc4514":   func(s *Specimen) string { return s.SubjectDN },
	"dn-slash":     func(s *Specimen) string { return slashDN(s.SubjectDN) },
	"text":         func(s *Specimen) string { return s.CommonName },
	"nginx-verify": func(*Specimen) string { return "SUCCESS" },
	"hex-upper":    func(s *Specimen) string { return s.Serial },
	"sha1-lower":   func(s *Specimen) string { return s.Fingerprint },
}

// DialectField is one header field of a dialect.
type DialectField struct {
	Name     string   `yaml:"name"`
	Role     Role     `yaml:"role"`
	Encoding Encoding `yaml:"encoding"`
}

// dialect is how one system hands the certificate over.
type dialect struct {
	System string         `yaml:"system"`
	Source string         `yaml:"source"`
	Fields []DialectField `yaml:"fields"`
}

// dialectFields returns the built-in fields, each name once. The data is part of
// the program; a mistake in it is a mistake in the program.
var dialectFields = sync.OnceValue(func() []DialectField {
	fields, err := parseDialects(dialectData)
	if err != nil {
		panic("probes: built-in dialects: " + err.Error())
	}
	return fields
})

func parseDialects(data []byte) ([]DialectField, error) {
	var dialects []dialect
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&dialects); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var fields []DialectField
	seen := make(map[string]bool)
	for _, d := range dialects {
		for _, f := range d.Fields {
			if err := f.check(); err != nil {
				return nil, fmt.Errorf("system %q: %w", d.System, err)
			}
			if key := conflated(f.Name); !seen[key] {
				seen[key] = true
				fields = append(fields, f)
			}
		}
	}
	return fields, nil
}

func (f DialectField) check() error {
	switch f.Role {
	case CertificateRole, SubjectRole, CommonNameRole, IssuerRole, VerifyRole, SerialRole, FingerprintRole:
	default:
		return fmt.Errorf("field %q: unknown role %q", f.Name, f.Role)
	}
	if _, ok := encoders[f.Encoding]; !ok {
		return fmt.Errorf("field %q: unknown encoding %q", f.Name, f.Encoding)
	}
	if f.Name == "" {
		return errors.New("a field has no name")
	}
	return nil
}

// conflated is the key under which WSGI and CGI file a field name (PEP 3333).
func conflated(name string) string {
	return strings.ReplaceAll(strings.ToUpper(name), "-", "_")
}

// value returns the field as a genuine proxy would send it for the specimen.
func (f DialectField) value(s *Specimen) wire.Field {
	if f.Role == IssuerRole {
		return wire.Field{Name: f.Name, Value: s.IssuerDN}
	}
	return wire.Field{Name: f.Name, Value: encoders[f.Encoding](s)}
}

// percentEncode escapes as nginx's $ssl_client_escaped_cert does: all but the
// unreserved characters of RFC 3986.
func percentEncode(text string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// foldLines joins the lines of a PEM text by tabs: what is left of nginx's
// $ssl_client_cert once a server has unfolded it (RFC 9112, section 5.2).
func foldLines(pem string) string {
	return strings.ReplaceAll(strings.TrimSuffix(pem, "\n"), "\n", "\t")
}

// slashDN turns a distinguished name from RFC 4514 to the form that OpenSSL
// used to print, most significant part first.
func slashDN(dn string) string {
	var b strings.Builder
	parts := strings.Split(dn, ",")
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(parts[i])
	}
	return b.String()
}
