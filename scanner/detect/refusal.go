package detect

import (
	"bytes"
	"strings"

	"blurt/scanner/wire"
)

// Refusal reports whether an answer turns the client away: by its status, by
// sending it to a login, or by a body that says so.
func Refusal(got *wire.Response) bool {
	if got == nil {
		return false
	}
	switch {
	case got.Status == 401, got.Status == 403, got.Status == 407, got.Status == 495, got.Status == 496:
		return true
	case got.Status >= 300 && got.Status < 400:
		return isLogin(got.Field("Location")) || leadsBack(got)
	case got.Status == 400 || got.Status >= 200 && got.Status < 300:
		return saysRefused(got)
	default:
		return false
	}
}

// isLogin looks at the words of the place that a redirect leads to.
func isLogin(location string) bool {
	location, _, _ = strings.Cut(strings.ToLower(location), "?")
	if _, rest, found := strings.Cut(location, "://"); found {
		location = rest
	}
	for word := range strings.FieldsFuncSeq(location, func(r rune) bool { return r == '/' || r == '.' || r == '_' || r == ':' || r == '#' }) {
		switch word {
		case "login", "log-in", "logon", "signin", "sign-in", "auth", "sso", "oauth", "oauth2", "oidc", "saml", "saml2", "cas",
			"idp", "openid", "openid-connect", "authorize", "authenticate", "authentication", "forbidden", "denied", "access-denied", "unauthorized",
			"anmelden", "anmeldung", "connexion", "accedi", "iniciar-sesion", "entrar", "inloggen", "logowanie":
			return true
		}
	}
	return false
}

// leadsBack reports a redirect for now (RFC 9110, sections 15.4.3, 15.4.4 and 15.4.8)
// to a place that is told where to send the client afterwards. That is a gate,
// in whatever language: a login, most often.
func leadsBack(got *wire.Response) bool {
	switch got.Status {
	case 302, 303, 307:
		return wire.LeadsBack(got.Field("Location"))
	}
	return false
}

// refusalWords say in an error's message that the client may not.
var refusalWords = [...]string{
	"unauthorized", "unauthorised", "not authorized", "not authorised", "not authenticated", "unauthenticated", "access denied", "permission denied",
	"forbidden", "authentication required", "authentication failed", "authentication credentials", "login required", "please log in",
	"please sign in", "certificate required", "no certificate", "no client certificate", "invalid certificate", "missing certificate",
	"certificate is required", "certificate missing", "certificate not", "invalid token", "invalid credentials", "not allowed", "token required",
	`"authenticated":false`, `"authenticated": false`, `"authorized":false`, `"authorized": false`,
}

// certificateWords say so only in an error's message: an answer that was given
// may speak of the certificate as well.
var certificateWords = [...]string{"client certificate", "client cert", "mutual tls", "mtls", "ssl_client_verify", "x509", "x.509"}

// saysRefused reads a short message, or a page with a field for a password.
func saysRefused(got *wire.Response) bool {
	if formOf(got) == htmlForm {
		page := bytes.ToLower(head(got.Body, 256<<10))
		if bytes.Contains(page, []byte(`type="password"`)) || bytes.Contains(page, []byte("type='password'")) || bytes.Contains(page, []byte("type=password")) {
			return true
		}
		return holdsOne(titleOf(page), refusalWords[:])
	}
	if len(got.Body) > shortData {
		return false
	}
	message := bytes.ToLower(got.Body)
	return holdsOne(message, refusalWords[:]) || got.Status == 400 && holdsOne(message, certificateWords[:])
}

func holdsOne(lower []byte, list []string) bool {
	for _, words := range list {
		if bytes.Contains(lower, []byte(words)) {
			return true
		}
	}
	return false
}

// titleOf returns the title and the first heading of a page in lower case.
func titleOf(page []byte) []byte {
	var title []byte
	for _, name := range [...]string{"title", "h1"} {
		if _, rest, found := bytes.Cut(page, []byte("<"+name)); found {
			text, _, _ := bytes.Cut(head(rest, 400), []byte("</"))
			title = append(append(title, text...), ' ')
		}
	}
	return title
}

// WantsCertificate reports a proxy's own page that turns the client away for want
// of a client certificate.
func WantsCertificate(got *wire.Response) bool {
	if got == nil {
		return false
	}
	product, says := stockPage(got)
	return product != "" && says == certPage || got.Status == 495 || got.Status == 496
}

// WantsLaterCertificate reports the page of a server that asked for a certificate
// once it knew the path, and found that the client cannot be asked then.
func WantsLaterCertificate(got *wire.Response) bool {
	return got != nil && got.Status == 403 && bytes.Contains(got.Body, []byte("Cannot perform Post-Handshake Authentication"))
}
