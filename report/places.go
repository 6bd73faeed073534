package report

import (
	"fmt"

	"blurt/scanner/finding"
)

// otherPlaces lists where else a finding was seen, as "GET https://host/path" on
// one line: each place once, at most limit of them, and how many further
// occurrences there are.
func otherPlaces(f *finding.Finding, limit int) (list []string, hidden int) {
	seen := map[string]bool{endpointLine(f.Method, f.URL): true}
	for i, o := range f.Occurrences {
		place := endpointLine(o.Method, o.URL)
		if seen[place] {
			continue
		}
		if len(list) == limit {
			hidden = len(f.Occurrences) - i
			break
		}
		seen[place] = true
		list = append(list, place)
	}
	return list, hidden + f.OccurrencesOmitted
}

func endpointLine(method, url string) string {
	const longest = 1 << 10 // bytes
	return clean(head(join([]string{method, url}, " "), longest))
}

// placeLines is otherPlaces with a last line for what is not listed.
func placeLines(f *finding.Finding, limit int) []string {
	list, hidden := otherPlaces(f, limit)
	if hidden > 0 {
		list = append(list, fmt.Sprintf("and %d more", hidden))
	}
	return list
}

// markdownPlaces is placeLines as a list with its title, empty where there is none.
func markdownPlaces(f *finding.Finding, limit int) string {
	const longest = 300 // characters of a place
	list, hidden := otherPlaces(f, limit)
	if len(list) == 0 && hidden == 0 {
		return ""
	}
	text := "**Seen also at**\n"
	for _, place := range list {
		text += "\n- " + codeSpan(place, longest)
	}
	if hidden > 0 {
		text += fmt.Sprintf("\n- … and %d more", hidden)
	}
	return text
}
