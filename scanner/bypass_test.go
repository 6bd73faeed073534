package scanner

import (
	"slices"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

const accounts = `{"accounts": [{"id": 7, "email": "mia@partner.test", "iban": "DE02"}]}`

// guarded is a server whose proxy lets a request pass unless guard says no, and
// whose application knows the paths that serves knows.
func guarded(guard func(wire.Request) bool, serves func(wire.Request) *wire.Exchange) *target {
	return &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if as.Cert != nil || guard(r) {
			return asking(reply(403, "text/html", nginxForbidden))
		}
		return asking(serves(r))
	}}
}

const nginxForbidden = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// asking is an exchange in whose handshake a client certificate was asked for.
func asking(x *wire.Exchange) *wire.Exchange {
	x.Handshake = &wire.Handshake{Version: 0x304, Requested: true, Sent: true}
	return x
}

func missing() *wire.Exchange { return reply(404, "application/json", `{"error": "not found"}`) }

// lenient knows paths as servlet containers do.
func lenient(known ...string) func(wire.Request) *wire.Exchange {
	return func(r wire.Request) *wire.Exchange {
		path, _, _ := strings.Cut(strings.ToLower(strings.NewReplacer("%2f", "/", "//", "/", "/./", "/").Replace(r.Target)), "?")
		path, _, _ = strings.Cut(path, ";")
		switch {
		case !slices.Contains(known, strings.TrimSuffix(path, "/")):
			return missing()
		case r.Method == "HEAD":
			return reply(200, "application/json", "")
		case r.Method != "GET":
			return reply(405, "application/json", `{"error": "method"}`)
		}
		return reply(200, "application/json", accounts)
	}
}

func exactly(path string) func(wire.Request) bool {
	return func(r wire.Request) bool { return r.Target == path }
}

func TestASpellingThatGetsPastTheCheck(t *testing.T) {
	b := scanAll(t, guarded(exactly("/api/accounts"), lenient("/api/accounts")), "https://h/api/accounts")
	f := b.find(t, "mtls-path-bypass")
	if f.Confidence != finding.Confirmed || f.URL != "https://h/api/accounts" || len(f.Occurrences) < 3 {
		t.Errorf("%v at %s with %d occurrences", f.Confidence, f.URL, len(f.Occurrences))
	}
	if f.Evidence.Control == nil || f.Evidence.Control.Status != 403 || f.Evidence.Response.Status != 200 {
		t.Errorf("evidence %+v", f.Evidence)
	}
	open := slices.IndexFunc(b.targets[0].Surface, func(c finding.Surface) bool {
		return c.Verdict == finding.Open && c.URL != "https://h/api/accounts" && strings.Contains(c.Detail, "gets past the check of /api/accounts")
	})
	if open < 0 || b.targets[0].Surface[open].Reproduce != f.Reproduce {
		t.Errorf("no cell for it: %+v", b.targets[0].Surface)
	}
}

// TestWhatIsNoBypass has the servers that answer much, and give nothing away.
func TestWhatIsNoBypass(t *testing.T) {
	page := strings.Repeat("<p>welcome</p>", 60)
	for name, serves := range map[string]func(wire.Request) *wire.Exchange{
		"a single-page application": func(wire.Request) *wire.Exchange { return reply(200, "text/html", "<title>App</title>"+page) },
		"a page that repeats its path": func(r wire.Request) *wire.Exchange {
			return reply(200, "text/html", "<title>App</title><link rel=canonical href="+r.Target+">"+page)
		},
		"not found with status 200": func(r wire.Request) *wire.Exchange {
			return reply(200, "application/json", `{"error": "no such thing: `+r.Target+`"}`)
		},
		"a redirect to the plain spelling": func(wire.Request) *wire.Exchange {
			return reply(301, "text/html", "moved", wire.Field{Name: "Location", Value: "/api/accounts"})
		},
		"a login": func(wire.Request) *wire.Exchange {
			return reply(200, "text/html", `<form><input type="password"></form>`)
		},
		"an empty answer": func(wire.Request) *wire.Exchange { return reply(204, "", "") },
		"methods for OPTIONS": func(r wire.Request) *wire.Exchange {
			if r.Method == "OPTIONS" {
				return reply(200, "text/plain", "GET,HEAD", wire.Field{Name: "Allow", Value: "GET, HEAD"})
			}
			return missing()
		},
		"HEAD of anything": func(r wire.Request) *wire.Exchange {
			if r.Method == "HEAD" {
				return reply(200, "text/html", "")
			}
			return missing()
		},
	} {
		plain := exactly("/api/accounts")
		guard := func(r wire.Request) bool { return plain(r) && r.Method == "GET" }
		b := scanAll(t, guarded(guard, serves), "https://h/api/accounts")
		for _, f := range b.findings {
			if f.Category == finding.MTLSInconsistency {
				t.Errorf("%s: %s by %s: %s", name, f.Rule, f.Probe, f.Message)
			}
		}
	}
}

func below(folder string) func(wire.Request) bool {
	return func(r wire.Request) bool { return strings.HasPrefix(r.Target, folder) }
}

// TestAProgramThatAnswersForItsFolder has a servlet that reads nothing of the path
// below its own, as Tomcat maps "/secure/*" to one.
func TestAProgramThatAnswersForItsFolder(t *testing.T) {
	servlet := func(r wire.Request) *wire.Exchange {
		path := strings.ToLower(strings.ReplaceAll(r.Target, "//", "/"))
		if strings.HasPrefix(path, "/secure/") && r.Method == "GET" {
			return reply(200, "application/json", `{"depot": [{"isin": "DE0005140008"}]}`)
		}
		return missing()
	}
	f := scanAll(t, guarded(below("/secure/"), servlet), "https://h/secure/accounts").find(t, "mtls-path-bypass")
	if f.Confidence != finding.Confirmed {
		t.Errorf("%s, %v", f.Probe, f.Confidence)
	}
}

// TestWhatHTTP1AloneOpens has a server whose handler for HTTP/1.1 forgot the check
// that the one for HTTP/2 makes. It is no matter of what only HTTP/1.1 can say.
func TestWhatHTTP1AloneOpens(t *testing.T) {
	open := func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		return asking(lenient("/api/accounts")(r))
	}
	server := &target{other: open, answer: func(as wire.Identity, to wire.Origin, r wire.Request) *wire.Exchange {
		if r.HTTP1Only() {
			return open(as, to, r)
		}
		x := asking(reply(401, "application/json", `{"error": "mtls"}`))
		x.Got.Proto, x.Handshake.ALPN = "HTTP/2.0", "h2"
		return x
	}}
	b := scanAll(t, server, "https://h/api/accounts")
	b.find(t, "mtls-version-bypass")
	for _, f := range b.findings {
		if f.Category == finding.IdentitySpoofing || isBypass(f.Rule) {
			t.Errorf("%s by %s: %s", f.Rule, f.Probe, f.Message)
		}
	}
}

// TestAPageForAllThatIsNotGuarded has the front ends that answer for whatever is
// not the interface's own.
func TestAPageForAllThatIsNotGuarded(t *testing.T) {
	page := "<title>App</title>" + strings.Repeat("<p>welcome</p>", 60)
	for name, site := range map[string]*target{
		"at the root": guarded(below("/api/"), func(wire.Request) *wire.Exchange { return reply(200, "text/html", page) }),
		"with a word of the path": guarded(below("/api/"), func(wire.Request) *wire.Exchange {
			return reply(200, "text/html", "<title>App</title><nav>accounts</nav>")
		}),
		"in a folder": guarded(below("/app/api/"), func(r wire.Request) *wire.Exchange {
			if strings.HasPrefix(strings.ReplaceAll(r.Target, "//", "/"), "/app/") {
				return reply(200, "text/html", page)
			}
			return missing()
		}),
	} {
		url := "https://h/api/accounts"
		if name == "in a folder" {
			url = "https://h/app/api/accounts"
		}
		for _, f := range scanAll(t, site, url).findings {
			if f.Category == finding.MTLSInconsistency {
				t.Errorf("%s: %s by %s: %s", name, f.Rule, f.Probe, f.Message)
			}
		}
	}
}

func TestAMethodThatGetsPastTheCheck(t *testing.T) {
	guard := func(r wire.Request) bool { return r.Method == "GET" }
	f := scanAll(t, guarded(guard, lenient("/api/accounts")), "https://h/api/accounts").find(t, "mtls-method-bypass")
	if f.Method != "HEAD" || f.Confidence != finding.Confirmed {
		t.Errorf("%s, %v", f.Method, f.Confidence)
	}
}

func TestAHostThatGetsPastTheCheck(t *testing.T) {
	guard := func(r wire.Request) bool { return has(r, "Host", "h") }
	f := scanAll(t, guarded(guard, lenient("/api/accounts")), "https://h/api/accounts").find(t, "mtls-host-bypass")
	if f.Confidence != finding.Confirmed {
		t.Errorf("%v", f.Confidence)
	}
}

// TestAnotherSiteIsNoBypass has a default site with a front page of its own.
func TestAnotherSiteIsNoBypass(t *testing.T) {
	guard := func(r wire.Request) bool { return has(r, "Host", "h") }
	b := scanAll(t, guarded(guard, func(r wire.Request) *wire.Exchange {
		if r.Target == "/" {
			return reply(200, "text/html", "<h1>Welcome to nginx!</h1>")
		}
		return missing()
	}), "https://h/")
	if got := enforcementRules(b); len(got) > 0 {
		t.Errorf("findings %v", got)
	}
}

// TestThroughAnOpenSibling refuses all but a prefix, as it was written; the order
// in which the endpoints are examined must not matter.
func TestThroughAnOpenSibling(t *testing.T) {
	guard := func(r wire.Request) bool { return !strings.HasPrefix(r.Target, "/public/") }
	serves := func(r wire.Request) *wire.Exchange {
		if r.Target == "/public/news/../../admin/users" {
			return reply(200, "application/json", accounts)
		}
		return lenient("/public/news", "/admin/users")(r)
	}
	for _, urls := range [][]string{{"https://h/admin/users", "https://h/public/news"}, {"https://h/public/news", "https://h/admin/users"}} {
		f := scanAll(t, guarded(guard, serves), urls...).find(t, "mtls-path-bypass")
		if f.URL != "https://h/admin/users" || f.Probe != "enforcement/through-open-dots" || f.Confidence != finding.Confirmed {
			t.Errorf("%s by %s, %v", f.URL, f.Probe, f.Confidence)
		}
	}
}

// TestACheckAfterTheRequest refuses by an alert that comes once the path is known,
// as renegotiation does.
func TestACheckAfterTheRequest(t *testing.T) {
	server := &target{answer: func(_ wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		if !strings.HasPrefix(r.Target, "/secure") {
			return lenient("/secure/vault")(r)
		}
		return &wire.Exchange{
			Handshake: &wire.Handshake{Version: 0x303, Requested: true, Refusal: &wire.Refusal{Alert: 40, Name: "handshake_failure", AfterFinished: true}},
			Err:       &wire.Failure{Stage: wire.StageTLS, Err: wire.ErrClosed},
		}
	}}
	b := scanAll(t, server, "https://h/secure/vault")
	if f := b.find(t, "mtls-path-bypass"); f.Confidence != finding.Confirmed {
		t.Errorf("%v", f.Confidence)
	}
	if cell := b.targets[0].Surface[0]; cell.Verdict != finding.HandshakeRefused || !strings.Contains(cell.Detail, "renegotiation") {
		t.Errorf("%+v", cell)
	}
}

// TestAClosedConnectionRefuses has the way of some cloud balancers: no alert.
func TestAClosedConnectionRefuses(t *testing.T) {
	server := &target{answer: func(wire.Identity, wire.Origin, wire.Request) *wire.Exchange {
		return &wire.Exchange{
			Handshake: &wire.Handshake{Version: 0x304, Requested: true},
			Err:       &wire.Failure{Stage: wire.StageTLS, Err: wire.ErrClosed},
		}
	}}
	b := scanAll(t, server, "https://h/a")
	if cell := b.targets[0].Surface[0]; !b.done.Complete || cell.Verdict != finding.HandshakeRefused {
		t.Errorf("complete %v, %+v", b.done.Complete, cell)
	}
}
