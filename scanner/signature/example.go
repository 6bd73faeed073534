package signature

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"blurt/scanner/detect"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// Example is an answer beside a rule that shows what the rule is for.
type Example struct {
	// Response is the answer as it stands on the wire, or as curl -i prints it.
	Response string `yaml:"response"`
	// Control is the answer to the plain request, for rules with New.
	Control string `yaml:"control"`
	// Finds says whether the rule has to find it; an example that it must not
	// find guards against false alarms.
	Finds bool `yaml:"finds"`
	// Leaks are the names and values that it gives away, where that matters.
	Leaks map[string]string `yaml:"leaks"`

	line int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (e *Example) UnmarshalYAML(node *yaml.Node) error {
	if err := checkKeys(node, exampleKeys); err != nil {
		return err
	}
	type raw Example
	if err := node.Decode((*raw)(e)); err != nil {
		return err
	}
	e.line = node.Line
	return nil
}

// Test runs the examples of a rule and returns what went wrong, a line each. A
// rule without an example that it finds has proven nothing, which is wrong, too.
func (s Signature) Test() []error {
	var wrong []error
	finds := false
	for i, e := range s.Examples {
		finds = finds || e.Finds
		if err := s.try(e); err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d: rule %q, example %d: %w", s.File, e.line, s.ID, i+1, err))
		}
	}
	if !finds {
		wrong = append(wrong, fmt.Errorf("%s:%d: rule %q: no example has finds: true, so nothing shows that it works", s.File, s.Line, s.ID))
	}
	return wrong
}

func (s Signature) try(e Example) error {
	got, err := response(e.Response)
	if err != nil {
		return err
	}
	in := detect.Input{Exchange: &wire.Exchange{Got: got}}
	if e.Control != "" {
		if in.Control, err = response(e.Control); err != nil {
			return fmt.Errorf("control: %w", err)
		}
	}
	out := detect.NewSet([]detect.Detector{s.Detector()}).Run(in)
	switch found := len(out.Hits) > 0; {
	case len(out.Failed) > 0:
		return errors.New("the rule broke down on it")
	case found && !e.Finds:
		return errors.New("it is found, and must not be")
	case !found && e.Finds:
		return errors.New("it is not found: " + s.whyNot(got))
	case !found:
		return nil
	}
	for name, value := range e.Leaks {
		if !slices.ContainsFunc(out.Hits[0].Items, func(i detect.Item) bool { return i.Name == name && i.Value == value }) {
			return fmt.Errorf("%s: %q does not leak", name, value)
		}
	}
	return nil
}

// whyNot names the first matcher that an answer fails.
func (s Signature) whyNot(got *wire.Response) string {
	a := &answer{got: got}
	for i := range s.Not {
		if _, holds := a.holds(&s.Not[i]); holds {
			return fmt.Sprintf("the matcher in line %d, below not, fits", s.Not[i].line)
		}
	}
	for i := range s.Match {
		if _, holds := a.holds(&s.Match[i]); !holds {
			return fmt.Sprintf("the matcher in line %d does not fit", s.Match[i].line)
		}
	}
	return "the control fits as well, or is missing"
}

// response reads the answer of an example.
func response(text string) (*wire.Response, error) {
	for x, err := range saved.Read(strings.NewReader(text), "example", saved.Options{}) {
		if err != nil {
			return nil, err
		}
		if x.Got != nil {
			return x.Got, nil
		}
	}
	return nil, errors.New("it holds no HTTP response")
}
