package rules

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"blurt/scanner/finding"
)

//go:embed *.md *.yaml
var files embed.FS

// Catalogue holds every rule. It does not change after Load and may be used
// concurrently.
type Catalogue struct {
	rules     []*Rule
	byID      map[string]*Rule
	items     map[finding.Category]grade
	standards Standards
}

// Load reads the embedded catalogue. It is strict: a key that is not known, a
// section that is missing, a vector that does not fit its severity or an id that
// no standard has are errors.
func Load() (*Catalogue, error) { return load(files) }

func load(dir fs.FS) (*Catalogue, error) {
	c := &Catalogue{byID: map[string]*Rule{}}
	if err := decodeFile(dir, "standards.yaml", &c.standards); err != nil {
		return nil, err
	}
	if err := decodeFile(dir, "severity.yaml", &c.items); err != nil {
		return nil, err
	}
	if err := checkGrades(c.items); err != nil {
		return nil, fmt.Errorf("severity.yaml: %w", err)
	}
	names, err := fs.Glob(dir, "*.md")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		source, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		rule, err := parse(name, string(source))
		if err == nil {
			err = c.standards.check(rule)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		rule.standards = c.standards
		c.rules = append(c.rules, rule)
		c.byID[rule.ID] = rule
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	return c, nil
}

// With returns a catalogue that has further rules, of the user's own. An id that
// is taken is an error.
func (c *Catalogue) With(more ...*Rule) (*Catalogue, error) {
	out := *c
	out.rules, out.byID = slices.Clone(c.rules), maps.Clone(c.byID)
	for _, rule := range more {
		if _, taken := out.byID[rule.ID]; taken {
			return nil, fmt.Errorf("rule %q: there is one of that id already", rule.ID)
		}
		rule.standards = c.standards
		out.rules = append(out.rules, rule)
		out.byID[rule.ID] = rule
	}
	slices.SortFunc(out.rules, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	return &out, nil
}

// All returns every rule, ordered by id. The slice is the caller's, the rules are
// not: do not change them.
func (c *Catalogue) All() []*Rule { return slices.Clone(c.rules) }

// Find returns the rule of that id.
func (c *Catalogue) Find(id string) (*Rule, bool) {
	rule, found := c.byID[id]
	return rule, found
}

// Standards returns the names of the entries that rules refer to. Do not change them.
func (c *Catalogue) Standards() Standards { return c.standards }

func decodeFile(dir fs.FS, name string, into any) error {
	source, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	if err := decodeStrict(source, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
