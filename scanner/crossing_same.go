package scanner

import (
	"bytes"
	"context"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// isSame judges whether what answers by another way is what the front door
// guards, and not some other site of the server.
func (c *crossing) isSame(ctx context.Context, w *way, got *wire.Exchange) (finding.Confidence, bool) {
	switch {
	case w.same:
		return finding.Confirmed, c.isServed(got.Got)
	case isDefaultPage(got.Got):
		return 0, false
	case c.equalsCallers(got):
		return finding.Confirmed, true
	case !isServedPage(got.Got) || c.unlikeCallers(got) || c.isAbsent(ctx, w, got):
		return 0, false
	}
	if c.sameCertificate(w, got) {
		if c.x.isGeneric() {
			return finding.Firm, true
		}
		return finding.Confirmed, true
	}
	if len(w.homes) > 0 {
		differs := true
		for _, host := range w.homes {
			at := wire.Origin{Scheme: w.to.Origin.Scheme, Host: host, Port: w.to.Origin.Port}
			home := c.ask(ctx, forConfirmation, w, w.request.Set("Host", at.Authority()))
			if home.Got != nil && alike(c.x, home, got) {
				differs = false
				break
			}
		}
		if differs {
			return finding.Confirmed, true
		}
	}
	// The path alone speaks for it, or, where many sites have that, what comes of
	// it: data are seldom anyone's front page.
	if c.x.isGeneric() {
		media := got.Got.Field("Content-Type")
		return finding.Tentative, media != "" && !strings.Contains(media, "html") && !strings.HasPrefix(media, "text/plain")
	}
	return finding.Firm, true
}

// equalsCallers reports an answer that is what the caller's own certificate gets.
func (c *crossing) equalsCallers(got *wire.Exchange) bool {
	return c.want != nil && len(got.Got.Body) > 0 && isServedPage(got.Got) &&
		c.x.signature(got.Got, c.want.grain) == c.want.signature && c.want.grain < outline
}

// unlikeCallers reports an answer of another kind than the caller's own
// certificate gets: another site's.
func (c *crossing) unlikeCallers(got *wire.Exchange) bool {
	return c.want != nil && c.want.exchange.Got != nil && c.x.signature(got.Got, outline) != c.x.signature(c.want.exchange.Got, outline)
}

// isServed reports an answer from behind the check, at the site of the front
// door. Where a page of the application's own is the refusal, only success counts.
func (c *crossing) isServed(got *wire.Response) bool {
	if isServedPage(got) {
		return true
	}
	if c.plain.Verdict != finding.HandshakeRefused && !detect.WantsCertificate(c.front.exchange.Got) {
		return false
	}
	switch got.Status {
	case 301, 302, 303, 307, 308, 404:
		return true
	}
	return false
}

// isServedPage reports success, or an error that only the application behind can
// know of: it looked at the method or at what was asked for.
func isServedPage(got *wire.Response) bool {
	switch got.Status {
	case 405, 406, 415, 422:
		return true
	}
	return got.Status >= 200 && got.Status < 300
}

// isAbsent reports that the way answers the same for a path that cannot exist.
func (c *crossing) isAbsent(ctx context.Context, w *way, got *wire.Exchange) bool {
	r := w.request
	r.Target = "/" + c.x.engine.mint.Token("other-way", "path")
	absent := c.ask(ctx, forConfirmation, w, r)
	if absent.Got == nil {
		return true
	}
	return alike(c.x, absent, got)
}

// sameCertificate reports that another address shows the very certificate of the
// front door, and so serves the same site.
func (c *crossing) sameCertificate(w *way, got *wire.Exchange) bool {
	front := c.front.exchange.Handshake
	return w.by.Addr.IsValid() && got.Handshake != nil && front != nil && len(front.Chain) > 0 && len(got.Handshake.Chain) > 0 &&
		got.Handshake.Chain[0].Equal(front.Chain[0])
}

// isGeneric reports a path that many sites have, so that an answer for it says
// little about which site answers.
func (x *examination) isGeneric() bool {
	path := strings.ToLower(strings.Trim(x.endpoint.Path(), "/"))
	switch path {
	case "", "index.html", "index.php", "index.htm", "favicon.ico", "robots.txt", "sitemap.xml", "login", "api", "docs", "health", "healthz",
		"health/live", "health/ready", "livez", "readyz", "status", "ping", "version", "metrics", "info", "home", "about":
		return true
	}
	return strings.HasPrefix(path, ".well-known")
}

// isDefaultPage knows the pages that servers have before anyone has set up a
// site, and empty ones.
func isDefaultPage(got *wire.Response) bool {
	if len(bytes.TrimSpace(got.Body)) == 0 {
		return true
	}
	for _, text := range [...]string{
		"<title>Welcome to nginx", "Apache2 Debian Default Page", "Apache2 Ubuntu Default Page", "Test Page for the ", "HTTP Server Test Page",
		"<h1>It works!</h1>", "<title>IIS Windows", "<title>Welcome to OpenResty", "Your web server is working", "default backend - 404",
		"<title>Welcome to CentOS", "HTTP Status 404", "The plain HTTP request was sent to HTTPS port",
	} {
		if bytes.Contains(got.Body[:min(len(got.Body), 8<<10)], []byte(text)) {
			return true
		}
	}
	return false
}
