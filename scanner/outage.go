package scanner

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"blurt/scanner/wire"
)

// Limits of how long an endpoint is waited for that wants fewer requests.
const (
	shortestPause = time.Second
	longestPause  = 5 * time.Second
	maxPatience   = 4 * time.Minute // the pauses of all requests to one endpoint together
	maxPauses     = 3               // for one request
)

// askPatiently sends a job's request, and again where nothing came of it: once
// without an answer, and after a pause where there were too many requests.
func (x *examination) askPatiently(ctx context.Context, j job) *wire.Exchange {
	exchange := x.doFor(ctx, j.purpose(), j.as(), x.endpoint, j.attempt.Request)
	for n := range maxPauses {
		busy := throttled(exchange, j.control)
		again := busy || n == 0 && unanswered(exchange) != ""
		if !again || ctx.Err() != nil || j.purpose() != forLeaks && x.mapLeft() <= 0 || busy && !x.pause(ctx, exchange.Got) {
			break
		}
		exchange = x.doFor(ctx, j.purpose(), j.as(), x.endpoint, j.attempt.Request)
	}
	return exchange
}

// throttled reports an answer that turns a request away for its number alone
// (RFC 6585, section 4), where the control was answered.
func throttled(exchange *wire.Exchange, c *control) bool {
	return isThrottle(exchange.Got) && !isThrottle(c.exchange.Got)
}

func isThrottle(got *wire.Response) bool { return got != nil && got.Status == 429 }

// pause waits as long as the answer asks for in Retry-After (RFC 9110, section
// 10.2.3), within limits. It reports whether asking again makes sense.
func (x *examination) pause(ctx context.Context, got *wire.Response) bool {
	wait := shortestPause
	if seconds, err := strconv.Atoi(got.Field("Retry-After")); err == nil {
		wait = min(max(wait, time.Duration(seconds)*time.Second), longestPause)
	}
	if x.waited.Add(int64(wait)) > int64(maxPatience) {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// outage returns why the answers to the probes cannot be trusted, where many came
// from something else than the application: the endpoint has ceased to answer as
// it did at first, or what stands behind the proxy was never reached.
func (x *examination) outage(ctx context.Context, c *control, total int) string {
	if x.downs*3 <= total || ended(ctx) || x.engine.account.isSpent() {
		return ""
	}
	before := c.exchange.Got
	if isDown(before) {
		return fmt.Sprintf("out of service: its plain request is answered with status %d, so the application was not reached", before.Status)
	}
	after := x.do(ctx, c.identity, x.endpoint, x.request).Got
	if !isDown(after) || ended(ctx) {
		return ""
	}
	return fmt.Sprintf("it ceased to answer during the scan: its plain request was answered with status %d at first, and with %d in the end", before.Status, after.Status)
}

// isDown knows the answers that a server or a proxy gives in place of the
// application: a gateway's failures, a service that is out of order for a while,
// too many requests. A 503 that names no time is also how some proxies refuse.
func isDown(got *wire.Response) bool {
	if got == nil {
		return false
	}
	switch got.Status {
	case 429, 502, 504:
		return true
	case 503:
		return got.Field("Retry-After") != ""
	}
	return false
}
