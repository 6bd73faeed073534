package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"golang.org/x/net/html"
)

// checkCells goes from the cells of the map to what stands behind them, by link,
// by key and past the filter.
func checkCells(b *browser, check func(what, expression string, want any)) {
	check("a row that the filter hides", `document.querySelectorAll(".matrix tbody tr")[1].hidden`, true)
	b.eval(`location.hash = document.querySelectorAll(".matrix tbody tr")[1].querySelector("a.verdict").hash; 0`)
	check("a permalink to its cell", `!document.querySelectorAll(".matrix tbody tr")[1].hidden && document.activeElement.id === location.hash.slice(1)
		&& document.activeElement.matches(".exchange.shown")`, true)
	check("its command", `[...document.activeElement.querySelectorAll("pre")].some((pre) => pre.textContent.startsWith("curl "))`, true)
	b.eval(`document.querySelector(".matrix a.verdict").focus(); 0`)
	b.press("Enter", "Enter", 13)
	check("a cell by key", `document.activeElement.id === document.querySelector(".matrix a.verdict").hash.slice(1)`, true)
	for _, want := range []string{"app-refused 403 as none", "GET /v1/users HTTP/1.1", "HTTP/1.1 403 Forbidden", "Server: nginx/1.22.1", "client certificate required", "TLS 1.3"} {
		check("what stands behind it has "+want, `document.activeElement.textContent.includes("`+want+`")`, true)
	}
	check("its findings", `[...document.activeElement.querySelectorAll("li a")].length > 0 &&
		[...document.activeElement.querySelectorAll("li a")].every((a) => document.querySelector(a.hash)?.matches(".finding"))`, true)
	check("other cells", `[...document.querySelectorAll(".exchange")].some((e) => e.textContent.includes("no HTTP answer: alert unknown_ca"))
		&& [...document.querySelectorAll(".exchange")].some((e) => e.textContent.includes("your own credentials open it"))`, true)
	check("the way back", `document.querySelector(document.activeElement.querySelector("p a:last-child").hash).tagName`, "TR")
}

// TestCellsLeadToExchanges is about a reader whose browser runs no script, and one
// who keeps a link: what a cell leads to is in the page, once, and its name lasts.
func TestCellsLeadToExchanges(t *testing.T) {
	links := func(events []finding.Event) []string {
		text := string(write(t, "html", report.Options{}, events))
		document, err := html.ParseWithOptions(strings.NewReader(text), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatal(err)
		}
		ids, out := map[string]int{}, []string{}
		for node := range document.Descendants() {
			for _, a := range node.Attr {
				if a.Key == "id" {
					ids[a.Val]++
				}
				if a.Key == "href" && strings.HasPrefix(a.Val, "#c-") {
					out = append(out, a.Val)
				}
			}
		}
		for _, link := range out {
			if ids[link[1:]] != 1 {
				t.Errorf("%s is there %d times", link, ids[link[1:]])
			}
		}
		return out
	}
	once := links(scan(t))
	if len(once) != 10 { // each cell, and each link to itself
		t.Errorf("%d links: %v", len(once), once)
	}
	for _, link := range once {
		if !regexp.MustCompile(`^#c-[0-9a-f]{12}$`).MatchString(link) {
			t.Errorf("%q", link)
		}
	}
	twice := scan(t)
	for _, e := range scan(t) {
		if e.Target != nil {
			twice = append(twice[:len(twice)-1], e, twice[len(twice)-1])
		}
	}
	// Told again, a way that changed nothing joins the usual cell of its row.
	if got := links(twice); len(got) != 2*len(once)-2 {
		t.Errorf("%d links", len(got))
	}
}

// A row is one, whenever its cells came, and the usual way stands first in each.
func TestRowsOfTheMapAreWhole(t *testing.T) {
	at := func(url, way string, status int) finding.Event {
		return finding.Event{Target: &finding.Target{URL: url, Surface: []finding.Surface{{URL: url, Method: "GET", Identity: "none", Way: way, Verdict: finding.Open, Status: status}}}}
	}
	text := string(write(t, "html", report.Options{}, append(scan(t)[:1],
		at("https://h/a", "TLS 1.2", 204), at("https://h/b", "", 200), at("https://h/a", "", 203), at("https://h/a", "HTTP/1.0", 203))))
	if rows := strings.Count(text, `<tr id="r-`); rows != 2 {
		t.Errorf("%d rows", rows)
	}
	if usual, other := strings.Index(text, ">open 203<"), strings.Index(text, ">open 204<"); usual < 0 || other < usual {
		t.Errorf("the usual way at %d, the other at %d", usual, other)
	}
	if !strings.Contains(text, "and 1 other way alike") {
		t.Error("a way that changed nothing is not told")
	}
}

// TestMapsOfManyEndpointsStaySmall holds that exchanges have a bound of their own,
// whoever wrote the report.
func TestMapsOfManyEndpointsStaySmall(t *testing.T) {
	events := scan(t)[:1]
	const many = 12_000
	for i := range many {
		e := refusedExchange()
		e.Response.Body = strings.Repeat("x", 5000)
		events = append(events, finding.Event{Target: &finding.Target{URL: fmt.Sprintf("https://h/%d", i), Surface: []finding.Surface{
			{URL: fmt.Sprintf("https://h/%d", i), Method: "GET", Identity: "none", Verdict: finding.AppRefused, Status: 403, Exchange: e},
			{URL: fmt.Sprintf("https://h/%d", i), Method: "GET", Identity: "caller", Verdict: finding.AppRefused, Status: 403, Exchange: e},
			{URL: fmt.Sprintf("https://h/%d", i), Method: "GET", Identity: "x", Verdict: finding.AppRefused, Status: 403, Exchange: e},
		}}})
	}
	text := write(t, "html", report.Options{}, events)
	if shown := strings.Count(string(text), `aria-label="What was answered"`); shown != 10_000 {
		t.Errorf("%d exchanges", shown)
	}
	if len(text) > 48<<20 {
		t.Errorf("%d bytes", len(text))
	}
}
