package detect

import (
	"bytes"
	"strings"
)

// djangoPage is what a technical 500 page of Django says, whichever of its two
// forms it has.
type djangoPage struct {
	title string // "KeyError at /whoami/"
	// summary holds the table of the page's head: "Django Version" and the like.
	summary   map[string]string
	exception string // the exception's message
	module    string // the settings module
	template  string // the template that failed
	apps      []string
	middle    []string
	frames    []frame
	tables    map[djangoTable][]pair
	head      Span // the part of the body that convinces
}

// djangoTable names a table of the page.
type djangoTable uint8

const (
	noTable djangoTable = iota
	userTable
	getTable
	postTable
	filesTable
	cookieTable
	metaTable
	settingsTable
)

// pair is a name with the value that Python printed for it.
type pair struct{ name, value string }

// frame is one call of a Python stack.
type frame struct {
	file     string
	line     int
	function string
	source   string // the line of code, where it is shown
	locals   []pair
}

// Limits on what is kept of one page. The pages that Django makes are far
// below them.
const (
	maxFrames = 100
	maxPairs  = 1000
	maxText   = 4 << 10 // bytes of one value
)

func newDjangoPage() *djangoPage {
	return &djangoPage{summary: make(map[string]string), tables: make(map[djangoTable][]pair)}
}

// complete says whether all the parts stand there that every release of Django
// since 1.11 puts into the page, and that no other framework has.
func (p *djangoPage) complete() bool {
	for _, name := range [...]string{"Django Version", "Python Executable", "Python Version", "Python Path"} {
		if p.summary[name] == "" {
			return false
		}
	}
	return strings.Contains(p.title, " at /") || p.summary["Exception Type"] != "" || p.title == "Report"
}

// exceptionType prefers the table to the title.
func (p *djangoPage) exceptionType() string {
	if name := p.summary["Exception Type"]; name != "" {
		name, _, _ = strings.Cut(name, " at /")
		return name
	}
	name, _, _ := strings.Cut(p.title, " at /")
	return name
}

// view returns the view that failed, which pages of Django 3.2 and later name,
// or the function that raised.
func (p *djangoPage) view() string {
	if view := p.summary["Raised during"]; view != "" {
		return view
	}
	if _, function, found := strings.Cut(p.summary["Exception Location"], " in "); found {
		function, _, _ = strings.Cut(function, ",")
		return function
	}
	if n := len(p.frames); n > 0 {
		return p.frames[n-1].function
	}
	return ""
}

func (p *djangoPage) addFrame(f frame) {
	if len(p.frames) < maxFrames {
		p.frames = append(p.frames, f)
	}
}

func (p *djangoPage) addPair(table djangoTable, name, value string) {
	if table != noTable && name != "" && len(p.tables[table]) < maxPairs {
		p.tables[table] = append(p.tables[table], pair{name, clip(value)})
	}
}

// clip bounds a value.
func clip(s string) string {
	if len(s) > maxText {
		return strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return s
}

// parseDjango reads a body as a technical page, or returns nil where it is
// none. A page that merely quotes one has other markup around the same words.
func parseDjango(body []byte) *djangoPage {
	trimmed := bytes.TrimLeft(body, "\ufeff \t\r\n")
	if len(trimmed) == 0 {
		return nil
	}
	var p *djangoPage
	if trimmed[0] == '<' {
		if !bytes.Contains(head(trimmed, 2<<10), []byte(`<meta name="robots" content="NONE,NOARCHIVE">`)) {
			return nil
		}
		p = parseDjangoHTML(body)
	} else {
		p = parseDjangoText(string(body))
	}
	if p == nil || !p.complete() {
		return nil
	}
	return p
}

func head(b []byte, n int) []byte { return b[:min(n, len(b))] }

// mine reports whether a debug page answers this very request: it repeats the
// path that was asked for. A page kept somewhere as an example repeats another.
func (in Input) mine(pageURL string) bool {
	rest := pageURL
	if _, after, found := strings.Cut(rest, "://"); found {
		rest = after
		slash := strings.IndexByte(rest, '/')
		if slash < 0 {
			return false
		}
		rest = rest[slash:]
	}
	target := in.Asked.Target
	if target == "" {
		target = in.To.Target
	}
	want, _, _ := strings.Cut(target, "?")
	got, _, _ := strings.Cut(rest, "?")
	return want != "" && samePath(want, got)
}

// samePath compares leniently what proxies and frameworks quote differently.
func samePath(a, b string) bool {
	return strings.EqualFold(unquotePath(a), unquotePath(b))
}

// unquotePath decodes percent-encoding where it is well-formed.
func unquotePath(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	default:
		return c - 'a' + 10
	}
}
