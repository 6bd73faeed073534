package policy_test

import (
	"strings"
	"testing"

	"blurt/scanner/policy"
)

func TestSelects(t *testing.T) {
	at := func(places ...policy.Place) policy.Subject {
		return policy.Subject{Rule: "path-leak", Fingerprint: "5d0c1f", Places: places, Environment: "staging"}
	}
	api, health := policy.Place{Host: "api.example", Path: "/api/users"}, policy.Place{Host: "api.example", Path: "/healthz"}
	partial := at(api)
	partial.Partial = true
	for name, test := range map[string]struct {
		entry   policy.Selector
		subject policy.Subject
		want    bool
	}{
		"rule":                     {policy.Selector{Rule: "path-leak"}, at(api, health), true},
		"rule pattern":             {policy.Selector{Rule: "path-*"}, at(api), true},
		"another rule":             {policy.Selector{Rule: "path"}, at(api), false},
		"path":                     {policy.Selector{Rule: "path-leak", Path: "/api/**"}, at(api), true},
		"one of two places":        {policy.Selector{Rule: "path-leak", Path: "/api/**"}, at(api, health), false},
		"all places of the host":   {policy.Selector{Rule: "path-leak", Host: "*.EXAMPLE"}, at(api, health), true},
		"another host":             {policy.Selector{Rule: "path-leak", Host: "www.example"}, at(api), false},
		"places that are unknown":  {policy.Selector{Rule: "path-leak", Path: "/api/**"}, partial, false},
		"unknown places, any path": {policy.Selector{Rule: "path-leak"}, partial, true},
		"fingerprint":              {policy.Selector{Fingerprint: "5d0c1f"}, at(api), true},
		"another fingerprint":      {policy.Selector{Rule: "path-leak", Fingerprint: "5d"}, at(api), false},
		"environment":              {policy.Selector{Rule: "path-leak", Environment: "staging"}, at(api), true},
		"another environment":      {policy.Selector{Rule: "path-leak", Environment: "production"}, at(api), false},
	} {
		if got := test.entry.Selects(test.subject); got != test.want {
			t.Errorf("%s: %s selects: %v, want %v", name, test.entry, got, test.want)
		}
	}
}

func TestSelectorSaysWhatIsWrong(t *testing.T) {
	for want, s := range map[string]policy.Selector{
		"neither a rule nor a fingerprint": {Path: "/api/**"},
		"is no rule":                       {Rule: "Path leak"},
		"does not start with a slash":      {Rule: "path-leak", Path: "api"},
		"holds a query":                    {Rule: "path-leak", Path: "/a?b"},
		"is no host":                       {Rule: "path-leak", Host: "https://api.example"},
		"longer than":                      {Rule: "path-leak", Path: "/" + strings.Repeat("a", 2000)},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", s, err, want)
		}
	}
	for _, s := range []policy.Selector{{Rule: "*"}, {Fingerprint: "a", Host: "2001:db8::1"}, {Rule: "a-b", Host: "*.b", Path: "/**"}} {
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}
