package detect

import (
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// adopt gives what stands in a debug page, a trace or an operators' endpoint to
// the hit that owns the page: one leak is one finding, and its items say what it
// gives away.
func adopt(hits []Hit) []Hit {
	owner := slices.IndexFunc(hits, ownsBody)
	if owner < 0 {
		return hits
	}
	kept := hits[:0]
	var adopted []Item
	for _, hit := range hits {
		if hit.isMaterial && hit.Field == "" {
			adopted = append(adopted, hit.Items...)
			continue
		}
		kept = append(kept, hit)
	}
	if len(adopted) == 0 {
		return kept
	}
	owner = slices.IndexFunc(kept, ownsBody)
	kept[owner].Items = withMaterial(kept[owner].Items, adopted)
	return kept
}

func ownsBody(hit Hit) bool {
	switch hit.Category {
	case finding.DebugPage, finding.Traceback, finding.DebugEndpoint:
		return hit.Field == "" && !hit.isMaterial
	}
	return false
}

// withMaterial puts what was adopted behind the first item, which names the page.
// An item that shows the same value is judged by what the value is.
func withMaterial(items, adopted []Item) []Item {
	items = slices.Clone(items)
	var more []Item
	for _, a := range adopted {
		known := false
		for n := range items {
			if !sameValue(items[n].Value, a.Value) {
				continue
			}
			known = true
			items[n].Sensitive = items[n].Sensitive || a.Sensitive
			if a.Category == finding.SecretExposure || items[n].Category != finding.SecretExposure {
				items[n].Category = a.Category
			}
			if !strings.Contains(items[n].Location, a.Name) {
				items[n].Location += " (" + a.Name + ")"
			}
		}
		if !known {
			more = append(more, a)
		}
	}
	items = slices.Insert(items, min(1, len(items)), more...)
	return items[:min(len(items), maxItems)]
}

// sameValue reports whether an item's value holds what was found; an escape may
// have been taken off one of them.
func sameValue(value, found string) bool {
	const enough = 60
	return found != "" && (strings.Contains(value, found) || len(found) > enough && strings.Contains(value, found[:enough]))
}
