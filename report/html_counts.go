package report

import (
	"slices"

	"blurt/scanner/finding"
)

// htmlCounts counts findings by what the charts and the filters show.
type htmlCounts struct {
	categories map[finding.Category]int
	owasp      map[string]int
	pci        map[string]int
}

func newHTMLCounts() htmlCounts {
	return htmlCounts{map[finding.Category]int{}, map[string]int{}, map[string]int{}}
}

func (c htmlCounts) add(f *finding.Finding) {
	c.categories[f.Category]++
	for _, id := range f.OWASP {
		c.owasp[id]++
	}
	for _, id := range f.PCIDSS {
		c.pci[id]++
	}
}

// shownCategories are those of either count.
func (c htmlCounts) shownCategories(other htmlCounts) []finding.Category {
	return slices.DeleteFunc(finding.Categories(), func(category finding.Category) bool {
		return c.categories[category]+other.categories[category] == 0
	})
}
