package probes_test

import (
	"slices"
	"testing"

	"blurt/probes"
	"blurt/scanner/wire"
)

func operationalTargets(t *testing.T, profile probes.Profile, products ...string) []string {
	t.Helper()
	c := newContext(t, "/api/")
	c.Profile, c.Known.Products = profile, products
	var out []string
	for _, a := range build(t, "operational", c) {
		out = append(out, a.Request.Target)
	}
	return out
}

func TestOperationalProfiles(t *testing.T) {
	quick, standard, thorough := operationalTargets(t, probes.Quick), operationalTargets(t, probes.Standard), operationalTargets(t, probes.Thorough)
	if len(quick) == 0 || len(quick) > 12 || len(standard) > 40 || len(thorough) < 120 || len(thorough) > 400 {
		t.Errorf("%d, %d and %d requests", len(quick), len(standard), len(thorough))
	}
	for _, path := range quick {
		if !slices.Contains(standard, path) {
			t.Errorf("standard leaves %s out", path)
		}
	}
	for _, path := range standard {
		if !slices.Contains(thorough, path) {
			t.Errorf("thorough leaves %s out", path)
		}
	}
	slices.Sort(thorough)
	if n := len(slices.Compact(slices.Clone(thorough))); n != len(thorough) {
		t.Errorf("%d of %d paths are asked twice", len(thorough)-n, len(thorough))
	}
}

// TestKnownProductsComeFirst holds that recognition changes the order and adds,
// and never leaves anything out.
func TestKnownProductsComeFirst(t *testing.T) {
	plain, django := operationalTargets(t, probes.Standard), operationalTargets(t, probes.Standard, "nginx", "django")
	if !slices.Contains([]string{"/silk/", "/nginx_status", "/admin/login/"}, django[0]) {
		t.Errorf("first is %s", django[0])
	}
	for _, path := range plain {
		if !slices.Contains(django, path) {
			t.Errorf("a guess left %s out", path)
		}
	}
	if slices.Contains(plain, "/admin/login/") || !slices.Contains(django, "/admin/login/") || len(django) > len(plain)+8 {
		t.Errorf("Django's own pages: %d requests, %d without the guess", len(django), len(plain))
	}
	if got := operationalTargets(t, probes.Quick, "django"); len(got) > 12 {
		t.Errorf("quick asks for %d", len(got))
	}
}

func TestOperationalFollows(t *testing.T) {
	var probe probes.Probe
	for _, p := range probes.All(probes.BuiltinDialects()) {
		if p.ID == "operational" {
			probe = p
		}
	}
	c := newContext(t, "/api/")
	c.Profile = probes.Standard
	follow := func(target, media, body string) []string {
		a := probes.Attempt{Request: c.Control}
		a.Request.Target = target
		var out []string
		for f := range probe.Follow(c, a, &wire.Response{Status: 200, Body: []byte(body), Fields: []wire.Field{{Name: "Content-Type", Value: media}}}) {
			out = append(out, f.Request.Target)
		}
		return out
	}
	if got := follow("/actuator", "application/vnd.spring-boot.actuator.v3+json", `{"_links":{"self":{"href":"http://h/actuator","templated":false}}}`); !slices.Contains(got, "/actuator/env") || len(got) > 15 {
		t.Errorf("behind the actuator: %q", got)
	}
	if got := follow("/actuator", "text/html", "<html>_links self</html>"); len(got) > 0 {
		t.Errorf("behind a page for everything: %q", got)
	}
}
