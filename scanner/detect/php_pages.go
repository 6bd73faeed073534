package detect

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// whoopsTemplate is the page of Whoops, which Laravel had up to 5 and Slim has
// with a package.
func whoopsTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Whoops", product: "whoops", language: "php",
		sign: `<div class="Whoops container">`, second: `<span id="plain-exception">`, heading: "title", finish: finishWhoops,
	}
}

// tracyTemplate is the page of Tracy, the debugger of Nette.
func tracyTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Tracy", product: "tracy", language: "php",
		sign: `<div class="tracy-callstack`, second: `id="tracy-bs"`, heading: "title", finish: finishTracy,
	}
}

// yiiTemplate is the page of Yii 2 with YII_DEBUG.
func yiiTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Yii", product: "yii", language: "php",
		sign: `<textarea id="clipboard">`, second: `https://github.com/yiisoft/yii2/`, heading: "h1", finish: finishYii,
	}
}

// ignitionTemplate is the page of Ignition, which Laravel has from 6 to 10. Its
// form is that of the sources of Ignition 1.16; no page of it was recorded.
func ignitionTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Ignition", product: "ignition", language: "php", unrecorded: true,
		sign: "window.ignite(window.data)", second: "window.data = {", heading: "title", finish: finishIgnition,
	}
}

var (
	whoopsFrame = regexp.MustCompile(`(?m)^#\d+ (\S+) in (/\S+|[A-Z]:\\\S+):(\d+)\s*$`)
	tracyFrame  = regexp.MustCompile(`<div class="tracy-callstack-file">\s*<a [^>]*title="([^"]+):(\d+)"`)
	tracyCallee = regexp.MustCompile(`<div class="tracy-callstack-callee">\s*(?:<a [^>]*>)?\s*([^\n]+)`)
	tracyRow    = regexp.MustCompile(`<th>([^<]+)</th>\s*<td><pre[^>]*>([^\n]*)</pre>`)
	tracyThrown = regexp.MustCompile(`<p><b>File:</b> <a [^>]*title="([^"]+):(\d+)"`)
	yiiVersion  = regexp.MustCompile(`<a href="https://github.com/yiisoft/yii2/"[^>]*>([\w.-]+)</a>`)
)

func finishWhoops(body []byte, _ []pageBlock, p *debugPage) {
	for heading, rows := range p.tables {
		p.tables[heading] = slices.DeleteFunc(rows, func(row pair) bool { return row == pair{"Key", "Value"} })
	}
	start := bytes.Index(body, []byte(p.template.second)) + len(p.template.second)
	text := head(body[start:], 64<<10)
	if end := bytes.Index(text, []byte("</span>")); end >= 0 {
		text = text[:end]
	}
	said, _, _ := bytes.Cut(text, []byte("\n"))
	p.exception = strings.Replace(plainMarkup(said), " thrown with message ", ": ", 1)
	p.span = Span{start, start + len(said)}
	for _, m := range whoopsFrame.FindAllStringSubmatch(plainMarkup(text), maxFrames) {
		line, _ := number(m[3])
		p.frames = append(p.frames, frame{function: clip(m[1]), file: clip(m[2]), line: line})
	}
}

func finishTracy(body []byte, _ []pageBlock, p *debugPage) {
	p.exception = p.title
	p.tables = nil // phpinfo's, of three columns
	if m := tracyThrown.FindSubmatch(body); m != nil {
		line, _ := number(string(m[2]))
		p.frames = append(p.frames, frame{function: "thrown", file: plainMarkup(m[1]), line: line})
	}
	starts := tracyFrame.FindAllSubmatchIndex(body, maxFrames-1)
	for i, at := range starts {
		end := len(body)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		line, _ := number(string(body[at[4]:at[5]]))
		call := firstGroup(tracyCallee, body[at[1]:end])
		p.frames = append(p.frames, frame{function: strings.TrimSpace(withoutArguments(call)), file: plainMarkup(body[at[2]:at[3]]), line: line})
	}
	for _, m := range tracyRow.FindAllSubmatch(body, maxPairs) {
		p.variables = append(p.variables, pair{plainMarkup(m[1]), clip(strings.Trim(plainMarkup(m[2]), "'"))})
	}
}

func finishYii(body []byte, _ []pageBlock, p *debugPage) {
	start := bytes.Index(body, []byte(p.template.sign)) + len(p.template.sign)
	text := head(body[start:], 64<<10)
	if end := bytes.Index(text, []byte("</textarea>")); end >= 0 {
		text = text[:end]
	}
	said, stack, _ := strings.Cut(plainMarkup(text), "\n")
	p.exception = clip(said)
	p.span = Span{start, start + len(head(text, maxLine))}
	for line := range strings.Lines(stack) {
		if f, ok := phpFrame(strings.TrimSpace(line)); ok && len(p.frames) < maxFrames {
			p.frames = append(p.frames, f)
		}
	}
	if version := firstGroup(yiiVersion, body); version != "" {
		p.versions = append(p.versions, pair{"yii", version})
	}
}

// ignitionData is what Ignition's script starts with.
type ignitionData struct {
	Report struct {
		Class    string `json:"exception_class"`
		Message  string `json:"message"`
		Root     string `json:"application_path"`
		Version  string `json:"framework_version"`
		Language string `json:"language_version"`
		Frames   []struct {
			File   string `json:"file"`
			Line   int    `json:"line_number"`
			Class  string `json:"class"`
			Method string `json:"method"`
		} `json:"frames"`
		Context map[string]json.RawMessage `json:"context"`
	} `json:"report"`
}

func finishIgnition(body []byte, _ []pageBlock, p *debugPage) {
	at := bytes.Index(body, []byte(p.template.second)) + len(p.template.second) - 1
	var data ignitionData
	if json.NewDecoder(bytes.NewReader(head(body[at:], maxObjects))).Decode(&data) != nil {
		return
	}
	r := data.Report
	p.exception = clip(r.Class + ": " + r.Message)
	p.span = Span{at, min(len(body), at+maxLine)}
	for _, f := range r.Frames[:min(len(r.Frames), maxFrames)] {
		function := f.Method
		if f.Class != "" {
			function = f.Class + "::" + f.Method
		}
		p.frames = append(p.frames, frame{file: clip(f.File), line: f.Line, function: clip(function)})
	}
	if r.Root != "" {
		p.details = append(p.details, pair{"application's path", clip(r.Root)})
	}
	if r.Version != "" {
		p.versions = append(p.versions, pair{"laravel", clip(r.Version)})
	}
	if r.Language != "" {
		p.versions = append(p.versions, pair{"php", clip(r.Language)})
	}
	for _, name := range []string{"request", "headers", "cookies", "env", "session", "user", "request_data"} {
		for _, v := range memberPairs(r.Context[name]) {
			p.variables = append(p.variables, pair{clip(v.name), clip(v.value)})
		}
	}
}
