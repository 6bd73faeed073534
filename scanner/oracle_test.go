package scanner

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

const ownSubject = "CN=gateway.shop.example,O=Shop Works"

// handshake is what the handshake of the targets shows to anybody.
func handshake() *wire.Handshake {
	der, err := asn1.Marshal(pkix.Name{CommonName: "Shop Clients CA", Organization: []string{"Shop Works"}}.ToRDNSequence())
	if err != nil {
		panic(err)
	}
	return &wire.Handshake{
		AcceptableCAs: [][]byte{der},
		Chain:         []*x509.Certificate{{Subject: pkix.Name{CommonName: "gateway.shop.example", Organization: []string{"Shop Works"}}}},
	}
}

// guard is an application that reads the subject from a field; seen is empty
// where the field is missing.
func guard(judge func(seen string, r wire.Request) (int, string)) *target {
	return &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		var x *wire.Exchange
		switch {
		case as.Cert != nil && as.Private:
			x = reply(200, "application/json", `{"rows": []}`)
		case r.Target != "/api/":
			x = reply(404, "application/json", `{"error": "not found"}`)
		default:
			seen, _ := wire.Get(r.Fields, "X-SSL-Client-S-DN")
			status, body := judge(seen, r)
			member := "error"
			if status < 400 {
				member = "message"
			}
			x = reply(status, "application/json", fmt.Sprintf(`{%q: %q}`, member, body))
		}
		x.Handshake = handshake()
		return x
	}}
}

// isDN is a strict reader of distinguished names.
func isDN(text string) bool {
	return strings.HasPrefix(text, "CN=") && !strings.ContainsAny(text, "%{}()\x00<")
}

func TestOracles(t *testing.T) {
	var turn atomic.Int64
	for _, test := range []struct {
		name  string
		judge func(seen string, r wire.Request) (int, string)
		rules string
	}{
		{"each check has its own answer", func(seen string, _ wire.Request) (int, string) {
			switch {
			case seen == "":
				return 401, "certificate required"
			case !isDN(seen):
				return 400, "malformed distinguished name"
			}
			return 403, "unknown client"
		}, "certificate-check-oracle"},
		{"one status, three sentences", func(seen string, _ wire.Request) (int, string) {
			switch {
			case seen == "":
				return 403, "no certificate"
			case !isDN(seen):
				return 403, "bad certificate"
			}
			return 403, "nobody we know"
		}, "certificate-check-oracle"},
		{"a known subject is told from unknown ones", func(seen string, _ wire.Request) (int, string) {
			if seen == ownSubject {
				return 403, "not allowed"
			}
			return 401, "who are you"
		}, "subject-enumeration"},
		{"a known organisation is told from unknown ones", func(seen string, _ wire.Request) (int, string) {
			if strings.HasSuffix(seen, "O=Shop Works") {
				return 403, "not allowed"
			}
			return 401, "who are you"
		}, "subject-enumeration"},
		{"a malformed value is told from a missing one", func(seen string, _ wire.Request) (int, string) {
			if seen != "" && !isDN(seen) {
				return 400, "bad request"
			}
			return 401, "certificate required"
		}, "identity-header-read"},
		{"the answer speaks of the subject", func(seen string, _ wire.Request) (int, string) {
			if seen != "" {
				return 403, "no such subject"
			}
			return 401, "certificate required"
		}, "identity-header-read"},
		{"one refusal that repeats what it is sent", func(seen string, r wire.Request) (int, string) {
			verdict, _ := wire.Get(r.Fields, "X-SSL-Client-Verify")
			text, _ := json.Marshal(map[string]*string{"client": orNil(seen), "verify": orNil(verdict)})
			return 403, string(text)
		}, "certificate-reflection"},
		{"uniform", func(string, wire.Request) (int, string) { return 403, "client certificate required" }, ""},
		{"a filter refuses the field", func(seen string, _ wire.Request) (int, string) {
			if seen != "" {
				return 403, "blocked"
			}
			return 401, "please come in by the front door"
		}, ""},
		{"any odd value is refused, whatever the field", func(_ string, r wire.Request) (int, string) {
			for _, f := range r.Fields {
				if strings.HasPrefix(strings.ToLower(f.Name), "x-") && (strings.ContainsAny(f.Value, "%{}()<") || f.Value == "") {
					return 400, "bad header"
				}
			}
			return 401, "certificate required"
		}, ""},
		{"many fields are refused", func(_ string, r wire.Request) (int, string) {
			if len(r.Fields) > 20 {
				return 400, "too many header fields about a certificate"
			}
			return 401, "certificate required"
		}, ""},
		{"answers take turns", func(seen string, _ wire.Request) (int, string) {
			if turn.Add(1)%2 == 0 {
				return 401, "certificate required"
			}
			return 403, "unknown subject"
		}, ""},
		{"the subject comes back", func(seen string, _ wire.Request) (int, string) {
			if seen == "" {
				return 403, "no access for anybody"
			}
			return 403, "no access for " + seen
		}, "certificate-reflection"},
		{"the name is read by its shape", func(seen string, _ wire.Request) (int, string) {
			if strings.Contains(seen, " ") && isDN(seen) {
				return 403, "blanks are not allowed"
			}
			return 401, "certificate required"
		}, "identity-header-read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := guard(test.judge)
			b := scanAll(t, server, "https://api.shop.example/api/")
			var got []string
			for _, rule := range b.rules() {
				if rule != "ca-disclosure" {
					got = append(got, rule)
				}
			}
			if strings.Join(got, " ") != test.rules {
				t.Errorf("rules %v, want %q", got, test.rules)
			}
			for _, f := range b.findings {
				if f.Category == finding.EnumerationOracle && (f.Evidence.Control == nil || f.Evidence.Response == nil || f.Evidence.Request == nil) {
					t.Errorf("%s does not show both exchanges", f.Rule)
				}
				if f.Category == finding.EnumerationOracle {
					t.Log(f.Confidence, f.Message, f.Evidence.Leaked)
				}
			}
		})
	}
}

// callersPair is a certificate as a caller would have one.
func callersPair(t *testing.T, subject pkix.Name) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: subject, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestCallersSubjectIsClaimed has an application that knows the caller's subject
// alone. What names it may go to verified servers only, and into no report.
func TestCallersSubjectIsClaimed(t *testing.T) {
	const name = "billing-robot-seven"
	for _, test := range []struct {
		rule  string
		known func() (int, string)
	}{
		{"subject-enumeration", func() (int, string) { return 403, "not for you" }},
		{"identity-header-trusted", func() (int, string) { return 200, "welcome" }},
	} {
		t.Run(test.rule, func(t *testing.T) {
			server := guard(func(seen string, _ wire.Request) (int, string) {
				if strings.Contains(seen, name) {
					return test.known()
				}
				return 401, "who are you"
			})
			inner := server.answer
			server.answer = func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
				if seen, _ := wire.Get(r.Fields, "X-SSL-Client-S-DN"); strings.Contains(seen, name) && (!as.Private || as.Cert != nil) {
					t.Errorf("the caller's subject goes out as %q, private %v", as.Name, as.Private)
				}
				return inner(as, to, r)
			}
			c := config()
			c.Caller = callersPair(t, pkix.Name{CommonName: name, Organization: []string{"Robots"}})
			b := &book{}
			if err := scanWith(t, t.Context(), c, server, b, "https://api.shop.example/api/"); err != nil {
				t.Fatal(err)
			}
			f := b.find(t, test.rule)
			text, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), name) {
				t.Errorf("the report shows the caller's subject: %s", text)
			}
		})
	}
}

// TestCallersSubjectStaysAtHome has a server whose certificate does not verify.
func TestCallersSubjectStaysAtHome(t *testing.T) {
	server := guard(func(seen string, _ wire.Request) (int, string) { return 401, "who are you" })
	inner := server.answer
	server.answer = func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
		if as.Private {
			return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageTrust, Err: errors.New("not verified")}}
		}
		return inner(as, to, r)
	}
	c := config()
	c.Caller = callersPair(t, pkix.Name{CommonName: "billing-robot-seven"})
	b := &book{}
	if err := scanWith(t, t.Context(), c, server, b, "https://api.shop.example/api/"); err != nil {
		t.Fatal(err)
	}
	for _, f := range b.findings {
		if f.Category == finding.EnumerationOracle {
			t.Errorf("found %s", f.Rule)
		}
	}
}

// TestTimes has a server whose answers read alike and take the times that the
// test gives them.
func TestTimes(t *testing.T) {
	var number atomic.Int64
	jitter := func() time.Duration { return time.Duration(number.Add(1)*7919%1000) * time.Microsecond }
	var mu sync.Mutex
	asked, noisy := map[string]int{}, "" // by the subject that is claimed; the one that takes longer for a while
	for _, test := range []struct {
		name   string
		timing bool
		took   func(seen string) time.Duration
		found  bool
	}{
		{"a look-up for the known subject", true, func(seen string) time.Duration {
			if seen == ownSubject {
				return 14*time.Millisecond + jitter()
			}
			return 10*time.Millisecond + jitter()
		}, true},
		{"a look-up for the unknown ones", true, func(seen string) time.Duration {
			if seen == ownSubject {
				return 10*time.Millisecond + jitter()
			}
			return 14*time.Millisecond + jitter()
		}, true},
		{"a look-up, and a noise that passes", true, func(seen string) time.Duration {
			if seen == ownSubject {
				return 30*time.Millisecond + jitter()
			}
			asked[seen]++
			if noisy == "" && asked[seen] == 2 && len(seen) == len(ownSubject) && !strings.Contains(seen, "blurt") {
				noisy = seen
			}
			if seen == noisy && asked[seen] < 25 {
				return 15*time.Millisecond + jitter()
			}
			return 10*time.Millisecond + jitter()
		}, true},
		{"not asked for", false, func(seen string) time.Duration {
			if seen == ownSubject {
				return 20 * time.Millisecond
			}
			return 10 * time.Millisecond
		}, false},
		{"the same work for all", true, func(string) time.Duration { return 10*time.Millisecond + jitter() }, false},
		{"too little to count", true, func(seen string) time.Duration {
			if seen == ownSubject {
				return 10300 * time.Microsecond
			}
			return 10 * time.Millisecond
		}, false},
		{"each name takes its own time", true, func(seen string) time.Duration {
			sum := 0
			for _, c := range []byte(seen) {
				sum += int(c)
			}
			return time.Duration(10+sum%50) * time.Millisecond
		}, false},
		{"it gets slower and slower", true, func(string) time.Duration { return time.Duration(number.Add(1)) * time.Millisecond }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := guard(func(string, wire.Request) (int, string) { return 403, "client certificate required" })
			inner := server.answer
			server.answer = func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
				x := inner(as, to, r)
				seen, _ := wire.Get(r.Fields, "X-SSL-Client-S-DN")
				mu.Lock()
				defer mu.Unlock()
				x.Took = test.took(seen)
				return x
			}
			c := config()
			c.Timing = test.timing
			b := &book{}
			if err := scanWith(t, t.Context(), c, server, b, "https://api.shop.example/api/"); err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range b.findings {
				if f.Category == finding.EnumerationOracle {
					found = f.Rule == "subject-enumeration-timing"
					t.Log(f.Message)
				}
			}
			if found != test.found {
				t.Errorf("found %v", b.rules())
			}
		})
	}
}

// orNil is how languages have a value that may be missing.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
