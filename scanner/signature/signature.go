// Package signature turns rules that users write into detectors: matchers with
// structure, in YAML, with their own examples. docs/writing-a-rule.md describes
// the format.
package signature

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"blurt/scanner/finding"
)

// Signature is one rule: what to look for, and what it means.
type Signature struct {
	ID          string             `yaml:"id"`
	Title       string             `yaml:"title"`
	Category    finding.Category   `yaml:"category"`
	Severity    finding.Severity   `yaml:"severity"`
	Confidence  finding.Confidence `yaml:"confidence"`
	Message     string             `yaml:"message"`
	OWASP       []string           `yaml:"owasp"` // as "API8:2023"
	CWE         []string           `yaml:"cwe"`   // as "CWE-497"
	PCIDSS      []string           `yaml:"pci_dss"`
	Remediation string             `yaml:"remediation"` // Markdown
	References  []Reference        `yaml:"references"`

	// Match holds what must all be so, Not what must not be. New says that the
	// control, the plain request's answer, must not fit as well.
	Match []Matcher `yaml:"match"`
	Not   []Matcher `yaml:"not"`
	New   bool      `yaml:"new"`

	Examples []Example `yaml:"examples"`

	// File and Line say where the rule stands.
	File string `yaml:"-"`
	Line int    `yaml:"-"`
}

// Reference is a text that backs a rule.
type Reference struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
}

// maxFile bounds a file of rules, in bytes.
const maxFile = 4 << 20

// errTooLarge says that a file of rules is beyond its limit.
var errTooLarge = errors.New("the file is larger than 4 MiB")

// Parse reads the rules of one file: one in each YAML document. An error names
// the file and the line.
func Parse(r io.Reader, file string) ([]Signature, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: %w", file, errTooLarge)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var out []Signature
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s", file, plain(err))
		}
		if len(document.Content) == 0 || document.Content[0].Tag == "!!null" {
			continue
		}
		s, err := decode(document.Content[0], file)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: it holds no rule", file)
	}
	return out, nil
}

func decode(node *yaml.Node, file string) (Signature, error) {
	at := func(line int, err error) error { return fmt.Errorf("%s:%d: %w", file, line, err) }
	if err := checkKeys(node, signatureKeys); err != nil {
		return Signature{}, fmt.Errorf("%s:%w", file, err)
	}
	s := Signature{Confidence: finding.Firm, File: file, Line: node.Line}
	if err := node.Decode(&s); err != nil {
		return Signature{}, fmt.Errorf("%s: %s", file, plain(err))
	}
	if err := s.check(); err != nil {
		return Signature{}, at(node.Line, fmt.Errorf("rule %q: %w", s.ID, err))
	}
	for _, list := range [][]Matcher{s.Match, s.Not} {
		for i := range list {
			if err := list[i].compile(); err != nil {
				return Signature{}, at(cmp.Or(list[i].line, node.Line), fmt.Errorf("rule %q: %w", s.ID, err))
			}
		}
	}
	for _, e := range s.Examples {
		if e.Response == "" {
			return Signature{}, at(cmp.Or(e.line, node.Line), fmt.Errorf("rule %q: the example has no response", s.ID))
		}
	}
	return s, nil
}

var (
	validID    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	validOWASP = regexp.MustCompile(`^API([1-9]|10):20(19|23)$`)
	validCWE   = regexp.MustCompile(`^CWE-[1-9][0-9]*$`)
)

func (s Signature) check() error {
	if !validID.MatchString(s.ID) || len(s.ID) > 80 {
		return errors.New("id: use small letters, digits and hyphens, as in acme-build-info")
	}
	if s.Title == "" || s.Message == "" {
		return errors.New("title and message are needed")
	}
	if !slices.Contains(finding.Categories(), s.Category) {
		var names []string
		for _, c := range finding.Categories() {
			names = append(names, string(c))
		}
		return fmt.Errorf("category %q: use one of %s", s.Category, strings.Join(names, ", "))
	}
	for _, id := range s.OWASP {
		if !validOWASP.MatchString(id) {
			return fmt.Errorf("owasp: %q is not of the form API8:2023", id)
		}
	}
	for _, id := range s.CWE {
		if !validCWE.MatchString(id) {
			return fmt.Errorf("cwe: %q is not of the form CWE-497", id)
		}
	}
	if len(s.Match) == 0 {
		return errors.New("match: at least one matcher is needed")
	}
	return nil
}

// plain takes the library's own name off its errors.
func plain(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n")
	return strings.Join(strings.Fields(text), " ")
}
