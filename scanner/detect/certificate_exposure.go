package detect

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"blurt/scanner/finding"
)

// certificateExposure reads certificates, subjects and what else names a client,
// and tells whose they are.
func certificateExposure() Detector {
	return Detector{
		Name:  "certificate_exposure",
		Rules: []string{"certificate-exposure", "certificate-reflection"},
		Hints: certificateHints(),
		Also: func(in Input) bool {
			return in.mayName() || bytes.Contains(head(in.Got.Body, 24), []byte(versionThree))
		},
		Run: runCertificateExposure,
	}
}

// mayName reports whether an answer holds a common name where people did not write
// it, as an error or as data does.
func (in Input) mayName() bool {
	if !bytes.Contains(in.Got.Body, []byte("CN=")) || in.liveParts().index("CN=", 0) < 0 {
		return false
	}
	return in.Got.Status >= 400 || containsAny(in.Got.Body, `="CN=`, "=CN=", `["CN=`, `,"CN=`, `:"CN=`, ` "CN=`, `['CN=`, ` 'CN=`, " CN=")
}

// versionThree stands at the start of a certificate in DER, before its serial number
// (RFC 5280, section 4.1).
const versionThree = "\xa0\x03\x02\x01\x02\x02"

func certificateHints() []string {
	return []string{
		"CERTIFICATE--", "CERTIFICATE%2D", "CERTIFICATE&#45;", `CERTIFICATE\u002d`, `CERTIFICATE\u002D`, "LS0tLS1CRUdJTi", "gAwIBAgI", "ADAgECAg",
		"spiffe://", "emailAddress=", "SSL_CLIENT_", "ssl_client_", "SSL-Client-", "ssl-client-", "lient-Cert", "lient_cert", "lientCert", "lient-cert", "LIENT_CERT", "Subject=\"", "subject=",
		`"subject"`, `ubject":`, `ubject_dn`, `ubjectDN`, `ubjectDn`, `ubject-Dn`, "SSL_S_DN", "CLIENT_S_DN", "lient-S-DN", "SSL-S-DN", "Ssl-S-Dn", "lient_s_dn", "ssl_s_dn", "client_dn", "clientDN", "istinguishedName", "istinguished_name", "rincipal\":",
		"ubject: CN", "ubject: C=", "ubject: O=", "ubject: /", "ubject: UID", "ubject: E=",
	}
}

// evidenceOf gathers what stands in an answer, by whose it is.
type evidenceOf struct {
	list  itemList
	first Span
	what  []string
	sure  bool
}

func (e *evidenceOf) note(in Input, span Span, what string, sure bool) {
	if len(e.what) == 0 {
		e.first = in.excerptAround(Span{span.Start, min(span.End, span.Start+maxPreamble)})
	}
	e.what = appendNew(e.what, what)
	e.sure = e.sure || sure
}

func runCertificateExposure(in Input) Output {
	if !in.isAnswered() || in.isArticle() {
		return Output{}
	}
	found := map[owner]*evidenceOf{ours: {list: itemList{in: in}}, callers: {list: itemList{in: in}}, thirdParty: {list: itemList{in: in}}}
	certificates, spans := certificatesIn(in.blocks())
	publishes := len(certificates) > 0 && in.publishes()
	for n, c := range certificates {
		in.weighCertificate(found, c, spans[n], publishes)
	}
	for _, name := range namesIn(in.liveParts()) {
		in.weighName(found, name)
	}
	for _, id := range in.identifiers() {
		found[thirdParty].note(in, id.span, id.name, true)
		found[thirdParty].list.add(Item{Category: finding.CertReflection, Name: id.name, Value: id.value, Location: place(id.span), Sensitive: true})
	}
	var out Output
	if hit, ok := found[thirdParty].hit("certificate-exposure", "The answer holds what identifies another client: %s."); ok {
		out.Hits = append(out.Hits, hit)
	}
	if hit, ok := found[callers].hit("certificate-reflection", "The answer holds what identifies the caller's own certificate: %s."); ok {
		out.Hits = append(out.Hits, hit)
	}
	if hit, ok := found[ours].hit("certificate-reflection", "The client's own certificate comes back in the answer: %s."); ok && !in.isOwned() {
		out.Hits = append(out.Hits, hit)
	}
	return out
}

func place(span Span) string { return fmt.Sprintf("body, byte %d", span.Start) }

// hit makes the hit of what belongs to one owner.
func (e *evidenceOf) hit(rule, message string) (Hit, bool) {
	if len(e.list.items) == 0 {
		return Hit{}, false
	}
	confidence := finding.Tentative
	if e.sure {
		confidence = finding.Firm
	}
	return Hit{
		Rule: rule, Category: finding.CertReflection, Confidence: confidence, Items: e.list.items, Excerpt: e.first, isMaterial: true,
		Message: fmt.Sprintf(message, enumerate(e.what)),
	}, true
}

// weighCertificate puts a certificate to its owner.
func (in Input) weighCertificate(found map[owner]*evidenceOf, c *x509.Certificate, span Span, publishes bool) {
	named := callsClient(calledAs(in.Got.Body, span.Start))
	whose := in.ownerOf(c, named)
	where := in.settingAt(span)
	if whose == public || publishes && !named || where == prose && whose == thirdParty {
		return
	}
	if whose == ours && (len(inBody(in.Echoes)) > 0 || in.inControl(in.Got.Body[span.Start:span.End])) {
		return // the canary tells
	}
	e := found[whose]
	e.note(in, span, kindOf(c), where == live || whose != thirdParty)
	secret := whose != ours
	e.list.add(Item{Category: finding.CertReflection, Name: kindOf(c), Value: string(in.Got.Body[span.Start:span.End]), Location: place(span), Sensitive: secret})
	for _, field := range personalFields(c) {
		e.list.add(Item{Category: finding.CertReflection, Name: "subject, " + field.kind, Value: field.value, Location: place(span), Sensitive: secret})
	}
	if organization := strings.Join(c.Subject.Organization, ", "); organization != "" {
		e.list.add(Item{Category: finding.CertReflection, Name: "subject, organization", Value: organization, Location: place(span)})
	}
	if issuer := c.Issuer.String(); issuer != c.Subject.String() {
		e.list.add(Item{Category: finding.CADisclosure, Name: "issuer", Value: issuer, Location: place(span)})
	}
	e.list.add(Item{Category: finding.CertReflection, Name: "valid until", Value: c.NotAfter.UTC().Format(time.DateOnly), Location: place(span)})
}

// weighName puts a distinguished name to its owner. One in prose, of an authority
// or of a host is nobody's secret.
func (in Input) weighName(found map[owner]*evidenceOf, name distinguishedName) {
	called := calledAs(in.Got.Body, name.span.Start)
	raw := string(in.Got.Body[name.span.Start:name.span.End])
	// Neither an error nor a log has any business to list names, whatever it calls
	// them.
	listed := (in.Got.Status >= 400 || formOf(in.Got) == textForm && in.isLog(name.span)) && name.isOfClient()
	if !callsSubject(called) && !listed || holdsToken(raw) || in.wasSent(raw) || in.settingAt(name.span) != live || in.isPublicName(name) {
		return
	}
	whose := thirdParty
	if own := in.callersSubject(); in.As.Private && name.isLike(own) {
		if in.Got.Status < 400 {
			return // it tells the caller who the caller is
		}
		whose = callers
	} else if !callsClient(called) && (name.isOfHost() || name.isOfAuthority()) {
		return
	}
	e := found[whose]
	var kinds []string
	for _, p := range name.parts {
		if kind := personalAttribute(p.kind); kind != "" {
			kinds = appendNew(kinds, kind)
		}
	}
	// Data that a program hands out may be about certificates on purpose.
	sure := callsClient(called) || in.Got.Status >= 400 || formOf(in.Got) != dataForm || whose == callers
	e.note(in, name.span, "a subject with "+enumerate(kinds), sure)
	e.list.add(Item{Category: finding.CertReflection, Name: "subject", Value: raw, Location: place(name.span), Sensitive: true})
	for _, p := range name.parts {
		e.list.add(Item{
			Category: finding.CertReflection, Name: "subject, " + p.kind, Value: p.value, Location: place(name.span),
			Sensitive: personalAttribute(p.kind) != "",
		})
	}
}

// callersSubject returns the subject of the certificate that is presented.
func (in Input) callersSubject() []dnPart {
	leaf := leafOf(in.As)
	if leaf == nil {
		return nil
	}
	c, err := x509.ParseCertificate(leaf)
	if err != nil {
		return nil
	}
	return partsOf(c)
}

func partsOf(c *x509.Certificate) []dnPart {
	var parts []dnPart
	for _, n := range c.Subject.Names {
		if value, ok := n.Value.(string); ok {
			parts = append(parts, dnPart{n.Type.String(), value})
		}
	}
	return parts
}

// isPublicName knows the names in the certificates that the server shows, and the
// authorities of the web.
func (in Input) isPublicName(name distinguishedName) bool {
	if in.Handshake != nil {
		for _, c := range in.Handshake.Chain {
			if name.isLike(partsOf(c)) {
				return true
			}
		}
	}
	for _, p := range name.parts {
		if kind := strings.ToLower(p.kind); kind == "o" || kind == "organizationname" {
			for _, known := range publicCAs {
				if strings.HasPrefix(strings.ToLower(p.value), known) {
					return true
				}
			}
		}
	}
	return false
}

// commonName returns the first common name.
func (n distinguishedName) commonName() string {
	for _, p := range n.parts {
		if personalAttribute(p.kind) == "common name" {
			return p.value
		}
	}
	return ""
}

// isOfHost reports whether the name is that of a host in a network, which its
// server shows to everybody.
func (n distinguishedName) isOfHost() bool {
	name := n.commonName()
	return strings.Contains(name, ".") && !strings.ContainsAny(name, " @")
}

// isOfClient reports whether the name is whole enough to be a certificate's: a
// common name within an organisation.
func (n distinguishedName) isOfClient() bool {
	organisation := false
	for _, p := range n.parts {
		switch strings.ToLower(p.kind) {
		case "o", "ou", "dc", "organizationname", "organizationalunitname", "domaincomponent":
			organisation = true
		}
	}
	return n.commonName() != "" && organisation && len(n.parts) >= 3
}

// isOfAuthority reports whether the name says that it is an authority's.
func (n distinguishedName) isOfAuthority() bool {
	for word := range strings.FieldsSeq(strings.ToLower(n.commonName())) {
		switch strings.Trim(word, "()") {
		case "ca", "root", "authority", "issuing", "intermediate", "signing":
			return true
		}
	}
	return false
}
