package detect_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

// benignDir names a folder of pages that give nothing away, such as the manuals
// of web frameworks.
const benignDir = "BLURT_BENIGN_DIR"

// benignPages returns the pages of the folder that the environment names, or
// pages made here that look like manuals.
func benignPages(t testing.TB) map[string]*wire.Response {
	t.Helper()
	pages := make(map[string]*wire.Response)
	if dir := os.Getenv(benignDir); dir != "" {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			media := map[string]string{".html": "text/html", ".txt": "text/plain", ".js": "text/javascript", ".xml": "application/xml", ".json": "application/json"}[filepath.Ext(path)]
			if media == "" {
				return nil
			}
			body, err := os.ReadFile(path)
			pages[path] = answer(200, media, string(body))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return pages
	}
	for n := range 40 {
		pages[fmt.Sprintf("made-%d", n)] = answer(200, "text/html; charset=utf-8", manualPage(n))
	}
	return pages
}

// manualPage is a page of 60 KiB with prose, markup and the quotations that
// manuals are full of.
func manualPage(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Chapter %d</title><link rel=\"stylesheet\" href=\"/static/manual.css\"></head>\n<body><article>\n", n)
	for i := 0; b.Len() < 60<<10; i++ {
		fmt.Fprintf(&b, "<section id=\"section-%d\"><h2>The request and its <em>response</em> (%d)</h2>\n<p>When a view raises an exception, the framework turns it into "+
			"a response with a <a class=\"reference\" href=\"../ref/errors.html#status-%d\">status code</a>. Settings such as <code>DEBUG</code> decide what it says; "+
			"the server reads <code>/etc/nginx/nginx.conf</code> at its start.</p>\n<ul><li>One.</li><li>Two, with <tt>X-Forwarded-For: 192.0.2.%d</tt>.</li></ul>\n", i, n, i, i%255)
		if i%9 == 0 {
			b.WriteString("<div class=\"highlight\"><pre>Traceback (most recent call last):\n  File &quot;/home/user/project/views.py&quot;, line 12, in index\n    raise ValueError\nValueError\n</pre></div>\n")
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("</article></body></html>\n")
	return b.String()
}

func TestBenignPagesAreSilent(t *testing.T) {
	set := detect.NewSet(detect.All())
	missing := answer(404, "text/html", "<html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>")
	for name, page := range benignPages(t) {
		for _, control := range []*wire.Response{nil, page, missing} {
			in := answerTo("/manual/page.html", page)
			in.Control = control
			if out := set.Run(in); len(out.Hits) > 0 {
				t.Errorf("%s: %s: %s: %q", name, out.Hits[0].Rule, out.Hits[0].Message, page.Body[out.Hits[0].Excerpt.Start:min(out.Hits[0].Excerpt.End, out.Hits[0].Excerpt.Start+200)])
			}
		}
	}
}

func BenchmarkBenignPages(b *testing.B) {
	set := detect.NewSet(detect.All())
	var inputs []detect.Input
	total := 0
	for _, page := range benignPages(b) {
		inputs = append(inputs, answerTo("/manual/page.html", page))
		total += len(page.Body)
	}
	b.SetBytes(int64(total))
	for b.Loop() {
		for _, in := range inputs {
			set.Run(in)
		}
	}
}
