package discover

import (
	"regexp"
	"strings"

	"blurt/scanner/operational"
	"blurt/scanner/route"
	"blurt/scanner/wire"
)

// Resolve returns the endpoint that a reference in the answer of another one
// points to (RFC 3986, section 5): an absolute or relative URL, or a path that
// is a framework's route pattern. It reports false for what leads to another
// origin, is no path, or by its name changes something: a link is followed
// without knowing what stands behind it. Operators' endpoints that the scan asks
// for anyway are left out as well.
func Resolve(at wire.Endpoint, reference string) (wire.Endpoint, bool) {
	reference = strings.TrimSpace(reference)
	reference, _, _ = strings.Cut(reference, "#")
	if reference == "" || len(reference) > maxTarget {
		return wire.Endpoint{}, false
	}
	target, ok := targetOf(at, reference)
	if !ok {
		return wire.Endpoint{}, false
	}
	target, ok = spell(target)
	if !ok || changesState(target) || operational.Owns(target) || token.MatchString(target) {
		return wire.Endpoint{}, false
	}
	return at.WithTarget(target), true
}

// token is a canary of some scan: a link that holds one only repeats a request.
var token = regexp.MustCompile(`(?i)blurt[a-z2-7]{20}`)

// targetOf returns the target of a reference on the origin of at.
func targetOf(at wire.Endpoint, reference string) (string, bool) {
	if strings.HasPrefix(reference, "//") {
		reference = at.Origin.Scheme + ":" + reference
	}
	switch {
	case hasScheme(reference):
		return sameOrigin(at.Origin, reference)
	case reference[0] == '/':
		return withoutDots(reference), true
	case reference[0] == '?':
		return at.Path() + reference, true
	default:
		path := at.Path()
		return withoutDots(path[:strings.LastIndexByte(path, '/')+1] + reference), true
	}
}

// hasScheme follows RFC 3986, section 3.1.
func hasScheme(reference string) bool {
	end := strings.IndexAny(reference, ":/?")
	return end > 0 && reference[end] == ':'
}

// sameOrigin returns the target of an absolute URL of the origin. Applications
// behind a proxy often know their host name but neither scheme nor port, so a
// URL of the same host without a port counts as well.
func sameOrigin(origin wire.Origin, reference string) (string, bool) {
	scheme, rest, _ := strings.Cut(reference, "://")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	to, err := wire.ParseEndpoint(scheme + "://" + rest[:end] + "/")
	if err != nil {
		return "", false
	}
	if to.Origin != origin {
		plain := strings.EqualFold(strings.Trim(rest[:end], "[]"), origin.Host)
		if !plain {
			return "", false
		}
	}
	target := rest[end:]
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	return withoutDots(target), true
}

// withoutDots removes the dot segments of a target's path (RFC 3986, section
// 5.2.4).
func withoutDots(target string) string {
	path, query, found := strings.Cut(target, "?")
	if strings.Contains(path, "/.") {
		var kept []string
		segments := strings.Split(path, "/")
		for i, segment := range segments[1:] {
			last := i == len(segments)-2
			switch segment {
			case "..":
				kept = kept[:max(0, len(kept)-1)]
			case ".":
			default:
				kept = append(kept, segment)
				continue
			}
			if last {
				kept = append(kept, "")
			}
		}
		path = "/" + strings.Join(kept, "/")
	}
	if found {
		path += "?" + query
	}
	return path
}

// spell makes a target fit for a request: it fills the parameters of a route
// pattern and encodes what cannot stand in a target as it is.
func spell(target string) (string, bool) {
	path, query, found := strings.Cut(target, "?")
	if strings.HasPrefix(path, "//") || strings.Contains(path, "**") {
		return "", false // "**" is whatever there is, in Spring
	}
	if strings.ContainsAny(path, "<{(^*") || strings.Contains(path, "/:") {
		filled, ok := route.Fill(target)
		return filled, ok
	}
	var b strings.Builder
	if !encode(&b, path) {
		return "", false
	}
	if found {
		b.WriteByte('?')
		if !encode(&b, query) {
			return "", false
		}
	}
	return b.String(), true
}

// encode percent-encodes blanks and what is not ASCII. It reports false for
// control characters, which no link holds in earnest.
func encode(b *strings.Builder, text string) bool {
	const hexDigits = "0123456789ABCDEF"
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < ' ' || c == 0x7f:
			return false
		case c == ' ' || c >= 0x80 || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return true
}

// changesState reports whether a target says of itself that asking for it
// changes something. GET should not (RFC 9110, section 9.2.1); some do.
func changesState(target string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(target), func(r rune) bool { return strings.ContainsRune("/?&=;.", r) }) {
		switch strings.NewReplacer("-", "", "_", "").Replace(word) {
		case "logout", "logoff", "signout", "signoff", "delete", "destroy", "remove", "purge", "flush", "shutdown", "restart",
			"reboot", "unsubscribe", "deactivate", "revoke", "cancel", "kill", "quitquitquit":
			return true
		}
	}
	return false
}
