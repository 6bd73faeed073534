package scanner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/fixtures/pages"
	"blurt/scanner/finding"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// savedFiles are files in memory, by name.
func savedFiles(texts ...[]byte) iter.Seq[SavedFile] {
	return func(yield func(SavedFile) bool) {
		for i, text := range texts {
			name := string(rune('a' + i))
			if !yield(SavedFile{Name: name, Arguments: []string{name, "--status", "500"}, Exchanges: saved.Read(bytes.NewReader(text), name, saved.Options{})}) {
				return
			}
		}
	}
}

func inspectAll(t *testing.T, files iter.Seq[SavedFile]) *book {
	t.Helper()
	b := &book{}
	if err := Inspect(t.Context(), Config{Version: "1", Seed: "s"}, files, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestInspectFindsRecordedPages reads each recorded page with its request and
// finds what the answer alone supports.
func TestInspectFindsRecordedPages(t *testing.T) {
	all, err := pages.All()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range all {
		b := inspectAll(t, savedFiles(append(bytes.Clone(page.Request), page.Response...)))
		if !b.done.Complete || b.done.Requests != 0 {
			t.Errorf("%s: done %+v", page.ID(), b.done)
		}
		for _, rule := range page.Rules {
			if !slices.Contains(b.rules(), rule) {
				t.Errorf("%s: no %s among %v", page.ID(), rule, b.rules())
				continue
			}
			found++
		}
		for _, f := range b.findings {
			if f.Confidence == finding.Confirmed || f.Probe != InspectProbe || f.Reproduce != "blurt inspect a --status 500" {
				t.Errorf("%s: %s is %s by probe %s, reproduced by %q", page.ID(), f.Rule, f.Confidence, f.Probe, f.Reproduce)
			}
		}
	}
	t.Logf("%d pages, %d findings that they support", len(all), found)
}

// TestSavedExchangesShowTheSameAgain scans, keeps the exchanges, and inspects
// them: the same fingerprints come out, and no secret of the answers does.
func TestSavedExchangesShowTheSameAgain(t *testing.T) {
	const secret = "AKIAQ3EGRXOB7LZT2MNV"
	for _, show := range []bool{false, true} {
		var mu sync.Mutex
		var kept bytes.Buffer
		c := config()
		c.ShowSecrets = show
		c.Headers = []wire.Field{{Name: "Authorization", Value: "Bearer my-own-credential-0123456789"}}
		c.KeepExchange = func(r saved.Record) error {
			mu.Lock()
			defer mu.Unlock()
			return json.NewEncoder(&kept).Encode(r)
		}
		server := &target{answer: func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
			if has(r, "X-SSL-Client-Verify", "SUCCESS") && has(r, "X-Client-Cert-Subject", "") {
				subject, _ := wire.Get(r.Fields, "X-Client-Cert-Subject")
				return reply(200, "application/json", `{"balance": "1200.00", "subject": "`+subject+`"}`)
			}
			if strings.HasPrefix(r.Target, "/api/") {
				return reply(403, "application/json", forbidden, wire.Field{Name: "Server", Value: "nginx/1.22.1"})
			}
			x := broken(as, to, r)
			x.Got.Body = append(x.Got.Body, []byte("AWS_ACCESS_KEY_ID = '"+secret+"'\nAuthorization: Bearer my-own-credential-0123456789\n")...)
			return x
		}}
		b := &book{}
		if err := scanWith(t, t.Context(), c, server, b, "https://api.example.org/api/", "https://api.example.org/broken"); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(kept.String(), secret); got != show {
			t.Errorf("secrets shown: %v, want %v", got, show)
		}
		if strings.Contains(kept.String(), "my-own-credential") {
			t.Error("the caller's own credential was saved")
		}
		again := inspectAll(t, savedFiles(kept.Bytes()))
		if !again.done.Complete {
			t.Errorf("done %+v", again.done)
		}
		if diff := cmp.Diff(fingerprints(b), fingerprints(again)); diff != "" {
			t.Errorf("findings (-scan +inspect):\n%s", diff)
		}
		if !slices.Contains(again.rules(), "identity-header-trusted") || !slices.Contains(again.rules(), "python-traceback") {
			t.Errorf("rules %v", again.rules())
		}
	}
}

func fingerprints(b *book) []string {
	var out []string
	for _, f := range b.findings {
		out = append(out, f.Rule+" "+f.URL+" "+f.Fingerprint)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestExchangeThatCannotBeSavedIsTold(t *testing.T) {
	c := config()
	c.KeepExchange = func(saved.Record) error { return errors.New("disk full") }
	b := &book{}
	if err := scanWith(t, t.Context(), c, &target{answer: broken}, b, "https://api.example.org/a"); err != nil {
		t.Fatal(err)
	}
	if b.done.Complete || len(b.findings) == 0 || !strings.Contains(b.done.Errors[0].Message, "disk full") {
		t.Errorf("done %+v, findings %v", b.done, b.rules())
	}
}

// TestInspectGathers finds one leak in many answers, and tells what it could not
// read.
func TestInspectGathers(t *testing.T) {
	var archive bytes.Buffer
	archive.WriteString(`{"log": {"entries": [`)
	for i, path := range []string{"a", "b", "other"} {
		if i > 0 {
			archive.WriteString(",")
		}
		x := broken(wire.Identity{}, wire.Origin{}, wire.Request{Target: "/" + path})
		body, err := json.Marshal(string(x.Got.Body))
		if err != nil {
			t.Fatal(err)
		}
		archive.WriteString(`{"request": {"method": "GET", "url": "https://h.example/` + path + `"},
			"response": {"status": 500, "headers": [{"name": "Content-Type", "value": "text/plain"}], "content": {"text": ` + string(body) + `}}}`)
	}
	archive.WriteString(`, {"requ`)
	b := inspectAll(t, savedFiles(archive.Bytes()))
	want := [][]string{{"/a", "/b"}, {"/other"}}
	var got [][]string
	for _, paths := range tracebacks(b) {
		got = append(got, paths)
	}
	slices.SortFunc(got, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if b.done.Complete || len(b.done.Errors) != 1 || b.done.Errors[0] != (finding.ScanError{Target: "a", Message: "entry 4: the file ends in the middle"}) {
		t.Errorf("done %+v", b.done)
	}
}

func TestInterruptedInspectionIsPartial(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	page := []byte("HTTP/1.1 500 E\r\nContent-Type: text/plain\r\n\r\n" + strings.ReplaceAll(failingView, "%", ""))
	files := func(yield func(SavedFile) bool) {
		for file := range savedFiles(page, page) {
			if !yield(file) {
				return
			}
			cancel()
		}
	}
	b := &book{}
	if err := Inspect(ctx, Config{Version: "1", Seed: "s"}, files, b); err != nil {
		t.Fatal(err)
	}
	if len(b.findings) != 1 || b.done == nil || b.done.Complete {
		t.Errorf("findings %v, done %+v", b.rules(), b.done)
	}
}
