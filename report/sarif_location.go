package report

import (
	"strings"
)

// artifactURI makes of a URL the relative path that stands for it as a file:
// host, slash, path. Code scanning rejects absolute URLs and takes a colon in the
// first segment for a scheme, and it tells alerts apart by this path; so scheme,
// port, query and fragment are left out. The path's bytes are taken literally, a
// percent sign included, so that nothing that reads the URI later joins or drops
// segments.
func artifactURI(raw string) string {
	rest := raw
	if _, after, found := strings.Cut(raw, "://"); found {
		rest = after
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	authority, path, _ := strings.Cut(rest, "/")
	segments := []string{escapeSegment(hostOf(authority))}
	for segment := range strings.SplitSeq(path, "/") {
		segments = append(segments, pathSegment(segment))
	}
	if last := len(segments) - 1; segments[last] == "-" {
		segments[last] = "index"
	}
	return strings.Join(segments, "/")
}

// hostOf takes the port off and writes an IPv6 address without colons.
func hostOf(authority string) string {
	if address, found := strings.CutPrefix(authority, "["); found {
		address, _, _ = strings.Cut(address, "]")
		return strings.ReplaceAll(address, ":", "-")
	}
	host, _, _ := strings.Cut(authority, ":")
	if host == "" {
		return "unknown"
	}
	return host
}

// pathSegment keeps what a reader of the URI would normalise away: empty segments
// and those that consist of dots.
func pathSegment(s string) string {
	switch s {
	case "":
		return "-"
	case ".", "..":
		return strings.ReplaceAll(s, ".", "%252E")
	}
	return escapeSegment(s)
}

// escapeSegment percent-encodes all but the unreserved characters (RFC 3986,
// section 2.3).
func escapeSegment(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}
