package docs_test

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner"
	"blurt/scanner/finding"
	"blurt/scanner/saved"
)

// sample is a real finding of a rule.
type sample struct {
	finding finding.Finding
	from    string // Markdown: where it was seen
}

// readSamples reads samples.tsv and finds what it names.
func readSamples(t *testing.T) map[string]*sample {
	t.Helper()
	table, err := os.ReadFile("testdata/samples.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lab := readLab(t)
	samples := map[string]*sample{}
	for line := range strings.Lines(string(table)) {
		columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		var found []finding.Finding
		from := ""
		if columns[1] == "lab.json" {
			found, from = lab, "Found by a scan of "+columns[2]+"."
		} else {
			found = inspect(t, columns[1])
			from = fmt.Sprintf("Found in a recorded answer, [%s](../../%s).", strings.Join(strings.Split(columns[1], "/")[2:], "/"), columns[1])
		}
		for _, f := range found {
			if f.Rule == columns[0] && samples[f.Rule] == nil {
				samples[f.Rule] = &sample{f, from}
			}
		}
		if samples[columns[0]] == nil {
			t.Errorf("%s: no finding of the rule %s", columns[1], columns[0])
		}
	}
	return samples
}

// keeper is a sink that keeps the findings.
type keeper struct{ findings []finding.Finding }

// Emit implements finding.Sink.
func (k *keeper) Emit(e finding.Event) error {
	if e.Finding != nil {
		k.findings = append(k.findings, *e.Finding)
	}
	return nil
}

// Close implements finding.Sink.
func (k *keeper) Close() error { return nil }

func readLab(t *testing.T) []finding.Finding {
	t.Helper()
	text, err := os.ReadFile("testdata/lab.json")
	if err != nil {
		t.Fatal(err)
	}
	var kept keeper
	if err := report.Replay(bytes.NewReader(text), &kept); err != nil {
		t.Fatal(err)
	}
	return kept.findings
}

// inspect returns what the detectors find in a recorded answer. The path is below
// the repository's root.
func inspect(t *testing.T, path string) []finding.Finding {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	files := func(yield func(scanner.SavedFile) bool) {
		yield(scanner.SavedFile{Name: "page", Exchanges: exchanges(text)})
	}
	var kept keeper
	if err := scanner.Inspect(t.Context(), scanner.Config{Version: "1", Seed: "docs"}, files, &kept); err != nil {
		t.Fatal(err)
	}
	return kept.findings
}

func exchanges(text []byte) iter.Seq2[*saved.Exchange, error] {
	return saved.Read(bytes.NewReader(text), "page", saved.Options{})
}

const (
	sampleItems = 8
	sampleLines = 14
	sampleWidth = 160 // characters
)

// markdown is the section of the rule's page.
func (s *sample) markdown() string {
	f := &s.finding
	var b strings.Builder
	fmt.Fprintf(&b, "\n## A real one\n\n%s\n\n> %s\n", s.from, escape(oneLine(f.Message)))
	if f.Changes != "" {
		fmt.Fprintf(&b, "\nWhat the probe changed: %s\n", code(f.Changes))
	}
	if f.Evidence.Control != nil && f.Evidence.Response != nil && f.Evidence.Control.Status != f.Evidence.Response.Status {
		fmt.Fprintf(&b, "\nStatus %d, where the plain request got %d.\n", f.Evidence.Response.Status, f.Evidence.Control.Status)
	}
	if len(f.Evidence.Leaked) > 0 {
		b.WriteString("\n| Category | Name | Value | Where |\n|---|---|---|---|\n")
		for _, item := range f.Evidence.Leaked[:min(len(f.Evidence.Leaked), sampleItems)] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", item.Category, code(item.Name), code(item.Value), escape(oneLine(item.Location)))
		}
		if more := len(f.Evidence.Leaked) - sampleItems; more > 0 {
			fmt.Fprintf(&b, "\nand %d more.\n", more)
		}
	}
	if f.Evidence.Excerpt != "" {
		fmt.Fprintf(&b, "\nThe evidence, with secrets masked:\n\n```text\n%s\n```\n", excerpt(f.Evidence.Excerpt))
	}
	return b.String()
}

// excerpt is the start of the evidence as lines that fit a page.
func excerpt(text string) string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if line = visible(strings.TrimRight(line, " \t\n")); line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		if len(lines) == sampleLines {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, cut(strings.ReplaceAll(line, "```", "` ` `")))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func code(text string) string {
	text = cut(strings.ReplaceAll(oneLine(text), "`", "'"))
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

var special = regexp.MustCompile("[\\\\`*_\\[\\]<>|]")

func escape(text string) string { return special.ReplaceAllString(text, `\$0`) }

func oneLine(text string) string { return visible(strings.Join(strings.Fields(text), " ")) }

// visible writes out what is not printable.
func visible(text string) string {
	quoted := strconv.QuoteToGraphic(text)
	return strings.ReplaceAll(strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`), `\\`, `\`)
}

func cut(text string) string {
	if runes := []rune(text); len(runes) > sampleWidth {
		return string(runes[:sampleWidth-1]) + "…"
	}
	return text
}
