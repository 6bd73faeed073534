package detect

import (
	"bytes"
	"fmt"
	"strings"

	"blurt/scanner/wire"
)

// RefusalEvidence says in a phrase by what an answer turns the client away. It
// is empty where the answer does not. Its words are blurt's own, never the
// server's.
func RefusalEvidence(got *wire.Response) string {
	if product, ok := RefusedBy(got); ok {
		return pageEvidence(product, got)
	}
	if !Refusal(got) {
		return ""
	}
	switch {
	case got.Status >= 300 && got.Status < 400 && isLogin(got.Field("Location")):
		return "redirects to a login"
	case got.Status >= 300 && got.Status < 400:
		return "redirects to a page that is to lead back"
	case got.Status == 400 || got.Status < 300:
		return saidEvidence(got)
	}
	var parts []string
	if scheme := challenge(got); scheme != "" {
		parts = append(parts, "asks for "+scheme+" credentials")
	}
	if len(got.Body) <= shortData && holdsOne(bytes.ToLower(got.Body), certificateWords[:]) {
		parts = append(parts, "its body speaks of the certificate")
	}
	if len(parts) == 0 {
		return "its status says so"
	}
	return strings.Join(parts, ", ")
}

// pageEvidence tells which of a proxy's own pages an answer is.
func pageEvidence(product string, got *wire.Response) string {
	_, says := stockPage(got)
	switch {
	case bytes.Contains(got.Body, []byte("Cannot perform Post-Handshake Authentication")):
		return product + " wants the certificate after the request (post-handshake authentication)"
	case says == certPage && holdsOne(bytes.ToLower(got.Body), []string{"no required ssl certificate", "no required tls certificate"}), got.Status == 496:
		return product + "'s own page for a missing certificate"
	case says == certPage, got.Status == 495:
		return product + "'s own page for a bad certificate"
	}
	return fmt.Sprintf("%s's own page for status %d", product, got.Status)
}

// saidEvidence tells where a body says that the client may not.
func saidEvidence(got *wire.Response) string {
	if formOf(got) != htmlForm {
		return "its body says so"
	}
	page := bytes.ToLower(head(got.Body, 256<<10))
	if holdsOne(titleOf(page), refusalWords[:]) {
		return "its title says so"
	}
	return "its page asks for a password"
}

// challenge returns the scheme of a WWW-Authenticate field, where it is one of
// the registered ones (RFC 9110, section 11.6.1).
func challenge(got *wire.Response) string {
	scheme, _, _ := strings.Cut(strings.TrimSpace(got.Field("WWW-Authenticate")), " ")
	for _, known := range [...]string{"Basic", "Bearer", "Digest", "DPoP", "Mutual", "Negotiate", "NTLM", "PrivateToken", "SCRAM-SHA-256"} {
		if strings.EqualFold(strings.TrimSuffix(scheme, ","), known) {
			return known
		}
	}
	return ""
}
