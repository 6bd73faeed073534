package probes

import (
	"encoding/base64"
	"strings"

	"crypto/x509/pkix"
	"encoding/asn1"
)

// nameGrammars are the encodings of distinguished names and of names without
// structure.
func nameGrammars() map[Encoding]grammar {
	out := map[Encoding]grammar{
		"text":        {family: textFamily, genuine: plainText, named: func(name string) string { return name }},
		"text-quoted": {family: textFamily, genuine: func(s *Specimen, r Role) string { return `"` + plainText(s, r) + `"` }, named: func(name string) string { return `"` + name + `"` }},
		"email":       {family: textFamily, genuine: func(s *Specimen, _ Role) string { return mailbox(s.CommonName) }, named: mailbox},
		"groups":      {family: textFamily, genuine: func(s *Specimen, _ Role) string { return s.CommonName + ",system:authenticated" }, named: func(name string) string { return name }},
		"uri":         {family: sanFamily, genuine: func(s *Specimen, _ Role) string { return spiffe(s.host()) }, named: func(name string) string { return spiffe(name + ".invalid") }},
		"dns":         {family: sanFamily, genuine: func(s *Specimen, _ Role) string { return s.host() }, named: func(name string) string { return name + ".invalid" }},
		"base64-list": {family: sanFamily, genuine: func(s *Specimen, r Role) string { return sanList(s, r) }, named: func(name string) string { return base64Text(name + ".invalid") }},
	}
	for name, f := range dnForms() {
		out[name] = grammar{
			family: nameFamily, roles: []Role{SubjectRole, IssuerRole},
			genuine: func(s *Specimen, r Role) string { return f.genuine(s.nameOf(r)) },
			named:   f.named,
		}
	}
	return out
}

// dnForm is how an encoding spells a distinguished name.
type dnForm struct {
	genuine func(n certificateName) string
	named   func(commonName string) string
}

// certificateName is one of the two names of a certificate.
type certificateName struct {
	text string // RFC 4514
	der  []byte
}

func (s *Specimen) nameOf(r Role) certificateName {
	if r == IssuerRole {
		return certificateName{s.IssuerDN, s.Certificate.Leaf.RawIssuer}
	}
	return certificateName{s.SubjectDN, s.Certificate.Leaf.RawSubject}
}

func dnForms() map[Encoding]dnForm {
	spaced := func(dn string) string { return strings.ReplaceAll(dn, ",", ", ") }
	named := func(form func(dn string) string) func(string) string {
		return func(commonName string) string { return form("CN=" + commonName + ",O=blurt") }
	}
	text := func(form func(dn string) string) dnForm {
		return dnForm{genuine: func(n certificateName) string { return form(n.text) }, named: named(form)}
	}
	return map[Encoding]dnForm{
		"dn-rfc4514":      text(func(dn string) string { return dn }),
		"dn-spaced":       text(spaced),
		"dn-slash":        text(slashDN),
		"dn-slash-quoted": text(func(dn string) string { return `"` + slashDN(dn) + `"` }),
		"dn-der-base64": {
			genuine: func(n certificateName) string { return base64.StdEncoding.EncodeToString(n.der) },
			named: func(commonName string) string {
				der, err := asn1.Marshal(pkix.Name{CommonName: commonName}.ToRDNSequence())
				if err != nil { // a name that no ASN.1 string holds
					return ""
				}
				return base64.StdEncoding.EncodeToString(der)
			},
		},
	}
}

// plainText is the name that a role stands for by itself.
func plainText(s *Specimen, r Role) string {
	switch r {
	case SANRole:
		return s.host()
	case IssuerRole:
		return s.IssuerDN
	}
	return s.CommonName
}

func mailbox(name string) string { return name + "@" + name + ".invalid" }

func spiffe(host string) string { return "spiffe://" + host + "/client" }

func base64Text(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func sanList(s *Specimen, r Role) string {
	if r == SPIFFERole {
		return base64Text(spiffe(s.host()))
	}
	return base64Text(s.host()) + "," + base64Text("www."+s.host())
}

// host is a DNS name of the specimen.
func (s *Specimen) host() string {
	if leaf := s.Certificate.Leaf; len(leaf.DNSNames) > 0 {
		return leaf.DNSNames[0]
	}
	return strings.ToLower(s.CommonName) + ".invalid"
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
