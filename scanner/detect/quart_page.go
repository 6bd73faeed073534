package detect

import (
	"regexp"
	"strings"
)

// quartTemplate is the page of Quart's debug mode.
func quartTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Quart", product: "quart", language: "python",
		sign: ".traceback>div>div, .locals>div>div {", second: `<div class="locals">`, heading: "h1", finish: finishQuart,
	}
}

// blacksheepTemplate is the page of BlackSheep where show_error_details is on.
func blacksheepTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "BlackSheep", product: "blacksheep", language: "python",
		sign: "This error is displayed for diagnostic purpose. Error details", second: `<ol class="stack-trace`, heading: "h1",
		headline: blacksheepHeadline, finish: finishBlacksheep,
	}
}

var (
	quartFrame  = regexp.MustCompile(`File <span class="info">([^<]+)</span>,\s*line <span class="info">(\d{1,7})</span>, in\s*([^\s<]*)`)
	quartSource = regexp.MustCompile(`(?s)<div>(\d{1,7})</div>\s*<div><pre>([^\n<]*)`)
	quartLocal  = regexp.MustCompile(`(?s)<div>\s*<div>([^<\n]+)</div>\s*<div>([^<]+)</div>\s*</div>`)
)

func finishQuart(body []byte, _ []pageBlock, p *debugPage) {
	starts := quartFrame.FindAllSubmatchIndex(body, maxFrames)
	for i, at := range starts {
		end := len(body)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		digits := string(body[at[4]:at[5]])
		f := frame{file: plainMarkup(body[at[2]:at[3]]), function: plainMarkup(body[at[6]:at[7]])}
		f.line, _ = number(digits)
		rest := string(body[at[1]:end])
		code, locals, _ := strings.Cut(rest, `<div class="locals">`)
		for _, m := range quartSource.FindAllStringSubmatch(code, 40) {
			if m[1] == digits {
				f.source = strings.TrimSpace(plainMarkup([]byte(m[2])))
			}
		}
		for _, m := range quartLocal.FindAllStringSubmatch(locals, 100) {
			f.locals = append(f.locals, pair{plainMarkup([]byte(m[1])), plainMarkup([]byte(m[2]))})
		}
		p.frames = append(p.frames, f)
	}
}

func blacksheepHeadline(b pageBlock, rest []pageBlock) (string, bool) {
	if b.text != "Exception type:" || len(rest) < 3 {
		return "", false
	}
	return rest[0].text + ": " + rest[2].text, true
}

// finishBlacksheep reads the calls, each an element of its own.
func finishBlacksheep(_ []byte, blocks []pageBlock, p *debugPage) {
	for _, b := range blocks {
		if b.tag != "pre" {
			continue
		}
		// The line's break is gone: the code stands behind the function.
		place, rest, _ := strings.Cut(b.text, ", in ")
		function, source, _ := strings.Cut(rest, " ")
		if f, ok := parseFrame(place+", in "+function, false); ok && len(p.frames) < maxFrames {
			f.source = strings.TrimRight(source, " ^~")
			p.frames = append(p.frames, f)
		}
	}
}
