package probes

import (
	"strings"

	"blurt/scanner/wire"
)

// splitTarget takes a request target apart: the segments of its path, whether a
// slash ends it, and the query with its question mark. The root has no segment.
func splitTarget(target string) (segments []string, slash bool, query string) {
	path, _, found := strings.Cut(target, "?")
	if found {
		query = target[len(path):]
	}
	slash = strings.HasSuffix(path, "/")
	path = strings.Trim(path, "/")
	if path == "" {
		return nil, true, query
	}
	return strings.Split(path, "/"), slash, query
}

// spelling is one other way to write a target.
type spelling struct {
	variant string
	from    Profile
	once    bool // asked of an origin once, but in thorough
	// write returns the other form of a path that has segments and no slash at
	// its end; an empty text means that there is none.
	write func(c Context, segments []string) string
}

// build returns the attempt, and false where the spelling does not apply.
func (s spelling) build(c Context, probe string) (Attempt, bool) {
	segments, slash, query := splitTarget(c.Control.Target)
	if c.Profile < s.from || len(segments) == 0 {
		return Attempt{}, false
	}
	path := s.write(c, segments)
	if path == "" {
		return Attempt{}, false
	}
	if slash {
		path += "/"
	}
	a := Attempt{Variant: s.variant, Request: withTarget(c.Control, path+query)}
	if s.once && c.Profile < Thorough {
		a.Once = probe + "/" + s.variant
	}
	return a, a.Request.Target != c.Control.Target
}

func withTarget(r wire.Request, target string) wire.Request {
	r.Target = target
	return r
}

// lastAs replaces the last segment.
func lastAs(segments []string, last string) string {
	return "/" + strings.Join(append(segments[:len(segments)-1:len(segments)-1], last), "/")
}

// beforeLast puts something in front of the last segment, slashes included.
func beforeLast(segments []string, between string) string {
	head := strings.Join(segments[:len(segments)-1], "/")
	if head != "" {
		head = "/" + head
	}
	return head + between + segments[len(segments)-1]
}
