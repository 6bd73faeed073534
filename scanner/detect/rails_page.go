package detect

import (
	"bytes"
	"regexp"
	"strings"
)

// railsTemplate is the page of Action Dispatch's DebugExceptions, which Rails
// shows where consider_all_requests_local is on.
func railsTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Rails", product: "rails", language: "ruby",
		sign: "<title>Action Controller: Exception caught</title>", second: "Rails.root: ", heading: "h1", headline: railsHeadline, finish: finishRails,
	}
}

// railsHeadline reads "ArgumentError in Clients#show" and the message below it.
func railsHeadline(b pageBlock, rest []pageBlock) (string, bool) {
	if b.tag != "h1" && b.tag != "header" || b.text == "" {
		return "", false
	}
	for _, next := range rest[:min(len(rest), 6)] {
		if next.class == "message" || next.tag == "h2" && next.text != "" {
			return b.text + ": " + next.text, true
		}
	}
	return b.text, true
}

var (
	railsRoot = regexp.MustCompile(`Rails\.root: ([^\s<]+)`)
	// railsFrame is one call of a trace: the page lists each three times, in the
	// traces of the application, the framework and both.
	railsFrame  = regexp.MustCompile(`data-frame-id="(\d+)" href="#">\s*([^<]+?)\s*</a>`)
	railsMethod = regexp.MustCompile(`<td>\s*([A-Z|]+)\s*</td>`)
	railsPath   = regexp.MustCompile(`<td data-route-path='([^']+)'`)
	railsAction = regexp.MustCompile(`<p>([^<]+)</p>`)
)

// finishRails reads the traces, the lines of code, the root and the routes.
func finishRails(body []byte, blocks []pageBlock, p *debugPage) {
	if m := railsRoot.FindSubmatch(body); m != nil {
		p.details = append(p.details, pair{"Rails.root", string(m[1])})
	}
	sources := railsSources(blocks)
	trace := body
	if at := bytes.Index(body, []byte(`id="Full-Trace`)); at >= 0 {
		trace = body[at:]
	}
	seen := make(map[string]bool)
	for _, m := range railsFrame.FindAllSubmatch(trace, maxFrames) {
		f, _, ok := rubyFrame(plainMarkup(m[2]))
		if !ok || seen[f.function+" "+f.place()] {
			continue
		}
		seen[f.function+" "+f.place()] = true
		f.file, f.function, f.source = clip(f.file), clip(f.function), sources[string(m[1])]
		p.frames = append(p.frames, f)
	}
	p.addRailsVersion()
	for _, row := range bytes.SplitN(body, []byte("<tr class='route_row'"), maxPairs)[1:] {
		row = head(row, maxText)
		if path := railsPath.FindSubmatch(row); path != nil {
			name := firstGroup(railsMethod, row) + " " + firstGroup(railsAction, row)
			p.routes = append(p.routes, pair{strings.TrimSpace(name), plainMarkup(path[1])})
		}
	}
}

// railsSources returns the line of code of each call, by the call's number.
func railsSources(blocks []pageBlock) map[string]string {
	sources := make(map[string]string)
	call := ""
	for _, b := range blocks {
		if strings.HasPrefix(b.id, "frame-source-") {
			call = strings.TrimPrefix(b.id, "frame-source-0-")
		}
		if b.class == "line active" && sources[call] == "" {
			sources[call] = b.text
		}
	}
	return sources
}

// firstGroup returns what the first group of an expression matches.
func firstGroup(expression *regexp.Regexp, text []byte) string {
	if m := expression.FindSubmatch(text); m != nil {
		return plainMarkup(m[1])
	}
	return ""
}

// addRailsVersion takes the release from the first call in one of Rails' gems.
func (p *debugPage) addRailsVersion() {
	for _, f := range p.frames {
		name, version := libraryVersion(f.file)
		if version != "" && (name == "actionpack" || name == "railties") {
			p.versions = append(p.versions, pair{p.template.product, version})
			return
		}
	}
}
