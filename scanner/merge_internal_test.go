package scanner

import (
	"testing"

	"blurt/probes"
	"blurt/scanner/detect"
)

// TestOneLeakOnceForTheOrigin has what probes show at an endpoint, some of which
// are sent once for its origin.
func TestOneLeakOnceForTheOrigin(t *testing.T) {
	shows := func(rule, key, once string) draft {
		d := draft{hit: detect.Hit{Rule: rule, Key: key}}
		d.job.attempt = probes.Attempt{Once: once}
		return d
	}
	place := func(d draft) string {
		if d.job.attempt.Once != "" {
			return wholeOrigin
		}
		return "/quais"
	}
	for name, test := range map[string]struct {
		drafts []draft
		want   int
	}{
		"the endpoint shows it too": {[]draft{shows("certificate-reflection", "", ""), shows("certificate-reflection", "", "forged")}, 1},
		"it comes first":            {[]draft{shows("certificate-reflection", "", "forged"), shows("certificate-reflection", "", "")}, 1},
		"nothing else shows it":     {[]draft{shows("certificate-reflection", "", "forged"), shows("certificate-reflection", "", "expired")}, 1},
		"another leak":              {[]draft{shows("path-leak", "", ""), shows("certificate-reflection", "", "forged")}, 2},
		"another part of the rule":  {[]draft{shows("certificate-reflection", "log", ""), shows("certificate-reflection", "", "forged")}, 2},
	} {
		if got := merge(test.drafts, place); len(got) != test.want {
			t.Errorf("%s: %d leaks, want %d", name, len(got), test.want)
		} else if test.want == 1 && name != "nothing else shows it" && got[0].job.attempt.Once != "" {
			t.Errorf("%s: it stands for the origin", name)
		}
	}
}
