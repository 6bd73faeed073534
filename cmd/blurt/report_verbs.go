package main

import (
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/report"
)

// reportVerbs are what "blurt report" does with saved reports. Their flags have no
// environment twins: what BLURT_OUTPUT says of a scan in the same job must not be
// where they write.
func (p *program) reportVerbs() []command {
	formats := formatNames(report.Formats())
	converting, comparing := savedFlags(formats), diffFlags()
	return []command{
		{name: "report convert", summary: "write a saved report in other formats", flags: converting,
			help: func() string { return convertHelp(converting) },
			run:  func(c *cli.Context) error { return p.convertReport(c, converting) }},
		{name: "report merge", summary: "make one report of several, as of a scan that was split", flags: converting,
			help: func() string { return mergeHelp(converting) },
			run:  func(c *cli.Context) error { return p.mergeReports(c, converting) }},
		{name: "report diff", summary: "say what is new and what is fixed between two reports", flags: comparing,
			help: func() string { return diffHelp(comparing) },
			run:  func(c *cli.Context) error { return p.diffReports(c, comparing) }},
	}
}

// baselineVerbs are what "blurt baseline" does.
func (p *program) baselineVerbs() []command {
	writing := baselineFlags()
	return []command{
		{name: "baseline write", summary: "list the findings of a saved report as known", flags: writing,
			help: func() string { return baselineHelp(writing) },
			run:  func(c *cli.Context) error { return p.writeBaseline(c, writing) }},
	}
}

// savedFlags are the flags of a scan's reports. The gate is off unless it is asked
// for: the scan has had its own.
func savedFlags(formats []string) []flagSpec {
	specs := reportFlags(formats)
	for i := range specs {
		if specs[i].name == "fail-on" {
			specs[i].help = "Exit 1 from this severity up, and 3 where the report is of an incomplete scan: critical, high, medium, low, info, or none to never (default none)."
		}
	}
	return specs
}

func diffFlags() []flagSpec {
	return []flagSpec{
		{name: "format", value: "text|json", group: groupReport, help: "How to write the difference (default text)."},
		{name: "fail-on", value: "SEVERITY", group: groupReport,
			help: "Exit 1 if a finding from this severity up is new or got worse, and 3 where the newer report is of an incomplete scan: critical, high, medium, low, info, or none to never (default none)."},
	}
}

func baselineFlags() []flagSpec {
	return []flagSpec{
		{name: "output", short: "o", value: "FILE", group: groupReport, help: "Where the baseline goes; - is standard output (default -)."},
	}
}

// findVerb returns the verb of a command that has several, and the arguments after it.
func findVerb(parent command, args []string) (chosen command, rest []string, wantsHelp bool, err error) {
	verbs := make([]string, len(parent.verbs))
	for i, verb := range parent.verbs {
		verbs[i] = strings.TrimPrefix(verb.name, parent.name+" ")
	}
	mend := "write blurt " + parent.name + " " + strings.Join(verbs, "|")
	if len(args) == 0 {
		return command{}, nil, false, wrongUse(parent.name, "it does not say what to do", mend)
	}
	switch args[0] {
	case "-h", "-help", "--help":
		return command{}, nil, true, nil
	}
	for i, verb := range verbs {
		if verb == args[0] {
			return parent.verbs[i], args[1:], false, nil
		}
	}
	if near, found := nearest(args[0], verbs); found {
		mend = "did you mean blurt " + parent.name + " " + near + "? " + mend
	}
	return command{}, nil, false, wrongUse(parent.name+" "+shorten(args[0]), "there is none of that name", mend)
}

// openSaved opens saved reports; - is standard input. The caller closes them.
func (p *program) openSaved(paths []string) ([]io.ReadCloser, error) {
	var opened []io.ReadCloser
	for _, path := range paths {
		file, err := p.openOne(path, opened)
		if err != nil {
			closeAll(opened)
			return nil, err
		}
		opened = append(opened, file)
	}
	return opened, nil
}

func (p *program) openOne(path string, before []io.ReadCloser) (io.ReadCloser, error) {
	const mend = "name a report in JSON or JSON Lines, or - for standard input"
	if path == "-" {
		for _, other := range before {
			if _, again := other.(standardInput); again {
				return nil, wrongUse("report -", "standard input is given twice", "name a file for the other")
			}
		}
		return standardInput{p.stdin}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, wrongUse("report", "cannot read "+fileProblem(path, err), mend)
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		closeAll([]io.ReadCloser{file})
		return nil, wrongUse("report", "cannot read "+shorten(path)+": is a folder", mend)
	}
	return file, nil
}

// standardInput is not closed.
type standardInput struct{ io.Reader }

// Close implements io.Closer.
func (standardInput) Close() error { return nil }

// closeAll closes files that were only read: nothing is lost where that fails.
func closeAll(files []io.ReadCloser) {
	for _, file := range files {
		_ = file.Close()
	}
}
