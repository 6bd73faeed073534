package scanner

import (
	"sync/atomic"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// purpose is what a request is for. Most are for what their answer may leak, and
// the map reads that for free.
type purpose uint8

const (
	forLeaks purpose = iota
	forIdentity
	forIssued
	forSpelling
	forWay
	forConfirmation
	purposes // how many there are
)

// effort counts the requests of an examination by purpose. It is safe for
// concurrent use.
type effort [purposes]atomic.Int64

func (e *effort) add(why purpose) { e[why].Add(1) }

func (e *effort) of(why purpose) int { return int(e[why].Load()) }

// total is the number of all requests, onMap of those for the map alone.
func (e *effort) total() int { return e.of(forLeaks) + e.onMap() }

func (e *effort) onMap() int {
	sum := 0
	for why := forLeaks + 1; why < purposes; why++ {
		sum += e.of(why)
	}
	return sum
}

// account is the effort for an endpoint as reports have it.
func (e *effort) account(to wire.Endpoint) *finding.Effort {
	return &finding.Effort{
		URL: to.String(), Requests: e.total(), Map: e.onMap(),
		Identities: e.of(forIdentity), Issued: e.of(forIssued), Spellings: e.of(forSpelling),
		Ways: e.of(forWay), Confirmations: e.of(forConfirmation),
	}
}

// purpose is what the job is for. What an answer suggested next is for leaks,
// whatever the request before it was for.
func (j job) purpose() purpose {
	switch {
	case j.isControl() || j.derived:
		return forLeaks
	case j.attempt.Certificate != nil && j.attempt.Issued && !j.attempt.Private:
		return forIssued
	case j.attempt.Certificate != nil:
		return forIdentity
	case isEnforcement(j.probe), j.control != nil && j.control.exchange != nil && j.control.exchange.Got == nil:
		return forSpelling
	}
	return forLeaks
}

// isOnMap reports a rule that says something of the map.
func isOnMap(rule string) bool {
	return isBypass(rule) || rule == untrustedAccepted || rule == checkIncomplete || rule == expectationRule || rule == notEnforced || rule == publicListed
}

// proof is what asking again for a rule is for.
func proof(rule string) purpose {
	if isOnMap(rule) {
		return forConfirmation
	}
	return forLeaks
}
