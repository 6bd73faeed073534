package scanner

import (
	"strings"

	"blurt/scanner/wire"
)

// resolve reads a reference that stands in an answer (RFC 3986, section 4.1) and
// reports whether it leads to the same origin over http or https. Nothing is
// decoded or cleaned: an odd target is worth asking as it is.
func resolve(from wire.Endpoint, reference string) (wire.Endpoint, bool) {
	reference, _, _ = strings.Cut(strings.TrimSpace(reference), "#")
	path := from.Path()
	switch {
	case reference == "":
		return wire.Endpoint{}, false
	case strings.HasPrefix(reference, "//"):
		reference = from.Origin.Scheme + ":" + reference
	case strings.HasPrefix(reference, "/"):
		reference = from.Origin.String() + reference
	case strings.HasPrefix(reference, "?"):
		reference = from.Origin.String() + path + reference
	case !hasScheme(reference):
		reference = from.Origin.String() + path[:strings.LastIndexByte(path, '/')+1] + reference
	}
	to, err := wire.ParseEndpoint(reference)
	return to, err == nil && to.Origin == from.Origin
}

// hasScheme reports that a colon stands before the first slash, question mark
// or number sign.
func hasScheme(reference string) bool {
	i := strings.IndexAny(reference, ":/?#")
	return i >= 0 && reference[i] == ':'
}
