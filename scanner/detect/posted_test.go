package detect_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// TestPostedTexts serves every sample as sites do whose pages change with every
// request: where the control shows the text too, nothing is said; where there is
// none, nothing surer than tentative.
func TestPostedTexts(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.http")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(readResponse(t, raw).Body)
		if len(text) < 8 {
			continue
		}
		for label, serve := range map[string]func(views int) *wire.Response{
			"ticket as data": func(views int) *wire.Response {
				return answer(200, "application/json", fmt.Sprintf(`{"id":17,"title":"Help","description":%s,"views":%d,"error":null}`, quoteJSON(text), views))
			},
			"log viewer": func(views int) *wire.Response {
				return answer(200, "application/json", fmt.Sprintf(`{"cursor":%d,"lines":[{"level":"error","message":%s}]}`, views, quoteJSON(text)))
			},
			"paste": func(views int) *wire.Response {
				return answer(200, "text/html", fmt.Sprintf("<html><body><input name=token value=%d><textarea>%s</textarea></body></html>", views, html.EscapeString(text)))
			},
		} {
			in := answerTo("/posts/17", serve(2))
			for _, hit := range run(in).Hits {
				if hit.Confidence > finding.Tentative {
					t.Errorf("%s: %s, no control: got %s, %s: %s", file, label, hit.Rule, hit.Confidence, hit.Message)
				}
			}
			in.Control = serve(1)
			if out := run(in); len(out.Hits) > 0 {
				t.Errorf("%s: %s: got %s, %s: %s", file, label, out.Hits[0].Rule, out.Hits[0].Confidence, out.Hits[0].Message)
			}
		}
	}
}

// TestPostedKeys: a key is a file's, or one that somebody shows.
func TestPostedKeys(t *testing.T) {
	key := armour("EC PRIVATE KEY", madeOnce().keys["EC PRIVATE KEY"])
	for body, want := range map[string]finding.Confidence{
		key: finding.Firm,
		"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256\n" + key: finding.Tentative,
	} {
		out := run(answerTo("/files/17", answer(200, "text/plain", body)))
		hit := onlyHit(t, out)
		if hit.Rule != "private-key-exposure" || hit.Confidence != want {
			t.Errorf("%.40q: got %s, %s", body, hit.Rule, hit.Confidence)
		}
	}
}
