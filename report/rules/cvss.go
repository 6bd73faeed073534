package rules

import (
	"fmt"
	"math"
	"strings"

	"blurt/scanner/finding"
)

// The weights of the base metrics (CVSS 3.1 specification, section 7.4). The
// weight of PR is that of an unchanged scope; see privilegesChanged.
var weights = map[string]map[string]float64{
	"AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
	"AC": {"L": 0.77, "H": 0.44},
	"PR": {"N": 0.85, "L": 0.62, "H": 0.27},
	"UI": {"N": 0.85, "R": 0.62},
	"S":  {"U": 0, "C": 1},
	"C":  {"H": 0.56, "L": 0.22, "N": 0},
	"I":  {"H": 0.56, "L": 0.22, "N": 0},
	"A":  {"H": 0.56, "L": 0.22, "N": 0},
}

var privilegesChanged = map[string]float64{"N": 0.85, "L": 0.68, "H": 0.5}

// baseScore computes the base score of a CVSS 3.1 vector (section 7.1).
func baseScore(vector string) (float64, error) {
	rest, found := strings.CutPrefix(vector, "CVSS:3.1/")
	if !found {
		return 0, fmt.Errorf("cvss %q does not start with CVSS:3.1/", vector)
	}
	values := map[string]float64{}
	letters := map[string]string{}
	for part := range strings.SplitSeq(rest, "/") {
		metric, letter, _ := strings.Cut(part, ":")
		value, known := weights[metric][letter]
		if _, again := letters[metric]; !known || again {
			return 0, fmt.Errorf("cvss %q: %q is not a base metric, or stands twice", vector, part)
		}
		values[metric], letters[metric] = value, letter
	}
	if len(values) != len(weights) {
		return 0, fmt.Errorf("cvss %q has %d of the %d base metrics", vector, len(values), len(weights))
	}
	changed := letters["S"] == "C"
	privileges := values["PR"]
	if changed {
		privileges = privilegesChanged[letters["PR"]]
	}
	sub := 1 - (1-values["C"])*(1-values["I"])*(1-values["A"])
	impact := 6.42 * sub
	if changed {
		impact = 7.52*(sub-0.029) - 3.25*math.Pow(sub-0.02, 15)
	}
	if impact <= 0 {
		return 0, nil
	}
	total := impact + 8.22*values["AV"]*values["AC"]*privileges*values["UI"]
	if changed {
		total *= 1.08
	}
	return roundUp(min(total, 10)), nil
}

// roundUp rounds up to one decimal, without the surprises of binary fractions
// (CVSS 3.1 specification, appendix A).
func roundUp(x float64) float64 {
	n := int(math.Round(x * 100_000))
	if n%10_000 == 0 {
		return float64(n) / 100_000
	}
	return float64(n/10_000+1) / 10
}

// scoreFor returns the vector's base score and fails unless the severity is the
// one that the score stands for (section 5).
func scoreFor(vector string, want finding.Severity) (float64, error) {
	score, err := baseScore(vector)
	if err != nil {
		return 0, err
	}
	got := finding.Info
	switch {
	case score >= 9:
		got = finding.Critical
	case score >= 7:
		got = finding.High
	case score >= 4:
		got = finding.Medium
	case score > 0:
		got = finding.Low
	}
	if got != want {
		return 0, fmt.Errorf("cvss %q scores %.1f, which is %s, not %s", vector, score, got, want)
	}
	return score, nil
}
