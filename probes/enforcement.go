package probes

import (
	"iter"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// enforcement asks for an endpoint that refuses the client in the ways that a
// check by path, at the proxy, may not recognise while the application behind it
// does. Proxies compare from the front of the path, so the front is what changes
// here; path-spelling changes its end.
func enforcement() Probe {
	return Probe{
		ID:         "enforcement",
		Changes:    "asks for a refused path so that a check by path may not recognise it",
		MinProfile: Standard,
		Refused:    true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, s := range likelyFirst(c.Known.Products, slices.Concat(frontSpellings(), throughSpellings(c.Known.Open))) {
					if a, ok := s.build(c, "enforcement"); ok && !yield(a) {
						return
					}
				}
				if r := c.Control; r.Target != "/" {
					over := []wire.Field{{Name: "X-Original-URL", Value: r.Target}, {Name: "X-Rewrite-URL", Value: r.Target}}
					r.Target = "/"
					a := Attempt{Variant: "named-in-fields", Request: r.With(over...), Added: []string{"X-Original-URL", "X-Rewrite-URL"}}
					a.Once = onceBelowThorough(c, "enforcement/named-in-fields")
					yield(a)
				}
			}
		},
	}
}

// likelyFirst puts first what gets past the check of a recognised proxy. Those that
// clean a path before they compare it (nginx, Apache httpd) are left with what
// applications forgive: case and parameters, and what their own aliases do.
func likelyFirst(products []string, spellings []spelling) []spelling {
	cleans := slices.ContainsFunc(products, func(p string) bool {
		switch p {
		case "nginx", "openresty", "angie", "tengine", "apache", "httpd":
			return true
		}
		return false
	})
	if !cleans {
		return spellings
	}
	likely := func(s spelling) bool {
		return s.variant == "first-case" || s.variant == "first-parameter" || strings.HasPrefix(s.variant, "through-alias-")
	}
	var first, rest []spelling
	for _, s := range spellings {
		if likely(s) {
			first = append(first, s)
		} else {
			rest = append(rest, s)
		}
	}
	return append(first, rest...)
}

// frontSpellings change the first segment, or what is in front of it. Where there
// is one segment only, path-spelling has sent some of them.
func frontSpellings() []spelling {
	inFront := func(prefix string, least int) func(Context, []string) string {
		return func(_ Context, segments []string) string {
			if len(segments) < least {
				return ""
			}
			return prefix + strings.Join(segments, "/")
		}
	}
	first := func(change func(Context, string) string) func(Context, []string) string {
		return func(c Context, segments []string) string {
			changed := change(c, segments[0])
			if changed == "" {
				return ""
			}
			return "/" + strings.Join(append([]string{changed}, segments[1:]...), "/")
		}
	}
	return []spelling{
		{variant: "leading-slash", write: inFront("//", 2)},
		{variant: "encoded-first-letter", write: first(func(_ Context, s string) string { return encodedAt(s, firstLetter(s)) })},
		{variant: "first-case", write: func(c Context, segments []string) string {
			if len(segments) < 2 {
				return ""
			}
			return first(func(_ Context, s string) string { return swappedCase(s) })(c, segments)
		}},
		{variant: "first-parameter", write: func(c Context, segments []string) string {
			if len(segments) < 2 {
				return ""
			}
			return first(func(c Context, s string) string { return s + ";" + c.Mint("path") })(c, segments)
		}},
		{variant: "leading-parent", write: inFront("/blurt/../", 2)},
		{variant: "leading-dot", write: inFront("/./", 2)},
		{variant: "final-dot", from: Thorough, write: func(_ Context, segments []string) string { return "/" + strings.Join(segments, "/") + "/." }},
	}
}

// throughSpellings lead through a path that is open: a check that knows it by its
// start lets the request pass, and what resolves the rest arrives elsewhere. An
// nginx alias without its slash is entered by dots right after the open name.
func throughSpellings(open []string) []spelling {
	if len(open) == 0 {
		return nil
	}
	start := "/" + strings.Trim(open[0], "/")
	over := strings.Repeat("../", strings.Count(start, "/"))
	through := func(between string) func(Context, []string) string {
		return func(_ Context, segments []string) string { return start + between + strings.Join(segments, "/") }
	}
	out := []spelling{
		{variant: "through-open-dots", write: through("/" + over)},
		{variant: "through-open-encoded", write: through("/" + strings.ReplaceAll(over, "../", "..%2f"))},
		{variant: "through-open-parameter", write: through("/" + strings.ReplaceAll(over, "../", "..;/"))},
	}
	for _, path := range open[:min(len(open), maxAliases)] {
		folder, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
		out = append(out, spelling{variant: "through-alias-" + folder, write: func(_ Context, segments []string) string {
			if len(segments) < 2 || segments[0] == folder {
				return ""
			}
			return "/" + folder + "../" + strings.Join(segments, "/")
		}})
	}
	return out
}

// maxAliases is how many open folders are tried for an alias without its slash.
const maxAliases = 2

// encodedAt percent-encodes one letter; it returns nothing where there is none.
func encodedAt(segment string, at int) string {
	if at < 0 {
		return ""
	}
	const digits = "0123456789abcdef"
	return segment[:at] + "%" + string(digits[segment[at]>>4]) + string(digits[segment[at]&15]) + segment[at+1:]
}

// swappedCase changes the case of the first letter.
func swappedCase(segment string) string {
	at := firstLetter(segment)
	if at < 0 {
		return ""
	}
	return segment[:at] + string(segment[at]^0x20) + segment[at+1:]
}
