package rules

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"

	"go.yaml.in/yaml/v3"
)

// frontMatter is the YAML at the start of a rule's file.
type frontMatter struct {
	ID         string           `yaml:"id"`
	Title      string           `yaml:"title"`
	Category   finding.Category `yaml:"category"`
	Severity   severity         `yaml:"severity"`
	CVSS       string           `yaml:"cvss"`
	Precision  string           `yaml:"precision"`
	OWASP2023  []string         `yaml:"owasp_2023"`
	OWASP2019  []string         `yaml:"owasp_2019"`
	CWE        []string         `yaml:"cwe"`
	PCIDSS     []string         `yaml:"pci_dss"`
	References []Reference      `yaml:"references"`
}

// severity reads a severity's name, which must be there and in lower case.
type severity struct{ finding.Severity }

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *severity) UnmarshalYAML(node *yaml.Node) error {
	if err := s.UnmarshalText([]byte(node.Value)); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	return nil
}

const fence = "---\n"

// parse reads one rule's file.
func parse(name, source string) (*Rule, error) {
	rest, found := strings.CutPrefix(source, fence)
	if !found {
		return nil, errors.New("does not start with front matter between --- lines")
	}
	head, body, found := strings.Cut(rest, "\n"+fence)
	if !found {
		return nil, errors.New("the front matter is not closed by a --- line")
	}
	var f frontMatter
	if err := decodeStrict([]byte(head), &f); err != nil {
		return nil, err
	}
	rule := &Rule{
		ID: f.ID, Title: f.Title, Category: f.Category, Severity: f.Severity.Severity, CVSS: f.CVSS,
		Precision: f.Precision, OWASP2023: f.OWASP2023, OWASP2019: f.OWASP2019, CWE: f.CWE,
		PCIDSS: f.PCIDSS, References: f.References,
	}
	if rule.ID != strings.TrimSuffix(name, ".md") {
		return nil, fmt.Errorf("the id %q is not the file's name", rule.ID)
	}
	if err := rule.checkHead(); err != nil {
		return nil, err
	}
	return rule, rule.readBody(body)
}

func (r *Rule) checkHead() error {
	switch {
	case r.Title == "":
		return errors.New("no title")
	case !slices.Contains(finding.Categories(), r.Category):
		return fmt.Errorf("category %q is not one of the report's", r.Category)
	case !slices.Contains([]string{"very-high", "high", "medium", "low"}, r.Precision):
		return fmt.Errorf("precision %q is not one of very-high, high, medium, low", r.Precision)
	case len(r.OWASP2023) == 0 || len(r.OWASP2019) == 0 || len(r.CWE) == 0 || len(r.PCIDSS) == 0:
		return errors.New("owasp_2023, owasp_2019, cwe and pci_dss need an entry each")
	case len(r.References) == 0:
		return errors.New("no references")
	}
	for _, ref := range r.References {
		if ref.Title == "" || !strings.HasPrefix(ref.URL, "https://") {
			return fmt.Errorf("reference %q needs a title and an https URL", ref.URL)
		}
	}
	score, err := scoreFor(r.CVSS, r.Severity)
	r.Score = score
	return err
}

// readBody fills the sections. Each must be there once, in order and with text.
func (r *Rule) readBody(body string) error {
	var fixes string
	wanted := []struct {
		heading string
		into    *string
	}{
		{"What it is", &r.Summary},
		{"Why it matters", &r.Why},
		{"How blurt finds it", &r.How},
		{"How to fix", &fixes},
	}
	intro, sections := split(body, "## ")
	if intro != "" {
		return errors.New("there is text before the first section")
	}
	for i, want := range wanted {
		if i >= len(sections) || sections[i].heading != want.heading {
			return fmt.Errorf("section %d must be %q", i+1, "## "+want.heading)
		}
		if sections[i].text == "" {
			return fmt.Errorf("section %q is empty", want.heading)
		}
		*want.into = sections[i].text
	}
	if len(sections) > len(wanted) {
		return fmt.Errorf("section %q is not known", sections[len(wanted)].heading)
	}
	var products []section
	r.Fix, products = split(fixes, "### ")
	if len(products) == 0 {
		return errors.New("\"How to fix\" has no section for a product")
	}
	for _, p := range products {
		if p.text == "" {
			return fmt.Errorf("section %q is empty", p.heading)
		}
		r.Fixes = append(r.Fixes, Fix{Product: p.heading, Text: p.text})
	}
	return nil
}

type section struct{ heading, text string }

// split cuts Markdown at the headings that start with the mark, code blocks
// aside: a comment in a configuration looks like a heading.
func split(text, mark string) (intro string, sections []section) {
	var current strings.Builder
	heading, code := "", false
	finish := func() {
		if heading == "" {
			intro = strings.TrimSpace(current.String())
		} else {
			sections = append(sections, section{heading, strings.TrimSpace(current.String())})
		}
		current.Reset()
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if title, found := strings.CutPrefix(line, mark); found && !code {
			finish()
			heading = strings.TrimSpace(title)
			continue
		}
		current.WriteString(line)
	}
	finish()
	return intro, sections
}

func decodeStrict(source []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	decoder.KnownFields(true)
	return decoder.Decode(into)
}
