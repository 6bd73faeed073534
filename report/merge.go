package report

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"blurt/scanner/finding"
)

const (
	mergeMaxLeaked      = 250 // leaked items of a finding, as in a scan
	mergeMaxOccurrences = 100 // further places of a finding, as in a scan
)

// Merge reads saved reports, the shards of one scan, and emits what a scan that
// was not split would have: a finding, a target or an error that several have comes
// once, requests are added up, and the whole is complete only if each shard is. It
// does not close the sink. No reader at all is an error.
func Merge(sink finding.Sink, shards ...io.Reader) (err error) {
	if len(shards) == 0 {
		return errors.New("there is no report to merge")
	}
	whole := newAssembly(true)
	defer func() { err = errors.Join(err, whole.Close()) }()
	for i, shard := range shards {
		if err := Replay(shard, whole); err != nil {
			return fmt.Errorf("report %d: %w", i+1, err)
		}
		whole.endScan()
	}
	return whole.tell(sink)
}

// joinFindings returns what two reports of the same leak say together. The first
// stands for both unless the other is surer.
func joinFindings(first, second *finding.Finding) *finding.Finding {
	if second.Confidence > first.Confidence {
		first, second = second, first
	}
	out := *first
	if second.Severity > out.Severity {
		out.Severity, out.CVSS, out.Override = second.Severity, second.CVSS, second.Override
	}
	// What one of them does not suppress counts.
	if first.Suppressed == nil || second.Suppressed == nil {
		out.Suppressed = nil
	}
	out.Evidence.Leaked = slices.Clone(first.Evidence.Leaked)
	for _, item := range second.Evidence.Leaked {
		if len(out.Evidence.Leaked) < mergeMaxLeaked && !slices.ContainsFunc(out.Evidence.Leaked, func(has finding.Leaked) bool {
			return has.Category == item.Category && has.Name == item.Name && has.Location == item.Location
		}) {
			out.Evidence.Leaked = append(out.Evidence.Leaked, item)
		}
	}
	out.Occurrences = slices.Clone(first.Occurrences)
	out.OccurrencesOmitted = max(first.OccurrencesOmitted, second.OccurrencesOmitted)
	others := append([]finding.Occurrence{{URL: second.URL, Method: second.Method, Probe: second.Probe}}, second.Occurrences...)
	for _, other := range others {
		own := other.URL == first.URL && other.Method == first.Method && other.Probe == first.Probe
		if own || slices.ContainsFunc(out.Occurrences, func(has finding.Occurrence) bool {
			return has.URL == other.URL && has.Method == other.Method && has.Probe == other.Probe
		}) {
			continue
		}
		if len(out.Occurrences) == mergeMaxOccurrences {
			out.OccurrencesOmitted++
			continue
		}
		out.Occurrences = append(out.Occurrences, other)
	}
	return &out
}
