package scanner

import (
	"bytes"
	"slices"
	"strings"

	"blurt/probes"
	"blurt/scanner/wire"
)

const (
	maxMentioning = 32 << 10 // bytes of a body that are read for names
	maxMentioned  = 8        // names that one answer teaches
)

// mentioned returns the header fields about the client that an answer speaks of
// and the request did not send. A refusal that names the field it misses, a CORS
// policy and a Vary field (RFC 9110, section 12.5.5) tell which one the
// application reads, in whatever words.
func mentioned(x *wire.Exchange) []string {
	if x.Got == nil {
		return nil
	}
	var names []string
	add := func(name string) {
		if len(names) < maxMentioned && probes.IsAboutClient(name) && !isSent(x.Asked, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, f := range x.Got.Fields {
		switch strings.ToLower(f.Name) {
		case "vary", "access-control-allow-headers", "access-control-expose-headers":
			for name := range strings.SplitSeq(f.Value, ",") {
				add(strings.TrimSpace(name))
			}
		}
	}
	if x.Got.Status < 400 {
		return names
	}
	body := x.Got.Body[:min(len(x.Got.Body), maxMentioning)]
	for len(body) > 0 {
		n := bytes.IndexFunc(body, inFieldName)
		if n < 0 {
			break
		}
		body = body[n:]
		end := bytes.IndexFunc(body, func(r rune) bool { return !inFieldName(r) })
		if end < 0 {
			end = len(body)
		}
		if word := body[:end]; startsLikeField(word) {
			add(string(word))
		}
		body = body[end:]
	}
	return names
}

func inFieldName(r rune) bool {
	return r == '-' || r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// startsLikeField tells a header field's name, as HTTP or as a CGI variable has
// it, from a word with a hyphen.
func startsLikeField(word []byte) bool {
	if len(word) < 5 || len(word) > 60 {
		return false
	}
	for _, start := range []string{"X-", "x-", "HTTP_", "SSL_CLIENT_", "SSL-Client-", "ssl-client-"} {
		if len(word) > len(start) && string(word[:len(start)]) == start {
			return true
		}
	}
	return false
}

// isSent reports that the request holds the field, in its own name or in that of
// a CGI variable.
func isSent(r wire.Request, name string) bool {
	return slices.ContainsFunc(r.Fields, func(f wire.Field) bool { return probes.SameVariable(f.Name, name) })
}
