package rules

import (
	"strings"
	"testing"
	"testing/fstest"

	"blurt/scanner/finding"
)

const goodRule = `---
id: sample
title: Sample
category: path-leak
severity: low
cvss: CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N
precision: high
owasp_2023: ["API8:2023"]
owasp_2019: ["API7:2019"]
cwe: [CWE-209]
pci_dss: ["6.2.4"]
references:
  - {title: T, url: "https://example.com/"}
---

## What it is

A.

## Why it matters

B.

## How blurt finds it

C.

## How to fix

All.

### nginx

` + "```nginx\n## not a heading\n### nor this\n```\n"

// folder is the catalogue with one rule, changed.
func folder(t *testing.T, name string, change func(string) string) fstest.MapFS {
	t.Helper()
	dir := fstest.MapFS{name: {Data: []byte(change(goodRule))}}
	for _, table := range []string{"standards.yaml", "severity.yaml"} {
		data, err := files.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		dir[table] = &fstest.MapFile{Data: data}
	}
	return dir
}

func same(s string) string { return s }

func swap(old, new string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, new, 1) }
}

func TestLoadReadsSections(t *testing.T) {
	c, err := load(folder(t, "sample.md", same))
	if err != nil {
		t.Fatal(err)
	}
	r := c.All()[0]
	if r.Summary != "A." || r.Why != "B." || r.How != "C." || r.Fix != "All." || r.Score != 3.7 || r.Severity != finding.Low {
		t.Errorf("%+v", r)
	}
	if len(r.Fixes) != 1 || !strings.Contains(r.Fixes[0].Text, "### nor this") {
		t.Errorf("fixes = %+v", r.Fixes)
	}
}

func TestLoadIsStrict(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(string) string
		want   string
	}{
		{"no front matter", swap("---\n", ""), "front matter"},
		{"open front matter", swap("---\n\n##", "\n\n##"), "not closed"},
		{"unknown key", swap("title:", "titel:"), "titel"},
		{"key twice", swap("title: Sample", "title: Sample\ntitle: Again"), "already defined"},
		{"id is not the file", swap("id: sample", "id: other"), "not the file's name"},
		{"no title", swap("title: Sample\n", ""), "no title"},
		{"category", swap("category: path-leak", "category: leak"), "category"},
		{"severity", swap("severity: low", "severity: bad"), "not one of"},
		{"severity against score", swap("severity: low", "severity: high"), "which is low"},
		{"vector", swap("/AC:H", "/AC:X"), "AC:X"},
		{"vector short", swap("/A:N\n", "\n"), "7 of the 8"},
		{"vector version", swap("CVSS:3.1", "CVSS:3.0"), "CVSS:3.1/"},
		{"precision", swap("precision: high", "precision: sure"), "precision"},
		{"no cwe", swap("cwe: [CWE-209]", "cwe: []"), "need an entry"},
		{"unknown cwe", swap("CWE-209", "CWE-99999"), "CWE-99999"},
		{"unknown owasp", swap("API8:2023", "API11:2023"), "API11:2023"},
		{"unknown requirement", swap("6.2.4", "6.2.9"), "6.2.9"},
		{"insecure reference", swap("https://example", "http://example"), "https"},
		{"missing section", swap("## Why it matters\n\nB.\n\n", ""), "Why it matters"},
		{"empty section", swap("B.", ""), "empty"},
		{"unknown section", swap("## How to fix", "## Notes\n\nN.\n\n## How to fix"), "How to fix"},
		{"section too many", func(s string) string { return s + "\n## More\n\nM.\n" }, "More"},
		{"no product", swap("### nginx", "nginx:"), "product"},
		{"text before", swap("## What it is", "Hello.\n\n## What it is"), "before the first"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(folder(t, "sample.md", test.change))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "sample.md") {
				t.Errorf("error = %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestLoadChecksSeverities(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"missing category": swap("path-leak:", "path-lack:"),
		"wrong vector":     swap("C:H/I:H/A:N", "C:L/I:N/A:N"),
		"category too many": func(s string) string {
			return s + "x: {severity: info, cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N\"}\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "sample.md", same)
			dir["severity.yaml"] = &fstest.MapFile{Data: []byte(change(string(dir["severity.yaml"].Data)))}
			if _, err := load(dir); err == nil || !strings.Contains(err.Error(), "severity.yaml") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// The scores are those that the calculator of FIRST gives.
func TestBaseScore(t *testing.T) {
	for vector, want := range map[string]float64{
		"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": 9.8,
		"AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H": 10,
		"AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H": 9.9,
		"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N": 9.1,
		"AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H": 7.8,
		"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N": 7.5,
		"AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H": 6.8,
		"AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N": 6.1,
		"AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N": 5.3,
		"AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N": 3.7,
		"AV:A/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N": 1.8,
		"AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N": 0,
	} {
		got, err := baseScore("CVSS:3.1/" + vector)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", vector, got, err, want)
		}
	}
}
