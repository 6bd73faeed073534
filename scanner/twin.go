package scanner

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// maxSuspects bounds, below thorough, the suspicions of one rule that are held
// against a twin before the rest is given up.
const maxSuspects = 3

// sieve proves bypasses and leaves out those that are none. A server that answers
// everything (the page of a single-page application, a default site) answers the
// other way of asking for a path that cannot exist just as well: so that is asked,
// too. Once one is proven, the others of its rule are kept that brought the same answer.
func (x *examination) sieve(ctx context.Context) {
	x.dropImplied()
	x.dropByVersion(ctx)
	for _, rule := range [...]string{pathBypass, methodBypass, hostBypass} {
		x.sieveRule(ctx, rule)
	}
}

func (x *examination) sieveRule(ctx context.Context, rule string) {
	most := maxSuspects
	if x.isThorough() {
		most = len(x.drafts)
	}
	for tries := 0; tries < most && !x.hasProof(rule) && ctx.Err() == nil && x.mayProve(); tries++ {
		at := x.suspect(rule)
		if at < 0 {
			break
		}
		if d, ok := x.prove(ctx, x.drafts[at]); ok {
			x.drafts[at] = d
		} else {
			x.drafts = slices.Delete(x.drafts, at, at+1)
		}
	}
	answers := make(map[uint64]bool)
	for _, d := range x.drafts {
		if d.hit.Rule == rule && d.proven {
			answers[d.answer] = true
		}
	}
	x.drafts = slices.DeleteFunc(x.drafts, func(d draft) bool { return d.hit.Rule == rule && !answers[d.answer] })
}

// suspect returns where the draft of a rule is that is to be proven next: the one
// that a report would show; -1 where none is left.
func (x *examination) suspect(rule string) int {
	best := -1
	for i, d := range x.drafts {
		if d.hit.Rule == rule && !d.proven && (best < 0 || d.better(x.drafts[best])) {
			best = i
		}
	}
	return best
}

// hasProof reports that a rule was proven to be broken beyond doubt.
func (x *examination) hasProof(rule string) bool {
	return slices.ContainsFunc(x.drafts, func(d draft) bool {
		return d.hit.Rule == rule && d.proven && d.hit.Confidence >= finding.Firm
	})
}

// prove reports that what was served depends on the path: the same way of asking
// for another path brings something else. It asks again for what it returns.
func (x *examination) prove(ctx context.Context, d draft) (draft, bool) {
	twin, ok := x.twin(d.job)
	if !ok {
		return d, false
	}
	other := x.doFor(ctx, forConfirmation, d.job.as(), x.endpoint, twin)
	if other.Got == nil && !shutOut(other) {
		return d, false
	}
	d.proven = true
	if !x.controlHolds(ctx, d.job, d.hit.Rule) {
		d.hit.Confidence = finding.Tentative
		return d, true
	}
	for range 2 {
		exchange, found, shown := x.remake(ctx, d.job, d.hit.Rule)
		if isServed(other) && (exchange.Got == nil || alike(x, exchange, other) && !x.answersForFolder(ctx, d.job, exchange)) {
			return d, false
		}
		if shown {
			return x.lift(d, found), true
		}
	}
	d.hit.Confidence = finding.Tentative
	return d, true
}

// answersForFolder reports a program that answers for its folder, whatever is asked
// for below it, as servlets and gateways do, and not a server that answers for
// everything: the guard refuses the twin as it is written, and in the same
// spelling another folder brings something else.
func (x *examination) answersForFolder(ctx context.Context, j job, served *wire.Exchange) bool {
	segments := strings.Split(strings.Trim(x.endpoint.Path(), "/"), "/")
	if bypassRule(j) != pathBypass || len(segments) < 2 || !x.mayProve() {
		return false
	}
	token := x.engine.mint.Token("enforcement", "path")
	ask := func(at int) *wire.Exchange {
		changed := slices.Clone(segments)
		changed[at] = token
		path := "/" + strings.Join(changed, "/")
		r := x.request
		r.Target = path
		if at < len(segments)-1 {
			var ok bool
			if r, ok = x.respell(j, path); !ok {
				return &wire.Exchange{}
			}
		}
		return x.doFor(ctx, forConfirmation, j.as(), x.endpoint, r)
	}
	plain := ask(len(segments) - 1)
	if v, _, _ := verdict(plain); !isRefusal(v) {
		return false
	}
	elsewhere := ask(len(segments) - 2)
	return elsewhere.Got != nil && !(isServed(elsewhere) && alike(x, served, elsewhere))
}

// twin returns the request of a job for a path that cannot exist: the last
// segment is a token, and all else is asked in the same way.
func (x *examination) twin(j job) (wire.Request, bool) {
	token := x.engine.mint.Token("enforcement", "path")
	if bypassRule(j) != pathBypass {
		r := j.attempt.Request
		r.Target = "/" + token
		return r, true
	}
	path := strings.TrimSuffix(x.endpoint.Path(), "/")
	other := path[:strings.LastIndexByte(path, '/')+1] + token
	if strings.HasSuffix(x.endpoint.Path(), "/") {
		other += "/"
	}
	return x.respell(j, other)
}

// respell returns the request by which a job's probe asks for another path in the
// same spelling.
func (x *examination) respell(j job, path string) (wire.Request, bool) {
	c := x.context(j.probe, j.control)
	c.Endpoint, c.Control.Target = c.Endpoint.WithTarget(path), path
	for a := range j.probe.Build(c) {
		if a.Variant == j.attempt.Variant {
			return a.Request, true
		}
	}
	return wire.Request{}, false
}

// alike compares two answers that were both served, leaving aside the words of
// both paths: one page may hold those of the one by chance.
func alike(x *examination, a, b *wire.Exchange) bool {
	if a.Got.Status != b.Got.Status || mediaOf(a.Got) != mediaOf(b.Got) {
		return false
	}
	first, second := withoutPaths(a.Got.Body, a, b), withoutPaths(b.Got.Body, a, b)
	if bytes.Equal(first, second) {
		return true
	}
	one, other := *a.Got, *b.Got
	one.Body, other.Body = first, second
	if x.signature(&one, wordy) == x.signature(&other, wordy) {
		return true
	}
	// Pages of one template that differ in a few words.
	short, long := min(len(first), len(second)), max(len(first), len(second))
	return mediaOf(a.Got) == "text/html" && short > 500 && long-short < long/50
}

func mediaOf(got *wire.Response) string {
	media, _, _ := strings.Cut(strings.ToLower(got.Field("Content-Type")), ";")
	return strings.TrimSpace(media)
}

// withoutPaths returns a body without the requests' paths, and without the words of
// them.
func withoutPaths(body []byte, asked ...*wire.Exchange) []byte {
	var words []string
	for _, x := range asked {
		path, _, _ := strings.Cut(x.Asked.Target, "?")
		body = bytes.ReplaceAll(body, []byte(path), nil)
		words = append(words, strings.Split(path, "/")...)
	}
	for _, word := range words {
		if len(word) > 2 {
			body = bytes.ReplaceAll(body, []byte(word), nil)
		}
	}
	return body
}
