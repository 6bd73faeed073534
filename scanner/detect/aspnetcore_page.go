package detect

// aspnetCoreTemplate is the developer exception page of ASP.NET Core. Its form is
// that of the sources of ASP.NET Core 9; no page of it was recorded.
func aspnetCoreTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "ASP.NET Core", product: "asp.net core", language: "dotnet", unrecorded: true,
		sign: `<pre class="rawExceptionStackTrace">`, second: `<div class="titleerror">`, heading: "div", headline: aspnetCoreHeadline, finish: finishASPNetCore,
	}
}

func aspnetCoreHeadline(b pageBlock, _ []pageBlock) (string, bool) {
	return b.text, b.class == "titleerror"
}

// finishASPNetCore reads the calls as the page has them below its button for the
// raw text, where their files stand in full, and the lines that are highlighted.
func finishASPNetCore(body []byte, blocks []pageBlock, p *debugPage) {
	p.frames = framesAfter(body, `<pre class="rawExceptionStackTrace">`)
	for i, b := range blocks {
		line, ok := number(b.start)
		if b.tag != "ol" || b.class != "highlight" || !ok || i+1 >= len(blocks) {
			continue
		}
		for n := range p.frames {
			if p.frames[n].line == line && p.frames[n].source == "" {
				p.frames[n].source = blocks[i+1].text
				break
			}
		}
	}
}
