package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// htmlChart is a table whose numbers are drawn as bars.
type htmlChart struct {
	Title string
	Bars  []htmlBar
	Rest  string // the entries without any
}

type htmlBar struct {
	Name, Class string
	Count       int
	Percent     int // of the longest bar
}

// charts counts by severity, and by the entries of the standards that the
// catalogue knows: others, as a foreign report may have, are not drawn.
func (c htmlCounts) charts(severities map[finding.Severity]int, s rules.Standards) []htmlChart {
	bySeverity := htmlChart{Title: "Findings by severity"}
	for _, severity := range finding.Severities() {
		bySeverity.Bars = append(bySeverity.Bars, htmlBar{Name: severity.String(), Class: severity.String(), Count: severities[severity]})
	}
	owasp := standardChart("By OWASP API Security Top 10, 2023", s.OWASP2023, c.owasp)
	pci := standardChart("By requirement of PCI DSS 4.0.1", s.PCIDSS, c.pci)
	charts := []htmlChart{bySeverity, owasp, pci}
	charts = slices.DeleteFunc(charts, func(chart htmlChart) bool { return len(chart.Bars) == 0 && chart.Rest == "" })
	for _, chart := range charts {
		scale(chart.Bars)
	}
	return charts
}

// standardChart draws the entries of a standard that have findings and names the
// others.
func standardChart(title string, names map[string]string, counts map[string]int) htmlChart {
	chart := htmlChart{Title: title}
	var rest []string
	for _, id := range slices.SortedFunc(maps.Keys(names), byNumber) {
		if counts[id] == 0 {
			rest = append(rest, id)
			continue
		}
		chart.Bars = append(chart.Bars, htmlBar{Name: id + " " + names[id], Count: counts[id]})
	}
	if len(rest) > 0 {
		chart.Rest = "No finding under " + strings.Join(rest, ", ") + "."
	}
	return chart
}

// scale fills in how long the bars are; one that counts anything can be seen.
func scale(bars []htmlBar) {
	longest := 1
	for _, bar := range bars {
		longest = max(longest, bar.Count)
	}
	for i, bar := range bars {
		if bar.Count > 0 {
			bars[i].Percent = max(1, bar.Count*100/longest)
		}
	}
}

// pageParts returns style and script, and the policy that allows only these.
func pageParts() (template.CSS, template.JS, string, error) {
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return "", "", "", err
	}
	script, err := pageFiles.ReadFile("page/script.js")
	if err != nil {
		return "", "", "", err
	}
	policy := fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		sourceHash(style), sourceHash(script))
	return template.CSS(style), template.JS(script), policy, nil
}

// sourceHash is a hash as Content Security Policy Level 3 writes it.
func sourceHash(source []byte) string {
	sum := sha256.Sum256(source)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
