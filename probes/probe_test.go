package probes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/probes"
	"blurt/scanner/wire"
)

// newContext returns a context whose canaries are numbered, so that two of them
// yield the same attempts.
func newContext(t testing.TB, target string) probes.Context {
	t.Helper()
	n := 0
	mint := func(field string) string {
		n++
		return fmt.Sprintf("token%d%s", n, strings.Map(letters, field))
	}
	specimen, err := probes.NewSpecimen("seed", mint)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := probes.NewBareSpecimen("seed", mint)
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := wire.ParseEndpoint("https://api.example.org" + target)
	if err != nil {
		t.Fatal(err)
	}
	return probes.Context{
		Endpoint: endpoint, Control: probes.Control(endpoint, "1.2.3", "0123456789ab"),
		Mint: mint, Specimen: specimen, Bare: bare,
	}
}

func letters(r rune) rune {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
		return r
	}
	return -1
}

func attempts(c probes.Context) map[string][]probes.Attempt {
	out := make(map[string][]probes.Attempt)
	for _, p := range probes.All(probes.BuiltinDialects()) {
		out[p.ID] = slices.Collect(p.Build(c))
	}
	return out
}

func TestEveryProbeIsComplete(t *testing.T) {
	seen := make(map[string]bool)
	for _, p := range probes.All(probes.BuiltinDialects()) {
		if p.ID == "" || p.Changes == "" || p.Build == nil || seen[p.ID] {
			t.Errorf("probe %q: needs an id of its own, what it changes, and what it builds", p.ID)
		}
		seen[p.ID] = true
		if _, err := os.Stat(filepath.Clean(strings.ReplaceAll(fileOf(p.ID), "-", "_") + ".go")); err != nil {
			t.Errorf("probe %q: no file of its name: %v", p.ID, err)
		}
	}
}

// fileOf maps a probe to its file, where several share one.
func fileOf(id string) string {
	switch id {
	case "unsafe-method":
		return "method"
	case "post-not-found":
		return "not-found"
	case "unknown-host":
		return "host"
	case "self-signed-certificate":
		return "self-signed"
	case "lookalike-certificate":
		return "lookalike"
	case "body":
		return "content"
	}
	return id
}

func TestAttemptsAreRepeatable(t *testing.T) {
	first, second := attempts(newContext(t, "/api/")), attempts(newContext(t, "/api/"))
	for id := range first {
		for i, a := range first[id] {
			if diff := cmp.Diff(a.Request, second[id][i].Request); diff != "" {
				t.Errorf("probe %s, attempt %d differs between two runs of one seed:\n%s", id, i, diff)
			}
		}
	}
}

func TestEveryAttemptNamesTheScan(t *testing.T) {
	for id, list := range attempts(newContext(t, "/api/")) {
		for _, a := range list {
			if agent, _ := wire.Get(a.Request.Fields, "User-Agent"); agent != "blurt/1.2.3 scan/0123456789ab" {
				t.Errorf("%s/%s: User-Agent %q", id, a.Variant, agent)
			}
			if a.Variant == "" {
				t.Errorf("%s: an attempt without a variant", id)
			}
		}
	}
}

// TestNothingIsChangedByDefault holds the promise of the help: state-changing
// methods go to paths that do not exist, or to none.
func TestNothingIsChangedByDefault(t *testing.T) {
	for _, target := range []string{"/", "/api", "/api/", "/api/users?id=1"} {
		c := newContext(t, target)
		for id, list := range attempts(c) {
			for _, a := range list {
				switch a.Request.Method {
				case "GET", "HEAD", "OPTIONS", "TRACE", "BLURT":
					continue
				}
				if !strings.Contains(a.Request.Target, "token") {
					t.Errorf("%s/%s sends %s to %s", id, a.Variant, a.Request.Method, a.Request.Target)
				}
			}
		}
	}
	c := newContext(t, "/api/")
	c.Unsafe = true
	if got := attempts(c)["unsafe-method"]; len(got) < 2 || got[0].Request.Target != "/api/" || got[0].Request.Method != "POST" {
		t.Errorf("with Unsafe, unsafe-method builds %d attempts", len(got))
	}
}

// TestHeaderSectionsFitServers keeps attempts below what common servers take:
// 100 fields (gunicorn), 8 KiB a line and 32 KiB in all (nginx), 16 KiB in all
// (HAProxy, Node). Those named "long" and "over-long" are meant to come close.
func TestHeaderSectionsFitServers(t *testing.T) {
	c := newContext(t, "/api/")
	c.Profile = probes.Thorough
	for id, list := range attempts(c) {
		for _, a := range list {
			size := 0
			for _, f := range a.Request.Fields {
				size += len(f.Name) + len(f.Value) + 4
			}
			long := a.Variant == "long" || a.Variant == "over-long"
			if n := len(a.Request.Fields); n > 90 || size > 14<<10 && !long || size > 30<<10 {
				t.Errorf("%s/%s: %d fields of %d bytes", id, a.Variant, n, size)
			}
		}
	}
}

func TestAddedNamesStandInTheRequest(t *testing.T) {
	for id, list := range attempts(newContext(t, "/api/")) {
		for _, a := range list {
			for _, name := range a.Added {
				if _, ok := wire.Get(a.Request.Fields, name); !ok {
					t.Errorf("%s/%s: %s is not in the request", id, a.Variant, name)
				}
			}
		}
	}
}

func TestTrailingSlash(t *testing.T) {
	redirect := func(location string) *wire.Response {
		return &wire.Response{Status: 301, Fields: []wire.Field{{Name: "Location", Value: location}}}
	}
	var probe probes.Probe
	for _, p := range probes.All(probes.BuiltinDialects()) {
		if p.ID == "trailing-slash" {
			probe = p
		}
	}
	tests := []struct {
		name, target string
		control      *wire.Response // what the target itself answers
		toggled      *wire.Response // what the other spelling answers
		want         []string
	}{
		{"added", "/api?x=1", nil, nil, []string{"GET /api/?x=1"}},
		{"removed, no redirect", "/api/", nil, &wire.Response{Status: 404}, []string{"GET /api"}},
		{"removed, redirects back", "/api/", nil, redirect("/api/"), []string{"GET /api", "POST /api"}},
		{"redirects back in full", "/api/", nil, redirect("https://api.example.org/api/"), []string{"GET /api", "POST /api"}},
		{"redirects to a login", "/api/", nil, redirect("/login/"), []string{"GET /api"}},
		{"control redirects", "/api", redirect("/api/"), nil, []string{"POST /api"}},
		{"root", "/", nil, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newContext(t, test.target)
			c.Answer = test.control
			var got []string
			for a := range probe.Build(c) {
				got = append(got, a.Request.Method+" "+a.Request.Target)
				if test.toggled == nil {
					continue
				}
				for f := range probe.Follow(c, a, test.toggled) {
					got = append(got, f.Request.Method+" "+f.Request.Target)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRepresentations(t *testing.T) {
	c := newContext(t, "/api/")
	var names []string
	for _, f := range probes.Representations(c.Control.Set("Accept", "application/json")) {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"browser"}, names); diff != "" {
		t.Errorf("forms beside JSON (-want +got):\n%s", diff)
	}
}

// TestRecognisedSystemsComeFirst: a guess changes the order, never the list.
func TestRecognisedSystemsComeFirst(t *testing.T) {
	names := func(products ...string) (first string, all []string) {
		c := newContext(t, "/api/")
		c.Profile, c.Known.Products = probes.Standard, products
		for _, p := range probes.All(probes.BuiltinDialects()) {
			if p.ID != "malformed-identity" {
				continue
			}
			for a := range p.Build(c) {
				if first == "" {
					first = a.Added[0]
				}
				all = append(all, a.Added...)
			}
		}
		slices.Sort(all)
		return first, slices.Compact(all)
	}
	plain, everything := names()
	traefik, again := names("traefik", "django")
	if plain == traefik || !strings.Contains(strings.ToLower(traefik), "forwarded-tls-client-cert") {
		t.Errorf("first %s, with Traefik recognised %s", plain, traefik)
	}
	if diff := cmp.Diff(everything, again); diff != "" {
		t.Errorf("the fields differ:\n%s", diff)
	}
}
