package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"blurt/scanner/finding"
)

// gitlabSchema is the version of GitLab's DAST report schema that is written. Every
// GitLab from 15.4 on takes it; later versions only add.
const gitlabSchema = "15.0.2"

const (
	gitlabMaxName     = 255     // characters
	gitlabMaxSolution = 7000    // characters
	gitlabMaxText     = 8 << 10 // bytes of any other text
	gitlabMaxItems    = 50      // leaked items in a description
)

// secondsUTC is ISO 8601 without a zone, as GitLab and JUnit readers want it.
const secondsUTC = "2006-01-02T15:04:05"

// gitlabSink writes GitLab's DAST report: vulnerabilities as they come, then the
// account of the scan.
type gitlabSink struct {
	out       *bufio.Writer
	tally     *tally
	begun     bool
	findings  list
	resources *spooled
	messages  *spooled
}

func newGitLab(w io.Writer, o Options) finding.Sink {
	s := &gitlabSink{
		out: bufio.NewWriter(w), tally: newTally(o),
		resources: newSpooled("      "), messages: newSpooled("      "),
	}
	s.findings = list{out: s.out, prefix: "    "}
	return s
}

type gitlabMessage struct {
	Level string `json:"level"`
	Value string `json:"value"`
}

type gitlabResource struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Type   string `json:"type"`
}

// Emit implements finding.Sink.
func (s *gitlabSink) Emit(e finding.Event) error {
	s.tally.note(e)
	switch {
	case e.Finding != nil:
		if err := s.begin(); err != nil {
			return err
		}
		return s.findings.add(newVulnerability(e.Finding))
	case e.Target != nil:
		return s.target(e.Target)
	}
	return nil
}

// target lists an endpoint under each method that was sent to it.
func (s *gitlabSink) target(t *finding.Target) error {
	for _, trouble := range troubles(t) {
		if err := s.messages.add(gitlabMessage{"warn", gitlabLine(t.URL + ": " + trouble)}); err != nil {
			return err
		}
	}
	if t.Err != "" {
		return nil
	}
	cells := t.Surface
	if len(cells) == 0 {
		cells = []finding.Surface{{URL: t.URL, Method: "GET"}}
	}
	var last gitlabResource
	for _, cell := range cells {
		resource := gitlabResource{gitlabLine(cell.Method), gitlabLine(cell.URL), "url"}
		if resource == last {
			continue
		}
		last = resource
		if err := s.resources.add(resource); err != nil {
			return err
		}
	}
	return nil
}

func (s *gitlabSink) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	_, err := fmt.Fprintf(s.out, "{\n  \"version\": %q,\n  \"vulnerabilities\": [", gitlabSchema)
	return err
}

// Close implements finding.Sink.
func (s *gitlabSink) Close() error {
	return errors.Join(s.finish(), s.resources.Close(), s.messages.Close())
}

func (s *gitlabSink) finish() error {
	if err := s.begin(); err != nil {
		return err
	}
	if err := s.findings.end("  "); err != nil {
		return err
	}
	for _, e := range s.tally.rest() {
		if err := s.messages.add(gitlabMessage{"warn", gitlabLine(join([]string{e.Target, e.Message}, ": "))}); err != nil {
			return err
		}
	}
	status := "success"
	if !s.tally.complete() {
		status = "failure"
		if err := s.messages.add(gitlabMessage{"fatal", "The scan is " + s.tally.state()}); err != nil {
			return err
		}
	}
	return s.scan(status)
}

func (s *gitlabSink) scan(status string) error {
	tool := s.tally.tool()
	program := map[string]any{
		"id": "blurt", "name": gitlabLine(tool.Name), "version": gitlabLine(tool.Version),
		"vendor": map[string]string{"name": "blurt"},
	}
	var started, finished time.Time
	if s.tally.start != nil {
		started = s.tally.start.Started
	}
	if finished = started; s.tally.done != nil && !s.tally.done.Finished.IsZero() {
		finished = s.tally.done.Finished
	}
	fmt.Fprint(s.out, ",\n  \"scan\": {\n    \"type\": \"dast\",\n")
	for _, member := range []struct {
		name  string
		value any
	}{
		{"status", status}, {"start_time", started.UTC().Format(secondsUTC)}, {"end_time", finished.UTC().Format(secondsUTC)},
		{"analyzer", program}, {"scanner", program},
	} {
		text, err := encode(member.value, "    ")
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "    %q: %s,\n", member.name, text)
	}
	fmt.Fprint(s.out, "    \"scanned_resources\": [")
	if err := s.resources.copyTo(s.out, "    "); err != nil {
		return err
	}
	fmt.Fprint(s.out, ",\n    \"messages\": [")
	if err := s.messages.copyTo(s.out, "    "); err != nil {
		return err
	}
	fmt.Fprint(s.out, "\n  }\n}\n")
	return s.out.Flush()
}

// gitlabLine is one line of text that is not empty.
func gitlabLine(text string) string {
	if text = clean(head(text, gitlabMaxText)); text == "" {
		return "unknown"
	}
	return text
}
