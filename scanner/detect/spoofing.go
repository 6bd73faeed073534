package detect

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// spoofing judges what a claim that nobody proved has changed: a refusal that
// becomes an answer means that the claim was believed.
func spoofing() Detector {
	return Detector{
		Name:  "spoofing",
		Rules: []string{"identity-header-trusted", "untrusted-certificate-accepted"},
		Run:   runSpoofing,
	}
}

func runSpoofing(in Input) Output {
	if in.Control == nil || in.Claim != wire.HeaderClaim && in.Claim != wire.CertificateClaim {
		return Output{}
	}
	switch {
	case !refused(in.Control):
		if hit, ok := replaced(in); ok {
			return Output{Hits: []Hit{hit}}
		}
	case isSuccess(in.Got) && !refused(in.Got) && !failsOtherwise(in), signsIn(in):
		return Output{Hits: []Hit{believed(in)}}
	case stumbles(in):
		return Output{Hits: []Hit{stumbled(in)}}
	}
	return Output{}
}

// failsOtherwise reports that what follows a refusal is no more than another
// failure, which its status conceals. An interface that refuses with a status of
// success tells all its failures so.
func failsOtherwise(in Input) bool {
	if saysFailed(in.Got) {
		return true
	}
	return isSuccess(in.Control) && (sameEnvelope(in.Control, in.Got) || in.isOwned() || len(runParserError(in).Hits) > 0)
}

func isSuccess(got *wire.Response) bool { return got.Status >= 200 && got.Status < 300 }

// signsIn reports a redirect that hands out a session where the control got
// none.
func signsIn(in Input) bool {
	if in.Got.Status < 300 || in.Got.Status >= 400 || refused(in.Got) {
		return false
	}
	return handsOutSession(in.Got) && !handsOutSession(in.Control)
}

func handsOutSession(got *wire.Response) bool {
	return slices.ContainsFunc(got.Fields, func(f wire.Field) bool {
		if !strings.EqualFold(f.Name, "Set-Cookie") {
			return false
		}
		name, rest, _ := strings.Cut(f.Value, "=")
		name = strings.ToLower(name)
		value, _, _ := strings.Cut(rest, ";")
		return strings.Trim(value, `" `) != "" &&
			(strings.Contains(name, "sess") || strings.HasSuffix(name, "sid") || strings.Contains(name, "auth"))
	})
}

// stumbles reports that a claim turns a refusal into an internal error of which
// nothing more is known: a debug page, a traceback or a parser's message tells
// for itself what has failed. A claim with a certificate in it proves nothing
// here, as reading that may be what fails.
func stumbles(in Input) bool {
	return in.Got.Status == 500 && in.Claim == wire.HeaderClaim && (in.Control.Status == 401 || in.Control.Status == 403) &&
		!in.isOwned() && len(runParserError(in).Hits) == 0 && !slices.ContainsFunc(in.Asked.Fields, holdsCertificate)
}

// holdsCertificate knows PEM, plain or percent-encoded, and DER in base64.
func holdsCertificate(f wire.Field) bool {
	return strings.Contains(f.Value, "BEGIN") || strings.HasPrefix(strings.TrimLeft(f.Value, `:"`), "MII")
}

// replaced reports that the caller's own certificate is passed over: the control
// answers by the caller's name, and beside the claim the claimed name stands
// where that was.
func replaced(in Input) (Hit, bool) {
	name := callersName(in.As)
	if len(name) < 3 || !isSuccess(in.Control) || !isSuccess(in.Got) || in.Claim != wire.HeaderClaim ||
		!bytes.Contains(in.Control.Body, []byte(name)) || bytes.Contains(in.Got.Body, []byte(name)) {
		return Hit{}, false
	}
	list := itemList{in: in}
	list.addEchoes(in.Echoes, finding.IdentitySpoofing)
	if len(list.items) == 0 {
		return Hit{}, false
	}
	return Hit{
		Rule: "identity-header-trusted", Category: finding.IdentitySpoofing, Confidence: finding.Confirmed,
		Message: "With a genuine certificate the client is answered by its own name; with header fields that any client can send, by the name that they claim.",
		Items:   list.items, Excerpt: Span{0, min(len(in.Got.Body), 400)},
	}, true
}

// callersName returns the common name of the certificate that is presented.
func callersName(as wire.Identity) string {
	if as.Cert == nil || len(as.Cert.Certificate) == 0 {
		return ""
	}
	leaf := as.Cert.Leaf
	if leaf == nil {
		var err error
		if leaf, err = x509.ParseCertificate(as.Cert.Certificate[0]); err != nil {
			return ""
		}
	}
	return leaf.Subject.CommonName
}

func refused(got *wire.Response) bool {
	if _, byProxy := RefusedBy(got); byProxy {
		return true
	}
	return Refusal(got)
}

// believed is the hit where the claim opened the door.
func believed(in Input) Hit {
	hit := Hit{
		Rule:       "identity-header-trusted",
		Category:   finding.IdentitySpoofing,
		Confidence: finding.Firm,
		Excerpt:    Span{0, min(len(in.Got.Body), 400)},
	}
	claim := "header fields that any client can send"
	if in.Claim == wire.CertificateClaim {
		hit.Rule = "untrusted-certificate-accepted"
		claim = "a certificate that no authority vouches for"
	}
	hit.Message = fmt.Sprintf("Without an identity the request is refused with status %d; with %s it is answered with status %d.", in.Control.Status, claim, in.Got.Status)
	list := itemList{in: in}
	list.addEchoes(in.Echoes, finding.IdentitySpoofing)
	if len(list.items) > 0 {
		hit.Confidence = finding.Confirmed
		hit.Message += " The answer repeats the claimed identity."
	}
	list.add(Item{
		Category: finding.IdentitySpoofing,
		Name:     "status",
		Value:    fmt.Sprintf("%d instead of %d", in.Got.Status, in.Control.Status),
		Location: "status line",
	})
	hit.Items = list.items
	return hit
}

// stumbled is the hit where the claim got past the check and broke what stands
// behind it.
func stumbled(in Input) Hit {
	return Hit{
		Rule:     "identity-header-trusted",
		Category: finding.IdentitySpoofing,
		Message: fmt.Sprintf("Without an identity the request is refused with status %d; with header fields that any client can send it ends in an internal error (status 500): "+
			"the fields are read before anything has proven who sent them, and seem to pass the check.", in.Control.Status),
		Confidence: finding.Tentative,
		Items: []Item{{
			Category: finding.IdentitySpoofing,
			Name:     "status",
			Value:    fmt.Sprintf("500 instead of %d", in.Control.Status),
			Location: "status line",
		}},
		Excerpt: Span{0, min(len(in.Got.Body), 400)},
	}
}
