package detect_test

import (
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/internal/redact"
	"blurt/scanner/wire"
)

// TestQuotesAreSilent serves every sample as people quote it: in a tutorial, a
// bug tracker, a paste site, a search result, a script and an API of a forum.
func TestQuotesAreSilent(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.http")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	intro := "When I ask the server with my certificate, this is what comes back. How can I close it?\n\n"
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		quoted := string(readResponse(t, raw).Body)
		escaped := html.EscapeString(quoted)
		pages := map[string]*wire.Response{
			"tutorial":      answer(200, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>Debug pages</title></head><body><article><h1>Debug pages</h1><p>"+intro+"</p><pre><code class=\"language-html\">"+escaped+"</code></pre></article></body></html>"),
			"bug tracker":   answer(200, "text/html", "<html><body><div class=\"comment\"><p>"+intro+"</p><pre>"+escaped+"</pre></div></body></html>"),
			"highlighted":   answer(200, "text/html", "<html><body><div class=\"highlight\"><pre><span></span>"+strings.ReplaceAll(escaped, "\n", "\n<span class=\"gt\"></span>")+"</pre></div></body></html>"),
			"paste":         answer(200, "text/html", "<html><body><h1>Paste 17</h1><textarea readonly>"+escaped+"</textarea></body></html>"),
			"forum's API":   answer(200, "application/json", `{"id":17,"title":"Help","body":`+quoteJSON(intro+quoted+"\n\nThanks!")+`,"author":{"name":"x"}}`),
			"script":        answer(200, "text/javascript", "export const example = "+quoteJSON(quoted)+";"),
			"source":        answer(200, "text/plain", strings.Repeat("Chapter 1\n=========\n\nProse.\n\n", 60)+"::\n\n    "+strings.ReplaceAll(quoted, "\n", "\n    ")+"\n\nChapter 2\n=========\n\nMore prose.\n"),
			"changed title": answer(200, "text/html", "<html><head><title>Not this one</title></head><body>"+escaped+"</body></html>"),
		}
		for label, page := range pages {
			for _, control := range []*wire.Response{nil, page} {
				in := answerTo("/questions/17", page)
				in.Control = control
				if out := run(in); len(out.Hits) > 0 {
					t.Errorf("%s: %s: got %s: %s", file, label, out.Hits[0].Rule, out.Hits[0].Message)
				}
			}
		}
	}
}

// TestRecordedSecretsAreMasked masks whole debug pages, as evidence does.
func TestRecordedSecretsAreMasked(t *testing.T) {
	secrets := []string{"c4ch3Pw99", "w0rkerSecret", "0123456789abcdef0123456789abcdef", "Tr0ub4dor%263x", "wJalrXUtnFEMI", "ledger-live-2f6b1c", "YWRtaW46aHVudGVyMjI", "9f8e7d6c5b4a3928", "l3dger-pw-in-frame"}
	files, err := filepath.Glob("testdata/django-*/*.http")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := readResponse(t, raw)
		shown := redact.New().Text(string(got.Body))
		for _, secret := range secrets {
			if strings.Contains(shown, secret) {
				at := strings.Index(shown, secret)
				t.Errorf("%s: %q survives: %q", file, secret, shown[max(0, at-80):min(len(shown), at+60)])
			}
		}
		if !strings.Contains(string(got.Body), canary) || strings.Contains(shown, canary) {
			continue
		}
		t.Errorf("%s: the canary is hidden", file)
	}
}

// nearMisses are bodies that almost are what a detector looks for, over and
// over.
var nearMisses = map[string]string{
	"hints":            "Python Executabl: Traceback (most recent call las): Using the URLconf define in ",
	"openings":         "Traceback (most recent call last):\n",
	"old openings":     "\nTraceback:\n",
	"frames":           "Traceback (most recent call last):\n  File \"/a/b.py\", line 1, in f\n    x\n",
	"JSON openings":    `Traceback (most recent call last):\n  File \"/a/b.py\", line 1, in f\n`,
	"escaped openings": "Traceback (most recent call last):\n  File &quot;/a/b.py&quot;, line 1\n",
	"slashes":          "/usr/usr/usr ",
	"backslashes":      `C:\a\b \\c\d `,
	"parser texts":     "PEM routines Unable to load PEM file HTTP_X_SSL_ ",
	"tags":             `<table class="vars"><tr><td>a<td>b</tr><li class="frame"><ol class="context-line"><pre>`,
	"settings":         "A = 1\n",
	"stock pages":      "<hr><center>nginx<center><h1>",
	"Java frames":      `\n\tat a.b.C.d(C.java:1)`,
	"Java anchors":     ".java:.java: ",
	"Node frames":      "at f (/a.js:1:2)<br>at (/a.js:1:",
	"Go openings":      "goroutine 1 [running]:\ngoroutine ",
	"PHP frames":       "#0 /a.php(1): f()\nWarning: x in /a.php on line 1\n",
	"Ruby frames":      "/a.rb:1:in `f'\n/a.rb:1:in ",
	"CXF frames":       "#*#a.B!c!D.java!1",
	"root causes":      "</pre><p><b>Root Cause</b></p><pre>a.B: x\n\tat a.b.C.d(C.java:1)\n",
	"Mono frames":      "  at a.b (c d) [0x00001] in <x>:0 \n",
	"Perl frames":      "\tA::b('x') called at /a.pm line 1\neval {...} called at ",
	"objects":          `{"trace":[{"file":"a.php","line":1},`,
	"quotes":           `"at \" &quot;.js:`,
}

// BenchmarkNearMisses shows that time grows with the body and not with its
// square: compare the rates of the sizes.
func BenchmarkNearMisses(b *testing.B) {
	set := detect.NewSet(detect.All())
	heads := map[string]string{
		"":      "",
		"page/": "<html><title>X at /cert/</title><meta name=\"robots\" content=\"NONE,NOARCHIVE\"><div id=\"summary\"><h1>X at /cert/</h1>Python Executable:Using the URLconf defined in<div id=\"traceback\"><h3 id=\"meta-info\">",
		"text/": "X at /cert/\nx\nRequest Method: GET\nPython Executable: /x\nPython Version: 3\nPython Path: []\nDjango Version: 4\nRequest information:\nMETA:\n",
	}
	for label, start := range heads {
		for name, near := range nearMisses {
			for _, size := range []int{1 << 20, 10 << 20} {
				media := "application/json"
				if strings.HasPrefix(start, "<") {
					media = "text/html"
				}
				in := answerTo("/cert/", answer(500, media, start+strings.Repeat(near, size/len(near))))
				in.Claim = wire.BrokenClaim
				in.Control = answer(403, "text/html", "no")
				b.Run(label+name+"/"+map[int]string{1 << 20: "1MiB", 10 << 20: "10MiB"}[size], func(b *testing.B) {
					b.SetBytes(int64(size))
					for b.Loop() {
						set.Run(in)
					}
				})
			}
		}
	}
}
