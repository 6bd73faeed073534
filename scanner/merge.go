package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

const maxOccurrences = 20 // further probes that a finding lists

// merge makes one draft of all that show the same leak at the same place. The
// first to show the most stands for them; the others add what they leaked.
func merge(drafts []draft, place func(draft) string) []draft {
	var merged []draft
	at := make(map[string]int)
	for _, d := range drafts {
		key := d.hit.Rule + "\x00" + d.hit.Key + "\x00" + place(d)
		i, ok := at[key]
		if !ok {
			at[key] = len(merged)
			merged = append(merged, d)
			continue
		}
		merged[i] = merged[i].join(d)
	}
	kept := make([]draft, 0, len(merged))
	for _, d := range merged {
		if !d.isShownBy(merged, place) {
			kept = append(kept, d)
		}
	}
	return kept
}

// isShownBy reports that the endpoint shows by itself what an attempt that is made
// once for the origin has shown at it: no leak of its own.
func (d draft) isShownBy(all []draft, place func(draft) string) bool {
	if d.job.attempt.Once == "" || place(d) != wholeOrigin {
		return false
	}
	return slices.ContainsFunc(all, func(o draft) bool {
		return place(o) != wholeOrigin && o.hit.Rule == d.hit.Rule && o.hit.Key == d.hit.Key
	})
}

// join puts two drafts of the same leak together.
func (d draft) join(other draft) draft {
	lead, rest := d, other
	if other.better(d) {
		lead, rest = other, d
	}
	lead.evidence.Leaked = union(lead.evidence.Leaked, rest.evidence.Leaked)
	own := lead.occurrence()
	lead.others = nil
	for _, o := range slices.Concat(d.others, other.others, []finding.Occurrence{rest.occurrence()}) {
		// A probe that is asked in parts, or again, says nothing new.
		if o != own && !slices.Contains(lead.others, o) && len(lead.others) < maxOccurrences {
			lead.others = append(lead.others, o)
		}
	}
	lead.gist = smaller(d.gist, other.gist)
	return lead
}

// smaller keeps the gist of merged drafts from depending on which came first.
func smaller(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// better says which of two drafts a reader wants to see: the surer one, then
// the one that needs no trick, then the one about the client's identity, then
// the one that gives more away.
func (d draft) better(than draft) bool {
	if d.hit.Confidence != than.hit.Confidence {
		return d.hit.Confidence > than.hit.Confidence
	}
	if d.job.isControl() != than.job.isControl() {
		return d.job.isControl()
	}
	if mine, other := d.job.claim() != wire.NoClaim, than.job.claim() != wire.NoClaim; mine != other {
		return mine
	}
	return len(d.evidence.Leaked) > len(than.evidence.Leaked)
}

// occurrence is how a draft stands under another one.
func (d draft) occurrence() finding.Occurrence {
	request := d.job.attempt.Request
	return finding.Occurrence{URL: request.Target, Method: request.Method, Probe: d.job.name(), Message: d.hit.Message}
}

func union(a, b []finding.Leaked) []finding.Leaked {
	type key struct {
		category       finding.Category
		name, location string
	}
	seen := make(map[key]bool, len(a))
	for _, l := range a {
		seen[key{l.Category, l.Name, l.Location}] = true
	}
	out := slices.Clip(a)
	for _, l := range b {
		k := key{l.Category, l.Name, l.Location}
		if !seen[k] && len(out) < maxLeaked {
			seen[k] = true
			out = append(out, l)
		}
	}
	return out
}

// fingerprint is the same in each run that finds the same leak: it is made of
// the rule, the host without its port, and the place, never of a value.
func fingerprint(rule, host, place, key string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{rule, host, place, key}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
