package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"blurt/report"
	"blurt/scanner/finding"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// poisons is what a target may write wherever it has a say, by whom it is for.
func poisons() map[string]string {
	return map[string]string{
		"terminal":        "a\x1b]8;;http://evil.example\x07b\x1b]8;;\x07\x9b31m\x1b[2J\x08\x7fz",
		"workflow":        "::set-output name=x::y",
		"workflow lines":  "a\n::add-mask::b\r::error::c\n  ::warning::d\n##[error]e\n##vso[task.setvariable variable=f]g\n##teamcity[h]",
		"script":          "</script></noscript></style><script>alert(1)</script><img src=x onerror=alert(1)>",
		"attribute":       "\"'><svg onload=alert(1)> x=\" onmouseover='a' `",
		"entities":        "&lt;b&gt; &#x1b; ]]> --> <!-- {{.}} ${x} {0}",
		"Markdown":        "![a](http://evil.example/p.png) [b](javascript:alert(1)) <http://evil.example> www.evil.example @admin #1 **c** ~~d~~",
		"Markdown blocks": "a\n\n# b\n\n| c | d |\n|---|---|\n```\n</details>\n<b>e</b>\n````\n- [ ] f\n> g\n[h]: http://evil.example",
		"backticks":       "`` ` ``` a | b \\` | \\",
		"formula":         "=cmd|'/C calc'!A0",
		"formula, plus":   "+1+1", "formula, minus": "-2+3", "formula, at": "@SUM(1)", "formula after a tab": "\t=1", "formula after a return": "\r\n=1",
		"directions": "a\u202egnp.exe\u2066b\u200b\ufeff\u2028c\u2029d\u0085e\U000e0041",
		"broken":     "a\x00b\xff\xfe\xc0\xaf\xed\xa0\x80c",
		"huge":       strings.Repeat("A", 1<<16),
		"huge lines": strings.Repeat("a\n", 1<<15),
	}
}

// poisoned is a scan in which every text that a target has a say in is the given
// one: whoever adds a field to a finding or a target has it tested here.
func poisoned(t *testing.T, poison string) []finding.Event {
	t.Helper()
	events := scan(t)
	start, f, target, done := *events[0].Start, debugPage(), finding.Target{}, *events[len(events)-1].Done
	fill(reflect.ValueOf(&f).Elem(), poison)
	fill(reflect.ValueOf(&target).Elem(), poison)
	fill(reflect.ValueOf(&done).Elem(), poison)
	for _, message := range []*finding.Message{f.Evidence.Request, f.Evidence.Response, f.Evidence.Control} {
		message.Status = 200
	}
	target.Surface[0].Status, target.Surface[0].Sensitivity = 200, "high"
	target.Surface[0].Exchange.Request.Status, target.Surface[0].Exchange.Response.Status = 0, 200
	f.Rule, f.Fingerprint, f.Suppressed, f.Replay = "path-leak", "dead00", nil, nil
	catalogue(t).Grade(&f)
	return []finding.Event{{Start: &start}, {Finding: &f}, {Target: &target}, {Done: &done}}
}

// fill sets each text below a value, and gives each list an element.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			switch name := v.Type().Field(i).Name; {
			case name == "URL":
				v.Field(i).SetString("https://h.example/" + text)
			case v.Type() != reflect.TypeFor[finding.Done]() || name == "Errors":
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[finding.Category]():
			v.SetString(string(finding.PathLeak))
		case reflect.TypeFor[finding.Verdict]():
			v.SetString(string(finding.Open))
		case reflect.TypeFor[string]():
			v.SetString(text)
		}
	}
}

// benign is what an honest target writes in place of a poison.
const benign = "benign"

// Nothing that a target writes changes the form of a report: a consumer finds the
// same structure as with a benign text.
func TestPoisonChangesNothing(t *testing.T) {
	for name, shape := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			honest := write(t, name, report.Options{}, poisoned(t, benign))
			want := shape(t, honest)
			for kind, poison := range poisons() {
				t.Run(kind, func(t *testing.T) {
					written := write(t, name, report.Options{}, poisoned(t, poison))
					checkText(t, name, written)
					// 64 KiB in each of dozens of fields stay a readable report; JSON keeps all.
					if added := len(written) - len(honest); added > 512<<10 && name != "json" && name != "jsonl" {
						t.Errorf("the report grows by %d bytes", added)
					}
					if diff := cmp.Diff(want, shape(t, written)); diff != "" {
						t.Errorf("(-benign +poisoned):\n%s", diff)
					}
				})
			}
		})
	}
}

// checkText is what holds for every format: UTF-8, printable, no orders.
func checkText(t *testing.T, name string, written []byte) {
	t.Helper()
	if !utf8.Valid(written) {
		t.Error("the report is not UTF-8")
	}
	for i, r := range string(written) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("raw %U at byte %d, after %q", r, i, written[max(0, i-40):i])
		}
	}
	if found := order.Find(withoutAnnotations(name, written)); found != nil {
		t.Errorf("a CI runner would obey %q", found)
	}
}

// shapes read a report as its consumers do and return its structure.
func shapes(t *testing.T) map[string]func(*testing.T, []byte) []string {
	return map[string]func(*testing.T, []byte) []string{
		"terminal":   func(*testing.T, []byte) []string { return nil },
		"json":       jsonShape(validator(t, reportSchema)),
		"jsonl":      jsonLinesShape(validator(t, eventsSchema)),
		"sarif":      jsonShape(validator(t, sarifSchema)),
		"gitlab":     jsonShape(validator(t, gitlabSchema)),
		"defectdojo": jsonShape(validator(t, defectdojoSchema)),
		"html":       htmlShape,
		"markdown":   markdownShape,
		"junit":      xmlShape,
		"csv":        csvShape,
		"github":     githubShape,
	}
}

// jsonShape is the paths of a document that is valid by a schema.
func jsonShape(valid func(testing.TB, []byte)) func(*testing.T, []byte) []string {
	return func(t *testing.T, written []byte) []string {
		t.Helper()
		if strings.Contains(string(written), "</script") {
			t.Error("it holds a closing script tag")
		}
		valid(t, written)
		var value any
		if err := json.Unmarshal(written, &value); err != nil {
			t.Fatal(err)
		}
		var paths []string
		walkJSON("", value, &paths)
		slices.Sort(paths)
		return paths
	}
}

func jsonLinesShape(valid func(testing.TB, []byte)) func(*testing.T, []byte) []string {
	return func(t *testing.T, written []byte) []string {
		t.Helper()
		var shape []string
		for line := range bytes.Lines(written) {
			shape = append(shape, jsonShape(valid)(t, line)...)
		}
		return shape
	}
}

func walkJSON(path string, value any, paths *[]string) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if strings.HasSuffix(path, "/headers") {
				name = "*" // SARIF has names of fields as members
			}
			walkJSON(path+"/"+name, member, paths)
		}
	case []any:
		for _, element := range value {
			walkJSON(path+"/[]", element, paths)
		}
	default:
		// Where DefectDojo might stumble over a URL, it is left out of the list.
		if path != "/findings/[]/endpoints/[]" {
			*paths = append(*paths, path)
		}
	}
}

// htmlShape is the page's elements in order, without the marks in evidence.
func htmlShape(t *testing.T, written []byte) []string {
	t.Helper()
	var shape []string
	for node := range checkPage(t, written).Descendants() {
		if node.Type == html.ElementNode && node.Data != "mark" {
			shape = append(shape, node.Data)
		}
	}
	return shape
}

var tag = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)

// markdownShape is what a host that knows GitHub's Markdown would make of it:
// blocks, tags, links and images, but not plain text.
func markdownShape(t *testing.T, written []byte) []string {
	t.Helper()
	var shape []string
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(written))
	err := ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.Text, *ast.String, *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.HTMLBlock:
			shape = append(shape, tag.FindAllString(string(node.Lines().Value(written)), -1)...)
		case *ast.RawHTML:
			shape = append(shape, string(node.Segments.Value(written)))
		default:
			shape = append(shape, node.Kind().String())
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return shape
}

// xmlShape is the elements in order.
func xmlShape(t *testing.T, written []byte) []string {
	t.Helper()
	var shape []string
	for decoder := xml.NewDecoder(bytes.NewReader(written)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return shape
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			shape = append(shape, token.Name.Local)
			for _, a := range token.Attr {
				shape = append(shape, token.Name.Local+"/"+a.Name.Local)
			}
		case xml.Comment, xml.Directive:
			t.Errorf("%T in the report", token)
		}
	}
}

// csvShape is the number of columns of each row; a cell that a spreadsheet would
// calculate fails.
func csvShape(t *testing.T, written []byte) []string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(written)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var shape []string
	for _, row := range rows {
		shape = append(shape, strings.Repeat("|", len(row)))
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
				t.Errorf("a spreadsheet calculates %.40q", cell)
			}
		}
	}
	return shape
}

// githubShape is the commands, without what they say.
func githubShape(t *testing.T, written []byte) []string {
	t.Helper()
	var shape []string
	for line := range strings.Lines(string(written)) {
		level, _, found := strings.Cut(line, " title=blurt")
		if !found {
			t.Errorf("a line that is no annotation: %.60q", line)
		}
		shape = append(shape, level)
	}
	return shape
}
