package scanner

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
)

// One leak is one finding: an error page that many endpoints of an origin serve
// is reported once, with the list. So findings of error pages are held until the
// origin is done.

const (
	maxPlaces = 100 // places that a grouped finding lists; the others are counted
	maxGroups = 200 // findings that one origin holds
	maxHeld   = 512 // findings that origins hold of which nothing is being examined
)

// groups are the findings of an origin, or of saved traffic, that are held
// because the same may show elsewhere.
type groups struct {
	order []*group
	by    map[string]*group // by fingerprint
	told  digests           // of the fingerprints that are held no more
	total *atomic.Int64     // held by all origins
}

// group is a finding and the URLs that show it.
type group struct {
	finding *finding.Finding
	places  digests
}

func newGroups(total *atomic.Int64) *groups {
	return &groups{by: make(map[string]*group), told: make(digests), total: total}
}

// settled reports whether a finding that is held needs no further proof.
func (g *groups) settled(fingerprint string) bool {
	held, known := g.by[fingerprint]
	return known && held.finding.Confidence == finding.Confirmed || g.told.has(fingerprint)
}

// add takes a finding that showed at a URL, or puts it to the one that it shows
// again. A group that was reported already takes no more places.
func (g *groups) add(f *finding.Finding, at string) {
	if at != f.URL {
		// The finding stands for the whole origin.
		f.Occurrences = append([]finding.Occurrence{{URL: at, Method: f.Method, Probe: f.Probe}}, f.Occurrences...)
	}
	held, again := g.by[f.Fingerprint]
	switch {
	case again:
		held.finding = gather(held.finding, f)
	case g.told.has(f.Fingerprint):
		return
	default:
		held = &group{finding: f, places: make(digests)}
		g.by[f.Fingerprint] = held
		g.order = append(g.order, held)
		g.total.Add(1)
	}
	held.places.add(at)
}

// drop forgets what is held of a rule, and returns how many findings that were.
func (g *groups) drop(rule string) int {
	kept := slices.DeleteFunc(slices.Clone(g.order), func(held *group) bool { return held.finding.Rule == rule })
	dropped := len(g.order) - len(kept)
	for _, held := range g.order {
		if held.finding.Rule == rule {
			delete(g.by, held.finding.Fingerprint)
		}
	}
	g.order = kept
	g.total.Add(-int64(dropped))
	return dropped
}

func (g *groups) full() bool { return len(g.order) >= maxGroups }

// take returns what is held, in the order in which it was found, and holds it no
// more.
func (g *groups) take() []*finding.Finding {
	var out []*finding.Finding
	for _, held := range g.order {
		g.told.add(held.finding.Fingerprint)
		held.finding.Message += elsewhere(len(held.places) - 1)
		out = append(out, held.finding)
	}
	g.total.Add(-int64(len(out)))
	g.order, g.by = nil, make(map[string]*group)
	return out
}

// elsewhere says at how many further URLs a finding shows, for formats that have
// one place for each finding only.
func elsewhere(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " The same shows at one further URL."
	default:
		return fmt.Sprintf(" The same shows at %d further URLs.", n)
	}
}

// gather puts two findings of the same leak at different places together. The
// surer one stands for both, else the first. Of the second, the further probes
// that showed it at its own place are not listed.
func gather(first, second *finding.Finding) *finding.Finding {
	lead, other := first, second
	if second.Confidence > first.Confidence {
		lead, other = second, first
	}
	out := *lead
	out.Evidence.Leaked = union(lead.Evidence.Leaked, other.Evidence.Leaked)
	out.Occurrences = slices.Clone(lead.Occurrences)
	out.OccurrencesOmitted = first.OccurrencesOmitted + second.OccurrencesOmitted
	own := finding.Occurrence{URL: other.URL, Method: other.Method, Probe: other.Probe}
	if other.Message != lead.Message {
		own.Message = other.Message
	}
	more := append([]finding.Occurrence{own}, other.Occurrences...)
	if other == second && second.URL != first.URL {
		more = more[:1]
	}
	for _, o := range more {
		if o.URL == lead.URL && o.Probe == lead.Probe && o.Method == lead.Method || slices.Contains(out.Occurrences, o) {
			continue
		}
		if len(out.Occurrences) >= maxPlaces {
			out.OccurrencesOmitted++
			continue
		}
		out.Occurrences = append(out.Occurrences, o)
	}
	return &out
}

// gistOf says what an error page is about in words that are the same wherever
// and whenever it is served: the class of the exception and the functions at
// both ends of the stack. Lines, values and versions change; they do not count.
// It is empty where a hit belongs to its place.
func gistOf(hit detect.Hit) string {
	switch hit.Category {
	case finding.DebugPage, finding.Traceback:
	default:
		return ""
	}
	exception, first, last := "", "", ""
	for _, item := range hit.Items {
		switch {
		case item.Category == finding.ErrorDetail && exception == "":
			exception = exceptionClass(item)
		case item.Category == finding.Traceback && isFrame(item):
			first = cmp.Or(first, functionOf(item))
			last = functionOf(item)
		}
	}
	return "page; " + exception + "; " + first + "; " + last
}

// exceptionClass returns the class that an item names: "ValueError" of
// "ValueError: bad PEM". What is no name is a message.
func exceptionClass(item detect.Item) string {
	switch {
	case item.Name == "exception":
		class, _, _ := strings.Cut(item.Value, ":")
		return nameOnly(class)
	case item.Location == "exception":
		return nameOnly(item.Name)
	}
	return ""
}

func nameOnly(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 120 || strings.ContainsFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(`._$\`, r))
	}) {
		return ""
	}
	return text
}

// isFrame tells a call of the stack from a local variable in it.
func isFrame(item detect.Item) bool {
	number, found := strings.CutPrefix(item.Location, "frame ")
	return found && strings.Trim(number, "0123456789") == "" && !strings.HasPrefix(item.Name, "certificate handling in ")
}

// functionOf names a call's function; where the stack has none, its file.
func functionOf(item detect.Item) string {
	name := item.Name
	if strings.ContainsAny(name, `/\`) {
		name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	}
	return strings.TrimRight(name, "0123456789:")
}

// groupID is the fingerprint of a leak that is reported once for its origin,
// wherever it shows; place is where a leak without a gist belongs.
func groupID(d draft, host, place string) string {
	if d.gist == "" {
		return fingerprint(d.hit.Rule, host, place, d.hit.Key)
	}
	return fingerprint(d.hit.Rule, host, wholeOrigin, d.hit.Key+"\x00"+d.gist)
}

// tell emits what is held.
func (a *account) tell(held *groups) {
	findings := held.take()
	if len(findings) == 0 {
		return
	}
	events := make([]finding.Event, len(findings))
	for i, f := range findings {
		events[i] = finding.Event{Finding: f}
	}
	a.mu.Lock()
	a.progress.Findings -= len(findings) // they were counted when they were found
	a.mu.Unlock()
	a.emit(events...)
}

// held counts findings that are told later.
func (a *account) held(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress.Findings += n
}

// hold keeps a finding until its origin is done.
func (x *examination) hold(d draft, f *finding.Finding, place string) {
	g := x.origin.groups
	before := len(g.order)
	at := f.URL
	if place == wholeOrigin {
		at = x.endpoint.Origin.String() + d.job.attempt.Request.Target
	}
	g.add(f, at)
	x.engine.account.held(len(g.order) - before)
	if g.full() {
		x.engine.account.tell(g)
	}
}
