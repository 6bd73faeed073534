package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/policy"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]policy.Expectation{
		"/api/** valid-cert":             {Path: "/api/**", Requires: policy.ValidCert},
		" /healthz   PUBLIC ":            {Path: "/healthz", Requires: policy.Public},
		"get,post /api/*/items any-cert": {Path: "/api/*/items", Methods: []string{"GET", "POST"}, Requires: policy.AnyCert},
		"/old closed":                    {Path: "/old", Requires: policy.Closed},
	} {
		got, err := policy.Parse(line)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for line, want := range map[string]string{
		"":              "a path and a demand",
		"/api/**":       "a path and a demand",
		"api/** public": "does not start with a slash",
		"/a?b=1 public": "a query",
		"/a open":       `"open" is no demand`,
		"G3T /a public": `"G3T" is no method`,
		", /a public":   "is no method",
		"/" + strings.Repeat("x", 2000) + " public": "longer than",
	} {
		if _, err := policy.Parse(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want one with %q", line, err, want)
		}
	}
}

func TestMatches(t *testing.T) {
	for pattern, paths := range map[string]struct{ matches, others []string }{
		"/api/**":         {[]string{"/api", "/api/", "/api/a", "/api/a/b/c/"}, []string{"/", "/apis", "/API/a", "//api/a", "/v1/api"}},
		"/healthz":        {[]string{"/healthz", "/healthz/"}, []string{"/healthz/live", "/health", "/Healthz"}},
		"/users/*/key":    {[]string{"/users/7/key", "/users/a.b/key"}, []string{"/users/key", "/users/7/8/key", "/users/7/keys"}},
		"/**/internal/**": {[]string{"/internal", "/a/internal", "/a/b/internal/c"}, []string{"/internals", "/a/b"}},
		"/static/*.js":    {[]string{"/static/a.js", "/static/.js"}, []string{"/static/a.js.map", "/static/b/a.js"}},
		"/":               {[]string{"/", ""}, []string{"/a"}},
		"/**":             {[]string{"/", "/a", "/a/b"}, nil},
		"/a*b*c":          {[]string{"/abc", "/axbxc", "/abbcc"}, []string{"/ab", "/acb"}},
	} {
		e, err := policy.New(pattern, nil, "public")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths.matches {
			if !e.Matches("GET", path) {
				t.Errorf("%s should match %s", pattern, path)
			}
		}
		for _, path := range paths.others {
			if e.Matches("GET", path) {
				t.Errorf("%s should not match %s", pattern, path)
			}
		}
	}
}

func TestTheFirstThatMatchesSpeaks(t *testing.T) {
	var list []policy.Expectation
	for _, line := range []string{"POST /api/login public", "/api/health public", "/api/** valid-cert"} {
		e, err := policy.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	for _, test := range []struct {
		method, path string
		want         policy.Requires
		found        bool
	}{
		{"GET", "/api/health", policy.Public, true},
		{"POST", "/api/login", policy.Public, true},
		{"GET", "/api/login", policy.ValidCert, true},
		{"GET", "/other", "", false},
	} {
		e, found := policy.Find(list, test.method, test.path)
		if found != test.found || e.Requires != test.want {
			t.Errorf("%s %s: got %v, %v", test.method, test.path, e, found)
		}
	}
}

func TestJudge(t *testing.T) {
	type row struct {
		requires policy.Requires
		client   policy.Client
		open     bool
		want     policy.Verdict
	}
	for _, r := range []row{
		{policy.Public, policy.Nobody, true, policy.Met},
		{policy.Public, policy.Nobody, false, policy.TooStrict},
		{policy.Public, policy.Stranger, false, policy.Met},
		{policy.AnyCert, policy.Nobody, true, policy.TooOpen},
		{policy.AnyCert, policy.Nobody, false, policy.Met},
		{policy.AnyCert, policy.Stranger, true, policy.Met},
		{policy.AnyCert, policy.Known, false, policy.TooStrict},
		{policy.ValidCert, policy.Nobody, true, policy.TooOpen},
		{policy.ValidCert, policy.Stranger, true, policy.TooOpen},
		{policy.ValidCert, policy.Known, true, policy.Met},
		{policy.ValidCert, policy.Known, false, policy.TooStrict},
		{policy.Closed, policy.Known, true, policy.TooOpen},
		{policy.Closed, policy.Nobody, false, policy.Met},
	} {
		if got := r.requires.Judge(policy.Answer{Client: r.client, Open: r.open}); got != r.want {
			t.Errorf("%s, client %d, open %v: got %d, want %d", r.requires, r.client, r.open, got, r.want)
		}
	}
}

// FuzzParse holds that what is read is written back the same, and that matching
// any path ends.
func FuzzParse(f *testing.F) {
	f.Add("GET,POST /api/**/x*y valid-cert", "/api/a/b/xzy")
	f.Add("/** public", "//")
	f.Add("/a**b/*** closed", "/a/b")
	f.Fuzz(func(t *testing.T, line, path string) {
		e, err := policy.Parse(line)
		if err != nil {
			return
		}
		again, err := policy.Parse(e.String())
		if err != nil || !slices.Equal(again.Methods, e.Methods) || again.Path != e.Path || again.Requires != e.Requires {
			t.Fatalf("%q reads back as %v, %v", line, again, err)
		}
		_ = e.Matches("GET", path)
	})
}
