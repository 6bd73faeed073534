package probes

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// listGrammars are the encodings that put several parts of a certificate into
// one value.
func listGrammars() map[Encoding]grammar {
	return map[Encoding]grammar{
		"xfcc": {
			family: listFamily, roles: []Role{XFCCRole, CertificateRole},
			genuine: func(s *Specimen, _ Role) string { return xfcc(s) },
			named: func(name string) string {
				return fmt.Sprintf(`Hash=%064d;Subject="CN=%s";URI=spiffe://%s.invalid/client`, 1, name, name)
			},
		},
		"traefik-info": {
			family: listFamily, roles: []Role{InfoRole},
			genuine: func(s *Specimen, _ Role) string { return traefikInfo(s) },
			named:   func(name string) string { return url.QueryEscape(fmt.Sprintf(`Subject="CN=%s"`, name)) },
		},
		"akamai": {
			family: listFamily, roles: []Role{InfoRole},
			genuine: func(s *Specimen, _ Role) string { return akamai(s) },
			named: func(name string) string {
				return fmt.Sprintf(`SUBJECT="CN=%s",COMMON_NAME=%q,STATUS="valid"`, name, name)
			},
		},
		"json": {
			family: tokenFamily, roles: []Role{JSONRole},
			genuine: func(s *Specimen, _ Role) string { return jsonOf(s) },
			named: func(name string) string {
				return jsonText(map[string]string{"subject": "CN=" + name, "verify": "SUCCESS"})
			},
		},
		"jwt": {
			family: tokenFamily, roles: []Role{JSONRole, UserRole},
			genuine: func(s *Specimen, _ Role) string { return unsignedToken(s.CommonName) },
			named:   unsignedToken,
		},
	}
}

// xfcc is an element as Envoy writes it: Cert and Chain are escaped PEM, and the
// subject is always quoted.
func xfcc(s *Specimen) string {
	return fmt.Sprintf(`By=spiffe://%s/proxy;Hash=%s;Cert="%s";Subject="%s";URI=spiffe://%s/client;DNS=%s`,
		s.host(), s.sha256Hex(), percentEncode(s.PEM), quotedText(s.SubjectDN), s.host(), s.host())
}

// traefikInfo is what Traefik's passTLSClientCert.info writes, with all options.
func traefikInfo(s *Specimen) string {
	leaf := s.Certificate.Leaf
	return url.QueryEscape(fmt.Sprintf(`Subject="%s";Issuer="%s";SerialNumber="%s";NB="%d";NA="%d";SAN="%s"`,
		s.SubjectDN, s.IssuerDN, leaf.SerialNumber, leaf.NotBefore.Unix(), leaf.NotAfter.Unix(), s.host()))
}

// akamai is Client-To-Edge; the order of its members is the edge's own.
func akamai(s *Specimen) string {
	return fmt.Sprintf(`CERTIFICATE=:%s:,SUBJECT="%s",COMMON_NAME="%s",SHA256_FINGERPRINT="%s",ISSUER="%s",STATUS="valid"`,
		base64.StdEncoding.EncodeToString(s.der()), quotedText(s.SubjectDN), s.CommonName, s.sha256Hex(), quotedText(s.IssuerDN))
}

func jsonOf(s *Specimen) string {
	return jsonText(map[string]string{
		"subject": s.SubjectDN, "issuer": s.IssuerDN, "serial": s.Serial, "fingerprint": s.Fingerprint, "verify": "SUCCESS",
	})
}

func jsonText(v map[string]string) string {
	text, err := json.Marshal(v) // keys are sorted
	if err != nil {
		panic("probes: marshal texts: " + err.Error())
	}
	return string(text)
}

// unsignedToken is a JSON Web Token of the algorithm "none" (RFC 7519, section 6).
func unsignedToken(subject string) string {
	part := func(v map[string]string) string { return base64.RawURLEncoding.EncodeToString([]byte(jsonText(v))) }
	return part(map[string]string{"alg": "none", "typ": "JWT"}) + "." +
		part(map[string]string{"sub": subject, "email": subject + "@" + subject + ".invalid"}) + "."
}

func quotedText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
}
