package scanner

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// replayOn replays findings on a server in memory, as from a saved report: with
// nothing but what stands in JSON. It returns the outcomes by rule.
func replayOn(t *testing.T, c Config, server *target, findings []finding.Finding) map[string]Replayed {
	t.Helper()
	text, err := json.Marshal(findings)
	if err != nil {
		t.Fatal(err)
	}
	var saved []*finding.Finding
	if err := json.Unmarshal(text, &saved); err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(c)
	if err != nil {
		t.Fatal(err)
	}
	e.wire = server
	out := make(map[string]Replayed)
	e.replayAll(t.Context(), saved, func(r Replayed) { out[r.Finding.Rule] = r })
	return out
}

// TestReplay scans a server that leaks, asks again, mends the leak, and takes the
// server away.
func TestReplay(t *testing.T) {
	closed := func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return asking(reply(403, "application/json", forbidden))
	}
	dead := func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageConnect, Err: errors.New("connection refused")}}
	}
	for _, test := range []struct {
		rule   string
		url    string
		server *target
	}{
		{"identity-header-trusted", "https://api.example.org/api/", &target{answer: trusting}},
		{"python-traceback", "https://api.example.org/whoami", &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
			if value, ok := wire.Get(r.Fields, "X-Client-Cert"); ok && !strings.HasPrefix(value, "-----BEGIN") {
				return reply(500, "text/plain", traceback)
			}
			return reply(403, "application/json", forbidden)
		}}},
		{"mtls-path-bypass", "https://h/api/accounts", guarded(exactly("/api/accounts"), lenient("/api/accounts"))},
		{"certificate-check-oracle", "https://api.example.org/api/", guard(func(seen string, _ wire.Request) (int, string) {
			switch {
			case seen == "":
				return 401, "certificate required"
			case !isDN(seen):
				return 400, "malformed distinguished name"
			}
			return 403, "unknown client"
		})},
		{"untrusted-certificate-accepted", "https://h/api/", &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
			x := asking(reply(200, "application/json", accounts))
			if x.Handshake.Sent = as.Cert != nil; as.Cert == nil {
				x.Got, x.Err = nil, &wire.Failure{Stage: wire.StageTLS, Err: errors.New("refused")}
				x.Handshake.Refusal = &wire.Refusal{Alert: 116, Name: "certificate_required", AfterFinished: true}
			}
			return x
		}}},
		{"certificate-reflection", "https://h/api/", &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
			value, _ := wire.Get(r.Fields, "X-SSL-Client-S-DN")
			return reply(403, "application/json", `{"error": "no access for `+strings.ReplaceAll(value, `"`, "")+`"}`)
		}}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			b := scanAll(t, test.server, test.url)
			f := b.find(t, test.rule)
			if f.Replay == nil || f.Replay.Impossible != "" {
				t.Fatalf("the finding cannot be replayed: %+v", f.Replay)
			}
			only := []finding.Finding{f}
			for _, state := range []struct {
				name   string
				answer func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange
				want   Outcome
			}{{"as it was", test.server.answer, StillThere}, {"mended", closed, Gone}, {"away", dead, Unknown}} {
				if got := replayOn(t, config(), &target{answer: state.answer}, only)[test.rule]; got.Outcome != state.want || got.Detail == "" {
					t.Errorf("%s: %s (%s), want %s", state.name, got.Outcome, got.Detail, state.want)
				}
			}
		})
	}
}

func TestReplaySendsTheVeryBytes(t *testing.T) {
	server := guarded(exactly("/api/accounts"), lenient("/api/accounts"))
	f := scanAll(t, server, "https://h/api/accounts").find(t, "mtls-path-bypass")
	var sent []wire.Request
	for _, r := range server.last {
		if r.Target == string(f.Replay.Sent.Target) {
			sent = append(sent, r)
		}
	}
	again := &target{answer: server.answer}
	replayOn(t, config(), again, []finding.Finding{f})
	same := func(r wire.Request) bool {
		return slices.ContainsFunc(sent, func(s wire.Request) bool {
			return s.Method == r.Method && s.Target == r.Target && slices.Equal(s.Fields, r.Fields) && string(s.Body) == string(r.Body)
		})
	}
	if !slices.ContainsFunc(again.last, same) {
		t.Errorf("none of the %d requests is the one that was sent", len(again.last))
	}
}

func TestReplayKeepsNothingOfTheCallers(t *testing.T) {
	c := config()
	c.Headers = []wire.Field{{Name: "X-Gateway-Key", Value: "hunter2-hunter2"}}
	b := &book{}
	if err := scanWith(t, t.Context(), c, &target{answer: trusting}, b, "https://api.example.org/api/"); err != nil {
		t.Fatal(err)
	}
	f := b.find(t, "identity-header-trusted")
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter2") {
		t.Errorf("the caller's own value stands in %s", text)
	}
}

func TestReplayOfWhatIsNoRequest(t *testing.T) {
	server := &target{answer: trusting}
	for _, f := range []finding.Finding{
		{Rule: "none"},
		{Rule: "impossible", Replay: &finding.Replay{Impossible: "so"}},
		{Rule: "empty", Replay: &finding.Replay{Judge: finding.ByRule}},
		{Rule: "no-origin", Replay: &finding.Replay{Judge: finding.ByRule, Sent: &finding.Sent{Identity: "none", Method: "GET", Target: "/"}}},
		{Rule: "no-method", Replay: &finding.Replay{Judge: finding.ByRule, Sent: &finding.Sent{Origin: "https://h", Identity: "none", Target: "/"}}},
		{Rule: "no-judge", Replay: &finding.Replay{Judge: "coin", Sent: &finding.Sent{Origin: "https://h", Identity: "none", Method: "GET", Target: "/"}}},
		{Rule: "caller", Replay: &finding.Replay{Judge: finding.ByRule, Sent: &finding.Sent{Origin: "https://h", Identity: "caller", Method: "GET", Target: "/"}}},
		{Rule: "way", Replay: &finding.Replay{Judge: finding.ByRule, Sent: &finding.Sent{Origin: "https://h", Identity: "none", Method: "GET", Target: "/", Way: &finding.Way{MaxTLS: "9"}}}},
		{Rule: "unsafe", Probe: "unsafe-method/post", Replay: &finding.Replay{Judge: finding.ByRule, Sent: &finding.Sent{Origin: "https://h", Identity: "none", Method: "POST", Target: "/"}}},
	} {
		for _, got := range replayOn(t, config(), server, []finding.Finding{f}) {
			if got.Outcome != Unknown || got.Detail == "" {
				t.Errorf("%s: %s (%s)", f.Rule, got.Outcome, got.Detail)
			}
		}
	}
	if len(server.asked) > 0 {
		t.Errorf("sent %v", server.asked)
	}
}

// FuzzReplay replays whatever a report may hold: it ends in an outcome.
func FuzzReplay(f *testing.F) {
	f.Add(`{"rule":"version-banner","fingerprint":"a","probe":"control","replay":{"judge":"rule","sent":{"origin":"https://h","identity":"none","method":"GET","target":"/","fields":[]}}}`)
	f.Add(`{"rule":"mtls-path-bypass","probe":"path-spelling/x","replay":{"judge":"verdicts","claim":"header","sent":{"origin":"https://[::1]:8443","identity":"self-signed","method":"X Y","target":"base64:/w==","fields":[{"name":"","value":"\n"}],"way":{"max_tls":"1.2","http":"2","address":"::1"}},"control":{"origin":"http://h","identity":"none","method":"GET","target":"*"}}}`)
	f.Add(`{"replay":{"judge":"difference","sent":{"origin":"https://h","identity":"none","method":"GET","target":"/a"},"control":{"origin":"https://h","identity":"none","method":"GET","target":"/b"},"canaries":[{"token":"blurt"}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var one finding.Finding
		if json.Unmarshal([]byte(text), &one) != nil {
			return
		}
		e, err := newEngine(config())
		if err != nil {
			t.Fatal(err)
		}
		e.wire = &target{answer: trusting}
		told := 0
		e.replayAll(t.Context(), []*finding.Finding{&one}, func(r Replayed) {
			if told++; r.Outcome != Unknown && one.Replay == nil || strings.ContainsAny(r.Detail, "\x1b\n") {
				t.Errorf("%s (%q)", r.Outcome, r.Detail)
			}
		})
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}
