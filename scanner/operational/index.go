package operational

import (
	"slices"
	"strings"
	"sync"
)

// place is where an entry is expected: a path in lower case without its last
// slash, and for the root a query.
type place struct{ path, query string }

func placesOf(paths ...string) []place {
	var out []place
	for _, own := range paths {
		path, query, _ := strings.Cut(own, "?")
		out = append(out, place{strings.TrimRight(strings.ToLower(path), "/"), query})
	}
	return out
}

// lastSegment is what entries are filed under.
func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// bySegment files the entries under the last segments of their paths, so that
// most targets are told to be nobody's by one look.
var bySegment = sync.OnceValue(func() map[string][]*Entry {
	index := make(map[string][]*Entry)
	for _, e := range Entries() {
		for _, p := range e.places {
			key := lastSegment(p.path)
			if !slices.Contains(index[key], e) {
				index[key] = append(index[key], e)
			}
		}
	}
	return index
})

// at reports whether the entry is expected at a path, in lower case without its
// last slash. An application may be mounted below some path, so the end of the
// path decides.
func (e *Entry) at(path, query string) bool {
	return slices.ContainsFunc(e.places, func(p place) bool {
		return strings.HasSuffix(path, p.path) && (p.path != "" || path == "" && query == p.query)
	})
}

// expectedAt returns the entries that are expected at a target.
func expectedAt(target string) []*Entry {
	path, query, _ := strings.Cut(target, "?")
	path = strings.TrimRight(strings.ToLower(path), "/")
	var out []*Entry
	for _, e := range bySegment()[lastSegment(path)] {
		if e.at(path, query) {
			out = append(out, e)
		}
	}
	return out
}

// openings are the entries known anywhere by how a body begins.
var openings = sync.OnceValue(func() []*Entry { return pick(Entry.isOpening) })

// marked are the other entries known anywhere.
var marked = sync.OnceValue(func() []*Entry {
	return pick(func(e Entry) bool { return !e.isOpening() })
})

func pick(want func(Entry) bool) []*Entry {
	var out []*Entry
	for _, e := range Entries() {
		if e.Anywhere && want(*e) {
			out = append(out, e)
		}
	}
	return out
}

// isOpening reports that the first expression is tied to the body's beginning.
func (e Entry) isOpening() bool { return len(e.Match) > 0 && strings.HasPrefix(e.Match[0], `\A`) }

// Literals returns the texts of which each body that FindAnywhere knows holds at
// least one; apart from the others, those that are so short that looking for them
// slows the search for all down.
func Literals() (long, short []string) {
	const least = 7
	for _, e := range marked() {
		texts := e.Any
		if len(e.All) > 0 {
			texts = e.All[:1]
		}
		for _, text := range texts {
			if len(text) < least {
				short = append(short, text)
			} else {
				long = append(long, text)
			}
		}
	}
	return long, short
}
