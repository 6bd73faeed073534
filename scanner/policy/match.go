package policy

import (
	"slices"
	"strings"
)

// Find returns the expectation that speaks for a method and a path without its
// query: the first of the list that matches, so exceptions stand before the
// rule.
func Find(list []Expectation, method, path string) (Expectation, bool) {
	for _, e := range list {
		if e.Matches(method, path) {
			return e, true
		}
	}
	return Expectation{}, false
}

// Matches reports whether the expectation is about a method and a path, which
// is compared byte for byte, as servers do: case counts, nothing is decoded.
func (e Expectation) Matches(method, path string) bool {
	if len(e.Methods) > 0 && !slices.Contains(e.Methods, strings.ToUpper(method)) {
		return false
	}
	return matchPath(split(e.Path), split(path))
}

// split returns the segments of a path. A slash at the end is no segment: one
// spelling stands for both.
func split(path string) []string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// matchPath matches segment by segment. On a mismatch it lets the last ** take
// one segment more, which is enough: an earlier one never needs to. The time is
// the product of the two lengths at most.
func matchPath(pattern, path []string) bool {
	p, s, star, taken := 0, 0, -1, 0
	for s < len(path) {
		switch {
		case p < len(pattern) && pattern[p] == "**":
			star, taken = p, s
			p++
		case p < len(pattern) && matchText(pattern[p], path[s]):
			p, s = p+1, s+1
		case star >= 0:
			taken++
			p, s = star+1, taken
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == "**" {
		p++
	}
	return p == len(pattern)
}

// matchText matches a text in which * stands for any bytes, in the same way.
func matchText(pattern, text string) bool {
	p, s, star, taken := 0, 0, -1, 0
	for s < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, s
			p++
		case p < len(pattern) && pattern[p] == text[s]:
			p, s = p+1, s+1
		case star >= 0:
			taken++
			p, s = star+1, taken
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
