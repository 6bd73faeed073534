package report_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/report"
	"blurt/scanner/finding"
)

// TestReplayMember writes what is needed to send requests again, holds it to the
// schema, and reads the same back: odd bytes included.
func TestReplayMember(t *testing.T) {
	sent := &finding.Sent{
		Origin: "https://api.example", Identity: "none", Method: "GET", Target: "/a\xff", Verdict: finding.Open, Status: 200,
		Fields: []finding.SentField{{Name: "Host", Value: "api.example"}, {Name: "X-A", Value: "\x00\r\n\xe9"}}, Body: []byte{0, 255},
		Way: &finding.Way{NoServerName: true, MaxTLS: "1.2", HTTP: "2"},
	}
	members := []*finding.Replay{
		nil,
		{Impossible: "it takes many measurements"},
		{Judge: finding.ByRule, Sent: sent, Control: &finding.Sent{
			Origin: "https://api.example", Identity: "caller", Method: "GET", Target: "/", Fields: []finding.SentField{}, Verdict: finding.AppRefused,
		}, Claim: "header", Canaries: []finding.Canary{{Token: "blurta", Probe: "p", Field: "f"}}},
	}
	for _, format := range []string{"json", "jsonl"} {
		events := scan(t)
		var want []*finding.Replay
		for i, e := range events {
			if e.Finding != nil {
				changed := *e.Finding
				changed.Replay = members[len(want)%len(members)]
				events[i].Finding = &changed
				want = append(want, changed.Replay)
			}
		}
		if len(want) < len(members) {
			t.Fatalf("%d findings are too few", len(want))
		}
		out := write(t, format, report.Options{}, events)
		if format == "json" {
			validate(t, reportSchema, out)
		}
		back := &replays{}
		if err := report.Replay(bytes.NewReader(out), back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, back.found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

// replays is a sink that keeps what is needed to replay findings.
type replays struct{ found []*finding.Replay }

func (r *replays) Emit(e finding.Event) error {
	if e.Finding != nil {
		r.found = append(r.found, e.Finding.Replay)
	}
	return nil
}

func (r *replays) Close() error { return nil }
