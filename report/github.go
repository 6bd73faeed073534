package report

import (
	"fmt"
	"io"
	"strings"

	"blurt/scanner/finding"
)

// githubMaxShown is how many annotations of one level GitHub shows for a step.
const githubMaxShown = 10

// githubSink writes workflow commands, which GitHub Actions turns into
// annotations: no more than it shows, the worst first, and a line that sums up.
type githubSink struct {
	out     io.Writer
	options Options
	tally   *tally
	lines   map[finding.Severity][]string
}

func newGitHub(w io.Writer, o Options) finding.Sink {
	return &githubSink{out: w, options: o, tally: newTally(o), lines: map[finding.Severity][]string{}}
}

// Emit implements finding.Sink.
func (s *githubSink) Emit(e finding.Event) error {
	s.tally.note(e)
	if f := e.Finding; f != nil && f.Suppressed == nil {
		severity := min(f.Severity, finding.Critical)
		if len(s.lines[severity]) < githubMaxShown {
			s.lines[severity] = append(s.lines[severity], githubFinding(f))
		}
	}
	return nil
}

func githubFinding(f *finding.Finding) string {
	const longest = 2 << 10 // bytes
	title := fmt.Sprintf("blurt, %s: %s", f.Severity, titleOf(f))
	parts := []string{head(f.Message, longest), head(f.Method+" "+f.URL, longest)}
	if counts := countItems(f.Evidence.Leaked); counts != "" {
		parts = append(parts, "Given away: "+counts)
	}
	parts = append(parts, "Read more: blurt explain "+f.Rule)
	return githubCommand(githubLevel(f.Severity), title, parts)
}

func githubLevel(s finding.Severity) string {
	switch sarifLevel(s) {
	case "error":
		return "error"
	case "warning":
		return "warning"
	default:
		return "notice"
	}
}

// githubCommand writes one workflow command. What it says cannot end it or start
// another: control characters are written out, and the characters that commands
// give a meaning are escaped as the runner's own toolkit does.
func githubCommand(level, title string, lines []string) string {
	data := strings.NewReplacer("%", "%25")
	property := strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C")
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = data.Replace(clean(line))
	}
	return fmt.Sprintf("::%s title=%s::%s\n", level, property.Replace(shorten(clean(title), 200)), strings.Join(escaped, "%0A"))
}

// Close implements finding.Sink.
func (s *githubSink) Close() error {
	shown, total := map[string]int{}, 0
	for _, severity := range finding.Severities() {
		level := githubLevel(severity)
		for _, line := range s.lines[severity] {
			// The last place of warnings and notices is for what blurt says itself.
			if shown[level] == githubMaxShown || level != "error" && shown[level] == githubMaxShown-1 {
				break
			}
			shown[level]++
			total++
			if _, err := io.WriteString(s.out, line); err != nil {
				return err
			}
		}
	}
	return s.sumUp(s.tally.findings() - total)
}

func (s *githubSink) sumUp(hidden int) error {
	if !s.tally.complete() {
		lines := []string{s.tally.state() + ": what was not examined may leak too."}
		for i, e := range s.tally.rest() {
			if i == 3 {
				break
			}
			lines = append(lines, head(join([]string{e.Target, e.Message}, ": "), 500))
		}
		if _, err := io.WriteString(s.out, githubCommand("warning", "blurt: the scan is incomplete", lines)); err != nil {
			return err
		}
	}
	lines := []string{s.tally.found(), s.tally.facts()}
	if verdict := s.tally.verdict(); verdict != "" {
		lines = append(lines, verdict)
	}
	if hidden > 0 {
		lines = append(lines, plural(hidden, "finding")+" not shown here: GitHub shows ten annotations of a level")
	}
	_, err := io.WriteString(s.out, githubCommand("notice", "blurt", lines))
	return err
}
