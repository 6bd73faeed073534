package detect

import (
	"fmt"

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
	if in.Control == nil || in.Claim != wire.HeaderClaim && in.Claim != wire.CertificateClaim || !refused(in.Control) {
		return Output{}
	}
	status := in.Got.Status
	switch {
	case status >= 200 && status < 300 && !refused(in.Got):
		return Output{Hits: []Hit{believed(in)}}
	case status == 500 && in.Claim == wire.HeaderClaim && (in.Control.Status == 401 || in.Control.Status == 403) && !in.isOwned() && len(runParserError(in).Hits) == 0:
		// A debug page, a traceback or a parser's message tells for itself what has
		// failed.
		return Output{Hits: []Hit{stumbled(in)}}
	}
	return Output{}
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
