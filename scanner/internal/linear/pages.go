package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"blurt/scanner/detect"
	"blurt/scanner/saved"
)

// page is one recorded answer.
type page struct {
	name, text, media string
	status            int
}

// recorded reads the answers of real software below a folder.
func recorded(folder string) ([]page, error) {
	var pages []page
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".http") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for x, err := range saved.Read(bytes.NewReader(raw), path, saved.Options{}) {
			if err != nil || x.Got == nil || len(x.Got.Body) == 0 {
				continue
			}
			name, _ := filepath.Rel(folder, path)
			pages = append(pages, page{
				name: strings.TrimSuffix(filepath.ToSlash(name), ".http"), text: string(x.Got.Body),
				media: x.Got.Field("Content-Type"), status: x.Got.Status,
			})
			break
		}
		return nil
	})
	if err == nil && len(pages) == 0 {
		err = fmt.Errorf("%s holds no recorded answers", folder)
	}
	return pages, err
}

// maxOpening is how much of a page in front of a literal is repeated, in bytes.
const maxOpening = 4 << 10

var (
	closingTags = regexp.MustCompile(`</[a-zA-Z0-9]+ *>`)
	closings    = strings.NewReplacer("]", "", "}", "", ")", "")
)

// pageBodies are what an attacker makes of a recorded page: all of it and parts of
// it over and over, without what ends its parts.
func pageBodies(p page) []body {
	var out []body
	add := func(kind, head, unit string) {
		if unit != "" {
			out = append(out, body{name: "page/" + p.name + "/" + kind, head: head, unit: unit, media: p.media, status: p.status})
		}
	}
	add("whole", "", p.text)
	add("no-closing-tags", "", closingTags.ReplaceAllString(p.text, ""))
	add("no-closing-brackets", "", closings.Replace(p.text))
	add("half-the-quotes", "", everySecond(p.text, '"'))
	add("one-line", "", strings.NewReplacer("\r", " ", "\n", " ").Replace(p.text))
	for _, part := range []int{1, 2, 3} {
		at := len(p.text) * part / 4
		add(fmt.Sprintf("stuck-at-%d-quarters", part), p.text[:at], p.text[max(0, at-300):at])
		add(fmt.Sprintf("line-at-%d-quarters", part), p.text[:at], lineAt(p.text, at))
	}
	return out
}

// everySecond leaves out every second occurrence of a sign.
func everySecond(text string, sign byte) string {
	kept, odd := make([]byte, 0, len(text)), false
	for _, c := range []byte(text) {
		if c == sign {
			if odd = !odd; !odd {
				continue
			}
		}
		kept = append(kept, c)
	}
	return string(kept)
}

// lineAt returns the line around a place.
func lineAt(text string, at int) string {
	end := len(text)
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		end = at + i + 1
	}
	return text[strings.LastIndexByte(text[:at], '\n')+1 : end]
}

// openings are the starts of a page up to each literal that it holds, which is
// the context in which the literal's detector expects it.
func openings(p page, literals index) []body {
	var out []body
	seen := make(map[string]bool)
	for at := range p.text {
		for _, l := range literals[p.text[at:min(len(p.text), at+keyLength)]] {
			if seen[l.text] || !strings.HasPrefix(p.text[at:], l.text) {
				continue
			}
			seen[l.text] = true
			end := at + len(l.text)
			name := "opening/" + p.name + "/" + l.name
			out = append(out,
				body{name: name, unit: p.text[max(0, end-maxOpening):end], media: p.media, status: p.status},
				body{name: name + "/stuck", head: p.text[:at], unit: l.text, media: p.media, status: p.status})
		}
	}
	return out
}

// index files the literals of all detectors under their first letters: this program
// counts what it does itself as well, so it had better not search each page for each.
type index map[string][]literal

type literal struct{ name, text string }

const keyLength = 3

func newIndex(detectors []detect.Detector) index {
	out := make(index)
	for _, d := range detectors {
		for n, hint := range d.Hints {
			if len(hint) >= keyLength {
				out[hint[:keyLength]] = append(out[hint[:keyLength]], literal{fmt.Sprintf("%s/%d", d.Name, n), hint})
			}
		}
	}
	return out
}

// hintBodies are the literals of a detector, whole and almost, in the contexts in
// which texts quote them.
func hintBodies(d detect.Detector) []body {
	var out []body
	add := func(kind, unit string) {
		out = append(out, body{name: "hint/" + d.Name + "/" + kind, unit: unit, media: mediaOf(unit), status: 500})
	}
	var all, almost strings.Builder
	for n, hint := range d.Hints {
		all.WriteString(hint + " ")
		almost.WriteString(hint[:len(hint)-1] + " ")
		for _, c := range contexts {
			add(fmt.Sprintf("%d/%s", n, c.name), strings.ReplaceAll(c.form, "%", hint))
		}
		add(fmt.Sprintf("%d/almost", n), hint[:len(hint)-1]+" ")
		if n > 0 {
			add(fmt.Sprintf("%d/pair", n), d.Hints[n-1]+"\n"+hint+" ")
		}
	}
	if len(d.Hints) > 0 {
		add("all", all.String())
		add("all-almost", almost.String())
	}
	return out
}

// contexts are forms of a text around a literal, which stands for the sign %.
var contexts = []struct{ name, form string }{
	{"bare", "%"}, {"line", "%\n"}, {"word", "% a "}, {"quote", `"%`}, {"string", `"%": "`}, {"member", `{"a":"%","b":[`},
	{"escaped", `\"%\n`}, {"tag", "<pre>%"}, {"cell", "<tr><td>%</td><td>a"}, {"entity", "&quot;%&lt;"}, {"value", "% = '"}, {"path", "%/a/b.c:1:"},
}

// distinct leaves out bodies that repeat the same.
func distinct(bodies []body) []body {
	seen := make(map[string]bool)
	return slices.DeleteFunc(bodies, func(b body) bool {
		key := b.head + "\x00" + b.unit + "\x00" + b.close + "\x00" + b.media
		known := seen[key]
		seen[key] = true
		return known
	})
}
