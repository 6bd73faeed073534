package scanner_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"

	"blurt/probes"
	"blurt/scanner"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// rulesSeen is a sink that keeps the rules of the findings.
type rulesSeen struct{ rules []string }

func (s *rulesSeen) Emit(e finding.Event) error {
	if e.Finding != nil && !slices.Contains(s.rules, e.Finding.Rule) {
		s.rules = append(s.rules, e.Finding.Rule)
	}
	return nil
}

func (s *rulesSeen) Close() error { return nil }

// A scan takes a configuration, a stream of endpoints and a sink.
func Example() {
	// This application believes a header field that anybody may send.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-SSL-Client-Verify") != "SUCCESS" {
			http.Error(w, "a client certificate is required", http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"orders": []}`)
	}))
	defer server.Close()

	endpoint, err := wire.ParseEndpoint(server.URL + "/orders")
	if err != nil {
		log.Fatal(err)
	}
	var targets iter.Seq2[wire.Endpoint, error] = func(yield func(wire.Endpoint, error) bool) { yield(endpoint, nil) }
	config := scanner.Defaults()
	config.Profile, config.Rate, config.Seed = probes.Quick, 0, "example"
	seen := &rulesSeen{}
	if err := scanner.Run(context.Background(), config, targets, seen); err != nil {
		log.Fatal(err)
	}
	fmt.Println(slices.Contains(seen.rules, "identity-header-trusted"))
	// Output: true
}

// A plan says what a scan would send, and sends nothing.
func ExamplePlan() {
	endpoint, err := wire.ParseEndpoint("https://api.example/orders")
	if err != nil {
		log.Fatal(err)
	}
	plan, err := scanner.Plan(scanner.Defaults(), endpoint)
	if err != nil {
		log.Fatal(err)
	}
	for job := range plan {
		fmt.Println(job.Probe, job.Request.Method, job.Request.Target)
		break
	}
	// Output: control GET /orders
}
