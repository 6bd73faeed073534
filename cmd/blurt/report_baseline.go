package main

import (
	"errors"
	"os"
	"strconv"

	"github.com/urfave/cli/v2"

	"blurt/report"
)

// writeBaseline is "blurt baseline write".
func (p *program) writeBaseline(c *cli.Context, specs []flagSpec) error {
	if c.NArg() != 1 {
		return wrongUse("baseline write", "it takes one report", "write blurt baseline write REPORT --output FILE")
	}
	s := newSettings(c, environment{}, specs)
	files, err := p.openSaved(c.Args().Slice())
	if err != nil {
		return err
	}
	defer closeAll(files)
	baseline, err := report.NewBaseline(files[0])
	if err != nil {
		return wrongUse("report "+shorten(c.Args().First()), sentence(err), "")
	}
	path, given := s.text("output")
	switch {
	case !given || path.value == "-":
		if err := baseline.Write(p.stdout); err != nil {
			return &incompleteError{message: "standard output: " + err.Error()}
		}
		return nil
	case path.value == "":
		return emptyPath(path)
	}
	file, err := openReport(path.value)
	if err != nil {
		return err
	}
	if err := baseline.Write(file); err != nil {
		return &incompleteError{message: sentence(errors.Join(err, file.discard()))}
	}
	if err := file.commit(); err != nil {
		return &incompleteError{message: "cannot write " + fileProblem(path.value, err)}
	}
	p.say(plural(baseline.Len(), "finding") + " known: see " + shorten(path.value))
	return nil
}

// readBaseline reads a file that writeBaseline wrote.
func readBaseline(from setting) (*report.Baseline, error) {
	file, err := os.Open(from.value)
	if err != nil {
		return nil, wrongUse(from.source, "cannot read "+fileProblem(from.value, err), "make one with blurt baseline write REPORT --output FILE")
	}
	defer file.Close()
	baseline, err := report.ReadBaseline(file)
	if err != nil {
		return nil, wrongUse(from.source, shorten(from.value)+": "+sentence(err), "make one with blurt baseline write REPORT --output FILE")
	}
	return baseline, nil
}

// comparison is a sink that compares the scan with the baseline; nil where there
// is none.
func (plan *scan) comparison() *report.Comparison {
	if plan.baseline == nil {
		return nil
	}
	return plan.baseline.Compare()
}

// tellFixed lists what the baseline has and the scan proved gone.
func (p *program) tellFixed(plan *scan, comparison *report.Comparison) {
	if comparison == nil || plan.screen.quiet {
		return
	}
	const most = 20
	fixed := comparison.Difference().Fixed
	for i, entry := range fixed {
		if i == most {
			p.say("fixed: and " + strconv.Itoa(len(fixed)-i) + " more")
			break
		}
		p.say("fixed: " + shorten(entry.Rule) + " " + shorten(entry.URL) + " " + shorten(entry.Fingerprint))
	}
	if len(fixed) > 0 {
		p.say("the baseline still has " + plural(len(fixed), "fixed finding") + ": write it anew to drop them")
	}
}
