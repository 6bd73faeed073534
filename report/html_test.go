package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"

	"golang.org/x/net/html"
)

// elements are all that a page may consist of.
const elements = " html head meta link title style body a header h1 h2 h3 h4 h5 h6 p code time main section div table caption tbody thead tr th td " +
	"svg rect span label input select option fieldset legend button article details summary noscript dl dt dd pre mark ul ol li em strong br hr blockquote footer script "

// attributes are all that its elements may have.
const attributes = " lang charset http-equiv content name rel href class id aria-labelledby aria-label aria-hidden aria-pressed role hidden tabindex " +
	"focusable width height rx scope start for type autocomplete spellcheck value checked data-severity data-category data-verdict data-fix "

// checkPage fails for a page that loads something, runs something else than its
// own script, or has an element or attribute that blurt does not write. With
// scripting off, as here, a parser also sees what stands in noscript.
func checkPage(t *testing.T, text []byte) *html.Node {
	t.Helper()
	document, err := html.ParseWithOptions(bytes.NewReader(text), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	policy, sources := "", map[string]string{}
	ids := map[string]bool{}
	for node := range document.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		if !strings.Contains(elements, " "+node.Data+" ") {
			t.Fatalf("the page has the element %s", node.Data)
		}
		if node.Data == "script" || node.Data == "style" {
			if sources[node.Data] != "" {
				t.Fatalf("a second %s", node.Data)
			}
			sources[node.Data] = node.FirstChild.Data
		}
		for _, a := range node.Attr {
			checkAttribute(t, node.Data, a)
			if a.Key == "id" && ids[a.Val] {
				t.Fatalf("a second id %s", a.Val)
			} else if a.Key == "id" {
				ids[a.Val] = true
			}
			if a.Key == "content" && strings.HasPrefix(a.Val, "default-src") {
				policy = a.Val
			}
		}
	}
	want := "default-src 'none'; style-src '" + hashOf(sources["style"]) + "'; script-src '" + hashOf(sources["script"]) +
		"'; img-src data:; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Fatalf("the policy is %q, want %q", policy, want)
	}
	return document
}

func checkAttribute(t *testing.T, element string, a html.Attribute) {
	t.Helper()
	if !strings.Contains(attributes, " "+a.Key+" ") && !(element == "svg" || element == "rect") {
		t.Fatalf("%s has the attribute %s=%q", element, a.Key, a.Val)
	}
	if a.Key == "href" && !regexp.MustCompile(`^(#[A-Za-z0-9-]+|data:,)$`).MatchString(a.Val) && !(element == "a" && regexp.MustCompile("^https?://").MatchString(a.Val)) {
		t.Fatalf("%s links to %q", element, a.Val)
	}
}

func hashOf(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestHTMLIsSelfContained(t *testing.T) {
	for name, events := range streams(t) {
		t.Run(name, func(t *testing.T) { checkPage(t, write(t, "html", report.Options{}, events)) })
	}
}

// Text of a saved report goes through the Markdown renderer; it may be anything.
func TestHTMLRemediationIsInert(t *testing.T) {
	f := banner()
	f.Rule = "rule-of-another-version"
	f.Remediation = "<script>alert(1)</script>\n\n![x](https://evil.example/p.png) [run](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n" +
		"<iframe src=https://evil.example></iframe>\n\n![a ![b](c)](d)\n\n# big\n\n<https://ok.example/>\n\n[x]: https://evil.example\n\n- ![x]"
	f.References = []string{"javascript:alert(1)", "https://ok.example/\" onclick=\"x", "https://ok.example/"}
	document := checkPage(t, write(t, "html", report.Options{}, []finding.Event{{Finding: &f}}))
	var out bytes.Buffer
	if err := html.Render(&out, document); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "(left out here)") || strings.Contains(out.String(), "<h1>big") {
		t.Error("images or headings are not replaced")
	}
}

func TestHTMLShows(t *testing.T) {
	gate := finding.High
	text := string(write(t, "html", report.Options{Gate: &gate}, scan(t)))
	at := -1
	for _, want := range []string{
		"6 findings: 3 critical, 1 low, 2 info · 214 requests · 2 endpoints · 12.4s · INCOMPLETE, 2 errors",
		`<p class="state bad">Gate failed: 3 findings at or above high</p>`,
		"By OWASP API Security Top 10, 2023", "API2:2023 Broken Authentication", `id="critical">Critical: 3 findings`,
		`<article class="finding" id="f-5d0c1f" data-severity="critical" data-category="debug-page">`,
		"<mark>Unable to load PEM file.</mark>", "Set-Cookie: a=********", "users&#39; \\\n  -H", `href="#f-5d0c1f"`,
		`id="info">Info: 2 findings`, "Who was answered by which layer", `data-verdict="proxy-refused">proxy-refused 400`, "Could not be examined", "no answer to malformed-name/long",
		"ALLOWED_HOSTS = [", "server_tokens off;",
	} {
		next := strings.Index(text[max(at, 0):], want)
		if next < 0 {
			t.Fatalf("%q is missing or out of order", want)
		}
		at = max(at, 0) + next
	}
	if strings.Count(text, "ALLOWED_HOSTS = [") != 1 {
		t.Error("an explanation does not stand there once")
	}
}

// status is the line that counts the findings shown.
const status = `document.querySelector("#count").textContent`

// In a real browser: nothing is asked for or complained about, and filters and
// permalinks work by click and by key. SCREENSHOTS names a folder for pictures.
func TestHTMLInBrowser(t *testing.T) {
	b := openBrowser(t)
	b.open(page(t, write(t, "html", report.Options{}, scan(t))))
	const shown = `document.querySelectorAll(".finding:not([hidden])").length`
	check := func(what, expression string, want any) {
		t.Helper()
		if got := b.becomes(expression, want); got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("at first", shown, 6.0)
	b.click("input[value=critical]")
	check("without critical", shown, 3.0)
	check("its status", status, "3 of 6 findings")
	b.click("#clear")
	check("cleared", shown, 6.0)
	b.eval("document.activeElement.blur()")
	b.press("/", "Slash", 191)
	check("the key /", "document.activeElement.id", "search")
	b.text("orders debug")
	check("searched", status, "1 of 6 findings")
	b.eval(`location.hash = "#f-91be77"`)
	check("a permalink past the filter", `document.querySelector("#f-91be77 details").open && !document.querySelector("#f-91be77").hidden &&
		document.activeElement.closest(".finding").id`, "f-91be77")
	check("its explanation", `document.querySelector("#f-91be77 .fix").textContent.includes("client-identity.conf")`, true)
	b.press("Enter", "Enter", 13)
	check("closed by key", `document.querySelector("#f-91be77 details").open`, false)
	b.click("#f-5d0c1f summary")
	check("opened by click", `document.querySelector("#f-5d0c1f details").open`, true)
	b.click("#f-5d0c1f .permalink")
	check("its permalink", "location.hash", "#f-5d0c1f")
	b.click("#f-5d0c1f .copy")
	check("the copy button", `document.querySelector("#f-5d0c1f .copy").textContent.startsWith("Cop")`, true)
	b.click("#place")
	b.text("nowhere")
	check("the surface", `document.querySelector("#rows").textContent`, "0 of 2 rows")
	check("a row leads to its findings", `[...document.querySelectorAll(".matrix tbody th a")].every((a) => document.querySelector(a.hash)?.matches(".finding"))`, true)
	b.click("#place")
	b.eval(`document.querySelector("#place").select()`)
	b.text("accounts")
	check("the surface by endpoint", `document.querySelector("#rows").textContent`, "1 of 2 rows")
	b.eval(`document.querySelector("#place").value = ""; document.querySelector("#verdict").focus(); 0`)
	b.press("p", "KeyP", 80)
	check("the surface by verdict, chosen by key", `document.querySelector("#verdict").value + ": " + document.querySelector("#rows").textContent`, "proxy-refused: 1 of 2 rows")
	checkKeys(b, check)
	checkCells(b, check)
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true}, nil)
	check("sideways scrolling at 390 pixels", "document.documentElement.scrollWidth <= 390", true)
	if len(b.complaints) > 0 {
		t.Errorf("the browser complains: %s", b.complaints)
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		b.eval("scrollTo(0, 0)")
		b.screenshot(filepath.Join(dir, "report-390.png"), 390, 2000)
		b.screenshot(filepath.Join(dir, "report-1280.png"), 1280, 2000)
	}
	if len(b.requests) != 1 || !strings.HasPrefix(b.requests[0], "file://") {
		t.Errorf("the page asks for %s", b.requests)
	}
}

// checkKeys does without a mouse what TestHTMLInBrowser does with it.
func checkKeys(b *browser, check func(what, expression string, want any)) {
	b.eval(`document.querySelector("#clear").focus(); 0`)
	b.press("Enter", "Enter", 13)
	check("cleared by key", status, "6 of 6 findings")
	b.eval(`document.querySelector("input[value=info]").focus(); 0`)
	b.press(" ", "Space", 32)
	check("without info by key", status, "4 of 6 findings")
	b.press(" ", "Space", 32)
	b.eval(`document.querySelector("#category").focus(); 0`)
	b.press("d", "KeyD", 68)
	check("a category by key", `document.querySelector("#category").value + ": " + document.querySelector("#count").textContent`, "debug-page: 2 of 6 findings")
	b.eval(`document.querySelector("#f-77aa01 summary").focus(); 0`)
	b.press("Enter", "Enter", 13)
	check("opened by key", `document.querySelector("#f-77aa01 details").open`, true)
	b.eval(`document.querySelector("#f-77aa01 .permalink").focus(); 0`)
	b.press("Enter", "Enter", 13)
	check("a permalink by key", "location.hash", "#f-77aa01")
	b.eval(`document.querySelector("#f-77aa01 .copy").focus(); 0`)
	b.press("Enter", "Enter", 13)
	check("copied by key", `document.querySelector("#f-77aa01 .copy").textContent !== "Copy"`, true)
	b.click(`.items a[href="#f-91be77"]`)
	check("an item of the audit leads to its finding", `document.querySelector("#f-91be77 details").open`, true)
	b.click("#f-91be77 summary")
	check("closed by click", `document.querySelector("#f-91be77 details").open`, false)
	b.click(`.items a[href="#f-91be77"]`)
	check("the same item leads there again", `document.querySelector("#f-91be77 details").open`, true)
}

// On paper every finding and every fold of the audit is open, without what needs a
// screen.
func TestHTMLOnPaper(t *testing.T) {
	b := openBrowser(t)
	b.open(page(t, write(t, "html", report.Options{}, scan(t))))
	b.eval(`addEventListener("beforeprint", () => { window.printed = [...document.querySelectorAll(".finding > details, .audit details")].every((part) => part.open); }); 0`)
	var paper struct{ Data string }
	b.call("Page.printToPDF", nil, &paper)
	pdf, err := base64.StdEncoding.DecodeString(paper.Data)
	if err != nil {
		t.Fatal(err)
	}
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); !bytes.HasPrefix(pdf, []byte("%PDF-")) || pages < 5 {
		t.Errorf("a PDF of %d bytes with %d pages", len(pdf), pages)
	}
	if b.eval("window.printed") != true {
		t.Error("something is folded up on paper")
	}
	if b.eval(`document.querySelectorAll(".finding > details[open], .audit details[open]").length`) != 0.0 {
		t.Error("what was opened for paper stays open")
	}
}

// A page of many findings opens as text and becomes elements where one looks. The
// time is told, not judged: go test -v -run Many shows it.
func TestHTMLOfManyFindingsInBrowser(t *testing.T) {
	b := openBrowser(t)
	const many = 5000
	c := catalogue(t)
	events := scan(t)[:1]
	for i := range many {
		f := secondDebugPage()
		if i%3 == 0 {
			f = spoofing()
		}
		f.Fingerprint, f.URL = fmt.Sprintf("%032x", i), fmt.Sprintf("https://h%d.example.com/v1/%d", i%50, i)
		c.Grade(&f)
		var cells []finding.Surface
		for _, identity := range []string{"none", "caller", "self-signed-certificate", "lookalike-certificate"} {
			cells = append(cells, finding.Surface{URL: f.URL, Method: "GET", Identity: identity, Verdict: finding.AppRefused, Status: 403,
				Reproduce: f.Reproduce, Exchange: refusedExchange()})
		}
		events = append(events, finding.Event{Finding: &f}, finding.Event{Target: &finding.Target{URL: f.URL, Surface: cells}})
	}
	text := write(t, "html", report.Options{}, events)
	b.open(page(t, text))
	t.Logf("%d bytes, loaded after %v ms", len(text), b.eval("Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)"))
	b.click("#search")
	b.text("h17.example")
	if got := b.becomes(status, "100 of 5000 findings"); got != "100 of 5000 findings" {
		t.Errorf("the filter shows %v", got)
	}
	last := fmt.Sprintf("f-%032x", many-1)
	b.eval(`location.hash = "#` + last + `"`)
	if b.becomes(`document.querySelector("#`+last+` .message").textContent.startsWith("A malformed certificate header")`, true) != true {
		t.Error("the last finding does not unfold")
	}
	if len(b.complaints) > 0 {
		t.Errorf("the browser complains: %s", b.complaints)
	}
}
