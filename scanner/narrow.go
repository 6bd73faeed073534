package scanner

import (
	"context"
	"slices"

	"blurt/probes"
	"blurt/scanner/wire"
)

// narrow finds the fewest of the added fields that still show the leak, so that
// the finding names the header field that matters.
func (x *examination) narrow(ctx context.Context, d draft) draft {
	if len(d.job.attempt.Added) < 2 || !d.repeated {
		return d
	}
	shows := func(names []string) (draft, bool) {
		if ctx.Err() != nil {
			return draft{}, false
		}
		return x.repeat(ctx, d.job.with(only(d.job.attempt, names)), d.hit.Rule)
	}
	best := d
	keep := func(names []string) bool {
		found, ok := shows(names)
		if ok {
			best.job, best.hit.Message, best.hit.Excerpt = found.job, found.hit.Message, found.hit.Excerpt
			leaked := union(found.evidence.Leaked, d.evidence.Leaked)
			best.evidence = found.evidence
			best.evidence.Leaked = leaked
		}
		return ok
	}
	if known := x.origin.narrowed[d.hit.Rule]; len(known) > 0 && contains(d.job.attempt.Added, known) && keep(known) {
		return best
	}
	x.origin.narrowed[d.hit.Rule] = fewest(d.job.attempt.Added, keep)
	return best
}

// only returns the attempt with no other added fields than these.
func only(a probes.Attempt, names []string) probes.Attempt {
	drop := make(map[string]bool, len(a.Added))
	for _, name := range a.Added {
		drop[name] = true
	}
	for _, name := range names {
		delete(drop, name)
	}
	kept := make([]wire.Field, 0, len(a.Request.Fields))
	for _, f := range a.Request.Fields {
		if !drop[f.Name] {
			kept = append(kept, f)
		}
	}
	a.Request.Fields, a.Added = kept, names
	return a
}

// maxNarrow bounds the requests that narrowing one finding may cost.
const maxNarrow = 24

// fewest returns the names that are needed for keep to hold, given that it holds
// for all of them and goes on to hold when names are added. For each name that
// is needed it halves the rest, so few needed names cost few calls. When the
// bound on calls is reached, what is returned is more than needed.
func fewest(names []string, keep func([]string) bool) []string {
	tries := 0
	holds := func(part []string) bool {
		if len(part) == 0 || tries >= maxNarrow {
			return false
		}
		tries++
		return keep(part)
	}
	var needed []string
	rest := names
	for len(rest) > 0 && !holds(needed) {
		// The shortest prefix that is enough ends with a needed name.
		low, high := 1, len(rest)
		for low < high && tries < maxNarrow {
			middle := (low + high) / 2
			if holds(slices.Concat(needed, rest[:middle])) {
				high = middle
			} else {
				low = middle + 1
			}
		}
		if tries >= maxNarrow {
			return slices.Concat(needed, rest[:high])
		}
		needed = append(needed, rest[high-1])
		rest = rest[:high-1]
	}
	return needed
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(n string) bool { return !slices.Contains(all, n) })
}

// without returns the names that are not in drop.
func without(names, drop []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(drop, n) })
}
