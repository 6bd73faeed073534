package detect

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"blurt/scanner/finding"
)

// debugPage is what a framework's page for developers says.
type debugPage struct {
	template  *debugTemplate
	title     string
	exception string
	frames    []frame
	tables    map[string][]pair
	script    string // the script that the debugger starts with
	causes    []string
	details   []pair // what else the template tells: a source file, a line
	versions  []pair // products by their names, with their versions
	routes    []pair // what answers, and under which pattern of a path
	variables []pair // of the request and of the program's settings
	span      Span   // what convinces: from the exception to the first call
}

// debugTemplate is how one framework makes its page.
type debugTemplate struct {
	rule    string
	name    string // as people write it: "Starlette"
	product string
	// language is the product name of the language.
	language string
	// sign is a text of the template itself that nothing else has; it stands in
	// the page as it is, and escaped in pages that show one.
	sign string
	// second is another one, in which a page that only mentions the first lacks.
	second string
	// heading is the element that names the exception.
	heading string
	// headline reads the exception from a block and those after it, where the
	// heading's text alone is not it.
	headline func(b pageBlock, rest []pageBlock) (string, bool)
	// frame reads a call from a block and those after it.
	frame func(b pageBlock, rest []pageBlock) (frame, bool)
	// source reads a block as the line of code of the call before it.
	source func(pageBlock) (string, bool)
	// finish reads what does not stand in blocks.
	finish func(body []byte, blocks []pageBlock, p *debugPage)
	// data reads an answer that is no page of HTML.
	data func(body []byte, p *debugPage) bool
	// frameless says that such a page may show no calls.
	frameless bool
	// unrecorded says that the template is known from its sources alone: what it
	// finds is firm at most.
	unrecorded bool
}

// debugTemplates lists the frameworks.
func debugTemplates() []*debugTemplate {
	return []*debugTemplate{werkzeugTemplate(), pyramidTemplate(), starletteTemplate(), litestarTemplate(), sanicTemplate(), sinatraTemplate(), rackTemplate(), symfonyTemplate(), youchTemplate(), youchOldTemplate(), aspnetTemplate(), monoTemplate(), aspnetCoreTemplate(), quarkusTemplate(),
		railsTemplate(), mojoliciousTemplate(), dancerTemplate(), plackTemplate(), catalystTemplate(), quartTemplate(), blacksheepTemplate(), railsDataTemplate(), uwsgiTemplate(), whoopsTemplate(), tracyTemplate(), yiiTemplate(), ignitionTemplate(),
		webpyTemplate(), hunchentootTemplate()}
}

// findDebugPage reads the body as the page of the framework whose signs it has.
func findDebugPage(in Input) *debugPage {
	body, isPage := in.Got.Body, formOf(in.Got) == htmlForm
	if formOf(in.Got) == opaqueForm {
		return nil
	}
	isError := in.Got.Status >= 400 || in.isNew() || len(in.Echoes) > 0
	if !isError && !bytes.Contains(head(body, 4<<10), []byte("CONSOLE_MODE = true")) {
		return nil
	}
	for _, template := range debugTemplates() {
		if isPage != (template.data == nil) || !bytes.Contains(body, []byte(template.sign)) || !bytes.Contains(body, []byte(template.second)) {
			continue
		}
		if p := readDebugPage(body, template); p != nil && p.sent(in) {
			return p
		}
	}
	return nil
}

// sent reports whether the answer is such a page and does not merely keep one:
// an example has status 200 and the control shows it as well. The debugger's
// console alone is no error.
func (p *debugPage) sent(in Input) bool {
	if len(p.frames) == 0 && !p.template.frameless {
		return p.isConsole()
	}
	return in.Got.Status >= 400 || in.isNew() || in.echoedWithin(Span{0, len(in.Got.Body)})
}

func readDebugPage(body []byte, template *debugTemplate) *debugPage {
	if template.data != nil {
		p := &debugPage{template: template}
		if !template.data(body, p) {
			return nil
		}
		return p
	}
	blocks := readBlocks(body)
	p := &debugPage{template: template, span: Span{-1, -1}}
	for i, b := range blocks {
		p.read(b, blocks[i+1:])
	}
	if p.span.Start < 0 {
		return nil
	}
	p.tables = tableRows(blocks)
	if template.finish != nil {
		template.finish(body, blocks, p)
	}
	if title, ok := strings.CutSuffix(p.title, " // Werkzeug Debugger"); ok {
		p.exception = title
	}
	return p
}

// read takes one block of the page.
func (p *debugPage) read(b pageBlock, rest []pageBlock) {
	if p.template.headline != nil && p.exception == "" {
		if text, ok := p.template.headline(b, rest); ok {
			p.exception = clip(text)
			p.span = b.span
			return
		}
	}
	switch {
	case b.tag == "title" && p.title == "":
		p.title = b.text
		p.span = b.span
	case b.tag == "script" && strings.Contains(b.text, "EVALEX"):
		p.script = b.text
		p.span.End = b.span.End
	case b.tag == p.template.heading && p.template.headline == nil && p.exception == "" && !strings.HasPrefix(b.text, "Exception in "):
		p.exception = b.text
		p.span = Span{b.span.Start, b.span.End}
		if b.tag == "h1" && len(rest) > 0 && rest[0].tag == "h2" && rest[0].class == "" {
			p.exception += ": " + rest[0].text
		}
	case b.tag == "ol" && strings.Contains(b.class, "context") && !strings.Contains(b.class, "p") && b.start != "" && len(rest) > 0:
		p.placeLast(b.start, rest[0].text)
	default:
		if source, ok := p.sourceOf(b); ok {
			p.frames[len(p.frames)-1].source = source
			return
		}
		if p.template.frame == nil {
			return
		}
		if f, ok := p.template.frame(b, rest); ok && len(p.frames) < maxFrames {
			if len(p.frames) == 0 {
				p.span.End = max(p.span.End, b.span.End)
			}
			p.frames = append(p.frames, f)
		}
	}
}

func (p *debugPage) sourceOf(b pageBlock) (string, bool) {
	if p.template.source == nil || len(p.frames) == 0 || p.frames[len(p.frames)-1].source != "" {
		return "", false
	}
	return p.template.source(b)
}

// placeLast completes a call whose line stands in a list below it.
func (p *debugPage) placeLast(start, source string) {
	if n := len(p.frames); n > 0 && p.frames[n-1].line == 0 {
		p.frames[n-1].line, _ = strconv.Atoi(start)
		p.frames[n-1].source = strings.TrimSuffix(source, "...")
	}
}

// runDebugPage is what the detectors of debug pages do.
func runDebugPage(in Input, rule string) Output {
	p := in.debugPage()
	if p == nil || p.template.rule != rule {
		return Output{}
	}
	list := itemList{in: in}
	p.addItems(&list)
	hit := Hit{
		Rule:       rule,
		Category:   finding.DebugPage,
		Message:    p.message(),
		Confidence: finding.Firm,
		Items:      list.items,
		Excerpt:    p.span,
	}
	if p.isConsole() {
		hit.Key, hit.PerOrigin = "console", true
	}
	if in.echoedWithin(Span{0, len(in.Got.Body)}) && !p.template.unrecorded {
		hit.Confidence = finding.Confirmed
	}
	products := []Product{{Name: p.template.product, Version: p.version(), Role: Framework, Why: "debug page"}, {Name: p.template.language, Role: Language, Why: "debug page"}}
	for _, v := range p.versions {
		if v.name == p.template.product {
			continue
		}
		products = append(products, Product{Name: v.name, Version: v.value, Role: roleOf(v.name), Why: "debug page"})
	}
	return Output{Hits: []Hit{hit}, Products: append(products, frameProducts(p.frames)...), Leads: p.leads()}
}

// version returns the framework's own, or "".
func (p *debugPage) version() string {
	for _, v := range p.versions {
		if v.name == p.template.product {
			return v.value
		}
	}
	return ""
}

// leads are the paths of the routes that need nothing filled in but what a
// pattern says itself.
func (p *debugPage) leads() []string {
	var leads []string
	for _, r := range p.routes {
		pattern, _, _ := strings.Cut(r.value, "(.:format)")
		if strings.HasPrefix(pattern, "/") && !strings.ContainsAny(pattern, ":*<(") {
			leads = append(leads, pattern)
		}
	}
	return leads
}

func (p *debugPage) message() string {
	if p.isConsole() {
		return p.template.name + " answers with its interactive console: it runs code for whoever knows or works out its PIN."
	}
	message := fmt.Sprintf("%s answers with its debug page: %s", p.template.name, short(p.exception))
	if n := len(p.frames); n > 0 {
		message += fmt.Sprintf(", %d calls", n)
	}
	if n := len(p.routes); n > 0 {
		message += fmt.Sprintf(", %d routes", n)
	}
	if p.evaluates() {
		message += "; it offers a console that runs code at each of them"
	}
	return message + "."
}

// addItems lists what the page gives away, what matters first.
func (p *debugPage) addItems(list *itemList) {
	if p.evaluates() {
		list.add(Item{Category: finding.DebugPage, Name: "console", Value: "EVALEX = true", Location: "script"})
	}
	list.add(Item{Category: finding.SecretExposure, Name: "debugger's SECRET", Value: scriptValue(p.script, "SECRET"), Location: "script", Sensitive: true})
	list.add(Item{Category: finding.SecretExposure, Name: "debugger's token", Value: scriptValue(p.script, "DEBUGGER_TOKEN"), Location: "script", Sensitive: true})
	list.add(Item{Category: finding.ErrorDetail, Name: "exception", Value: p.exception, Location: p.template.heading})
	list.addHostsOf(p.exception, p.template.heading)
	list.addEchoes(inBody(list.in.Echoes), finding.CertReflection)
	for _, name := range [...]string{"X-Debug-Exception-File", "X-Debug-Token-Link"} {
		list.add(Item{Category: finding.DebugPage, Name: name, Value: list.in.Got.Field(name), Location: "field " + name})
	}
	for _, cause := range p.causes {
		list.add(Item{Category: finding.ErrorDetail, Name: "exception", Value: cause, Location: "stack trace"})
	}
	for _, d := range p.details {
		item := Item{Category: finding.DebugPage, Name: d.name, Value: d.value, Location: "debug page"}
		if looksLikePath(d.value) {
			item.Category = finding.PathLeak
		}
		list.add(item)
	}
	for _, v := range p.versions {
		list.add(Item{Category: finding.VersionBanner, Name: v.name, Value: v.value, Location: "debug page"})
	}
	var plain []Item
	for _, heading := range slices.Sorted(maps.Keys(p.tables)) {
		for _, row := range p.tables[heading] {
			item := Item{Category: finding.DebugPage, Name: row.name, Value: row.value, Location: "table " + heading}
			list.classify(&item)
			if item.Category == finding.DebugPage {
				plain = append(plain, item)
				continue
			}
			list.add(item)
		}
	}
	for _, v := range p.variables {
		item := Item{Category: finding.DebugPage, Name: v.name, Value: v.value, Location: "variables"}
		list.classify(&item)
		if item.Category == finding.DebugPage {
			plain = append(plain, item)
			continue
		}
		list.add(item)
	}
	for _, r := range p.routes {
		list.add(Item{Category: finding.APIInventory, Name: "route " + r.name, Value: r.value, Location: "routes"})
	}
	list.addLibraries(stack{frames: p.frames})
	list.addLocals(p.frames, false)
	list.addFrames(p.frames)
	for _, item := range plain {
		list.add(item)
	}
}
