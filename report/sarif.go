package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// sarifMaxResults is how many results GitHub takes in one run; it rejects a file
// with more.
const sarifMaxResults = 25_000

// sarifSink writes SARIF 2.1.0 that GitHub code scanning takes as it is. Rules and
// taxonomies go first, results as they come, the invocation last.
//
// The command line and the environment are left out on purpose: they hold
// credentials.
type sarifSink struct {
	out     *bufio.Writer
	options Options
	index   map[string]int // of a rule in tool.driver.rules
	begun   bool
	start   *finding.Start
	done    *finding.Done
	results list
	written int
	dropped int
	notes   *spooled
	said    *saidErrors
}

func newSARIF(w io.Writer, o Options) finding.Sink {
	s := &sarifSink{
		out: bufio.NewWriter(w), options: o, index: map[string]int{},
		notes: newSpooled("            "), said: newSaidErrors(),
	}
	s.results = list{out: s.out, prefix: "        "}
	for i, rule := range o.Rules.All() {
		s.index[rule.ID] = i
	}
	return s
}

// Emit implements finding.Sink.
func (s *sarifSink) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		s.start = e.Start
		return s.begin()
	case e.Finding != nil:
		if err := s.begin(); err != nil {
			return err
		}
		return s.result(e.Finding)
	case e.Target != nil && e.Target.Err != "":
		s.said.add(e.Target.URL, e.Target.Err)
		return s.notes.add(newNotification(e.Target.URL, e.Target.Err))
	case e.Done != nil:
		s.done = e.Done
	}
	return nil
}

func (s *sarifSink) result(f *finding.Finding) error {
	if s.written == sarifMaxResults {
		s.dropped++
		return nil
	}
	s.written++
	index, known := s.index[f.Rule]
	if !known {
		return s.results.add(newSARIFResult(f, nil))
	}
	return s.results.add(newSARIFResult(f, &index))
}

// begin writes all that comes before the results.
func (s *sarifSink) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	tool, run := finding.Tool{Name: "blurt"}, "unknown"
	if s.start != nil {
		tool, run = s.start.Tool, s.start.ScanID
	}
	standards := s.options.Rules.Standards()
	taxonomies := newTaxonomies(standards, s.options.Rules.All())
	fmt.Fprintf(s.out, "{\n  \"$schema\": %q,\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    {\n", sarifSchema)
	for _, member := range []struct {
		name  string
		value any
	}{
		{"tool", newSARIFTool(tool, s.options, taxonomies)},
		{"automationDetails", map[string]string{"id": "blurt/" + valid(run)}},
		{"columnKind", "utf16CodeUnits"},
		{"taxonomies", taxonomies},
	} {
		text, err := encode(member.value, "      ")
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "      %q: %s,\n", member.name, text)
	}
	_, err := fmt.Fprint(s.out, "      \"results\": [")
	return err
}

// Close implements finding.Sink.
func (s *sarifSink) Close() error { return errors.Join(s.finish(), s.notes.Close()) }

func (s *sarifSink) finish() error {
	if err := s.begin(); err != nil {
		return err
	}
	if err := s.results.end("      "); err != nil {
		return err
	}
	if err := s.notify(); err != nil {
		return err
	}
	successful := s.done != nil && s.done.Complete
	fmt.Fprintf(s.out, ",\n      \"invocations\": [\n        {\n          \"executionSuccessful\": %t,\n", successful)
	if s.start != nil && !s.start.Started.IsZero() {
		fmt.Fprintf(s.out, "          \"startTimeUtc\": %q,\n", sarifTime(s.start.Started))
	}
	if s.done != nil && !s.done.Finished.IsZero() {
		fmt.Fprintf(s.out, "          \"endTimeUtc\": %q,\n", sarifTime(s.done.Finished))
	}
	fmt.Fprint(s.out, "          \"toolExecutionNotifications\": [")
	if err := s.notes.copyTo(s.out, "          "); err != nil {
		return err
	}
	fmt.Fprint(s.out, "\n        }\n      ]\n    }\n  ]\n}\n")
	return s.out.Flush()
}

// notify adds what is known only at the end to the notifications.
func (s *sarifSink) notify() error {
	if s.dropped > 0 {
		text := fmt.Sprintf("%d more results are left out: code scanning takes no more than %d.", s.dropped, sarifMaxResults)
		if err := s.notes.add(newNotification("", text)); err != nil {
			return err
		}
	}
	if s.done == nil {
		return s.notes.add(newNotification("", "The scan was cut short."))
	}
	for _, e := range s.done.Errors {
		if s.said.has(e.Target, e.Message) {
			continue
		}
		if err := s.notes.add(newNotification(e.Target, e.Message)); err != nil {
			return err
		}
	}
	return nil
}

func sarifTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ruleTags names the rule's place in the standards; consumers keep ten of them.
func ruleTags(r *rules.Rule) []string {
	const kept = 10
	tags := []string{"security"}
	for _, list := range [][]string{{string(r.Category)}, r.OWASP2023, r.OWASP2019} {
		tags = append(tags, list...)
	}
	for _, id := range r.CWE {
		tags = append(tags, "external/cwe/"+strings.ToLower(id))
	}
	return tags[:min(len(tags), kept)]
}
