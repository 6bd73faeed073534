package probes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
	"blurt/scanner/wire"
)

func build(t *testing.T, id string, c probes.Context) []probes.Attempt {
	t.Helper()
	for _, p := range probes.All(probes.BuiltinDialects()) {
		if p.ID == id && c.Profile >= p.MinProfile {
			return slices.Collect(p.Build(c))
		}
	}
	return nil
}

func spelled(list []probes.Attempt) map[string]string {
	out := make(map[string]string)
	for _, a := range list {
		out[a.Variant] = a.Request.Target
	}
	return out
}

func TestPathSpelling(t *testing.T) {
	c := newContext(t, "/api/v1/users/?x=1")
	c.Profile = probes.Standard
	want := map[string]string{
		"absolute-form":    "https://api.example.org/api/v1/users/?x=1",
		"doubled-slash":    "/api/v1//users/?x=1",
		"dot-segments":     "/api/v1/./blurt/../users/?x=1",
		"encoded-dots":     "/api/v1/%2e/blurt/%2e%2e/users/?x=1",
		"encoded-slash":    "/api/v1%2fusers/?x=1",
		"case":             "/api/v1/Users/?x=1",
		"matrix-parameter": "/api/v1/users;TOKEN/?x=1",
		"suffix-json":      "/api/v1/users.json/?x=1",
		"trailing-space":   "/api/v1/users%20/?x=1",
	}
	got := spelled(build(t, "path-spelling", c))
	got["matrix-parameter"] = replaceToken(got["matrix-parameter"])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// replaceToken puts a fixed text for the numbered canaries of newContext.
func replaceToken(target string) string {
	at := strings.Index(target, "token")
	if at < 0 {
		return target
	}
	end := at + len("token")
	for end < len(target) && (target[end] >= '0' && target[end] <= '9' || target[end] >= 'a' && target[end] <= 'z') {
		end++
	}
	return target[:at] + "TOKEN" + target[end:]
}

// TestOddTargets wants sound attempts for paths that have little to spell.
func TestOddTargets(t *testing.T) {
	for _, target := range []string{"/", "/?x", "/a", "/1/", "/%C3%BC", "//a//b//", "/a?", "/a?b&c=&=d", "/%", "/.", "/;"} {
		for profile := probes.Quick; profile <= probes.Thorough; profile++ {
			c := newContext(t, target)
			c.Profile = profile
			for _, id := range []string{"path-spelling", "path-encoding"} {
				for _, a := range build(t, id, c) {
					if a.Request.Target == "" || a.Request.Target[0] != '/' && a.Variant != "absolute-form" || a.Request.Target == target {
						t.Errorf("%s: %s/%s asks for %q", target, id, a.Variant, a.Request.Target)
					}
				}
			}
		}
	}
}

func TestBadQueries(t *testing.T) {
	c := newContext(t, "/a?b=1&c")
	got := spelled(build(t, "path-encoding", c))
	if got["query-bad-bytes"] != "/a?b=%00%ff%zz%&c=%00%ff%zz%" {
		t.Errorf("the parameters that are there: %q", got["query-bad-bytes"])
	}
	if got := spelled(build(t, "path-encoding", newContext(t, "/a")))["query-wrong-type"]; !strings.HasPrefix(got, "/a?id=token") || !strings.Contains(got, "&limit=token") {
		t.Errorf("parameters that are usual: %q", got)
	}
}

// TestVariantsFitTheBudget counts what the path, method and form variants cost.
func TestVariantsFitTheBudget(t *testing.T) {
	family := []string{"path-spelling", "path-encoding", "representation", "request-fields", "body", "override"}
	perOrigin := map[string]bool{"host-syntax": true, "cookie": true, "content": true, "path-length": true, "operational": true}
	for profile, most := range map[probes.Profile][2]int{probes.Quick: {8, 20}, probes.Standard: {20, 60}} {
		c := newContext(t, "/api/v1/users/")
		c.Profile = profile
		each, once := 0, 0
		for _, id := range family {
			for _, a := range build(t, id, c) {
				if a.Once != "" {
					once++
				} else {
					each++
				}
			}
		}
		for id := range perOrigin {
			once += len(build(t, id, c))
		}
		t.Logf("%s: %d for each endpoint, %d for an origin", profile, each, once)
		if each > most[0] || once > most[1] {
			t.Errorf("%s: %d for each endpoint, %d for an origin; at most %d and %d", profile, each, once, most[0], most[1])
		}
	}
}

func TestOverridesAreGroups(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Standard
	list := build(t, "override", c)
	if len(list) != 1 {
		t.Fatalf("%d attempts", len(list))
	}
	for _, a := range list {
		if !a.Group || a.Once == "" || len(a.Added) < 3 || len(a.Added) != len(a.Request.Fields)-len(c.Control.Fields) {
			t.Errorf("%s: group %v, once %q, %d added", a.Variant, a.Group, a.Once, len(a.Added))
		}
		if method, ok := wire.Get(a.Request.Fields, "X-HTTP-Method-Override"); ok && method != "BLURT" {
			t.Errorf("the method is overruled by %s, which may change something", method)
		}
	}
	c.Profile = probes.Thorough
	for _, a := range build(t, "override", c) {
		if a.Once != "" {
			t.Errorf("thorough asks %s once only", a.Variant)
		}
	}
}

func TestLengthsFollowTheLimits(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Standard
	c.Limits = probes.Limits{Fields: 50, Line: 4000, Total: 8000}
	sizes := make(map[string]int)
	for _, a := range build(t, "path-length", c) {
		cookie, _ := wire.Get(a.Request.Fields, "Cookie")
		sizes[a.Variant] = len(a.Request.Target) + len(cookie)
	}
	if sizes["query"] > 4000 || sizes["cookie"] < 4000 {
		t.Errorf("sizes %v with lines of 4000 bytes", sizes)
	}
}
