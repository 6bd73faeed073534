package report

import (
	"cmp"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// Entry names a finding in few words, none of them secret: it holds no evidence.
type Entry struct {
	Fingerprint string           `json:"fingerprint"`
	Rule        string           `json:"rule"`
	Severity    finding.Severity `json:"severity"`
	URL         string           `json:"url"`
	Title       string           `json:"title"`
	suppressed  bool
}

func newEntry(f *finding.Finding) Entry {
	const longest = 1 << 10 // bytes
	return Entry{f.Fingerprint, f.Rule, f.Severity, head(withoutQuery(f.URL), longest), head(f.Title, longest), f.Suppressed != nil}
}

// withoutQuery leaves query, fragment and user information out of a URL, since
// they may hold credentials.
func withoutQuery(raw string) string {
	origin, path := splitURL(raw)
	if end := strings.IndexAny(path, "?#"); end >= 0 {
		path = path[:end]
	}
	scheme, authority, _ := strings.Cut(origin, "://")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		origin = scheme + "://" + authority[at+1:]
	}
	return origin + path
}

func sortEntries(list []Entry) { slices.SortFunc(list, compareEntries) }

// compareEntries puts the worst first, then goes by place.
func compareEntries(a, b Entry) int {
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.URL, b.URL), cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Fingerprint, b.Fingerprint))
}
