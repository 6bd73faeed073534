package report

import (
	"fmt"
	"regexp"
	"strings"

	"blurt/scanner/finding"
)

const (
	sarifMaxBody    = 8 << 10  // bytes of a request's or response's body
	sarifMaxMessage = 4 << 10  // bytes of a result's message
	sarifMaxItems   = 100      // leaked items in a result's properties
	sarifMaxPlaces  = 50       // further places of a finding
	sarifMaxValue   = 1 << 10  // bytes of one of their members
	sarifMaxFields  = 100      // header fields of a message
	sarifMaxText    = 4 << 10  // bytes of any other text that a target may have a part in
	sarifMaxExcerpt = 16 << 10 // bytes of an excerpt
)

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID              string             `json:"ruleId"`
	RuleIndex           *int               `json:"ruleIndex,omitempty"`
	Level               string             `json:"level"`
	Message             sarifText          `json:"message"`
	Locations           []sarifLocation    `json:"locations"`
	PartialFingerprints map[string]string  `json:"partialFingerprints"`
	WebRequest          *sarifRequest      `json:"webRequest,omitempty"`
	WebResponse         *sarifResponse     `json:"webResponse,omitempty"`
	Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
	Properties          map[string]any     `json:"properties"`
}

// sarifSuppression says why a result does not count (SARIF 2.1.0, section 3.35).
type sarifSuppression struct {
	Kind          string            `json:"kind"`
	Status        string            `json:"status"`
	Justification string            `json:"justification,omitempty"`
	Properties    map[string]string `json:"properties,omitempty"`
}

func sarifSuppressions(f *finding.Finding) []sarifSuppression {
	if f.Suppressed == nil {
		return nil
	}
	s := sarifSuppression{Kind: "external", Status: "accepted", Justification: clean(head(f.Suppressed.Reason, sarifMaxText))}
	if f.Suppressed.Expires != "" {
		s.Properties = map[string]string{"expires": clean(head(f.Suppressed.Expires, sarifMaxValue))}
	}
	return []sarifSuppression{s}
}

type sarifLocation struct {
	PhysicalLocation sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	ArtifactLocation struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	Region sarifRegion `json:"region"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
	// Snippet is the excerpt: the file that the location names does not exist.
	Snippet *sarifText `json:"snippet,omitempty"`
}

// newSARIFResult translates a finding. The index is that of its rule, nil where
// the catalogue has none.
func newSARIFResult(f *finding.Finding, index *int) sarifResult {
	r := sarifResult{
		RuleID: valid(f.Rule), RuleIndex: index, Level: sarifLevel(f.Severity),
		Message: sarifText{sarifMessage(f)},
		// Consumers take the line's hash and a count of its equals on the way.
		PartialFingerprints: map[string]string{"primaryLocationLineHash": valid(f.Fingerprint) + ":1"},
		WebRequest:          newSARIFRequest(f.Evidence.Request),
		WebResponse:         newSARIFResponse(f.Evidence.Response),
		Suppressions:        sarifSuppressions(f),
		Properties:          sarifProperties(f),
	}
	location := sarifLocation{}
	location.PhysicalLocation.ArtifactLocation.URI = artifactURI(head(f.URL, sarifMaxText))
	location.PhysicalLocation.Region = sarifRegion{1, 1, 1, 2, snippetOf(f)}
	r.Locations = []sarifLocation{location}
	return r
}

func snippetOf(f *finding.Finding) *sarifText {
	if f.Evidence.Excerpt == "" {
		return nil
	}
	return &sarifText{head(f.Evidence.Excerpt, sarifMaxExcerpt)}
}

// sarifLevel maps severities to the levels that SARIF has for failures.
func sarifLevel(s finding.Severity) string {
	switch {
	case s >= finding.High:
		return "error"
	case s == finding.Medium:
		return "warning"
	default:
		return "note"
	}
}

// sarifMessage starts with the sentence that says what was seen, because lists
// show only that.
func sarifMessage(f *finding.Finding) string {
	first := strings.TrimSpace(f.Message)
	if first == "" {
		first = f.Title
	}
	if !strings.HasSuffix(first, ".") {
		first += "."
	}
	text := fmt.Sprintf("%s Seen at %s %s as %s, %s.", first, f.Method, f.URL, f.Identity, f.Confidence)
	if counts := countItems(f.Evidence.Leaked); counts != "" {
		text += " Given away: " + counts + "."
	}
	return plainMessage(head(clean(head(text, sarifMaxMessage)), sarifMaxMessage))
}

var placeholder = regexp.MustCompile(`\{(\d+)\}`)

// plainMessage takes away what SARIF gives a meaning in messages: links and
// placeholders (SARIF 2.1.0, sections 3.11.5 and 3.11.6).
func plainMessage(s string) string {
	return placeholder.ReplaceAllString(strings.ReplaceAll(s, "](", "] ("), "{ $1 }")
}

// countItems lists what leaked by category, as "3 path-leak, 1 traceback".
func countItems(items []finding.Leaked) string {
	counts := map[finding.Category]int{}
	for _, item := range items {
		counts[item.Category]++
	}
	var parts []string
	for _, category := range finding.Categories() {
		if n := counts[category]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, category))
		}
	}
	return strings.Join(parts, ", ")
}

func sarifProperties(f *finding.Finding) map[string]any {
	items := make([]finding.Leaked, 0, min(len(f.Evidence.Leaked), sarifMaxItems))
	for _, item := range f.Evidence.Leaked[:cap(items)] {
		item.Name, item.Value = head(item.Name, sarifMaxValue), head(item.Value, sarifMaxValue)
		item.Location = head(item.Location, sarifMaxValue)
		items = append(items, item)
	}
	places, _ := otherPlaces(f, sarifMaxPlaces)
	return map[string]any{
		"severity": f.Severity, "confidence": f.Confidence, "category": f.Category,
		"url": head(f.URL, sarifMaxText), "method": head(f.Method, sarifMaxText),
		"probe": head(f.Probe, sarifMaxText), "identity": head(f.Identity, sarifMaxText), "cvss": f.CVSS,
		"location": head(f.Evidence.Location, sarifMaxText), "leaked": items,
		"leakedCount": len(f.Evidence.Leaked), "occurrences": present(places),
		"occurrencesCount": len(f.Occurrences) + f.OccurrencesOmitted, "reproduce": head(f.Reproduce, sarifMaxText),
	}
}

type sarifRequest struct {
	Protocol string            `json:"protocol,omitempty"`
	Version  string            `json:"version,omitempty"`
	Method   string            `json:"method,omitempty"`
	Target   string            `json:"target,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Body     *sarifText        `json:"body,omitempty"`
}

type sarifResponse struct {
	Protocol string            `json:"protocol,omitempty"`
	Version  string            `json:"version,omitempty"`
	Status   int               `json:"statusCode,omitempty"`
	Reason   string            `json:"reasonPhrase,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`
	Body     *sarifText        `json:"body,omitempty"`
}

func newSARIFRequest(m *finding.Message) *sarifRequest {
	if m == nil {
		return nil
	}
	protocol, version := protocolOf(m)
	return &sarifRequest{protocol, version, head(m.Method, sarifMaxText), head(m.Target, sarifMaxText), headersOf(m), bodyOf(m)}
}

func newSARIFResponse(m *finding.Message) *sarifResponse {
	if m == nil {
		return nil
	}
	protocol, version := protocolOf(m)
	return &sarifResponse{protocol, version, m.Status, head(m.Reason, sarifMaxText), headersOf(m), bodyOf(m)}
}

// protocolOf splits "HTTP/1.1" at its slash.
func protocolOf(m *finding.Message) (protocol, version string) {
	protocol, version, found := strings.Cut(head(m.Version, sarifMaxValue), "/")
	if !found {
		return "HTTP", protocol
	}
	return protocol, version
}

// headersOf joins fields of the same name: SARIF has an object for them.
func headersOf(m *finding.Message) map[string]string {
	fields := m.Fields[:min(len(m.Fields), sarifMaxFields)]
	headers := make(map[string]string, len(fields))
	for _, f := range fields {
		name, value := head(f.Name, sarifMaxValue), head(f.Value, sarifMaxText)
		if before, again := headers[name]; again {
			value = before + ", " + value
		}
		headers[name] = value
	}
	return headers
}

func bodyOf(m *finding.Message) *sarifText {
	if m.Body == "" {
		return nil
	}
	return &sarifText{head(m.Body, sarifMaxBody)}
}

type sarifNotification struct {
	Level      string            `json:"level"`
	Message    sarifText         `json:"message"`
	Properties map[string]string `json:"properties,omitempty"`
}

func newNotification(target, message string) sarifNotification {
	target, message = head(target, sarifMaxText), head(message, sarifMaxText)
	if target == "" {
		return sarifNotification{"error", sarifText{plainMessage(clean(message))}, nil}
	}
	text := plainMessage(clean(target + ": " + message))
	return sarifNotification{"error", sarifText{text}, map[string]string{"url": target}}
}
