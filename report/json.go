package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"blurt/scanner/finding"
)

// schemaVersion is the number of the report's contract.
const schemaVersion = 1

// jsonSink writes the report's contract, schema 1. Findings go out as they come;
// the surface, the targets and the errors wait in spools for their turn.
type jsonSink struct {
	out      *bufio.Writer
	start    *finding.Start
	done     *finding.Done
	begun    bool
	requests int // by the targets' own account, where Done never came
	counts   map[finding.Severity]int
	silenced int // suppressed findings, which the counts leave out
	findings list
	surface  *spooled
	coverage *spooled
	effort   *spooled
	silent   *spooled
	targets  *spooled
	errors   *spooled
	said     *saidErrors

	audit       *audit
	recognised  *spooled
	recognition recognition
}

func newJSON(w io.Writer, o Options) finding.Sink {
	s := &jsonSink{
		out: bufio.NewWriter(w), said: newSaidErrors(), counts: map[finding.Severity]int{},
		surface: newSpooled("    "), coverage: newSpooled("    "), effort: newSpooled("    "), silent: newSpooled("    "), targets: newSpooled("      "), errors: newSpooled("      "),
		audit: newAudit(o.Rules), recognised: newSpooled("    "), recognition: newRecognition(),
	}
	s.findings = list{out: s.out, prefix: "    "}
	return s
}

// Emit implements finding.Sink.
func (s *jsonSink) Emit(e finding.Event) error {
	s.audit.note(e)
	switch {
	case e.Start != nil:
		s.start = e.Start
		return s.begin()
	case e.Finding != nil:
		if err := s.begin(); err != nil {
			return err
		}
		if e.Finding.Suppressed == nil {
			s.counts[e.Finding.Severity]++
		} else {
			s.silenced++
		}
		return s.findings.add(complete(*e.Finding))
	case e.Effort != nil:
		return s.effort.add(e.Effort)
	case e.Target != nil:
		return s.target(e.Target)
	case e.Done != nil:
		s.done = e.Done
	}
	return nil
}

func (s *jsonSink) target(t *finding.Target) error {
	s.requests += t.Requests
	if err := s.targets.add(t.URL); err != nil {
		return err
	}
	for _, cell := range t.Surface {
		if err := s.surface.add(cell); err != nil {
			return err
		}
	}
	if news, is := s.recognition.news(t); is {
		if err := s.recognised.add(news); err != nil {
			return err
		}
	}
	for _, c := range t.Coverage {
		if err := s.coverage.add(placedCoverage{t.URL, c}); err != nil {
			return err
		}
	}
	for _, u := range t.Unanswered {
		if err := s.silent.add(placedUnanswered{t.URL, u}); err != nil {
			return err
		}
	}
	if t.Err == "" {
		return nil
	}
	s.said.add(t.URL, t.Err)
	return s.errors.add(finding.ScanError{Target: t.URL, Message: t.Err})
}

// placedCoverage and placedUnanswered are what a target says of its probes, with
// the target's URL.
type placedCoverage struct {
	URL string `json:"url"`
	finding.Coverage
}

type placedUnanswered struct {
	URL string `json:"url"`
	finding.Unanswered
}

func (s *jsonSink) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	tool := finding.Tool{Name: "blurt"}
	if s.start != nil {
		tool = s.start.Tool
	}
	text, err := encode(tool, "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "{\n  \"schema\": %d,\n  \"tool\": %s,\n  \"findings\": [", schemaVersion, text)
	return err
}

// Close implements finding.Sink. A report without Done says complete: false.
func (s *jsonSink) Close() error {
	return errors.Join(s.finish(), s.surface.Close(), s.coverage.Close(), s.effort.Close(), s.silent.Close(), s.targets.Close(), s.errors.Close(), s.recognised.Close())
}

func (s *jsonSink) finish() error {
	if err := s.begin(); err != nil {
		return err
	}
	if err := s.findings.end("  "); err != nil {
		return err
	}
	for _, member := range []struct {
		name string
		list *spooled
	}{{"surface", s.surface}, {"coverage", s.coverage}, {"efforts", s.effort}, {"unanswered", s.silent}, {"recognised", s.recognised}} {
		fmt.Fprintf(s.out, ",\n  %q: [", member.name)
		if err := member.list.copyTo(s.out, "  "); err != nil {
			return err
		}
	}
	if err := s.scan(); err != nil {
		return err
	}
	if err := s.summary(); err != nil {
		return err
	}
	fmt.Fprint(s.out, "\n}\n")
	return s.out.Flush()
}

// scan writes the member that says what was done. It is put together by hand,
// because two of its members may be too large for memory.
func (s *jsonSink) scan() error {
	var id, seed string
	var started, finished *time.Time
	requests, done := s.requests, false
	if s.start != nil {
		id, seed, started = s.start.ScanID, s.start.Seed, known(s.start.Started)
	}
	if s.done != nil {
		finished, requests, done = known(s.done.Finished), s.done.Requests, s.done.Complete
		for _, e := range s.done.Errors {
			if s.said.has(e.Target, e.Message) {
				continue
			}
			if err := s.errors.add(e); err != nil {
				return err
			}
		}
	}
	fmt.Fprint(s.out, ",\n  \"scan\": {")
	for _, member := range []struct {
		name  string
		value any
	}{
		{"id", id}, {"started", started}, {"finished", finished}, {"complete", done},
		{"requests", requests}, {"seed", seed},
	} {
		text, err := encode(member.value, "    ")
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "\n    %q: %s,", member.name, text)
	}
	fmt.Fprint(s.out, "\n    \"targets\": [")
	if err := s.targets.copyTo(s.out, "    "); err != nil {
		return err
	}
	fmt.Fprint(s.out, ",\n    \"errors\": [")
	if err := s.errors.copyTo(s.out, "    "); err != nil {
		return err
	}
	_, err := fmt.Fprint(s.out, "\n  }")
	return err
}

// known returns nil for a time that nobody took.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// summary counts the findings by severity, for whoever wants no more than that, and
// tells auditors what was tested and found.
func (s *jsonSink) summary() error {
	counts := map[string]int{}
	for _, severity := range finding.Severities() {
		counts[severity.String()] = s.counts[severity]
	}
	if s.silenced > 0 {
		counts["suppressed"] = s.silenced
	}
	text, err := encode(counts, "  ")
	if err != nil {
		return err
	}
	audit, err := encode(s.audit.document(), "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, ",\n  \"summary\": %s,\n  \"audit\": %s", text, audit)
	return err
}

// complete replaces absent lists by empty ones: the contract has no null.
func complete(f finding.Finding) finding.Finding {
	f.OWASP, f.CWE, f.PCIDSS = present(f.OWASP), present(f.CWE), present(f.PCIDSS)
	f.References = present(f.References)
	f.Evidence.Leaked = present(f.Evidence.Leaked)
	for _, message := range []**finding.Message{&f.Evidence.Request, &f.Evidence.Response, &f.Evidence.Control} {
		if *message != nil && (*message).Fields == nil {
			filled := **message
			filled.Fields = []finding.Field{}
			*message = &filled
		}
	}
	return f
}

func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
