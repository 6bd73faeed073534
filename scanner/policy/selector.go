package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Selector says which findings an entry of a team's policy is about. A member
// that is empty selects all.
type Selector struct {
	// Rule is a rule's id, in which * stands for any text, as "django-*".
	Rule string
	// Fingerprint is that of one finding.
	Fingerprint string
	// Host is a host without its port, in which * stands for any text.
	Host string
	// Path is a pattern as in an Expectation.
	Path string
	// Environment is the one that must have been named for the entry to count.
	Environment string
}

// Place is where a finding was seen.
type Place struct{ Host, Path string }

// Subject is a finding as a Selector sees it.
type Subject struct {
	Rule, Fingerprint string
	// Places are all those where the finding was seen.
	Places []Place
	// Partial says that there are more places than are known.
	Partial bool
	// Environment is the one that the run is about, as the caller names it.
	Environment string
}

// Validate reports the first member that selects nothing as it is written.
func (s Selector) Validate() error {
	switch {
	case s.Rule == "" && s.Fingerprint == "":
		return errors.New("neither a rule nor a fingerprint is named: write for example rule: path-leak")
	case strings.ContainsFunc(s.Rule, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '*' }):
		return fmt.Errorf("%q is no rule: blurt rules lists them", shorten(s.Rule))
	case s.Path != "" && !strings.HasPrefix(s.Path, "/"):
		return fmt.Errorf("path %q does not start with a slash: write for example /api/**", shorten(s.Path))
	case strings.ContainsAny(s.Path, "?# \t\r\n"):
		return fmt.Errorf("path %q holds a query, a fragment or white space: write the path alone", shorten(s.Path))
	case strings.ContainsAny(s.Host, "/:@ ") && strings.Count(s.Host, ":") < 2:
		return fmt.Errorf("%q is no host: write it without scheme, port and path", shorten(s.Host))
	}
	for _, text := range []string{s.Rule, s.Fingerprint, s.Host, s.Path, s.Environment} {
		if len(text) > maxPattern {
			return fmt.Errorf("a pattern is longer than %d bytes", maxPattern)
		}
	}
	return nil
}

// Selects reports whether the entry is about a finding. It is so only if every
// place where the finding was seen is meant: what is known of one endpoint must
// not hide the same leak of another.
func (s Selector) Selects(f Subject) bool {
	switch {
	case s.Environment != "" && s.Environment != f.Environment,
		s.Fingerprint != "" && s.Fingerprint != f.Fingerprint,
		!s.MatchesRule(f.Rule),
		f.Partial && (s.Host != "" || s.Path != ""):
		return false
	}
	return !slices.ContainsFunc(f.Places, func(p Place) bool { return !s.means(p) })
}

// MatchesRule reports whether the entry may be about findings of a rule.
func (s Selector) MatchesRule(id string) bool { return s.Rule == "" || matchText(s.Rule, id) }

func (s Selector) means(p Place) bool {
	return (s.Host == "" || matchText(strings.ToLower(s.Host), strings.ToLower(p.Host))) &&
		(s.Path == "" || matchPath(split(s.Path), split(p.Path)))
}

// String names the entry to people: "path-leak at /api/**".
func (s Selector) String() string {
	text := s.Rule
	if text == "" {
		text = "fingerprint " + s.Fingerprint
	}
	if s.Host+s.Path != "" {
		text += " at " + s.Host + s.Path
	}
	if s.Environment != "" {
		text += " in " + s.Environment
	}
	return shorten(text)
}
