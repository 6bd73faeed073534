package report

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"blurt/scanner/finding"
)

const (
	defectdojoMaxTitle = 500      // characters; DefectDojo stores 511
	defectdojoMaxText  = 16 << 10 // bytes
	defectdojoMaxItems = 50
)

// defectdojoSink writes DefectDojo's generic findings, each as it comes. The
// importer refuses a whole file for one key that it does not know.
type defectdojoSink struct {
	out      *bufio.Writer
	start    *finding.Start
	begun    bool
	findings list
}

func newDefectDojo(w io.Writer, _ Options) finding.Sink {
	s := &defectdojoSink{out: bufio.NewWriter(w)}
	s.findings = list{out: s.out, prefix: "    "}
	return s
}

type defectdojoFinding struct {
	Title       string   `json:"title"`
	Severity    string   `json:"severity"`
	Description string   `json:"description"`
	Date        string   `json:"date,omitempty"`
	CWE         int      `json:"cwe,omitempty"`
	CVSS        string   `json:"cvssv3,omitempty"`
	Mitigation  string   `json:"mitigation,omitempty"`
	Steps       string   `json:"steps_to_reproduce,omitempty"`
	References  string   `json:"references,omitempty"`
	Active      bool     `json:"active"`
	Verified    bool     `json:"verified"`
	Static      bool     `json:"static_finding"`
	Dynamic     bool     `json:"dynamic_finding"`
	UniqueID    string   `json:"unique_id_from_tool"`
	RuleID      string   `json:"vuln_id_from_tool"`
	Occurrences int      `json:"nb_occurences"`
	Tags        []string `json:"tags"`
	Endpoints   []string `json:"endpoints,omitempty"`
}

// Emit implements finding.Sink.
func (s *defectdojoSink) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		s.start = e.Start
		return s.begin()
	case e.Finding != nil:
		if err := s.begin(); err != nil {
			return err
		}
		return s.findings.add(s.translate(e.Finding))
	}
	return nil
}

func (s *defectdojoSink) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	version := ""
	if s.start != nil {
		version = s.start.Tool.Version
	}
	text, err := encode(clean(version), "")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "{\n  \"name\": \"blurt\",\n  \"type\": \"blurt\",\n  \"version\": %s,\n  \"dynamic_tool\": true,\n  \"static_tool\": false,\n  \"findings\": [", text)
	return err
}

// Close implements finding.Sink.
func (s *defectdojoSink) Close() error {
	if err := s.begin(); err != nil {
		return err
	}
	if err := s.findings.end("  "); err != nil {
		return err
	}
	fmt.Fprint(s.out, "\n}\n")
	return s.out.Flush()
}

var cvssVector = regexp.MustCompile(`^CVSS:3\.[01]/[A-Z:/]+$`)

func (s *defectdojoSink) translate(f *finding.Finding) defectdojoFinding {
	title := f.Title
	if title == "" {
		title = f.Rule
	}
	out := defectdojoFinding{
		Title: shorten(clean(head(title+": "+f.Method+" "+f.URL, defectdojoMaxText)), defectdojoMaxTitle), Severity: titleCase(f.Severity),
		Description: describe(f, defectdojoMaxItems), Mitigation: head(valid(f.Remediation), defectdojoMaxText),
		Active: f.Suppressed == nil, Verified: f.Confidence == finding.Confirmed, Dynamic: true,
		UniqueID: clean(f.Fingerprint), RuleID: clean(f.Rule), Occurrences: 1 + len(f.Occurrences) + f.OccurrencesOmitted,
		Tags: []string{clean(string(f.Category))}, Endpoints: defectdojoEndpoints(f),
	}
	if f.Reproduce != "" {
		out.Steps = markdownFence(f.Reproduce, defectdojoMaxText)
	}
	if s.start != nil && !s.start.Started.IsZero() {
		out.Date = s.start.Started.UTC().Format("2006-01-02")
	}
	if len(f.CWE) > 0 {
		out.CWE, _ = strconv.Atoi(strings.TrimPrefix(f.CWE[0], "CWE-"))
	}
	if cvssVector.MatchString(f.CVSS) {
		out.CVSS = f.CVSS
	}
	var links []string
	for _, link := range f.References {
		if webAddress.MatchString(link) {
			links = append(links, clean(link))
		}
	}
	out.References = strings.Join(links, "\n")
	if f.Suppressed != nil {
		out.Tags = append(out.Tags, "suppressed")
	}
	for _, id := range f.OWASP {
		out.Tags = append(out.Tags, "owasp-"+strings.ToLower(strings.ReplaceAll(clean(id), ":", "-")))
	}
	return out
}

// defectdojoEndpoints are the finding's own place and the others.
func defectdojoEndpoints(f *finding.Finding) []string {
	const most = 50
	list := endpointOf(f.URL)
	for _, o := range f.Occurrences {
		for _, endpoint := range endpointOf(o.URL) {
			if len(list) < most && !slices.Contains(list, endpoint) {
				list = append(list, endpoint)
			}
		}
	}
	return list
}

var plainHost = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$`)

// endpointOf returns the URL without query and fragment, or nothing where
// DefectDojo might not read it: that would stop the import of all findings.
func endpointOf(raw string) []string {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || !plainHost.MatchString(u.Host) {
		return nil
	}
	const longest = 500
	endpoint := u.Scheme + "://" + u.Host + strings.ReplaceAll(u.EscapedPath(), "@", "%40")
	if len(endpoint) > longest || clean(endpoint) != endpoint {
		return nil
	}
	return []string{endpoint}
}
