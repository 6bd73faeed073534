package detect

import (
	"bytes"
	"html"
	"regexp"
	"strings"
)

// mojoliciousTemplate is the page of Mojolicious in its development mode, for an
// exception and for a path that no route fits.
func mojoliciousTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Mojolicious", product: "mojolicious", language: "perl", frameless: true,
		sign: "(development mode)</title>", second: "<b>development</b> mode and will show internal information", heading: "h2", finish: finishMojolicious,
	}
}

// dancerTemplate is the page of Dancer2 where show_errors (show_stacktrace since
// 1.0) is on.
func dancerTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Dancer2", product: "dancer2", language: "perl",
		sign: `<div class="title">Stack</div><pre class="content">`, second: `<div class="title">Settings</div>`, heading: "h2", finish: finishDancer,
	}
}

// plackTemplate is the page of Plack's StackTrace middleware, which
// Devel::StackTrace::AsHTML makes.
func plackTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Plack", product: "plack", language: "perl",
		sign: "li.frame:nth-child(1) { margin-top: 0 }", second: `<li class="frame">`, heading: "title", finish: finishPlack,
	}
}

// catalystTemplate is the page of Catalyst in its debug mode: no calls, but the
// request, the stash and the configuration.
func catalystTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Catalyst", product: "catalyst", language: "perl", frameless: true,
		sign: `<code class="error">`, second: `onclick="toggleDump('dump_0'); return false">Request</a>`, heading: "p", finish: finishCatalyst,
	}
}

var (
	mojoliciousFrame = regexp.MustCompile(`<pre>File (?:"|&quot;)([^"&<]+)(?:"|&quot;), line (\d{1,7}), in (?:"|&quot;)([^"&<]+)`)
	mojoliciousRow   = regexp.MustCompile(`<td class="key text-right">([^<]+?):?</td>\s*<td class="value"><pre>([^<]*)</pre>`)
	mojoliciousRoute = regexp.MustCompile(`(?s)<td class="value">\s*<pre>(/[^<]*)</pre>\s*</td>\s*<td class="value">\s*<pre>([^<]{0,60})</pre>`)
	dancerFrame      = regexp.MustCompile(`(?m)^(?:<pre class="content">)?([\w:]+) in (\S+) l\. (\d{1,7})`)
	plackFrame       = regexp.MustCompile(`<li class="frame">(?:in )?([^<]*?) ?at ([^<]+?) line (\d{1,7})`)
	plackMatch       = regexp.MustCompile(`<strong class="match">\s*\d+: ([^\n]*)\n`)
	plackVariable    = regexp.MustCompile(`<td class="variable">([^<]+)</td><td class="value">([^<]+)</td>`)
	perlPair         = regexp.MustCompile(`(?:<span class="key">)?(?:'|"|&#39;|&quot;)?([\w.:-]+)(?:'|"|&#39;|&quot;)?(?:</span>)? *=&gt; (?:'|"|&#39;|&quot;)([^'"\n<]+?)(?:'|"|&#39;|&quot;)[,\s}<]`)
	catalystVersion  = regexp.MustCompile(`<title>[^<]+ on Catalyst ([\d._]{1,20})</title>`)
	perlDied         = regexp.MustCompile(`(?:^| )at ((?:/|\w:[\\/])[^<>"']+?) line (\d{1,7})\b`)
)

func finishMojolicious(body []byte, blocks []pageBlock, p *debugPage) {
	for _, b := range blocks {
		if b.id == "error" {
			p.exception, p.span = b.text, b.span
		}
	}
	for _, m := range mojoliciousFrame.FindAllSubmatch(body, maxFrames) {
		line, _ := number(string(m[2]))
		p.frames = append(p.frames, frame{file: plainMarkup(m[1]), line: line, function: plainMarkup(m[3])})
	}
	for _, m := range mojoliciousRow.FindAllSubmatch(body, maxPairs) {
		p.variables = append(p.variables, pair{plainMarkup(m[1]), strings.TrimSpace(plainMarkup(m[2]))})
	}
	for _, m := range mojoliciousRoute.FindAllSubmatch(body, maxPairs) {
		p.routes = append(p.routes, pair{plainMarkup(m[2]), plainMarkup(m[1])})
	}
}

func finishDancer(body []byte, blocks []pageBlock, p *debugPage) {
	for _, b := range blocks {
		if b.tag == "pre" && b.class == "error" {
			p.exception, p.span = b.text, b.span
		}
	}
	p.addDeath()
	_, stack, _ := bytes.Cut(body, []byte(`<div class="title">Stack</div>`))
	stack, settings, _ := bytes.Cut(stack, []byte(`<div class="title">Settings</div>`))
	for _, m := range dancerFrame.FindAllSubmatch(stack, maxFrames) {
		line, _ := number(string(m[3]))
		p.frames = append(p.frames, frame{file: plainMarkup(m[2]), line: line, function: string(m[1])})
	}
	p.addPerlPairs(settings)
}

func finishPlack(body []byte, _ []pageBlock, p *debugPage) {
	p.exception = strings.TrimPrefix(p.title, "Error: ")
	p.tables = nil // the arguments of the calls
	starts := plackFrame.FindAllSubmatchIndex(body, maxFrames)
	for i, at := range starts {
		end := len(body)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		line, _ := number(string(body[at[6]:at[7]]))
		f := frame{function: plainMarkup(body[at[2]:at[3]]), file: plainMarkup(body[at[4]:at[5]]), line: line}
		if m := plackMatch.FindSubmatch(body[at[1]:end]); m != nil {
			f.source = strings.TrimSpace(plainMarkup(m[1]))
		}
		for _, m := range plackVariable.FindAllSubmatch(body[at[1]:end], 50) {
			f.locals = append(f.locals, pair{plainMarkup(m[1]), plainMarkup(m[2])})
		}
		p.frames = append(p.frames, f)
	}
}

func finishCatalyst(body []byte, _ []pageBlock, p *debugPage) {
	if start := bytes.Index(body, []byte(`<code class="error">`)); start >= 0 {
		if size := bytes.Index(head(body[start:], 8<<10), []byte("</code>")); size >= 0 {
			p.exception = strings.TrimSpace(plainMarkup(body[start+len(`<code class="error">`) : start+size]))
			p.span = Span{start, start + size}
		}
	}
	p.addDeath()
	if m := catalystVersion.FindSubmatch(body); m != nil {
		p.versions = append(p.versions, pair{"catalyst", string(m[1])})
	}
	_, dumps, _ := bytes.Cut(body, []byte(`id="dump_0"`))
	p.addPerlPairs(dumps)
}

// addDeath takes the place at the end of what Perl's die says as a call.
func (p *debugPage) addDeath() {
	if m := perlDied.FindStringSubmatch(p.exception); m != nil {
		line, _ := number(m[2])
		p.frames = append(p.frames, frame{file: m[1], line: line, function: "die"})
	}
}

// addPerlPairs reads the names and texts of a data structure that was printed.
func (p *debugPage) addPerlPairs(dump []byte) {
	for _, m := range perlPair.FindAllSubmatch(dump, maxPairs) {
		p.variables = append(p.variables, pair{string(m[1]), plainMarkup(m[2])})
	}
}

// plainMarkup takes tags and character references off.
func plainMarkup(text []byte) string {
	return html.UnescapeString(withoutTags(string(text)))
}
