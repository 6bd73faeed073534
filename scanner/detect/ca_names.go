package detect

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"

	"blurt/scanner/finding"
)

// caNames reads the list of certificate authorities in the handshake.
func caNames() Detector {
	return Detector{
		Name:  "ca_names",
		Rules: []string{"ca-disclosure"},
		Run:   runCANames,
	}
}

func runCANames(in Input) Output {
	if in.Handshake == nil || len(in.Handshake.AcceptableCAs) == 0 {
		return Output{}
	}
	list := itemList{in: in}
	public, private := 0, 0
	for _, der := range in.Handshake.AcceptableCAs {
		name, sequence, ok := parseDN(der)
		switch {
		case !ok || name == "":
		case isPublicCA(sequence):
			public++
		default:
			private++
			list.add(Item{Category: finding.CADisclosure, Name: "certificate authority", Value: name, Location: "handshake"})
		}
	}
	if private == 0 {
		return Output{}
	}
	message := fmt.Sprintf("The handshake names %d certificate authorities that are not public ones.", private)
	if private == 1 {
		message = "The handshake names a certificate authority that is not a public one."
	}
	if public > 0 {
		message += fmt.Sprintf(" Beside them stand %d public ones.", public)
	}
	return Output{Hits: []Hit{{
		Rule:       "ca-disclosure",
		Category:   finding.CADisclosure,
		Message:    message,
		Confidence: finding.Firm,
		Items:      list.items,
		PerOrigin:  true,
	}}}
}

// parseDN reads a distinguished name in DER and writes it as RFC 4514 does.
func parseDN(der []byte) (name string, sequence pkix.RDNSequence, ok bool) {
	rest, err := asn1.Unmarshal(der, &sequence)
	if err != nil || len(rest) > 0 {
		return "", nil, false
	}
	return sequence.String(), sequence, true
}

// isPublicCA reports whether a name is that of an authority of the web's public
// key infrastructure. Such names tell nothing about the server's owner.
func isPublicCA(sequence pkix.RDNSequence) bool {
	organization := asn1.ObjectIdentifier{2, 5, 4, 10}
	for _, set := range sequence {
		for _, attribute := range set {
			value, isString := attribute.Value.(string)
			if !isString || !attribute.Type.Equal(organization) {
				continue
			}
			value = strings.ToLower(value)
			for _, name := range publicCAs {
				if strings.HasPrefix(value, name) {
					return true
				}
			}
		}
	}
	return false
}

// publicCAs are the organizations of the root programs of the large browsers,
// present and past, in lower case.
var publicCAs = [...]string{
	"let's encrypt", "internet security research group", "digicert", "sectigo", "globalsign", "google trust services",
	"amazon", "starfield technologies", "godaddy.com", "the go daddy group", "entrust", "comodo ca limited",
	"the usertrust network", "identrust", "quovadis limited", "baltimore", "cybertrust", "verisign", "thawte", "geotrust",
	"symantec corporation", "unizeto technologies", "asseco data systems", "swisssign ag", "buypass as", "actalis s.p.a.",
	"hellenic academic and research institutions", "teliasonera", "telia finland", "d-trust gmbh", "t-systems enterprise services",
	"deutsche telekom security", "ssl corporation", "network solutions l.l.c.", "affirmtrust", "secom trust systems", "security communication",
	"chunghwa telecom", "taiwan-ca", "certainly", "china financial certification authority", "guang dong certificate authority",
	"trustasia technologies", "itrusschina", "beijing certificate authority", "shanghai electronic certification authority",
	"e-tugra", "türkiye bilimsel", "microsec ltd.", "netlock kft.", "disig a.s.", "firmaprofesional", "autoridad de certificacion firmaprofesional",
	"fnmt-rcm", "ac camerfirma", "certigna", "dhimyotis", "certinomis", "izenpe s.a.", "staat der nederlanden", "atos",
	"viking cloud", "xramp security services", "securetrust corporation", "trustwave holdings", "wisekey", "oiste foundation",
	"emsign pki", "emudhra", "naver business platform", "krajowa izba rozliczeniowa", "agence nationale de certification electronique",
	"hongkong post", "digital signature trust co.", "sia s.p.a.", "d-trust", "commscope", "e-commerce monitoring", "certsign", "certum",
}
