package detect

import (
	"bytes"
	"encoding/json"
	"strings"
)

// railsDataTemplate is what Rails answers with where its pages for developers
// are data: in an application made with --api, and to requests for JSON there.
func railsDataTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Rails", product: "rails", language: "ruby",
		sign: `"Application Trace":[`, second: `"Framework Trace":[`, heading: "exception", data: readRailsData,
	}
}

// uwsgiTemplate is the text of uWSGI's --catch-exceptions.
func uwsgiTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "uWSGI", product: "uwsgi", language: "python", frameless: true,
		sign: `uWSGI exceptions catcher for "`, second: "\nException class: ", heading: "Exception", data: readUWSGI,
	}
}

// readRailsData reads the object of four members.
func readRailsData(body []byte, p *debugPage) bool {
	var page struct {
		Status    int    `json:"status"`
		Exception string `json:"exception"`
		Traces    map[string][]struct {
			Trace string `json:"trace"`
		} `json:"traces"`
	}
	if len(body) > maxObjects || json.Unmarshal(body, &page) != nil || page.Status == 0 || page.Exception == "" {
		return false
	}
	p.exception = clip(strings.TrimSuffix(strings.TrimPrefix(page.Exception, "#<"), ">"))
	for _, call := range page.Traces["Full Trace"] {
		if f, _, ok := rubyFrame(call.Trace); ok && len(p.frames) < maxFrames {
			f.file, f.function = clip(f.file), clip(f.function)
			p.frames = append(p.frames, f)
		}
	}
	p.addRailsVersion()
	p.span = Span{0, min(len(body), maxLine)}
	return true
}

// readUWSGI reads the lines of the text: the exception, the calls and the
// variables of the request.
func readUWSGI(body []byte, p *debugPage) bool {
	if !bytes.HasPrefix(body, []byte(p.template.sign)) {
		return false
	}
	for line := range strings.Lines(string(head(body, maxErrorPage))) {
		line = strings.TrimRight(line, "\r\n")
		if text, ok := strings.CutPrefix(line, "Exception: "); ok && p.exception == "" {
			p.exception = clip(text)
			continue
		}
		if f, ok := uwsgiFrame(line); ok && len(p.frames) < maxFrames {
			p.frames = append(p.frames, f)
			continue
		}
		name, value, found := strings.Cut(line, " = ")
		if found && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && len(p.variables) < maxPairs {
			p.variables = append(p.variables, pair{name, clip(value)})
		}
	}
	p.span = Span{0, min(len(body), maxLine)}
	return p.exception != ""
}

// uwsgiFrame reads `filename: "/a/b.py" line: 3 function: "f" text/code: "…"`.
func uwsgiFrame(line string) (frame, bool) {
	rest, ok := strings.CutPrefix(line, `filename: "`)
	file, rest, found := strings.Cut(rest, `" line: `)
	digits, rest, hasFunction := strings.Cut(rest, ` function: "`)
	n, isNumber := number(digits)
	function, rest, _ := strings.Cut(rest, `"`)
	if !ok || !found || !hasFunction || !isNumber || file == "" {
		return frame{}, false
	}
	_, source, _ := strings.Cut(rest, `text/code: "`)
	return frame{file: clip(file), line: n, function: clip(function), source: clip(strings.TrimRight(source, `" `))}, true
}
