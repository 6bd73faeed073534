package operational

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed catalogue.yaml
var catalogueData []byte

// Entry is one kind of endpoint.
type Entry struct {
	// ID is stable and stands in reports; Title names the endpoint to people.
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// Rule is the rule that a match breaks, Shows the category of what it gives
	// away where that is worse than the rule's own.
	Rule  string `yaml:"rule"`
	Shows string `yaml:"shows"`
	// Product is the software that serves it, where only one does.
	Product string `yaml:"product"`
	// Profile is the least profile that asks for Paths: "quick", "standard" or
	// "thorough". More are asked for in "thorough" only, Then once the entry has
	// matched.
	Profile string   `yaml:"profile"`
	Paths   []string `yaml:"paths"`
	More    []string `yaml:"more"`
	Then    []string `yaml:"then"`
	// Anywhere entries are known by their body, whatever the path.
	Anywhere bool `yaml:"anywhere"`

	// Status lists the codes that count, 200 where there is none. Types are parts
	// of the media types that count. All, Any and None are literal parts of the
	// body, Match expressions, JSON members, by their dotted path.
	Status []int    `yaml:"status"`
	Types  []string `yaml:"types"`
	All    []string `yaml:"all"`
	Any    []string `yaml:"any"`
	None   []string `yaml:"none"`
	Match  []string `yaml:"match"`
	JSON   []string `yaml:"json"`

	// Tree says that all below its paths belongs to it.
	Tree bool `yaml:"tree"`
	// Elsewhere says that a detector of its own reports it: it is only asked for
	// here.
	Elsewhere bool `yaml:"elsewhere"`
	// Pairs says that the body holds names and values of which some may be
	// secret: "lines" (NAME=value) or "json".
	Pairs string `yaml:"pairs"`
	// Leads finds paths of further endpoints: its first group.
	Leads string `yaml:"leads"`

	places []place
	match  []*regexp.Regexp
	leads  *regexp.Regexp
}

// Entries returns the catalogue, in the order in which it is asked for. The
// entries are shared: read them only.
func Entries() []*Entry { return entries() }

// entries reads the catalogue once. It is part of the program; a mistake in it
// is a mistake in the program.
var entries = sync.OnceValue(func() []*Entry {
	list, err := parse(catalogueData)
	if err != nil {
		panic("operational: catalogue: " + err.Error())
	}
	return list
})

func parse(data []byte) ([]*Entry, error) {
	var list []*Entry
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	seen := make(map[string]bool)
	for _, e := range list {
		if err := e.prepare(); err != nil {
			return nil, fmt.Errorf("entry %q: %w", e.ID, err)
		}
		if seen[e.ID] {
			return nil, fmt.Errorf("entry %q stands there twice", e.ID)
		}
		seen[e.ID] = true
	}
	return list, nil
}

// prepare checks the entry and compiles its expressions.
func (e *Entry) prepare() error {
	if len(e.Status) == 0 {
		e.Status = []int{200}
	}
	switch {
	case e.ID == "" || e.Title == "":
		return errors.New("needs an id and a title")
	case e.Rule != "debug-endpoint" && e.Rule != "api-inventory" && e.Rule != "version-banner":
		return fmt.Errorf("unknown rule %q", e.Rule)
	case !slices.Contains([]string{"quick", "standard", "thorough"}, e.Profile):
		return fmt.Errorf("unknown profile %q", e.Profile)
	case e.Pairs != "" && e.Pairs != "lines" && e.Pairs != "json":
		return fmt.Errorf("unknown pairs %q", e.Pairs)
	case len(e.All)+len(e.Match)+len(e.JSON) == 0:
		return errors.New("nothing of the body is checked")
	case !e.Anywhere && len(e.Paths)+len(e.More) == 0:
		return errors.New("no path and not known anywhere")
	}
	if e.Anywhere && !e.isOpening() && len(e.All)+len(e.Any) == 0 {
		return errors.New("is known anywhere, so it needs a literal, or an expression that begins with \\A")
	}
	e.places = placesOf(slices.Concat(e.Paths, e.More)...)
	for _, path := range slices.Concat(e.Paths, e.More, e.Then) {
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf("path %q does not start with a slash", path)
		}
	}
	for _, expression := range e.Match {
		compiled, err := regexp.Compile(expression)
		if err != nil {
			return err
		}
		e.match = append(e.match, compiled)
	}
	if e.Leads != "" {
		compiled, err := regexp.Compile(e.Leads)
		if err != nil || compiled.NumSubexp() != 1 {
			return fmt.Errorf("leads %q: needs to be an expression with one group (%v)", e.Leads, err)
		}
		e.leads = compiled
	}
	return nil
}
