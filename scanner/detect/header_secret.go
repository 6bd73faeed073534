package detect

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// isHeaderSecret knows the names of header fields in which clients prove who they
// are, as they stand in logs and dumps, CGI's spelling included.
func isHeaderSecret(lower string) bool {
	name := strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(lower, "http_"), "request.headers."), "_", "-")
	switch name {
	case "authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token":
		return true
	}
	return false
}

// headerSecret says what a logged field gives away, if anything: credentials that
// have their scheme's form, the cookie of a session.
func headerSecret(a assignment) string {
	if strings.Contains(strings.ToLower(a.name), "cookie") {
		return sessionCookie(a.value)
	}
	scheme, credentials, found := strings.Cut(a.value, " ")
	if !found {
		if len(scheme) >= 20 && !isMadeUp(scheme) && !strings.Contains(strings.ToLower(a.name), "authorization") {
			return "key of another client"
		}
		return ""
	}
	credentials = strings.TrimSpace(credentials)
	switch strings.ToLower(scheme) {
	case "bearer", "token":
		if isJWT(credentials) || !strings.HasPrefix(credentials, "eyJ") && len(credentials) >= 20 && !strings.Contains(credentials, " ") && !isMadeUp(credentials) {
			return "bearer token of another client"
		}
	case "basic":
		pair, err := base64.StdEncoding.DecodeString(credentials)
		_, password, colon := strings.Cut(string(pair), ":")
		if err == nil && utf8.Valid(pair) && colon && !isPlaceholder(password) {
			return "user and password of another client"
		}
	}
	return ""
}

// sessionCookie looks for a session's random identifier among cookies.
func sessionCookie(cookies string) string {
	for cookie := range strings.SplitSeq(cookies, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(cookie), "=")
		lower := strings.ToLower(name)
		if len(value) >= 16 && !isMadeUp(value) &&
			(strings.Contains(lower, "sess") || strings.HasSuffix(lower, "sid") || strings.Contains(lower, "auth") || strings.Contains(lower, "token") && !strings.Contains(lower, "csrf") && !strings.Contains(lower, "xsrf")) {
			return "session cookie of another client"
		}
	}
	return ""
}
