package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner"
	"blurt/scanner/detect"
	"blurt/scanner/discover"
	"blurt/scanner/finding"
	"blurt/scanner/internal/canary"
	"blurt/scanner/internal/redact"
	"blurt/scanner/saved"
	"blurt/scanner/signature"
	"blurt/scanner/wire"
)

// way is one thing that blurt does with an answer. begin makes ready what is not
// to be counted.
type way struct {
	name  string
	first bool // bodies that come first go it always
	begin func(b body, text []byte) (run func() error)
}

//go:embed rules.yaml
var ownRules string

var endpoint = wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "api.shop.example", Port: 443}, Target: "/cert/"}

// ways returns all that is measured.
func ways() ([]way, error) {
	signatures, err := signature.Parse(strings.NewReader(ownRules), "rules.yaml")
	if err != nil {
		return nil, err
	}
	catalogue, err := rules.Load()
	if err != nil {
		return nil, err
	}
	// Each detector reads each body, whether or not it holds what it looks for.
	all := detect.All()
	for n := range all {
		all[n].Hints, all[n].Also = nil, nil
	}
	return []way{
		{"detect", false, detecting(detect.NewSet(detect.All()), answer)},
		{"every-detector", true, detecting(detect.NewSet(all), answer)},
		{"one-field", false, detecting(detect.NewSet(all), oneField)},
		{"many-fields", false, detecting(detect.NewSet(all), manyFields)},
		{"success", true, succeeding(detect.NewSet(all))},
		{"against-control", false, withControl(detect.NewSet(all))},
		{"with-echoes", false, withEchoes(detect.NewSet(all))},
		{"own-rules", false, detecting(detect.NewSet(signature.Detectors(signatures)), answer)},
		{"inspect", false, inspecting(catalogue)},
		{"mask", true, masking},
		{"canaries", false, func(_ body, text []byte) func() error {
			mint := canary.New([]byte("a key of the linear proof"))
			return func() error { mint.Find(text); return nil }
		}},
		{"leads", false, func(b body, text []byte) func() error {
			got := answer(b, text)
			return func() error { discover.Leads(endpoint, got); return nil }
		}},
		{"documents", true, func(_ body, text []byte) func() error { return func() error { readDocuments(text); return nil } }},
		{"saved", false, func(_ body, text []byte) func() error { return reading(text) }},
		{"saved-archive", false, func(b body, text []byte) func() error { return reading(archive(b, text)) }},
	}, nil
}

func answer(b body, text []byte) *wire.Response {
	return &wire.Response{Proto: "HTTP/1.1", Status: b.status, Body: text, Fields: []wire.Field{{Name: "Content-Type", Value: b.media}}}
}

// printable makes a text fit to be a field's value.
func printable(text []byte) string {
	return string(bytes.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, text))
}

// fieldNames are fields that detectors read.
var fieldNames = []string{"Server", "Set-Cookie", "Location", "Link", "WWW-Authenticate", "X-Powered-By", "Via", "X-Debug-Token-Link", "X-SSL-Client-S-DN", "Grpc-Message", "Content-Type"}

// oneField is an answer with the text in one field.
func oneField(b body, text []byte) *wire.Response {
	got := answer(b, nil)
	name := fieldNames[len(b.name)%len(fieldNames)]
	got.Fields = append(got.Fields, wire.Field{Name: name, Value: printable(text)})
	return got
}

// manyFields is an answer with the text in fields of some bytes.
func manyFields(b body, text []byte) *wire.Response {
	got := answer(b, nil)
	n := 0
	for part := range slices.Chunk(text, 40+len(b.unit)%40) {
		got.Fields = append(got.Fields, wire.Field{Name: fieldNames[n%len(fieldNames)], Value: printable(part)})
		n++
	}
	return got
}

func input(got *wire.Response) detect.Input {
	return detect.Input{
		Exchange: &wire.Exchange{To: endpoint, Asked: wire.Request{Method: "GET", Target: endpoint.Target}, Got: got},
		Control:  &wire.Response{Proto: "HTTP/1.1", Status: 403, Body: []byte("no")},
		Claim:    wire.BrokenClaim,
	}
}

func running(set *detect.Set, in detect.Input) func() error {
	return func() error {
		if out := set.Run(in); len(out.Failed) > 0 {
			return fmt.Errorf("detectors failed: %v", out.Failed)
		}
		return nil
	}
}

func detecting(set *detect.Set, form func(body, []byte) *wire.Response) func(body, []byte) func() error {
	return func(b body, text []byte) func() error { return running(set, input(form(b, text))) }
}

// succeeding reads an answer to a plain request: what it holds may be anybody's, so
// that more of what is around it is looked at.
func succeeding(set *detect.Set) func(body, []byte) func() error {
	return func(b body, text []byte) func() error {
		in := input(answer(b, text))
		in.Got.Status, in.Control, in.Claim = 200, nil, wire.NoClaim
		return running(set, in)
	}
}

// withControl compares an answer with one that is as long and nearly the same.
func withControl(set *detect.Set) func(body, []byte) func() error {
	return func(b body, text []byte) func() error {
		in := input(answer(b, text))
		other := bytes.Clone(text)
		for n := 0; n < len(other); n += 1000 {
			other[n] ^= 1
		}
		in.Got.Status = 200
		in.Control = &wire.Response{Proto: "HTTP/1.1", Status: 200, Body: other, Fields: in.Got.Fields}
		return running(set, in)
	}
}

// withEchoes has the request's canaries between the near-matches.
func withEchoes(set *detect.Set) func(body, []byte) func() error {
	mint := canary.New([]byte("a key of the linear proof"))
	token := mint.Token("dialects", "X-SSL-Client-S-DN")
	return func(b body, text []byte) func() error {
		text = bytes.Clone(text)
		for at := 100; at+len(token) < len(text); at += 1000 {
			copy(text[at:], token)
		}
		in := input(answer(b, text))
		in.Asked.Fields = []wire.Field{{Name: "X-SSL-Client-S-DN", Value: "CN=" + token + "<\">"}}
		for _, f := range mint.Find(text) {
			in.Echoes = append(in.Echoes, detect.Echo{Token: f.Token, Probe: f.Probe, Field: f.Field, Where: "body", Start: f.Start, End: f.End})
		}
		return running(set, in)
	}
}

// inspecting goes the whole way of an answer that was saved, into all formats.
func inspecting(catalogue *rules.Catalogue) func(body, []byte) func() error {
	return func(b body, text []byte) func() error {
		x := &saved.Exchange{
			Place: "capture.http", To: endpoint, Asked: wire.Request{Method: "GET", Target: endpoint.Target}, Got: answer(b, text),
			Record: &saved.Record{
				Version: 1, Rule: "error-detail", Probe: "malformed-fields/empty", Identity: "none", Claim: "broken", Place: "/cert/",
				URL: endpoint.String(), FindingURL: endpoint.String(), Endpoint: endpoint.String(),
				Canaries: []saved.Canary{{Token: "blurtaaaqcaacaaaaaajz2kq7", Probe: "dialects", Field: "X-SSL-Client-S-DN"}},
				Control:  &saved.Message{Version: "HTTP/1.1", Status: 403, Body: "no"},
			},
		}
		return func() error {
			var sinks []finding.Sink
			for _, f := range report.Formats() {
				sink, err := report.New(f.Name, io.Discard, report.Options{Rules: catalogue, Verbose: true})
				if err != nil {
					return err
				}
				sinks = append(sinks, sink)
			}
			sink := report.Graded(catalogue, report.Fan(sinks...))
			files := func(yield func(scanner.SavedFile) bool) {
				yield(scanner.SavedFile{Name: "capture.http", Exchanges: func(yield func(*saved.Exchange, error) bool) { yield(x, nil) }})
			}
			if err := scanner.Inspect(context.Background(), scanner.Defaults(), files, sink); err != nil {
				return err
			}
			return sink.Close()
		}
	}
}

// masking hides secrets in all of a text, as it is done before an exchange is
// saved; some of them are known.
func masking(_ body, text []byte) func() error {
	mask := redact.New("Bearer known-token-of-the-caller", "aaaa", "hunter2")
	return func() error { redact.Printable(mask.Text(string(text))); return nil }
}

// readDocuments reads a text as each kind of document that may be handed in.
func readDocuments(text []byte) {
	_, _ = discover.OpenAPI(text, endpoint, discover.Options{})
	_, _ = discover.HAR(text, discover.Options{})
	discover.Sitemap(text, endpoint.Origin)
	discover.Robots(text, endpoint.Origin)
}

func reading(file []byte) func() error {
	return func() error {
		for range saved.Read(bytes.NewReader(file), "capture", saved.Options{}) {
		}
		return nil
	}
}

// archive is the body in an HTTP archive.
func archive(b body, text []byte) []byte {
	content, _ := json.Marshal(string(text)) // a string cannot fail
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"https://api.shop.example/","headers":[]},"response":{"status":%d,"headers":[],"content":{"mimeType":%q,"text":`, b.status, b.media)
	out.Write(content)
	out.WriteString("}}}]}}")
	return out.Bytes()
}
