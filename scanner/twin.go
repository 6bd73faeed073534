package scanner

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// maxTwins bounds the requests that telling bypasses from catch-alls may cost an
// endpoint.
const maxTwins = 12

// sieve leaves out bypasses that are none. A server that answers everything (the
// page of a single-page application, a default site) answers the other way of
// asking for a path that cannot exist just as well: so that is asked, too.
func (x *examination) sieve(ctx context.Context) {
	x.dropImplied()
	asked := 0
	x.drafts = slices.DeleteFunc(x.drafts, func(d draft) bool {
		if !isBypass(d.hit.Rule) || d.settled {
			return false
		}
		if asked >= maxTwins || ctx.Err() != nil {
			return true // it could not be told
		}
		asked++
		return !x.standsOut(ctx, d)
	})
}

// standsOut reports that what was served depends on the path: the same way of
// asking for another path brings something else.
func (x *examination) standsOut(ctx context.Context, d draft) bool {
	twin, ok := x.twin(d.job)
	if !ok {
		return false
	}
	answer := x.do(ctx, d.job.as(), x.endpoint, twin)
	if answer.Got == nil {
		return shutOut(answer)
	}
	if !isServed(answer) {
		return true
	}
	again := x.do(ctx, d.job.as(), x.endpoint, d.job.attempt.Request)
	return again.Got != nil && !alike(x, again, answer)
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
	c := x.context(j.probe, j.control)
	path := strings.TrimSuffix(x.endpoint.Path(), "/")
	other := path[:strings.LastIndexByte(path, '/')+1] + token
	if strings.HasSuffix(x.endpoint.Path(), "/") {
		other += "/"
	}
	c.Endpoint, c.Control.Target = c.Endpoint.WithTarget(other), other
	for a := range j.probe.Build(c) {
		if a.Variant == j.attempt.Variant {
			return a.Request, true
		}
	}
	return wire.Request{}, false
}

// alike compares two answers that were both served, leaving aside what each says
// of its own path.
func alike(x *examination, a, b *wire.Exchange) bool {
	if a.Got.Status != b.Got.Status || mediaOf(a.Got) != mediaOf(b.Got) {
		return false
	}
	first, second := withoutPath(a), withoutPath(b)
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

// withoutPath returns a body without the words of the request's own path.
func withoutPath(x *wire.Exchange) []byte {
	body := x.Got.Body
	path, _, _ := strings.Cut(x.Asked.Target, "?")
	body = bytes.ReplaceAll(body, []byte(path), nil)
	for segment := range strings.SplitSeq(path, "/") {
		if len(segment) > 2 {
			body = bytes.ReplaceAll(body, []byte(segment), nil)
		}
	}
	return body
}
