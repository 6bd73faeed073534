package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// grammar is how one language prints a stack.
type grammar struct {
	rule     string
	language string // as people write it
	product  string // as products are named
	// anchors are texts of which one stands in nearly every stack.
	anchors []string
	// lead is what every line with an anchor begins with.
	lead string
	// line takes one line of the stack; false says that it is none.
	line func(*stackReader, string) bool
	// named reports whether a line in front of the first frame names an exception.
	named func(string) bool
	// proves wants of the frames what people do not write by chance.
	proves func([]frame) bool
}

// stack is a stack trace of a language other than Python.
type stack struct {
	grammar    *grammar
	frames     []frame
	exceptions []string // outermost first
	span       Span
}

// stackReader is the state while reading one stack.
type stackReader struct {
	stack   stack
	pending string // the function whose place the next line holds
	strange int    // lines in a row that fit nowhere
}

func (r *stackReader) add(f frame) {
	if len(r.stack.frames) < maxFrames {
		f.file, f.function = clip(f.file), clip(f.function)
		r.stack.frames = append(r.stack.frames, f)
	}
}

func (r *stackReader) except(line string) {
	if len(r.stack.exceptions) < 20 {
		r.stack.exceptions = append(r.stack.exceptions, clip(line))
	}
}

// minFrames is how many frames in a row make a stack.
const minFrames = 2

// grammars lists the languages; the stricter ones come first.
func grammars() []*grammar {
	return []*grammar{sanicGrammar(), javaGrammar(), nodeGrammar(), goGrammar(), rubyGrammar(), dotnetGrammar(), rustGrammar()}
}

// findStack returns the first stack of the body that the program itself seems
// to have sent.
func findStack(in Input) (stack, bool) {
	form := formOf(in.Got)
	reach := stackReach(in, form)
	if reach == 0 {
		return stack{}, false
	}
	for _, g := range grammars() {
		from := 0
		for range maxOpenings {
			at := firstOf(in.Got.Body[:reach], g.anchors, from)
			if at < 0 {
				break
			}
			s, next := readStack(in.Got.Body, at, g, form != textForm)
			from = max(at+1, next)
			if len(s.frames) >= minFrames && (g.proves == nil || g.proves(s.frames)) && stackSent(in, form, s.span) {
				return s, true
			}
		}
	}
	return stack{}, false
}

// stackReach is traceReach for stacks that have no opening line.
func stackReach(in Input, form form) int {
	all := len(in.Got.Body)
	switch {
	case form == opaqueForm:
		return 0
	case in.Got.Status >= 400, len(in.Echoes) > 0, in.isNew():
		return all
	case form == htmlForm:
		return 0
	default:
		return min(all, maxLead)
	}
}

func firstOf(body []byte, texts []string, from int) int {
	first := -1
	for _, text := range texts {
		if at := indexFrom(body, text, from); at >= 0 {
			first = at
			body = body[:min(len(body), at+len(text))]
		}
	}
	return first
}

// readStack reads the stack around an anchor, and returns where it stopped.
func readStack(body []byte, anchor int, g *grammar, markup bool) (stack, int) {
	start, breaks := lineAround(body, anchor, markup, g.lead)
	r := stackReader{stack: stack{grammar: g, span: Span{start, start}}}
	r.before(body, start, breaks)
	limit := min(len(body), start+maxStack)
	at := start
	for lines := 0; at >= 0 && at < limit && r.strange < maxStrange && lines < maxStackLines; lines++ {
		line, next := breaks.next(body, at)
		at = next
		if line.text == "" {
			continue
		}
		if g.line(&r, line.text) {
			r.stack.span.End = max(r.stack.span.End, line.end)
			r.strange = 0
			continue
		}
		if len(r.stack.frames) == 0 {
			break
		}
		r.strange++
	}
	return r.stack, r.stack.span.End
}

// before reads the line that names the exception, in front of the first frame.
func (r *stackReader) before(body []byte, start int, breaks lineBreaks) {
	if r.stack.grammar.named == nil {
		return
	}
	from := max(0, start-maxLine)
	if breaks.array || breaks.escape > 0 || !breaks.markup {
		from = max(0, start-4*maxLine)
	}
	for at := from; at >= 0 && at < start; {
		line, next := breaks.next(body, at)
		if next < 0 {
			// Another string or element ends here; what follows may be ours.
			next = line.end + 1
			if breaks.quote != "" {
				next = line.end + len(breaks.quote)
			}
		}
		if next <= at {
			next = at + 1
		}
		if line.end <= start && r.stack.grammar.named(line.text) {
			r.stack.exceptions = append(r.stack.exceptions[:0], clip(strings.Join(strings.Fields(line.text), " ")))
			r.stack.span.Start = line.start
		}
		at = next
	}
}

// stackSent weighs where a stack stands, as sentByProgram does.
func stackSent(in Input, form form, span Span) bool {
	if in.Got.Status >= 400 || in.echoedWithin(span) {
		return true
	}
	if in.inControl(in.Got.Body[span.Start:span.End]) {
		return false
	}
	if in.isNew() {
		return form != htmlForm || !quotedInMarkup(in.Got.Body, span.Start)
	}
	before := in.Got.Body[:span.Start]
	switch form {
	case textForm:
		return len(bytes.TrimSpace(before)) <= 200 && len(in.Got.Body)-span.End <= 1<<10
	case dataForm:
		return len(before) <= maxLead && beginsValue(before)
	default:
		return false
	}
}

// runStack is what the detectors of all languages do.
func runStack(in Input, rule string) Output {
	s, ok := in.stack()
	if !ok || s.grammar.rule != rule {
		return Output{}
	}
	return stackOutput(in, s)
}

// stackOutput is the hit that a stack makes.
func stackOutput(in Input, s stack) Output {
	list := itemList{in: in}
	for _, line := range s.exceptions {
		list.add(Item{Category: finding.ErrorDetail, Name: "exception", Value: line, Location: "stack trace"})
	}
	list.addEchoes(inBody(in.Echoes), finding.CertReflection)
	list.addLibraries(s)
	list.addFrames(s.frames)
	confidence := finding.Tentative
	switch {
	case in.echoedWithin(s.span):
		confidence = finding.Confirmed
	case in.Got.Status >= 400, in.isNew() && formOf(in.Got) != htmlForm:
		confidence = finding.Firm
	}
	return Output{
		Hits: []Hit{{
			Rule:       s.grammar.rule,
			Category:   finding.Traceback,
			Message:    s.message(),
			Confidence: confidence,
			Items:      list.items,
			Excerpt:    s.span,
		}},
		Products: stackProducts(s),
	}
}

func (s stack) message() string {
	message := fmt.Sprintf("The answer holds a %s stack trace of %d frames", s.grammar.language, len(s.frames))
	if len(s.exceptions) > 0 {
		name, _, _ := strings.Cut(s.exceptions[0], ": ")
		message += ": " + short(name)
	}
	return message + ", first frame " + short(s.frames[0].name()) + "."
}

// stackProducts recognises the frameworks whose code stands in a stack.
func stackProducts(s stack) []Product {
	products := []Product{{Name: s.grammar.product, Role: Language, Why: "stack trace"}}
	for _, known := range [...]struct {
		part, name string
		role       Role
	}{
		{"org.springframework.boot.", "spring boot", Framework}, {"org.springframework.", "spring", Framework}, {"org.apache.catalina.", "tomcat", Server}, {"org.apache.coyote.", "tomcat", Server},
		{"org.eclipse.jetty.", "jetty", Server}, {"io.undertow.", "undertow", Server}, {"io.quarkus.", "quarkus", Framework}, {"io.netty.", "netty", Server},
		{"/node_modules/express/", "express", Framework}, {"/node_modules/fastify/", "fastify", Framework}, {"/node_modules/koa/", "koa", Framework},
		{"/node_modules/@nestjs/", "nestjs", Framework}, {"/node_modules/next/", "next", Framework}, {"/node_modules/@apollo/", "apollo", Framework},
		{"github.com/gin-gonic/gin", "gin", Framework}, {"github.com/labstack/echo", "echo", Framework},
		{"/laravel/framework/", "laravel", Framework}, {"/symfony/", "symfony", Framework},
		{"/actionpack-", "rails", Framework}, {"/sinatra/", "sinatra", Framework}, {"/rack/", "rack", Framework}, {"/puma-", "puma", Server},
		{"Microsoft.AspNetCore.", "asp.net core", Framework}, {"actix_web::", "actix-web", Framework}, {"axum::", "axum", Framework},
	} {
		product := Product{Name: known.name, Role: known.role, Why: "stack trace"}
		if !slices.Contains(products, product) && s.mentions(known.part) {
			products = append(products, product)
		}
	}
	return products
}

// mentions reports whether a part of a name stands in the stack.
func (s stack) mentions(part string) bool {
	return slices.ContainsFunc(s.frames, func(f frame) bool {
		return strings.Contains(strings.ReplaceAll(f.file, `\`, "/"), part) || strings.Contains(f.function, part)
	})
}

// addLibraries lists the versions of libraries that stand in the paths of the
// frames: "gems/rack-2.2.4/", "echo/v4@v4.13.3/", "[spring-web-6.1.14.jar!/:6.1.14]".
func (l *itemList) addLibraries(s stack) {
	for _, f := range s.frames {
		if name, version := libraryVersion(f.file); name != "" {
			l.add(Item{Category: finding.VersionBanner, Name: name, Value: version, Location: "stack trace"})
		}
		if name, version := libraryVersion(f.source); name != "" {
			l.add(Item{Category: finding.VersionBanner, Name: name, Value: version, Location: "stack trace"})
		}
	}
}

// libraryVersion reads the last part of a path that is a name with a version.
func libraryVersion(path string) (name, version string) {
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' || r == '[' || r == ']' || r == '!' }) {
		part = strings.TrimSuffix(part, ".jar")
		for _, mark := range [...]string{"@v", "-"} {
			at := strings.LastIndex(part, mark)
			if at <= 0 {
				continue
			}
			number := part[at+len(mark):]
			if strings.Count(number, ".") >= 1 && len(number) <= 20 && strings.Trim(number, "0123456789.") == "" && number[0] != '.' {
				name, version = part[:at], number
				break
			}
		}
	}
	return name, version
}
