package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
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
	if t.Err != "" {
		return s.messages.add(gitlabMessage{"warn", gitlabLine(t.URL + ": " + t.Err)})
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

type vulnerability struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Severity    string             `json:"severity"`
	Solution    string             `json:"solution,omitempty"`
	Identifiers []gitlabIdentifier `json:"identifiers"`
	Links       []gitlabLink       `json:"links,omitempty"`
	Location    gitlabLocation     `json:"location"`
	Evidence    *gitlabEvidence    `json:"evidence,omitempty"`
}

type gitlabIdentifier struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type gitlabLink struct {
	URL string `json:"url"`
}

type gitlabLocation struct {
	Hostname string `json:"hostname"`
	Method   string `json:"method"`
	Param    string `json:"param"`
	Path     string `json:"path"`
}

var webAddress = regexp.MustCompile(`^https?://[^\s"'<>]+$`)

// newVulnerability translates a finding. Its name is that of the rule, since GitLab
// groups by name; what was seen stands in the description.
func newVulnerability(f *finding.Finding) vulnerability {
	name := f.Title
	if name == "" {
		name = f.Rule
	}
	origin, path := splitURL(f.URL)
	v := vulnerability{
		ID: gitlabLine(f.Fingerprint), Name: shorten(gitlabLine(name), gitlabMaxName), Severity: titleCase(f.Severity),
		Description: describe(f, gitlabMaxItems), Solution: shorten(valid(f.Remediation), gitlabMaxSolution),
		Location: gitlabLocation{gitlabLine(origin), gitlabLine(f.Method), clean(head(f.Evidence.Location, gitlabMaxText)), gitlabLine(path)},
		Evidence: newGitLabEvidence(f),
		Identifiers: []gitlabIdentifier{
			{Type: "blurt_rule", Name: "blurt " + gitlabLine(f.Rule), Value: gitlabLine(f.Rule)},
		},
	}
	for _, id := range f.CWE {
		if number, found := strings.CutPrefix(id, "CWE-"); found {
			v.Identifiers = append(v.Identifiers, gitlabIdentifier{
				"cwe", gitlabLine(id), gitlabLine(number), "https://cwe.mitre.org/data/definitions/" + escapeSegment(number) + ".html",
			})
		}
	}
	for _, id := range f.OWASP {
		v.Identifiers = append(v.Identifiers, gitlabIdentifier{Type: "owasp", Name: "OWASP " + gitlabLine(id), Value: gitlabLine(id)})
	}
	for _, link := range f.References {
		if webAddress.MatchString(link) {
			v.Links = append(v.Links, gitlabLink{clean(link)})
		}
	}
	return v
}

// splitURL returns scheme, host and port, and then the path with its query.
func splitURL(raw string) (origin, path string) {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		return "", raw
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return raw, "/"
	}
	return scheme + "://" + rest[:end], rest[end:]
}

// titleCase is the severity as ticket systems write it: "Critical".
func titleCase(s finding.Severity) string {
	name := s.String()
	return strings.ToUpper(name[:1]) + name[1:]
}

type gitlabEvidence struct {
	Summary    string             `json:"summary"`
	Request    *gitlabRequest     `json:"request,omitempty"`
	Response   *gitlabResponse    `json:"response,omitempty"`
	Supporting []gitlabSupporting `json:"supporting_messages,omitempty"`
}

type gitlabSupporting struct {
	Name     string          `json:"name"`
	Response *gitlabResponse `json:"response"`
}

type gitlabRequest struct {
	Method  string          `json:"method"`
	URL     string          `json:"url"`
	Headers []finding.Field `json:"headers"`
	Body    string          `json:"body,omitempty"`
}

type gitlabResponse struct {
	Status  int             `json:"status_code"`
	Reason  string          `json:"reason_phrase"`
	Headers []finding.Field `json:"headers"`
	Body    string          `json:"body,omitempty"`
}

func newGitLabEvidence(f *finding.Finding) *gitlabEvidence {
	e := &gitlabEvidence{Summary: head(valid(f.Evidence.Excerpt), gitlabMaxText), Response: newGitLabResponse(f.Evidence.Response)}
	if m := f.Evidence.Request; m != nil {
		origin, _ := splitURL(f.URL)
		e.Request = &gitlabRequest{gitlabLine(m.Method), gitlabLine(origin + m.Target), gitlabFields(m), head(valid(m.Body), gitlabMaxText)}
	}
	if control := newGitLabResponse(f.Evidence.Control); control != nil {
		e.Supporting = []gitlabSupporting{{"Answer to the benign request", control}}
	}
	return e
}

func newGitLabResponse(m *finding.Message) *gitlabResponse {
	if m == nil {
		return nil
	}
	return &gitlabResponse{m.Status, clean(head(m.Reason, gitlabMaxText)), gitlabFields(m), head(valid(m.Body), gitlabMaxText)}
}

func gitlabFields(m *finding.Message) []finding.Field {
	fields := []finding.Field{}
	for _, f := range m.Fields[:min(len(m.Fields), sarifMaxFields)] {
		fields = append(fields, finding.Field{Name: gitlabLine(f.Name), Value: clean(head(f.Value, gitlabMaxText))})
	}
	return fields
}
