package detect

import (
	"html"
	"regexp"
	"strings"
)

// webpyTemplate is the page of web.py's debugerror.
func webpyTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "web.py", product: "web.py", language: "python",
		sign: "<h2>Traceback <span>(innermost first)</span></h2>", second: `<ul class="traceback">`, heading: "h1", finish: finishWebpy,
	}
}

// hunchentootTemplate is the page of Hunchentoot where *show-lisp-backtraces-p* is on.
func hunchentootTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Hunchentoot", product: "hunchentoot", language: "common lisp",
		sign: `<a href="http://weitz.de/hunchentoot">`, second: "<h1>Backtrace</h1>", heading: "h1", finish: finishHunchentoot,
	}
}

var (
	webpyFrame       = regexp.MustCompile(`<li class="frame">\s*<code>([^<]+)</code> in <code>([^<]*)</code>`)
	webpySource      = regexp.MustCompile(`<ol start="(\d{1,7})" class="context-line"><li[^>]*>([^\n]*?) <span>`)
	hunchentootError = regexp.MustCompile(`(?s)<h1>Error Message</h1>\s*<pre>(.{1,900}?)</pre>`)
	hunchentootFrame = regexp.MustCompile(`(?m)^\d+: \((.+)\)(?: \[[\w,-]+\])?$`)
)

// finishWebpy reads the calls, the innermost first as they stand.
func finishWebpy(body []byte, _ []pageBlock, p *debugPage) {
	starts := webpyFrame.FindAllSubmatchIndex(body, maxFrames)
	for i, at := range starts {
		end := len(body)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		f := frame{file: plainMarkup(body[at[2]:at[3]]), function: plainMarkup(body[at[4]:at[5]])}
		if m := webpySource.FindSubmatch(body[at[1]:end]); m != nil {
			f.line, _ = number(string(m[1]))
			f.source = clip(strings.TrimSpace(plainMarkup(m[2])))
		}
		p.frames = append(p.frames, f)
	}
}

// finishHunchentoot reads the calls with their arguments.
func finishHunchentoot(body []byte, _ []pageBlock, p *debugPage) {
	p.exception = clip(strings.Join(strings.Fields(html.UnescapeString(firstGroup(hunchentootError, body))), " "))
	for _, m := range hunchentootFrame.FindAllSubmatch(body, maxFrames) {
		call := html.UnescapeString(string(m[1]))
		function, _, _ := strings.Cut(strings.TrimLeft(call, "("), " ")
		p.frames = append(p.frames, frame{function: clip(function), source: clip("(" + call + ")")})
	}
}
