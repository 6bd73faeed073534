package scanner

import (
	"encoding/json"
	"strings"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// cellsOf scans one endpoint and returns the cells of those identities.
func cellsOf(t *testing.T, c Config, server *target, identities ...string) []finding.Surface {
	t.Helper()
	b := scanOf(t, c, server, "https://h/api/orders")
	var out []finding.Surface
	for _, identity := range identities {
		found := false
		for _, cell := range b.targets[0].Surface {
			if cell.Identity == identity && !found {
				out, found = append(out, cell), true
			}
		}
		if !found {
			t.Fatalf("no cell of %s", identity)
		}
	}
	return out
}

func TestCellsKeepTheirExchange(t *testing.T) {
	long := `{"error": "client certificate required", "session_token": "tok-81723-secret-3fa8cc12aa99d1", "filler": "` + strings.Repeat("x", 4000) + `"}`
	c := config()
	c.Caller = authority(t)
	server := &target{answer: func(as wire.Identity, _ wire.Origin, r wire.Request) *wire.Exchange {
		switch {
		case as.Name == "caller":
			return asking(reply(200, "application/json", accounts))
		case as.Cert != nil:
			return &wire.Exchange{
				Handshake: &wire.Handshake{Version: 0x304, Requested: true, Sent: true, Refusal: &wire.Refusal{Alert: 48, Name: "unknown_ca"}},
				Err:       &wire.Failure{Stage: wire.StageTLS, Err: wire.ErrClosed},
			}
		}
		return asking(reply(403, "application/json", long, wire.Field{Name: "Server", Value: "nginx"}, wire.Field{Name: "Set-Cookie", Value: "a=b"}))
	}}
	cells := cellsOf(t, c, server, "none", "caller", "self-signed-certificate")
	none, caller, stranger := cells[0].Exchange, cells[1].Exchange, cells[2].Exchange
	if none == nil || none.Request.Method != "GET" || none.Request.Target != "/api/orders" || none.Response.Status != 403 || !none.Response.Cut {
		t.Fatalf("none: %+v", none)
	}
	if text, _ := json.Marshal(none); strings.Contains(string(text), "81723") || strings.Contains(string(text), "Set-Cookie") || len(text) > 800 || !strings.Contains(string(text), "nginx") {
		t.Errorf("none: %s", text)
	}
	if caller == nil || caller.Response.Body != "" || caller.BodyLeftOut == "" {
		t.Errorf("what the caller's certificate opens is kept: %+v", caller)
	}
	if stranger == nil || stranger.Response != nil || !strings.Contains(stranger.Failure, "unknown_ca") {
		t.Errorf("stranger: %+v", stranger)
	}
}

func TestCellsOfWhatGetsThroughKeepTheirExchange(t *testing.T) {
	server := guarded(func(r wire.Request) bool { return r.Target == "/api/orders" }, lenient("/api/orders"))
	b := scanAll(t, server, "https://h/api/orders")
	for _, cell := range b.targets[0].Surface {
		if strings.HasPrefix(cell.Detail, "gets past") {
			if e := cell.Exchange; e == nil || e.Request.Target == "/api/orders" || e.Response.Status != 200 || e.Response.Body == "" || len(e.Response.Body) > 300 {
				t.Errorf("%+v", cell.Exchange)
			}
			return
		}
	}
	t.Error("nothing gets through")
}

func TestExchangesOfCellsAreBounded(t *testing.T) {
	c := config()
	e, err := newEngine(c)
	if err != nil {
		t.Fatal(err)
	}
	e.exchanged.Store(maxExchanged - 1)
	x := &examination{engine: e}
	exchange := reply(200, "image/png", "\x89PNG")
	exchange.Asked = wire.Request{Method: "GET", Target: "/" + strings.Repeat("x", 4000)}
	first := x.exchanged(exchange, nil)
	if first == nil || first.BodyLeftOut != "it is no text" || first.Response.Body != "" || len(first.Request.Target) > 400 {
		t.Errorf("%+v", first)
	}
	if x.exchanged(exchange, nil) != nil {
		t.Error("there is no end")
	}
}
