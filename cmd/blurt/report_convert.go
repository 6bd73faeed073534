package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner/finding"
)

// convertReport is "blurt report convert".
func (p *program) convertReport(c *cli.Context, specs []flagSpec) error {
	if c.NArg() != 1 {
		return wrongUse("report convert", "it takes one report", "write blurt report convert REPORT; several make one with blurt report merge")
	}
	return p.rewrite(c, specs, func(sink finding.Sink, readers []io.Reader) error { return report.Replay(readers[0], sink) })
}

// mergeReports is "blurt report merge".
func (p *program) mergeReports(c *cli.Context, specs []flagSpec) error {
	if !c.Args().Present() {
		return wrongUse("report merge", "it takes one report or more", "write blurt report merge REPORT...")
	}
	return p.rewrite(c, specs, func(sink finding.Sink, readers []io.Reader) error { return report.Merge(sink, readers...) })
}

// rewrite reads saved reports and writes them anew.
func (p *program) rewrite(c *cli.Context, specs []flagSpec, read func(finding.Sink, []io.Reader) error) error {
	s := newSettings(c, environment{}, specs)
	plan, err := p.prepare(s, threshold{never: true})
	if err != nil {
		return err
	}
	files, err := p.openSaved(c.Args().Slice())
	if err != nil {
		return err
	}
	defer closeAll(files)
	readers := make([]io.Reader, len(files))
	for i, file := range files {
		readers[i] = file
	}
	catalogue, err := rules.Load()
	if err != nil {
		return fmt.Errorf("the built-in rules cannot be read: %w", err)
	}
	stdout := &severableWriter{to: p.stdout}
	reports, err := openReports(plan.outputs, stdout, plan.reportOptions(catalogue))
	if err != nil {
		return err
	}
	gate := &gate{threshold: plan.threshold, baseline: plan.baseline}
	listeners := []finding.Sink{gate}
	comparison := plan.comparison()
	if comparison != nil {
		listeners = append(listeners, comparison)
	}
	account := &account{next: report.Fan(append(listeners, reports.sinks...)...)}
	if err := read(account, readers); err != nil && account.failed == nil {
		// What cannot be read is not reported on: nothing is left behind of it.
		stdout.severed = true
		closeError := errors.Join(account.Close(), reports.discard())
		if closeError != nil {
			return &incompleteError{message: sentence(closeError)}
		}
		return wrongUse("report "+shorten(strings.Join(c.Args().Slice(), " ")), sentence(err), "")
	}
	if err := errors.Join(account.failed, account.Close(), reports.commit()); err != nil {
		return &incompleteError{message: "a report could not be written: " + sentence(err)}
	}
	if !reports.onStdout && !plan.screen.quiet {
		p.say(gate.summary() + ": see " + strings.Join(reports.paths, ", "))
	}
	p.tellFixed(plan, comparison)
	if plan.threshold.never {
		return nil
	}
	return gate.err()
}

// severableWriter drops what is written once it is severed.
type severableWriter struct {
	to      io.Writer
	severed bool
}

// Write implements io.Writer.
func (w *severableWriter) Write(data []byte) (int, error) {
	if w.severed {
		return len(data), nil
	}
	return w.to.Write(data)
}
