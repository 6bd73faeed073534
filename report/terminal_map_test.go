package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
)

// surfaceText is the map of a report with those cells, for people.
func surfaceText(t *testing.T, width int, cells ...finding.Surface) string {
	t.Helper()
	var saved bytes.Buffer
	sink, err := report.New("jsonl", &saved, report.Options{Rules: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []finding.Event{{Start: &finding.Start{}}, {Target: &finding.Target{URL: "https://h/", Surface: cells}}, {Done: &finding.Done{Complete: true}}} {
		if err := sink.Emit(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.WriteSurface(&saved, &out, report.Options{Width: width, Rules: catalogue(t)}, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func verdict(url, identity, way string, v finding.Verdict, status int, detail string) finding.Surface {
	return finding.Surface{URL: url, Method: "GET", Identity: identity, Way: way, Verdict: v, Status: status, Detail: detail}
}

// Identities that fare alike share a column, what arrives late joins its row, and
// only another way in that changes something has a line of its own.
func TestSurfaceTable(t *testing.T) {
	got := surfaceText(t, 80,
		verdict("https://a.test/orders", "none", "", finding.ProxyRefused, 400, "nginx's own page for a missing certificate"),
		verdict("https://a.test/orders", "self-signed-certificate", "", finding.ProxyRefused, 400, "nginx's own page for a bad certificate"),
		verdict("https://a.test/orders", "caller", "", finding.Open, 200, "your own credentials open it"),
		verdict("https://b.test:8443/", "none", "", finding.HandshakeRefused, 0, "alert certificate_required"),
		verdict("https://a.test/status", "none", "", finding.Open, 200, ""),
		verdict("https://a.test/status", "self-signed-certificate", "", finding.Open, 200, ""),
		verdict("https://a.test/orders", "lookalike-certificate", "", finding.ProxyRefused, 400, "nginx's own page for a bad certificate"),
		verdict("https://a.test/status", "lookalike-certificate", "", finding.Open, 200, ""),
		verdict("https://a.test/orders", "none", "TLS 1.2", finding.ProxyRefused, 400, ""),
		verdict("https://a.test/orders", "none", "SNI www.a.test", finding.Open, 200, ""),
		verdict("https://a.test/status", "none", "TLS 1.2", finding.Open, 200, ""))
	want := `Who was answered by which layer
  https://a.test
                 none         caller
                 self-signed
                 lookalike
    GET /orders  proxy 400    open 200
    GET /status  open 200     –
    GET /orders as none by SNI www.a.test: open 200, otherwise proxy 400
    the same by TLS 1.2
    proxy 400: refused by the proxy (nginx's own page for a missing
      certificate; nginx's own page for a bad certificate)
    open 200: your own credentials open it

  https://b.test:8443
           none
    GET /  handshake
    handshake: refused in the TLS handshake (alert certificate_required)

3 rows, 11 cells
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// No line is wider than the page: what does not fit beside is put below.
func TestSurfaceTableFitsThePage(t *testing.T) {
	var cells []finding.Surface
	for i := range 30 {
		url := fmt.Sprintf("https://h.test/%s/%d", strings.Repeat("long", i), i)
		for j := range 20 {
			cells = append(cells, verdict(url, fmt.Sprintf("identity-%d-certificate", j), "", finding.AppRefused, 400+(i*j)%20, strings.Repeat("why ", i)))
		}
		cells = append(cells, verdict(url, "none", "by "+strings.Repeat("way", i), finding.Open, 200, "x"))
	}
	for _, width := range []int{40, 80, 160} {
		text := surfaceText(t, width, cells...)
		for line := range strings.SplitSeq(text, "\n") {
			if n := len([]rune(line)); n > width {
				t.Fatalf("%d characters in a page of %d: %q", n, width, line)
			}
		}
		for _, want := range []string{"identity-15", "app 419", "more cells: the JSON"} {
			if !strings.Contains(text, want) {
				t.Errorf("width %d: no %q", width, want)
			}
		}
		if strings.Contains(text, "identity-16") {
			t.Errorf("width %d: more identities than there is room for", width)
		}
	}
}
