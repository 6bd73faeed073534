package scanner

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
	"blurt/scanner/wire"
)

const demanding = `{"openapi":"3.1.0","security":[{"m":[]}],"components":{"securitySchemes":{"m":{"type":"mutualTLS"},"b":{"type":"http","scheme":"bearer"}}},"paths":{
	"/api/weather":{"get":{}},"/api/rain/{n}":{"get":{}},"/api/either":{"get":{"security":[{"m":[]},{"b":[]}]}},
	"/api/sun":{"get":{"security":[]}},"/api/a":{"get":{}},"/api/missing":{"get":{}},
	"/api/write":{"post":{}},"/api/stations":{"get":{"security":[],"responses":{"200":{"content":{"application/json":{"schema":{"properties":{"iban":{}}}}}}}}}}}`

// described is a server of which some paths are open, and one does not exist.
func described(more map[string]string) *target {
	open := map[string]string{"/api/sun": `{"sun": true}`, "/api/either": `{"e": 1}`, "/api/write": `{"w": 1}`, "/api/stations": `{"s": 1}`}
	for target, body := range more {
		open[target] = body
	}
	return served(open, "/api/a")
}

func urlsOf(t *testing.T, b *book, rule string) []string {
	t.Helper()
	f := b.find(t, rule)
	urls := []string{f.URL}
	for _, o := range f.Occurrences {
		urls = append(urls, o.URL)
	}
	return urls
}

func TestAnOpenEndpointWhoseDescriptionDemandsMutualTLS(t *testing.T) {
	api, err := discover.ReadAPI([]byte(demanding), wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/"}, discover.Options{Unsafe: true}, true)
	if err != nil {
		t.Fatal(err)
	}
	c := config()
	c.Descriptions = []*discover.API{api}
	var urls []string
	for _, e := range api.Endpoints {
		urls = append(urls, e.String())
	}
	b := scanOf(t, c, described(map[string]string{"/api/weather": `{"w": 1}`, "/api/rain/1": `{"r": 1}`}), urls...)
	f := b.find(t, "mtls-expectation")
	if f.Confidence != finding.Confirmed || len(f.Evidence.Leaked) != 1 || !strings.Contains(f.Message, "demands mutualTLS; yet without a certificate") {
		t.Errorf("%+v", f)
	}
	if diff := cmp.Diff([]string{"https://h/api/rain/1", "https://h/api/weather"}, urlsOf(t, b, "mtls-expectation")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if public := b.find(t, "mtls-public-endpoint"); !strings.Contains(public.Message, "the API description meant to be: /api/sun.") {
		t.Errorf("%s", public.Message)
	}
	for _, f := range b.findings {
		if f.Rule == "mtls-not-enforced" && (strings.HasSuffix(f.URL, "/sun") || strings.HasSuffix(f.URL, "/weather")) {
			t.Errorf("%s is told twice", f.URL)
		}
	}
	for _, target := range b.targets {
		why := strings.Join(target.Surface[0].Why, "; ")
		if strings.HasSuffix(target.URL, "/weather") && !strings.Contains(why, "the document demands mutualTLS") {
			t.Errorf("%s: %q", target.URL, why)
		}
	}
}

// TestOwnExpectationsComeBeforeTheDescription holds that what the caller writes
// outweighs what a document says.
func TestOwnExpectationsComeBeforeTheDescription(t *testing.T) {
	api, err := discover.ReadAPI([]byte(demanding), wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/"}, discover.Options{}, true)
	if err != nil {
		t.Fatal(err)
	}
	public, err := policy.Parse("/api/weather public")
	if err != nil {
		t.Fatal(err)
	}
	c := config()
	c.Descriptions, c.Expectations = []*discover.API{api}, []policy.Expectation{public}
	b := scanOf(t, c, described(map[string]string{"/api/weather": `{"w": 1}`}), "https://h/api/weather", "https://h/api/a")
	if got := enforcementRules(b); len(got) > 0 {
		t.Errorf("findings %v", got)
	}
}

// TestTheDescriptionThatTheServerHandsOut weighs less than the caller's own.
func TestTheDescriptionThatTheServerHandsOut(t *testing.T) {
	server := described(map[string]string{"/openapi.json": demanding, "/api/weather": `{"w": 1}`})
	b := scanOf(t, config(), server, "https://h/api/weather", "https://h/api/a")
	f := b.find(t, "mtls-expectation")
	if f.Confidence != finding.Firm || f.URL != "https://h/api/weather" || len(f.Evidence.Leaked) != 0 || !strings.Contains(f.Message, "that the server hands out") {
		t.Errorf("%+v", f)
	}
}

// TestDescriptionsAreReadSeldom is about a server that answers whatever it is
// asked with a description.
func TestDescriptionsAreReadSeldom(t *testing.T) {
	s := newOriginState()
	at := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/openapi.json"}
	got := reply(200, "application/json", demanding).Got
	read := 0
	for range 100 {
		if api := s.readDescription(at, got); api != nil {
			read++
			s.describe(api)
		}
	}
	if read != maxDescribed || len(s.descriptions) != maxDescriptions {
		t.Errorf("%d are read, %d kept", read, len(s.descriptions))
	}
}
