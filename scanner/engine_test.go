package scanner

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// target is a server in memory: it answers requests and keeps them.
type target struct {
	answer func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange
	other  func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange // by other ways; nil: the same

	mu    sync.Mutex
	asked []string
	last  []wire.Request
}

func (t *target) Do(_ context.Context, as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
	t.mu.Lock()
	t.asked = append(t.asked, as.Name+" "+r.Method+" "+to.String()+r.Target)
	t.last = append(t.last, r)
	t.mu.Unlock()
	x := t.answer(as, to, r)
	x.To, x.As, x.Asked = wire.Endpoint{Origin: to, Target: r.Target}, as, r
	return x
}

func (t *target) DoBy(ctx context.Context, by wire.Way, as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
	if by == (wire.Way{}) {
		return t.Do(ctx, as, to, r)
	}
	t.mu.Lock()
	t.asked = append(t.asked, as.Name+" "+r.Method+" "+to.String()+r.Target+" by another way")
	t.mu.Unlock()
	answer := t.answer
	if t.other != nil {
		answer = t.other
	}
	x := answer(as, to, r)
	x.To, x.As, x.Asked = wire.Endpoint{Origin: to, Target: r.Target}, as, r
	return x
}

func reply(status int, contentType, body string, fields ...wire.Field) *wire.Exchange {
	fields = append([]wire.Field{{Name: "Content-Type", Value: contentType}}, fields...)
	return &wire.Exchange{Got: &wire.Response{Proto: "HTTP/1.1", Status: status, Fields: fields, Body: []byte(body)}}
}

func has(r wire.Request, name, value string) bool {
	got, ok := wire.Get(r.Fields, name)
	return ok && (value == "" || got == value)
}

// book is a sink that keeps everything.
type book struct {
	findings []finding.Finding
	targets  []finding.Target
	efforts  []finding.Effort
	done     *finding.Done
	fail     error
}

func (b *book) Emit(e finding.Event) error {
	switch {
	case e.Finding != nil:
		b.findings = append(b.findings, *e.Finding)
	case e.Effort != nil:
		b.efforts = append(b.efforts, *e.Effort)
	case e.Target != nil:
		b.targets = append(b.targets, *e.Target)
	case e.Done != nil:
		b.done = e.Done
	}
	return b.fail
}

func (b *book) Close() error { return nil }

func (b *book) rules() []string {
	var out []string
	for _, f := range b.findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return out
}

func (b *book) find(t *testing.T, rule string) finding.Finding {
	t.Helper()
	for _, f := range b.findings {
		if f.Rule == rule {
			return f
		}
	}
	t.Fatalf("no finding of %s; there are %v", rule, b.rules())
	return finding.Finding{}
}

func endpoints(t *testing.T, urls ...string) iter.Seq2[wire.Endpoint, error] {
	t.Helper()
	var list []wire.Endpoint
	for _, url := range urls {
		e, err := wire.ParseEndpoint(url)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return func(yield func(wire.Endpoint, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func config() Config {
	c := Defaults()
	c.Version, c.Seed, c.Concurrency = "1.2.3", "seed", 4
	return c
}

// scanWith scans the URLs on a server in memory.
func scanWith(t *testing.T, ctx context.Context, c Config, server *target, sink finding.Sink, urls ...string) error {
	t.Helper()
	e, err := newEngine(c)
	if err != nil {
		t.Fatal(err)
	}
	e.wire = server
	return e.scan(ctx, endpoints(t, urls...), sink, func(wire.Origin) {})
}

func scanAll(t *testing.T, server *target, urls ...string) *book {
	t.Helper()
	b := &book{}
	if err := scanWith(t, t.Context(), config(), server, b, urls...); err != nil {
		t.Fatal(err)
	}
	return b
}

const forbidden = `{"error": "client certificate required"}`

func TestSecureApplicationIsSilent(t *testing.T) {
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if r.Target != "/api/" {
			return reply(404, "application/json", `{"error": "Not found"}`)
		}
		return reply(403, "application/json", forbidden)
	}}
	b := scanAll(t, server, "https://api.example.org/api/")
	if len(b.findings) != 0 {
		t.Errorf("findings %v", b.rules())
	}
	if !b.done.Complete || b.done.Requests != len(server.asked) || len(server.asked) > 150 {
		t.Errorf("done %+v after %d requests", b.done, len(server.asked))
	}
	want := []finding.Verdict{finding.AppRefused, finding.AppRefused}
	var got []finding.Verdict
	for _, cell := range b.targets[0].Surface {
		got = append(got, cell.Verdict)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("surface (-want +got):\n%s", diff)
	}
}

// trusting believes two header fields together.
func trusting(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
	if has(r, "X-SSL-Client-Verify", "SUCCESS") && has(r, "X-Client-Cert-Subject", "") {
		return reply(200, "application/json", `{"balance": "1200.00", "currency": "EUR"}`)
	}
	return reply(403, "application/json", forbidden)
}

func TestSpoofedSubjectIsNarrowedToTheFieldsThatMatter(t *testing.T) {
	b := scanAll(t, &target{answer: trusting}, "https://api.example.org/api/")
	f := b.find(t, "identity-header-trusted")
	if f.Confidence != finding.Confirmed {
		t.Errorf("confidence %v", f.Confidence)
	}
	var added []string
	for _, field := range f.Evidence.Request.Fields {
		if strings.HasPrefix(field.Name, "X-") || strings.HasPrefix(field.Name, "ssl-") {
			added = append(added, field.Name)
		}
	}
	slices.Sort(added)
	if diff := cmp.Diff([]string{"X-Client-Cert-Subject", "X-SSL-Client-Verify"}, added); diff != "" {
		t.Errorf("fields in the evidence (-want +got):\n%s", diff)
	}
	if f.Evidence.Control == nil || f.Evidence.Control.Status != 403 {
		t.Errorf("control in the evidence: %+v", f.Evidence.Control)
	}
	if !strings.Contains(f.Reproduce, "--header 'X-SSL-Client-Verify: SUCCESS'") {
		t.Errorf("reproduce: %s", f.Reproduce)
	}
}

// TestABrokenClaimIsASpoofOnlyIfItsVerdictMatters has the shape of
// CVE-2026-35616 beside an application that merely reads a number badly.
func TestABrokenClaimIsASpoofOnlyIfItsVerdictMatters(t *testing.T) {
	failing := func(name, value string) *book {
		return scanAll(t, &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
			if has(r, name, value) {
				return reply(500, "text/html", "<h1>Server Error (500)</h1>")
			}
			return reply(401, "application/json", forbidden)
		}}, "https://h/a")
	}
	verdict := failing("X-SSL-Client-Verify", "SUCCESS")
	if f := verdict.find(t, "identity-header-trusted"); f.Confidence != finding.Tentative || strings.Count(f.Reproduce, "--header") != 1 {
		t.Errorf("%v: %s", f.Confidence, f.Reproduce)
	}
	if serial := failing("X-SSL-Client-Serial", ""); len(serial.findings) > 0 {
		t.Errorf("a serial number that does not parse: %v", serial.rules())
	}
}

func TestAnAnswerThatOpensByItselfIsNoSpoof(t *testing.T) {
	var mu sync.Mutex
	count := 0
	server := &target{answer: func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
		mu.Lock()
		defer mu.Unlock()
		if count++; count > 1 {
			return reply(200, "application/json", `{"status": "ok"}`)
		}
		return reply(403, "application/json", forbidden)
	}}
	for _, f := range scanAll(t, server, "https://api.example.org/api/").findings {
		if f.Category == finding.IdentitySpoofing && f.Confidence != finding.Tentative {
			t.Errorf("%s is %v", f.Rule, f.Confidence)
		}
	}
}

const traceback = `Traceback (most recent call last):
  File "/srv/payments/api/views.py", line 41, in whoami
    certificate = load_pem_x509_certificate(value)
  File "/srv/payments/api/certificates.py", line 12, in load_pem_x509_certificate
    raise ValueError("Unable to load PEM file")
ValueError: Unable to load PEM file
`

func TestMalformedCertificateTraceback(t *testing.T) {
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if value, ok := wire.Get(r.Fields, "X-Client-Cert"); ok && !strings.HasPrefix(value, "-----BEGIN") {
			return reply(500, "text/plain", traceback)
		}
		return reply(403, "application/json", forbidden)
	}}
	b := scanAll(t, server, "https://api.example.org/whoami")
	f := b.find(t, "python-traceback")
	if f.Confidence != finding.Confirmed || f.URL != "https://api.example.org/whoami" || len(f.Occurrences) == 0 {
		t.Errorf("%v at %s with %d occurrences", f.Confidence, f.URL, len(f.Occurrences))
	}
	if n := strings.Count(f.Reproduce, "--header"); n != 1 || !strings.Contains(f.Reproduce, "X-Client-Cert") {
		t.Errorf("reproduce: %s", f.Reproduce)
	}
}

const nginxRefusal = "<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body>\r\n" +
	"<center><h1>400 Bad Request</h1></center>\r\n<center>No required SSL certificate was sent</center>\r\n" +
	"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

func TestAProxyThatRefusesIsNotAskedInVain(t *testing.T) {
	server := &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return reply(400, "text/html", nginxRefusal, wire.Field{Name: "Server", Value: "nginx"})
	}}
	b := scanAll(t, server, "https://api.example.org/api/")
	if len(b.findings) != 0 {
		t.Errorf("findings %v", b.rules())
	}
	if got := b.targets[0].Surface[0].Verdict; got != finding.ProxyRefused {
		t.Errorf("verdict %s", got)
	}
	if len(server.asked) > 70 {
		t.Errorf("%d requests for a proxy that lets none through", len(server.asked))
	}
}

func TestRefusedHandshakeIsAnAnswer(t *testing.T) {
	server := &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return &wire.Exchange{
			Handshake: &wire.Handshake{Requested: true, Refusal: &wire.Refusal{Alert: 116, Name: "certificate_required", AfterFinished: true}},
			Err:       &wire.Failure{Stage: wire.StageTLS, Err: errors.New("refused")},
		}
	}}
	b := scanAll(t, server, "https://api.example.org/api/")
	cell := b.targets[0].Surface[0]
	if !b.done.Complete || cell.Verdict != finding.HandshakeRefused || cell.Detail != "alert certificate_required" {
		t.Errorf("complete %v, %+v", b.done.Complete, cell)
	}
}

func TestDeadTargetIsIncompleteAndGivenUp(t *testing.T) {
	server := &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageConnect, Err: errors.New("connection refused")}}
	}}
	b := scanAll(t, server, "https://h/1", "https://h/2", "https://h/3", "https://h/4", "https://h/5")
	if b.done.Complete || len(b.done.Errors) != 5 || len(server.asked) != maxFailures {
		t.Errorf("complete %v, %d errors, %d requests", b.done.Complete, len(b.done.Errors), len(server.asked))
	}
	if got := b.targets[0].Err; got != "connect: connection refused" {
		t.Errorf("error %q", got)
	}
}

func TestInterruptClosesTheAccount(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := &target{}
	server.answer = func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
		server.mu.Lock()
		defer server.mu.Unlock()
		if len(server.asked) == 10 {
			cancel()
		}
		return trusting(as, to, r)
	}
	b := &book{}
	c := config()
	c.Concurrency = 1
	if err := scanWith(t, ctx, c, server, b, "https://h/1", "https://h/2"); err != nil {
		t.Fatal(err)
	}
	if b.done == nil || b.done.Complete || len(b.done.Errors) != 1 || !strings.Contains(b.done.Errors[0].Message, "interrupted") {
		t.Errorf("done %+v", b.done)
	}
	if len(server.asked) != 10 {
		t.Errorf("%d requests; the scan was interrupted in the tenth", len(server.asked))
	}
}

func TestSpentBudgetIsIncomplete(t *testing.T) {
	var asked atomic.Int64
	server := &target{}
	server.answer = func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
		if asked.Add(1) > 20 {
			return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageBudget, Err: errors.New("spent")}}
		}
		return reply(403, "application/json", forbidden)
	}
	b := scanAll(t, server, "https://h/1", "https://h/2")
	if b.done.Complete || b.done.Requests != 20 || len(b.done.Errors) != 1 || !strings.Contains(b.done.Errors[0].Message, "--max-requests") {
		t.Errorf("done %+v", b.done)
	}
}

func TestFailingSinkStopsTheScan(t *testing.T) {
	server := &target{answer: trusting}
	b := &book{fail: errors.New("disk full")}
	err := scanWith(t, t.Context(), config(), server, b, "https://h/1")
	if err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("error %v", err)
	}
	if len(server.asked) != 0 {
		t.Errorf("%d requests after the sink had failed", len(server.asked))
	}
}

func TestBadTargetEndsTheScan(t *testing.T) {
	e, err := newEngine(config())
	if err != nil {
		t.Fatal(err)
	}
	e.wire = &target{answer: trusting}
	b := &book{}
	bad := errors.New("targets.txt:2: no scheme")
	err = e.scan(t.Context(), func(yield func(wire.Endpoint, error) bool) { yield(wire.Endpoint{}, bad) }, b, func(wire.Origin) {})
	if !errors.Is(err, bad) || b.done == nil || b.done.Complete {
		t.Errorf("error %v, done %+v", err, b.done)
	}
}

func TestEveryEndpointIsExaminedOnce(t *testing.T) {
	server := &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return reply(403, "application/json", forbidden)
	}}
	var urls []string
	for i := range 4 {
		for host := range 3 {
			urls = append(urls, fmt.Sprintf("https://h%d/%d", host, i), fmt.Sprintf("https://h%d/%d", host, i))
		}
	}
	b := scanAll(t, server, urls...)
	if len(b.targets) != len(urls) || !b.done.Complete {
		t.Errorf("%d of %d endpoints accounted for", len(b.targets), len(urls))
	}
	controls := map[string]int{}
	for i, r := range server.last {
		if agent, _ := wire.Get(r.Fields, "Accept"); r.Method == "GET" && agent == "*/*" && len(r.Fields) == 3 {
			controls[server.asked[i]]++
		}
	}
	for request, n := range controls {
		if n > 5 { // twice the control, the others under unknown hosts
			t.Errorf("%s was sent %d times", request, n)
		}
	}
}

func TestRedirectsAreFollowedOnTheSameOriginOnly(t *testing.T) {
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		switch r.Target {
		case "/a":
			return reply(301, "text/html", "", wire.Field{Name: "Location", Value: "/b/"})
		case "/b/":
			return reply(302, "text/html", "", wire.Field{Name: "Location", Value: "https://elsewhere.example/secret"})
		}
		return reply(404, "text/html", "")
	}}
	b := scanAll(t, server, "https://h/a")
	if len(b.targets) != 2 || b.targets[1].URL != "https://h/b/" {
		t.Errorf("targets %+v", b.targets)
	}
	for _, request := range server.asked {
		if !strings.Contains(request, " https://h") {
			t.Errorf("left the origin: %s", request)
		}
	}
}

func TestSameSeedSameRequests(t *testing.T) {
	run := func(seed string) []wire.Request {
		server := &target{answer: trusting}
		c := config()
		c.Concurrency, c.Seed = 1, seed
		if err := scanWith(t, t.Context(), c, server, &book{}, "https://h/a", "https://h/b/"); err != nil {
			t.Fatal(err)
		}
		return server.last
	}
	if diff := cmp.Diff(run("one"), run("one")); diff != "" {
		t.Errorf("two runs of one seed differ:\n%s", diff)
	}
	if cmp.Equal(run("one"), run("two")) {
		t.Error("two seeds send the same")
	}
}

// TestTheCallersSecretsStayOut plants the caller's own header value in every
// answer: no event may hold it.
func TestTheCallersSecretsStayOut(t *testing.T) {
	const secret = "Bearer tok-3f9a1c77e2"
	server := &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		return reply(500, "text/plain", traceback+"\nauthorization: "+secret+"\n", wire.Field{Name: "X-Echo", Value: secret})
	}}
	c := config()
	c.Headers = []wire.Field{{Name: "Authorization", Value: secret}}
	b := &book{}
	if err := scanWith(t, t.Context(), c, server, b, "https://h/a"); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(b.findings)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.findings) == 0 || bytes.Contains(text, []byte("tok-3f9a1c77e2")) {
		t.Errorf("%d findings, the secret is shown: %s", len(b.findings), text)
	}
}

func TestProgressCounts(t *testing.T) {
	var last Progress
	c := config()
	c.Progress = func(p Progress) { last = p }
	server := &target{answer: trusting}
	if err := scanWith(t, t.Context(), c, server, &book{}, "https://h/a"); err != nil {
		t.Fatal(err)
	}
	if last.EndpointsDone != 1 || last.Endpoints != 1 || last.Findings == 0 || last.Requests != len(server.asked) || last.Planned < last.Requests {
		t.Errorf("%+v after %d requests", last, len(server.asked))
	}
}

func TestAnIdentityWithoutAnAnswerIsNotPassedOver(t *testing.T) {
	server := &target{answer: func(as wire.Identity, _ wire.Origin, _ wire.Request) *wire.Exchange {
		if as.Name == "caller" {
			return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageTrust, Err: errors.New("certificate does not verify")}}
		}
		return reply(403, "application/json", forbidden)
	}}
	c := config()
	c.Caller = &tls.Certificate{Certificate: [][]byte{{1}}}
	b := &book{}
	if err := scanWith(t, t.Context(), c, server, b, "https://h/a"); err != nil {
		t.Fatal(err)
	}
	if b.done.Complete || len(b.done.Errors) != 1 || !strings.Contains(b.done.Errors[0].Message, "as caller: trust: certificate does not verify") {
		t.Errorf("done %+v", b.done)
	}
}

func TestProbesWithoutAnAnswerAreNamed(t *testing.T) {
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if r.Method == "TRACE" {
			return &wire.Exchange{Err: &wire.Failure{Stage: wire.StageRead, Timeout: true, Err: errors.New("no answer within 15s")}}
		}
		return reply(403, "application/json", forbidden)
	}}
	b := scanAll(t, server, "https://h/a")
	want := []finding.Unanswered{{Probe: "method/TRACE", Error: "read: no answer within 15s"}}
	if diff := cmp.Diff(want, b.targets[0].Unanswered); diff != "" || !b.done.Complete {
		t.Errorf("complete %v (-want +got):\n%s", b.done.Complete, diff)
	}
}

func TestAnAnswerThatNeverEndsIsNone(t *testing.T) {
	drip := func(contentType string) *book {
		return scanAll(t, &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
			x := reply(200, contentType, "data: 1\n")
			x.Got.Late, x.Got.Cut = true, true
			return x
		}}, "https://h/a")
	}
	if b := drip("text/html"); b.done.Complete || len(b.done.Errors) != 1 {
		t.Errorf("a page: %+v", b.done)
	}
	if b := drip("text/event-stream"); !b.done.Complete {
		t.Errorf("a stream of events: %+v", b.done)
	}
}
