package signature

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/theory/jsonpath"
	"go.yaml.in/yaml/v3"

	"blurt/scanner/finding"
)

// Matcher is one thing that an answer must show. Exactly one of Status, Type,
// Header, Body, Regex, Selector, JSON and Any is set.
type Matcher struct {
	Status   codes     `yaml:"status"`   // as 500 or 400-499, or a list of them
	Type     string    `yaml:"type"`     // the start of the media type: "application/json"
	Header   string    `yaml:"header"`   // a header field that is there
	Body     string    `yaml:"body"`     // a literal part of the body, byte for byte
	Regex    string    `yaml:"regex"`    // RE2, on the body
	Selector string    `yaml:"selector"` // CSS, on an HTML body
	JSON     string    `yaml:"json"`     // JSONPath (RFC 9535), on a JSON body
	Any      []Matcher `yaml:"any"`      // one of these

	// Contains is a literal without which Regex is not tried.
	Contains string `yaml:"contains"`
	// Matches narrows Header, Selector and JSON down to values that fit (RE2).
	Matches string `yaml:"matches"`
	// Leaks says that what matched is given away: the first group of the
	// expression, or all of the value.
	Leaks *Leak `yaml:"leaks"`

	line     int
	regex    *regexp.Regexp
	matches  *regexp.Regexp
	selector cascadia.Selector
	json     *jsonpath.Path
}

// Leak names what a matcher has found.
type Leak struct {
	Name      string           `yaml:"name"`
	Category  finding.Category `yaml:"category"`
	Sensitive bool             `yaml:"sensitive"` // never shown, whatever it looks like
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (m *Matcher) UnmarshalYAML(node *yaml.Node) error {
	if err := checkKeys(node, matcherKeys); err != nil {
		return err
	}
	type raw Matcher
	if err := node.Decode((*raw)(m)); err != nil {
		return err
	}
	m.line = node.Line
	return nil
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (l *Leak) UnmarshalYAML(node *yaml.Node) error {
	if err := checkKeys(node, leakKeys); err != nil {
		return err
	}
	type raw Leak
	return node.Decode((*raw)(l))
}

// codes are ranges of status codes, both ends included.
type codes [][2]int

// UnmarshalYAML implements yaml.Unmarshaler.
func (c *codes) UnmarshalYAML(node *yaml.Node) error {
	entries := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		entries = node.Content
	}
	for _, entry := range entries {
		low, high, isRange := strings.Cut(entry.Value, "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(strings.TrimSpace(low))
		to, err2 := strconv.Atoi(strings.TrimSpace(high))
		if err != nil || err2 != nil || from < 100 || to > 599 || from > to {
			return fmt.Errorf("line %d: status %q: use a code such as 500 or a range such as 400-499", entry.Line, entry.Value)
		}
		*c = append(*c, [2]int{from, to})
	}
	return nil
}

// minLiteral is the length from which a literal spares work, in bytes.
const minLiteral = 3

// compile reads the expressions of a matcher.
func (m *Matcher) compile() error {
	kinds := 0
	for _, set := range []bool{
		len(m.Status) > 0, m.Type != "", m.Header != "", m.Body != "", m.Regex != "", m.Selector != "", m.JSON != "", len(m.Any) > 0,
	} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return errors.New("a matcher has exactly one of status, type, header, body, regex, selector, json, any")
	}
	if m.Leaks != nil && (m.Leaks.Name == "" || len(m.Status) > 0 || m.Type != "" || len(m.Any) > 0) {
		return errors.New("leaks: it needs a name, and header, body, regex, selector or json beside it")
	}
	for i := range m.Any {
		if err := m.Any[i].compile(); err != nil {
			return err
		}
	}
	return errors.Join(m.compileRegex(), m.compileMatches(), m.compileSelector(), m.compileJSON())
}

func (m *Matcher) compileRegex() (err error) {
	if m.Regex == "" {
		if m.Contains != "" {
			return errors.New("contains: it belongs to regex")
		}
		return nil
	}
	if m.regex, err = regexp.Compile(m.Regex); err != nil {
		return fmt.Errorf("regex: %w", err)
	}
	if prefix, _ := m.regex.LiteralPrefix(); len(prefix) < minLiteral && len(m.Contains) < minLiteral {
		return errors.New("regex: add contains with a literal of three bytes or more that every match holds, so that it is tried seldom")
	}
	return nil
}

func (m *Matcher) compileMatches() (err error) {
	if m.Matches == "" {
		return nil
	}
	if m.Header == "" && m.Selector == "" && m.JSON == "" {
		return errors.New("matches: it belongs to header, selector or json")
	}
	if m.matches, err = regexp.Compile(m.Matches); err != nil {
		return fmt.Errorf("matches: %w", err)
	}
	return nil
}

func (m *Matcher) compileSelector() (err error) {
	if m.Selector == "" {
		return nil
	}
	if m.selector, err = cascadia.Compile(m.Selector); err != nil {
		return fmt.Errorf("selector: %w", err)
	}
	return nil
}

func (m *Matcher) compileJSON() (err error) {
	if m.JSON == "" {
		return nil
	}
	if m.json, err = jsonpath.Parse(m.JSON); err != nil {
		return fmt.Errorf("json: %w", err)
	}
	return nil
}

// hint is a literal that every body which the matcher fits holds; empty where
// there is none.
func (m *Matcher) hint() string {
	switch {
	case len(m.Body) >= minLiteral:
		return m.Body
	case m.regex != nil && len(m.Contains) >= minLiteral:
		return m.Contains
	case m.regex != nil:
		prefix, _ := m.regex.LiteralPrefix()
		return prefix
	}
	return ""
}
