package scanner

import (
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// absence is how an origin answers for what does not exist. Nothing of the answer
// itself is kept.
type absence struct {
	verdict   finding.Verdict
	status    int
	grain     grain
	signature uint64
}

// miss keeps how the origin answers for a path that cannot exist, the first time.
func (s *originState) miss(c *control) {
	if s.absence != nil {
		return
	}
	v, status, _ := verdict(c.exchange)
	s.absence = &absence{verdict: v, status: status, grain: c.grain, signature: c.signature}
}

// equals reports that an answer is the one for what does not exist.
func (a *absence) equals(x *examination, got *wire.Response) bool {
	return a != nil && a.status == got.Status && x.signature(got, a.grain) == a.signature
}

// refuses reports that the origin refuses whatever it does not know: to spell a
// refused path otherwise then leads to the same refusal.
func (a *absence) refuses() bool { return a != nil && isRefusal(a.verdict) }
