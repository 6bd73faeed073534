package scanner

import (
	"slices"

	"blurt/probes"
	"blurt/scanner/finding"
	"blurt/scanner/policy"
)

// The map has a budget of requests for each endpoint. What an endpoint is asked
// for the map comes in an order, and ends where the budget does: certificates of
// nobody, spellings of a refused path, other ways into its origin. What seems to be
// a hole is asked again at once, out of the same budget, so that less is left for
// what would come later.

// mapBudget bounds, by profile, what one endpoint is asked for the map. What the
// key of an authority allows to be asked beside that is not in it.
func mapBudget(p probes.Profile) int { return [...]int{8, 12, 80}[p] }

const (
	// proofReserve is what proving a hole may cost beyond the budget, where it shows
	// only with the last requests of it.
	proofReserve = 6
	// wayReserve is what spellings leave for the ways into the origin.
	wayReserve = 3
	// throughCost is what it costs to ask for the endpoint through an open sibling
	// that is only known later: two paths, the proof, and a look at the endpoint.
	throughCost = 5
)

// mapSpent is what the endpoint has cost the map so far.
func (x *examination) mapSpent() int {
	return x.spentBefore + x.effort.onMap() - x.effort.of(forIssued)
}

// mapLeft is how many questions the endpoint may still be asked for the map.
func (x *examination) mapLeft() int {
	return max(0, mapBudget(x.engine.config.Profile)-x.mapSpent()-x.mapOwed())
}

// mapOwed is what it will cost to ask again for what certificates and expectations
// have shown.
func (x *examination) mapOwed() int {
	owed := 0
	for _, rule := range [...]string{untrustedAccepted, checkIncomplete} {
		if slices.ContainsFunc(x.drafts, func(d draft) bool { return d.hit.Rule == rule && !d.repeated }) {
			owed += 2
		}
	}
	if e, found := policy.Find(x.engine.config.Expectations, x.request.Method, x.endpoint.Path()); found &&
		slices.ContainsFunc(x.clients(), func(c client) bool { return e.Requires.Judge(c.answer) != policy.Met }) {
		owed++
	}
	return owed
}

// throughReserve is what the ways into the origin leave for a path through an open
// sibling, where no other spelling can lead anywhere and siblings are still to come.
func (x *examination) throughReserve(by finding.Verdict) int {
	if by == finding.HandshakeRefused || !x.origin.absence.refuses() || len(x.origin.open) > 0 || x.engine.config.Profile < probes.Standard {
		return 0
	}
	if x.origin.led == 0 && !x.engine.handed.isRepeated(x.endpoint.Origin) {
		return 0
	}
	return throughCost
}

// mayProve reports whether what seems to be a hole may still be asked again.
func (x *examination) mayProve() bool {
	return x.mapSpent() < mapBudget(x.engine.config.Profile)+proofReserve && !x.engine.account.isSpent()
}

// isThorough reports the profile that asks what seldom pays.
func (x *examination) isThorough() bool { return x.engine.config.Profile >= probes.Thorough }
