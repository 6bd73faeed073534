package report

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"blurt/scanner/finding"
)

const (
	junitMaxName    = 300     // characters
	junitMaxText    = 4 << 10 // bytes
	junitMaxItems   = 20
	junitMaxExcerpt = 2 << 10 // bytes
)

// junitSink writes JUnit XML in the shape that CI systems agree on. A finding at
// or above the gate is a failure, one below it a passed test that says what was
// seen, one that is suppressed or of the baseline a skipped test; without a gate each is a failure, since nothing else is shown. What could
// not be examined is an error, an endpoint that could is a passed test.
//
// The counts stand before the tests, so the tests wait in a spool.
type junitSink struct {
	out                     *bufio.Writer
	options                 Options
	tally                   *tally
	cases                   spool
	tests, failures, errors int
	skipped                 int
}

func newJUnit(w io.Writer, o Options) finding.Sink {
	return &junitSink{out: bufio.NewWriter(w), options: o, tally: newTally(o)}
}

// junitCase is one test; kind is the element in it, empty for none.
type junitCase struct {
	class, name        string
	kind, message, typ string
	text               []string
}

// Emit implements finding.Sink.
func (s *junitSink) Emit(e finding.Event) error {
	s.tally.note(e)
	switch {
	case e.Finding != nil:
		return s.add(s.findingCase(e.Finding))
	case e.Target != nil && e.Target.Err != "":
		return s.add(junitCase{"blurt.endpoint", e.Target.URL, "error", e.Target.Err, "not-examined", nil})
	case e.Target != nil:
		return s.add(junitCase{class: "blurt.endpoint", name: e.Target.URL})
	}
	return nil
}

func (s *junitSink) findingCase(f *finding.Finding) junitCase {
	test := junitCase{
		class: "blurt." + f.Rule, name: fmt.Sprintf("%s: %s %s [%s]", titleOf(f), f.Method, f.URL, shorten(f.Fingerprint, 12)),
		kind: "system-out", text: junitText(f),
	}
	switch {
	case f.Suppressed != nil:
		test.kind, test.message = "skipped", judgements(f)[0]
	case s.options.knows(f):
		test.kind, test.message = "skipped", "known by the baseline"
	case s.options.Gate == nil || s.options.Fails(f):
		test.kind, test.message, test.typ = "failure", f.Message, f.Severity.String()
	}
	return test
}

// junitText is what a developer reads under the failed test.
func junitText(f *finding.Finding) []string {
	text := []string{
		fmt.Sprintf("%s (%s), %s: %s %s as %s", f.Severity, f.Confidence, f.Rule, f.Method, f.URL, f.Identity), f.Message,
	}
	for i, item := range f.Evidence.Leaked {
		if i == junitMaxItems {
			text = append(text, fmt.Sprintf("  and %d more", len(f.Evidence.Leaked)-i))
			break
		}
		text = append(text, "  "+join([]string{string(item.Category), item.Name, item.Value, item.Location}, " · "))
	}
	if f.Evidence.Excerpt != "" {
		text = append(text, "Evidence, "+f.Evidence.Location+":", head(f.Evidence.Excerpt, junitMaxExcerpt))
	}
	if f.Reproduce != "" {
		text = append(text, "See it again:", f.Reproduce)
	}
	if places := placeLines(f, junitMaxItems); len(places) > 0 {
		text = append(text, "Seen also at:")
		for _, place := range places {
			text = append(text, "  "+place)
		}
	}
	return append(text, "Fingerprint: "+f.Fingerprint, "How to fix: blurt explain "+f.Rule)
}

func (s *junitSink) add(c junitCase) error {
	s.tests++
	switch c.kind {
	case "failure":
		s.failures++
	case "error":
		s.errors++
	case "skipped":
		s.skipped++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "    <testcase classname=\"%s\" name=\"%s\" time=\"0\"", xmlAttribute(c.class), xmlAttribute(c.name))
	switch c.kind {
	case "":
		b.WriteString("/>\n")
	case "skipped":
		fmt.Fprintf(&b, ">\n      <skipped message=\"%s\"/>\n    </testcase>\n", xmlAttribute(c.message))
	case "system-out":
		fmt.Fprintf(&b, ">\n      <system-out>%s</system-out>\n    </testcase>\n", xmlText(c.text))
	default:
		fmt.Fprintf(&b, ">\n      <%s message=\"%s\" type=\"%s\">%s</%s>\n    </testcase>\n",
			c.kind, xmlAttribute(c.message), xmlAttribute(c.typ), xmlText(c.text), c.kind)
	}
	_, err := io.WriteString(&s.cases, b.String())
	return err
}

// Close implements finding.Sink.
func (s *junitSink) Close() error { return errors.Join(s.finish(), s.cases.Close()) }

func (s *junitSink) finish() error {
	for _, e := range s.tally.rest() {
		if err := s.add(junitCase{"blurt.scan", join([]string{e.Target, e.Message}, ": "), "error", e.Message, "not-done", nil}); err != nil {
			return err
		}
	}
	whole := junitCase{class: "blurt.scan", name: "The scan is complete"}
	if !s.tally.complete() {
		whole.kind, whole.message, whole.typ = "error", s.tally.state(), "incomplete"
	}
	if err := s.add(whole); err != nil {
		return err
	}
	counts := fmt.Sprintf("name=\"blurt\" tests=\"%d\" failures=\"%d\" errors=\"%d\" time=\"%.1f\"",
		s.tests, s.failures, s.errors, s.tally.took().Seconds())
	stamp := ""
	if s.tally.start != nil && !s.tally.start.Started.IsZero() {
		stamp = " timestamp=\"" + s.tally.start.Started.UTC().Format(secondsUTC) + "\""
	}
	fmt.Fprintf(s.out, "%s<testsuites %s>\n  <testsuite %s skipped=\"%d\"%s>\n", xml.Header, counts, counts, s.skipped, stamp)
	if _, err := s.cases.WriteTo(s.out); err != nil {
		return err
	}
	fmt.Fprint(s.out, "  </testsuite>\n</testsuites>\n")
	return s.out.Flush()
}

// xmlAttribute makes text fit for an attribute's value.
func xmlAttribute(text string) string {
	return xmlEscape(shorten(clean(head(text, junitMaxText)), junitMaxName))
}

// xmlText makes text fit for an element, line by line.
func xmlText(parts []string) string {
	var lines []string
	for _, part := range parts {
		for _, line := range cleanLines(head(part, junitMaxText)) {
			lines = append(lines, xmlEscape(guard(line)))
		}
	}
	return strings.Join(lines, "\n")
}

func xmlEscape(text string) string {
	var b strings.Builder
	// A strings.Builder does not fail.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
