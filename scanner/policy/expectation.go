package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Requires is what an endpoint must demand of a client.
type Requires string

// The demands.
const (
	// Public endpoints answer everybody: a check that demands nothing, and that
	// keeps the endpoint from being reported as one that forgot to.
	Public Requires = "public"
	// AnyCert endpoints refuse a client that presents no certificate. Which
	// certificate it is does not matter.
	AnyCert Requires = "any-cert"
	// ValidCert endpoints also refuse every certificate that no authority of the
	// server vouches for.
	ValidCert Requires = "valid-cert"
	// Closed endpoints refuse every stranger and the caller's own certificate, too.
	Closed Requires = "closed"
)

// Demands returns every demand, the least first.
func Demands() []Requires { return []Requires{Public, AnyCert, ValidCert, Closed} }

// Expectation says what the endpoints of a path must demand. Make one with New
// or Parse.
type Expectation struct {
	// Path is a pattern: * stands for any text within a segment, ** for any
	// number of segments, none included. "/api/**" is /api, /api/ and all below.
	Path string
	// Methods are those that the expectation is about, in upper case; none means
	// all.
	Methods []string
	// Requires is the demand.
	Requires Requires
}

// maxPattern bounds a pattern, in bytes.
const maxPattern = 1 << 10

// New returns a checked expectation. The error says what is wrong with which
// part, and how to mend it.
func New(path string, methods []string, requires string) (Expectation, error) {
	e := Expectation{Path: path, Requires: Requires(strings.ToLower(strings.TrimSpace(requires)))}
	switch {
	case !strings.HasPrefix(path, "/"):
		return Expectation{}, fmt.Errorf("path %q does not start with a slash: write for example /api/**", shorten(path))
	case len(path) > maxPattern:
		return Expectation{}, fmt.Errorf("a path is longer than %d bytes", maxPattern)
	case strings.ContainsAny(path, "?# \t\r\n"):
		return Expectation{}, fmt.Errorf("path %q holds a query, a fragment or white space: write the path alone", shorten(path))
	case !slices.Contains(Demands(), e.Requires):
		return Expectation{}, fmt.Errorf("%q is no demand: use public, any-cert, valid-cert or closed", shorten(requires))
	}
	for _, method := range methods {
		method = strings.ToUpper(strings.TrimSpace(method))
		if method == "" || strings.ContainsFunc(method, func(r rune) bool { return (r < 'A' || r > 'Z') && r != '-' }) {
			return Expectation{}, fmt.Errorf("%q is no method: use names such as GET", shorten(method))
		}
		e.Methods = append(e.Methods, method)
	}
	return e, nil
}

// Parse reads an expectation from one line: the methods where there are any,
// separated by commas, the path, and the demand, as "GET,POST /api/** valid-cert".
func Parse(line string) (Expectation, error) {
	words := strings.Fields(line)
	switch len(words) {
	case 2:
		return New(words[0], nil, words[1])
	case 3:
		return New(words[1], strings.Split(words[0], ","), words[2])
	}
	return Expectation{}, errors.New("an expectation is a path and a demand: write for example '/api/** valid-cert'")
}

// String returns the expectation as Parse reads it.
func (e Expectation) String() string {
	text := e.Path + " " + string(e.Requires)
	if len(e.Methods) > 0 {
		text = strings.Join(e.Methods, ",") + " " + text
	}
	return text
}

func shorten(text string) string {
	const longest = 80
	if len(text) > longest {
		return text[:longest] + "…"
	}
	return text
}
