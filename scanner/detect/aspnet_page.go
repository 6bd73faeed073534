package detect

import (
	"fmt"
	"strconv"
	"strings"
)

// aspnetTemplate is the error page of ASP.NET on Windows. Its form is that of the
// sources of .NET Framework 4.8; no page of it was recorded.
func aspnetTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "ASP.NET", product: "asp.net", language: "dotnet", unrecorded: true,
		sign: "<b>Stack Trace:</b> ", second: "<hr width=100% size=1 color=silver>", heading: "h1", headline: aspnetHeadline, finish: finishASPNet,
	}
}

// monoTemplate is the error page of ASP.NET as Mono makes it.
func monoTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "ASP.NET on Mono", product: "asp.net", language: "mono",
		sign: "<strong>Exception stack trace:</strong>", second: `<h2 class="exceptionMessage">`, heading: "h1", headline: monoHeadline, finish: finishMono,
	}
}

// aspnetHeadline reads the label in front of the exception, or the title in
// italics where there is none.
func aspnetHeadline(b pageBlock, _ []pageBlock) (string, bool) {
	for _, label := range [...]string{"Exception Details: ", "Compiler Error Message: ", "Parser Error Message: "} {
		if _, text, found := strings.Cut(b.text, label); found {
			text, _, _ = strings.Cut(text, " Source Error:")
			return text, true
		}
	}
	return "", false
}

func monoHeadline(b pageBlock, rest []pageBlock) (string, bool) {
	if b.tag != "h1" || len(rest) == 0 || rest[0].class != "exceptionMessage" {
		return "", false
	}
	return b.text + ": " + rest[0].text, true
}

// finishMono reads the calls and the labels that stand outside of any element of
// their own.
func finishMono(body []byte, blocks []pageBlock, p *debugPage) {
	p.frames = framesAfter(body, "<strong>Exception stack trace:</strong>")
	for i, b := range blocks {
		if file, found := strings.CutPrefix(b.text, "Error source file: "); found {
			p.details = append(p.details, pair{"source file", file})
		}
		if line, found := strings.CutPrefix(b.text, "Error lines: "); found && i+1 < len(blocks) {
			p.details = append(p.details, pair{"line " + line, numberedLine(blocks[i+1].text, line, "")})
		}
		if b.id == "compilerOutput" {
			p.details = append(p.details, pair{"compiler's command line", b.text})
		}
		p.readASPNetVersions(b.text, "mono")
	}
}

// finishASPNet reads the calls, whose form differs from that of other programs
// for .NET, the lines of source code and the versions.
func finishASPNet(body []byte, blocks []pageBlock, p *debugPage) {
	var source string
	for i, b := range blocks {
		if strings.HasSuffix(b.text, "Source Error:") || strings.Contains(b.text, " Source Error: ") {
			source = firstPre(blocks[i+1:])
		}
		if _, rest, found := strings.Cut(b.text, "Source File: "); found {
			file, line, _ := strings.Cut(rest, " Line: ")
			line, _, _ = strings.Cut(line, " ")
			p.details = append(p.details, pair{"source file", strings.TrimSpace(file)}, pair{"line " + line, numberedLine(source, line, "Line ")})
		}
		p.readASPNetVersions(b.text, "")
	}
	start := indexFrom(body, "<b>Stack Trace:</b>", 0)
	if start < 0 {
		return
	}
	lines, at := lineBreaks{markup: true}, start
	for n := 0; n < maxFrames && at >= 0 && at < len(body); n++ {
		line, next := lines.next(body, at)
		if f, ok := aspnetFrame(line.text); ok {
			p.frames = append(p.frames, f)
			p.span.End = max(p.span.End, line.end)
		}
		if next < 0 && len(p.frames) > 0 {
			break
		}
		at = next
		if next < 0 {
			at = line.end + 1
		}
	}
}

// aspnetFrame reads "Shop.Identity.Parse(String dn) in c:\shop\Identity.cs:13" and
// "System.Web.UI.Page.ProcessRequest() +92".
func aspnetFrame(line string) (frame, bool) {
	open := strings.IndexByte(line, '(')
	if open <= 0 || strings.ContainsAny(line[:open], " []") || !strings.Contains(line[:open], ".") {
		return frame{}, false
	}
	end := strings.LastIndexByte(line, ')')
	if place, _, isPlaced := cutLast(line, " in "); isPlaced {
		end = strings.LastIndexByte(place, ')')
	}
	if end < open {
		return frame{}, false
	}
	f := frame{function: clip(line[:open]), file: "<no symbols>"}
	after := line[end+1:]
	if place, found := strings.CutPrefix(after, " in "); found {
		file, n, ok := lastNumber(place)
		f.file, f.line = clip(file), n
		return f, ok
	}
	_, isOffset := strings.CutPrefix(after, " +")
	return f, isOffset || after == ""
}

// framesAfter reads the calls of a .NET program behind a text of the page.
func framesAfter(body []byte, mark string) []frame {
	from := indexFrom(body, mark, 0)
	if from < 0 {
		return nil
	}
	anchor := indexFrom(body, "at ", from+len(mark))
	if anchor < 0 {
		return nil
	}
	s, _ := readStack(body, anchor, dotnetGrammar(), true)
	return s.frames
}

func firstPre(blocks []pageBlock) string {
	for _, b := range blocks[:min(len(blocks), 6)] {
		if b.tag == "pre" {
			return b.text
		}
	}
	return ""
}

// numberedLine cuts one line out of a listing whose white space is collapsed:
// "4: { 5: code 6: }".
func numberedLine(listing, line, label string) string {
	n, err := strconv.Atoi(line)
	if err != nil {
		return ""
	}
	_, code, found := strings.Cut(" "+listing, fmt.Sprintf(" %s%d: ", label, n))
	if !found {
		return ""
	}
	code, _, _ = strings.Cut(code, fmt.Sprintf(" %s%d:", label, n+1))
	return code
}

// readASPNetVersions reads "Version Information: Microsoft .NET Framework
// Version:4.0.30319; ASP.NET Version:4.8.4110.0", where Mono has its own version
// first.
func (p *debugPage) readASPNetVersions(text, runtime string) {
	_, text, found := strings.Cut(text, "Version Information:")
	if !found {
		return
	}
	first, second, _ := strings.Cut(text, "ASP.NET Version:")
	if _, framework, isFramework := strings.Cut(first, ".NET Framework Version:"); isFramework {
		first, runtime = framework, ".net framework"
	}
	for _, v := range [...]pair{{"asp.net", second}, {runtime, first}} {
		version, _, _ := strings.Cut(strings.TrimSpace(v.value), " ")
		version = strings.TrimRight(version, ";")
		if v.name != "" && isVersion(version) {
			p.versions = append(p.versions, pair{v.name, version})
		}
	}
}
