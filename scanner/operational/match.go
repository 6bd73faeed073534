package operational

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Answer is what an entry is held against.
type Answer struct {
	Target string // what was asked for
	Status int
	Type   string // the Content-Type field
	Body   []byte
	Cut    bool // the body is only a beginning
}

const (
	maxBody  = 1 << 20 // bytes of a body that are looked at
	maxLeads = 300     // paths that one body yields
)

// Find returns the entry that knows the answer, first among those that are
// expected at the target, and where the part that convinces begins and ends in
// the body.
func Find(a Answer) (entry *Entry, start, end int, ok bool) {
	if entry, start, end, ok = FindExpected(a); ok {
		return entry, start, end, ok
	}
	return FindAnywhere(a)
}

// FindExpected returns the entry that knows the answer among those that are
// expected at the target, and those that the first bytes of a body tell. It costs
// next to nothing on other answers.
func FindExpected(a Answer) (entry *Entry, start, end int, ok bool) {
	return find(a, expectedAt(a.Target), openings())
}

// FindAnywhere returns the entry that knows the answer among those that are
// known by something in the body, whatever the target. Every body that one of
// them knows holds one of Literals.
func FindAnywhere(a Answer) (entry *Entry, start, end int, ok bool) {
	return find(a, marked())
}

func find(a Answer, lists ...[]*Entry) (entry *Entry, start, end int, ok bool) {
	a.Cut = a.Cut || len(a.Body) > maxBody
	a.Body = a.Body[:min(len(a.Body), maxBody)]
	if len(bytes.TrimSpace(a.Body[:min(len(a.Body), 64)])) == 0 && len(bytes.TrimSpace(a.Body)) == 0 {
		return nil, 0, 0, false
	}
	tree := &lazyTree{body: a.Body, cut: a.Cut}
	for _, list := range lists {
		for _, e := range list {
			if start, end, ok := e.matches(a, tree); ok {
				return e, start, end, true
			}
		}
	}
	return nil, 0, 0, false
}

// Owns reports whether a target is an operators' endpoint that the catalogue
// asks for by itself, or lies in the tree of one. Such a target is looked at
// once and is no endpoint of an application to examine.
func Owns(target string) bool {
	path, _, _ := strings.Cut(target, "?")
	path = strings.TrimRight(path, "/")
	for _, e := range Entries() {
		for _, own := range e.Paths {
			own, _, _ = strings.Cut(own, "?")
			own = strings.TrimRight(own, "/")
			if own == "" {
				continue
			}
			if path == own && e.Profile != "thorough" || e.Tree && strings.HasPrefix(path+"/", own+"/") {
				return true
			}
		}
	}
	return false
}

func (e *Entry) matches(a Answer, tree *lazyTree) (start, end int, ok bool) {
	if !slices.Contains(e.Status, a.Status) || !e.ofType(a.Type) {
		return 0, 0, false
	}
	for i, text := range e.All {
		at := bytes.Index(a.Body, []byte(text))
		if at < 0 {
			return 0, 0, false
		}
		if i == 0 {
			start, end = at, at+len(text)
		}
	}
	has := func(text string) bool { return bytes.Contains(a.Body, []byte(text)) }
	if len(e.Any) > 0 && !slices.ContainsFunc(e.Any, has) || slices.ContainsFunc(e.None, has) {
		return 0, 0, false
	}
	for i, expression := range e.match {
		at := expression.FindIndex(a.Body)
		if at == nil {
			return 0, 0, false
		}
		if i == 0 {
			start, end = at[0], at[1]
		}
	}
	if len(e.JSON) > 0 && !tree.holds(e.JSON) {
		return 0, 0, false
	}
	if end == 0 {
		end = min(len(a.Body), 200)
	}
	return start, end, true
}

func (e *Entry) ofType(contentType string) bool {
	if len(e.Types) == 0 {
		return true
	}
	media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	return slices.ContainsFunc(e.Types, func(t string) bool { return strings.Contains(media, t) })
}

// LeadsIn returns the paths that a body which the entry knows refers to, but for
// those that only a scan spells so.
func (e *Entry) LeadsIn(body []byte) []string {
	if e.leads == nil {
		return nil
	}
	var out []string
	seen := make(map[string]bool)
	for _, found := range e.leads.FindAllSubmatch(body[:min(len(body), maxBody)], 10*maxLeads) {
		lead := string(found[1])
		if !seen[lead] && !oddlySpelled(lead) && len(out) < maxLeads {
			seen[lead] = true
			out = append(out, lead)
		}
	}
	return out
}

// oddlySpelled tells what nobody but a scan asks for: logs and lists of recent
// requests show the scan's own.
func oddlySpelled(path string) bool {
	return strings.ContainsAny(path, "%;?\\ ") || strings.Contains(path, "//") && !strings.Contains(path, "://") ||
		strings.Contains(path, "/.") || strings.Contains(strings.ToLower(path), "blurt")
}

// lazyTree parses a body as JSON when the first entry asks.
type lazyTree struct {
	body   []byte
	cut    bool
	parsed bool
	value  any
	isJSON bool
}

// holds reports whether all members are there. Of a body that was cut no more
// can be told than that it begins as JSON does.
func (t *lazyTree) holds(members []string) bool {
	if !t.parsed {
		t.parsed = true
		start := bytes.TrimLeft(t.body, " \t\r\n")
		looks := len(start) > 0 && (start[0] == '{' || start[0] == '[')
		switch {
		case t.cut:
			t.isJSON = looks
		case looks:
			t.isJSON = json.Unmarshal(t.body, &t.value) == nil
		}
	}
	if !t.isJSON {
		return false
	}
	for _, member := range members {
		if t.cut {
			name, _, _ := strings.Cut(member, "=")
			name = name[strings.LastIndexByte(name, '.')+1:]
			if name != "*" && !bytes.Contains(t.body, []byte(`"`+name+`"`)) {
				return false
			}
			continue
		}
		path, want, compare := strings.Cut(member, "=")
		if !holds(t.value, strings.Split(path, "."), want, compare) {
			return false
		}
	}
	return true
}

// holds follows a path of member names; "*" is any member or element.
func holds(value any, path []string, want string, compare bool) bool {
	if len(path) == 0 {
		text, isText := value.(string)
		return !compare || isText && strings.HasPrefix(text, want)
	}
	switch value := value.(type) {
	case map[string]any:
		if path[0] != "*" {
			child, ok := value[path[0]]
			return ok && holds(child, path[1:], want, compare)
		}
		for _, child := range value {
			if holds(child, path[1:], want, compare) {
				return true
			}
		}
	case []any:
		if path[0] != "*" {
			return false
		}
		for _, child := range value {
			if holds(child, path[1:], want, compare) {
				return true
			}
		}
	}
	return false
}
