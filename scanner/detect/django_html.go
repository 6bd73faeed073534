package detect

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// parseDjangoHTML reads the HTML form of the technical page. It follows the
// elements that carry meaning and skips the rest, so that every release's
// markup will do.
func parseDjangoHTML(body []byte) *djangoPage {
	r := &djangoReader{page: newDjangoPage(), z: html.NewTokenizer(bytes.NewReader(body))}
	r.z.SetMaxBuf(1 << 20)
	for {
		kind := r.z.Next()
		start := r.at
		r.at += len(r.z.Raw())
		switch kind {
		case html.ErrorToken:
			r.endFrame()
			return r.page
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(start)
		case html.EndTagToken:
			name, _ := r.z.TagName()
			r.close(string(name))
		case html.TextToken:
			r.text(r.z.Text())
		}
	}
}

// djangoReader is the state while reading one page.
type djangoReader struct {
	z    *html.Tokenizer
	page *djangoPage
	at   int // offset in the body

	section string // id of the last enclosing block
	table   djangoTable
	inVars  bool // in the table of a frame's local variables
	inFrame bool
	frame   frame
	where   strings.Builder // a frame's line of place: file, line, function
	placing bool
	inLine  bool // in the list that holds the frame's own line

	cells   []string
	buffer  strings.Builder
	capture capture
}

// capture says what the buffer will become.
type capture uint8

const (
	nothing capture = iota
	cell
	titleText
	exceptionText
	sourceText
	pasteText
	moduleText
	templateText
)

func (r *djangoReader) begin(c capture) {
	r.capture = c
	r.buffer.Reset()
}

func (r *djangoReader) open(start int) {
	name, id, class, first := r.tag()
	r.enter(id, start)
	switch name {
	case "table":
		r.inVars = r.inFrame && strings.Contains(class, "vars")
	case "tr":
		r.cells = r.cells[:0]
	case "td", "th":
		r.begin(cell)
	case "h1":
		if r.section == "summary" {
			r.begin(titleText)
		}
	case "h4":
		if r.table == settingsTable {
			r.begin(moduleText)
		}
	case "li":
		if strings.HasPrefix(class, "frame") {
			r.endFrame()
			r.inFrame, r.placing = true, true
			r.frame = frame{}
			r.where.Reset()
		}
	case "div":
		r.endPlace()
	case "ol":
		r.inLine = r.inFrame && class == "context-line"
		if r.inLine {
			r.frame.line, _ = strconv.Atoi(first)
		}
	case "pre":
		switch {
		case class == "exception_value":
			r.begin(exceptionText)
		case r.inLine && r.frame.source == "":
			r.begin(sourceText)
		}
	case "code":
		if r.section == "template" && r.page.template == "" {
			r.begin(templateText)
		}
	case "textarea":
		r.begin(pasteText)
	}
}

// tag reads the attributes that matter; first is the list's start.
func (r *djangoReader) tag() (name, id, class, first string) {
	raw, more := r.z.TagName()
	name = string(raw)
	for more {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		switch string(key) {
		case "id":
			id = string(value)
		case "class":
			class = string(value)
		case "start":
			first = string(value)
		}
	}
	return name, id, class, first
}

// enter follows the ids of the page's blocks.
func (r *djangoReader) enter(id string, start int) {
	switch id {
	case "":
		return
	case "summary":
		r.page.head.Start = start
		r.page.head.End = start
	case "template", "traceback", "requestinfo", "explanation":
		r.endFrame()
	case "user-info":
		r.table = userTable
	case "get-info":
		r.table = getTable
	case "post-info":
		r.table = postTable
	case "files-info":
		r.table = filesTable
	case "cookie-info":
		r.table = cookieTable
	case "meta-info":
		r.table = metaTable
	case "settings-info":
		r.table = settingsTable
	default:
		return
	}
	r.section = id
}

func (r *djangoReader) text(text []byte) {
	if r.placing && r.where.Len() < maxText {
		r.where.Write(head(text, maxText))
	}
	if r.capture == nothing {
		return
	}
	limit := 4 * maxText
	if r.capture == pasteText {
		limit = 1 << 20
	}
	if r.buffer.Len() < limit {
		r.buffer.Write(head(text, limit))
	}
}

func (r *djangoReader) close(name string) {
	switch name {
	case "td", "th":
		if r.capture == cell {
			r.cells = append(r.cells, strings.TrimSpace(r.buffer.String()))
			r.begin(nothing)
		}
	case "tr":
		r.row()
	case "table":
		r.inVars = false
		if r.section == "summary" {
			r.page.head.End = r.at
		}
	case "ol":
		r.inLine = false
	case "h1", "h4", "pre", "code", "textarea":
		r.take()
	case "ul":
		r.endFrame()
	}
}

// take puts the captured text where it belongs.
func (r *djangoReader) take() {
	text := strings.TrimSpace(r.buffer.String())
	switch r.capture {
	case cell:
		return // a cell ends with its own tag
	case titleText:
		r.page.title = strings.Join(strings.Fields(text), " ")
	case exceptionText:
		r.page.exception = clip(text)
	case sourceText:
		text, _, _ = strings.Cut(text, "\n")
		r.frame.source = clip(strings.TrimSpace(text))
	case moduleText:
		r.page.module = strings.TrimSpace(strings.TrimPrefix(text, "Using settings module"))
	case templateText:
		r.page.template = clip(text)
	case pasteText:
		readEnvironment(r.page, r.buffer.String())
	}
	r.begin(nothing)
}

func (r *djangoReader) row() {
	if len(r.cells) != 2 {
		return
	}
	name, value := r.cells[0], r.cells[1]
	switch {
	case r.inVars:
		if len(r.frame.locals) < maxPairs && name != "Variable" {
			r.frame.locals = append(r.frame.locals, pair{clip(name), clip(value)})
		}
	case r.section == "summary":
		if len(r.page.summary) < maxPairs {
			r.page.summary[strings.TrimSuffix(name, ":")] = clip(value)
		}
	case name != "Variable" && name != "Setting":
		r.page.addPair(r.table, clip(name), value)
	}
	r.cells = r.cells[:0]
}

// endPlace reads the line that says where a frame is: "/a/b.py, line 3, in f"
// since Django 3.1, "/a/b.py in f" before.
func (r *djangoReader) endPlace() {
	if !r.placing {
		return
	}
	r.placing = false
	place := strings.Join(strings.Fields(r.where.String()), " ")
	if file, rest, found := strings.Cut(place, ", line "); found {
		r.frame.file = file
		number, function, _ := strings.Cut(rest, ", in ")
		r.frame.line, _ = strconv.Atoi(number)
		r.frame.function = function
		return
	}
	r.frame.file, r.frame.function, _ = strings.Cut(place, " in ")
}

func (r *djangoReader) endFrame() {
	r.endPlace()
	if r.inFrame && r.frame.file != "" {
		r.page.addFrame(r.frame)
	}
	r.inFrame, r.inVars, r.inLine = false, false, false
}
