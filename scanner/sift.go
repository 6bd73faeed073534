package scanner

import (
	"context"
	"maps"
	"slices"

	"blurt/probes"
	"blurt/scanner/finding"
)

// A group test adds many header fields in one request. Where the answer equals
// the control's, all of them are cleared at once. Where it differs, sifting
// finds the fields that make the difference, takes them out and asks the rest
// again, so that one field cannot hide what another would show.

// siftBudget bounds, by profile, the requests that sifting may cost an endpoint.
func siftBudget(p probes.Profile) int {
	switch p {
	case probes.Quick:
		return 12
	case probes.Standard:
		return 16
	default:
		return 400
	}
}

// siftAll settles the group tests among the jobs.
func (x *examination) siftAll(ctx context.Context, jobs []job, answers []answer) {
	for i, j := range jobs {
		if j.attempt.Group {
			x.sift(ctx, j, answers[i])
		}
	}
}

// sift settles a group test and accounts for its fields.
func (x *examination) sift(ctx context.Context, j job, a answer) {
	if n := len(j.attempt.Added); a.lost != nil && !a.throttled && n > 1 {
		// A server may hang up on a header section that is too large for it.
		for _, part := range [][]string{j.attempt.Added[:n/2], j.attempt.Added[n/2:]} {
			if b, ok := x.askPart(ctx, j, part); ok {
				x.lowerLimits(j, len(part))
				x.sift(ctx, j.with(only(j.attempt, part)), b)
			}
		}
		return
	}
	coverage := finding.Coverage{Probe: j.name(), Identity: j.as().Name, Fields: len(j.attempt.Added)}
	reacted := make(map[string]bool)
	names := j.attempt.Added
	differs := func(part []string) bool {
		b, ok := x.askPart(ctx, j, part)
		return ok && b.differs(j)
	}
	for a.lost == nil && a.differs(j) && len(names) > 0 {
		culprits := x.known(names)
		if len(culprits) == 0 && tooLarge(a.status) && len(names) > 1 {
			// The size alone may be what the server refuses.
			half := len(names) / 2
			if !differs(names[:half]) && !differs(names[half:]) && x.siftLeft > 0 {
				x.lowerLimits(j, half)
				names = nil
				break
			}
		}
		if len(culprits) == 0 && x.uniform(ctx, j, names, a) {
			coverage.Uniform, names = a.status, nil
			break
		}
		if len(culprits) == 0 {
			culprits = fewest(names, differs)
		}
		x.react(j, culprits, a)
		if x.siftLeft <= 0 || ctx.Err() != nil {
			coverage.Unsettled = len(names)
			break
		}
		for _, name := range culprits {
			reacted[name] = true
			x.origin.reacts(name)
		}
		if names = without(names, culprits); len(names) > 0 {
			var ok bool
			if a, ok = x.askPart(ctx, j, names); !ok {
				coverage.Unsettled = len(names)
				break
			}
		}
	}
	if a.throttled {
		coverage.Unsettled = len(names)
	}
	coverage.Reacted = slices.Sorted(maps.Keys(reacted))
	x.coverage = append(x.coverage, coverage)
}

// uniform reports that each field by itself brings the answer that all of them
// bring: what is refused is the kind of value, whatever field holds it.
func (x *examination) uniform(ctx context.Context, j job, names []string, a answer) bool {
	if len(names) < 4 || a.seen.showsInternals() {
		return false
	}
	for _, name := range []string{names[len(names)-1], names[0]} {
		if b, ok := x.askPart(ctx, j, []string{name}); !ok || b.signature != a.signature {
			return false
		}
	}
	return true
}

// known returns the names that made a difference before at this origin.
func (x *examination) known(names []string) []string {
	var out []string
	for _, name := range names {
		if x.origin.reactive[name] {
			out = append(out, name)
		}
	}
	return out
}

// askPart asks with some of a group's fields, within the budget of sifting.
func (x *examination) askPart(ctx context.Context, j job, names []string) (answer, bool) {
	if x.siftLeft <= 0 || ctx.Err() != nil {
		return answer{}, false
	}
	x.siftLeft--
	a := x.one(ctx, j.with(only(j.attempt, names)))
	x.settle(a)
	return a, a.lost == nil
}

// differs reports that an answer is not the control's.
func (a answer) differs(j job) bool { return a.signature != j.control.signature }

// tooLarge reports a status that servers use for a header section beyond their
// limits (RFC 6585, section 5; nginx answers 494 as 400).
func tooLarge(status int) bool {
	switch status {
	case 400, 413, 414, 431, 494:
		return true
	}
	return false
}

// lowerLimits remembers that the origin takes no more than so many of the
// fields of a group.
func (x *examination) lowerLimits(j job, fields int) {
	l := &x.origin.limits
	size := 0
	for _, f := range only(j.attempt, j.attempt.Added[:fields]).Request.Fields {
		size += len(f.Name) + len(f.Value) + 4
	}
	l.Fields, l.Total = min(l.Fields, fields), min(l.Total, max(size, 2000))
}
