package docs_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

var update = flag.Bool("update", false, "write the rule reference anew")

// TestRuleReference holds docs/rules against the catalogue and the recorded
// samples; with -update it writes the pages.
func TestRuleReference(t *testing.T) {
	catalogue, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	samples := readSamples(t)
	pages := map[string]string{"README.md": index(catalogue)}
	for _, rule := range catalogue.All() {
		pages[rule.ID+".md"] = rulePage(rule, samples[rule.ID])
	}
	for id := range samples {
		if _, found := catalogue.Find(id); !found {
			t.Errorf("samples.tsv: there is no rule %s", id)
		}
	}
	for _, rule := range catalogue.All() {
		if none := slices.Contains(withoutSample(), rule.ID); none == (samples[rule.ID] != nil) {
			t.Errorf("%s: samples.tsv names a real finding of each rule, and withoutSample the rules that wait for one", rule.ID)
		}
	}
	if *update {
		writePages(t, pages)
	}
	names, err := filepath.Glob("rules/*.md")
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		on[filepath.Base(name)] = string(text)
	}
	if diff := cmp.Diff(pages, on); diff != "" {
		t.Errorf("docs/rules is stale: go test ./docs -update writes it anew (-want +got):\n%s", diff)
	}
}

// withoutSample are the rules of which no real finding is kept here.
func withoutSample() []string {
	return []string{"grpc-debug-info", "mtls-port-bypass", "mtls-version-bypass"}
}

func writePages(t *testing.T, pages map[string]string) {
	t.Helper()
	if err := os.RemoveAll("rules"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("rules", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join("rules", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// index lists the rules by severity, and then by category.
func index(c *rules.Catalogue) string {
	var b strings.Builder
	b.WriteString("# What blurt looks for\n\nEach rule has a page that says what it is, why it matters, how blurt finds it, how to fix it, and shows a real one. " +
		"The pages are made from the rules that blurt is built with; `blurt explain RULE` shows the same in a terminal.\n\n## By severity\n\n" +
		"The severity is that of a finding by itself: what it gives away can raise it.\n\n" +
		"| Severity | Rule | What it is | Category | CVSS |\n|---|---|---|---|---|\n")
	for _, severity := range finding.Severities() {
		for _, rule := range sorted(c) {
			if rule.Severity == severity {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %.1f |\n", severity, ruleLink(rule), rule.Title, rule.Category, rule.Score)
			}
		}
	}
	b.WriteString("\n## By category\n")
	for _, category := range finding.Categories() {
		var list []string
		for _, rule := range sorted(c) {
			if rule.Category == category {
				list = append(list, fmt.Sprintf("- %s: %s\n", ruleLink(rule), rule.Title))
			}
		}
		if len(list) > 0 {
			fmt.Fprintf(&b, "\n### %s\n\n%s", category, strings.Join(list, ""))
		}
	}
	return b.String()
}

func sorted(c *rules.Catalogue) []*rules.Rule {
	list := c.All()
	slices.SortFunc(list, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func ruleLink(r *rules.Rule) string { return fmt.Sprintf("[`%s`](%s.md)", r.ID, r.ID) }

// rulePage is the rule's own text with its sample before the references.
func rulePage(r *rules.Rule, s *sample) string {
	text := r.Markdown()
	if s == nil {
		return text
	}
	at := strings.LastIndex(text, "\n## References\n")
	return text[:at] + s.markdown() + text[at:]
}
