package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"blurt/report"
	"blurt/report/rules"
	"blurt/scanner"
	"blurt/scanner/finding"
	"blurt/scanner/signature"
)

// errDeadline is the cause of a context that --deadline ended. Reports show it.
var errDeadline = errors.New("the deadline passed before the scan was done")

// scan is one scan with all that was decided about it before it begins.
type scan struct {
	config    scanner.Config
	targets   endpoints
	outputs   []output
	threshold threshold
	baseline  *report.Baseline // nil for none
	policy    report.Policy
	deadline  time.Duration // 0 is none
	screen    screen
	progress  *progress
	words     words
	own       []signature.Signature // rules of the user's own
	// run takes the place of the scan, where saved traffic is read instead.
	run func(context.Context, finding.Sink) error
}

// words are what another work than a scan says of itself; empty ones are a
// scan's.
type words struct {
	work, nothing, interrupted string
	progress                   func(scanner.Progress) string
}

// runScan is "blurt scan".
func (p *program) runScan(c *cli.Context, specs []flagSpec) error {
	s, err := p.withFile(newSettings(c, p.env, specs))
	if err != nil {
		return err
	}
	plan, err := p.prepare(s, threshold{severity: finding.High})
	if err != nil {
		return err
	}
	if plan.config, err = scanConfig(s); err != nil {
		return err
	}
	if err := useOwnRules(s, plan); err != nil {
		return err
	}
	if plan.deadline, err = duration(s, "deadline", 0); err != nil {
		return err
	}
	dryRun, err := s.on("dry-run")
	if err != nil {
		return err
	}
	ctx := c.Context
	if dryRun {
		list, err := readTargets(ctx, s, c.Args().Slice(), p)
		if err != nil {
			return err
		}
		return p.printPlan(plan.config, list.all())
	}
	ctx, stop := p.listen(ctx, plan)
	defer stop()
	list, err := readTargets(ctx, s, c.Args().Slice(), p)
	if err != nil {
		return err
	}
	if err := readExchanges(s, &plan.config); err != nil {
		return err
	}
	plan.targets, plan.config.Descriptions = list.all(), list.descriptions
	return p.execute(ctx, plan)
}

// prepare reads the flags that scan and demo share.
func (p *program) prepare(s settings, fallback threshold) (*scan, error) {
	plan := &scan{}
	var err error
	if plan.screen, err = readScreen(s, p); err != nil {
		return nil, err
	}
	if plan.threshold, err = readThreshold(s, fallback); err != nil {
		return nil, err
	}
	if from, given := s.text("baseline"); given {
		if plan.baseline, err = readBaseline(from); err != nil {
			return nil, err
		}
	}
	if plan.policy, err = p.readPolicy(s, plan.screen.quiet); err != nil {
		return nil, err
	}
	plan.outputs, err = planOutputs(s.list("format"), s.list("output"), report.Formats())
	return plan, err
}

// listen starts the progress display and the watch for signals. All that is
// written to the screen goes past the display from now on.
func (p *program) listen(ctx context.Context, plan *scan) (context.Context, func()) {
	shown := !plan.screen.quiet && isTerminal(p.stderr)
	plan.progress = newProgress(p.stderr, shown, p.env["TERM"] != "dumb")
	plan.progress.words = plan.words.progress
	p.stderr = clearedWriter{plan.progress, p.stderr}
	if isTerminal(p.stdout) {
		p.stdout = clearedWriter{plan.progress, p.stdout}
	}
	return untilSignal(ctx, func() {
		p.say(cmp.Or(plan.words.interrupted, "interrupted: no further request is sent and the reports are closed, marked incomplete: press Ctrl-C again to leave at once"))
	})
}

// execute runs the scan and returns what decides the exit code.
func (p *program) execute(ctx context.Context, plan *scan) error {
	catalogue, err := plan.catalogue()
	if err != nil {
		return err
	}
	if err := checkPolicyRules(plan.policy, catalogue); err != nil {
		return err
	}
	reports, err := openReports(plan.outputs, p.stdout, plan.reportOptions(catalogue))
	if err != nil {
		return err
	}
	if plan.deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, plan.deadline, errDeadline)
		defer cancel()
	}
	gate := &gate{threshold: plan.threshold, baseline: plan.baseline, words: plan.words}
	listeners := []finding.Sink{gate}
	comparison := plan.comparison()
	if comparison != nil {
		listeners = append(listeners, comparison)
	}
	if plan.screen.verbose {
		listeners = append(listeners, &narrator{say: p.say, told: map[string]bool{}})
	}
	judged := report.Judged(plan.policy, report.Fan(append(listeners, reports.sinks...)...))
	if err := record(ctx, plan, reports, report.Graded(catalogue, judged)); err != nil {
		return err
	}
	if !reports.onStdout && !plan.screen.quiet {
		p.say(gate.summary() + ": see " + strings.Join(reports.paths, ", "))
	}
	p.tellFixed(plan, comparison)
	if gate.complete() && !plan.screen.quiet {
		p.tellUnused(judged)
	}
	return verdict(ctx, gate, plan.deadline)
}

// reportOptions are those of all reports of the scan.
func (plan *scan) reportOptions(catalogue *rules.Catalogue) report.Options {
	return report.Options{
		Rules: catalogue, Color: plan.screen.color, Width: plan.screen.width, Quiet: plan.screen.quiet,
		Verbose: plan.screen.verbose, Gate: plan.threshold.pointer(), MinConfidence: plan.threshold.confidence, Baseline: plan.baseline,
	}
}

// record runs the engine into the sink and puts the reports in their places. The
// error is wrong use, or a report that could not be written.
func record(ctx context.Context, plan *scan, reports *reports, sink finding.Sink) error {
	account := &account{next: sink}
	plan.config.Progress = plan.progress.update
	plan.config.ReportName = replayable(plan.outputs)
	run := plan.run
	if run == nil {
		run = func(ctx context.Context, sink finding.Sink) error {
			return scanner.Run(ctx, plan.config, plan.targets, sink)
		}
	}
	runError := run(ctx, account)
	closeError := account.Close()
	plan.progress.end()
	commitError := reports.commit()
	if err := scanError(runError, account.failed); err != nil {
		return err
	}
	if err := errors.Join(account.failed, closeError, commitError); err != nil {
		return &incompleteError{message: "a report could not be written: " + sentence(err)}
	}
	return nil
}

// scanError tells wrong use that only the engine could see, such as a bad line
// late in a stream, from a sink that failed.
func scanError(err, sinkFailed error) error {
	var usage *usageError
	switch {
	case err == nil || sinkFailed != nil:
		return nil
	case errors.As(err, &usage):
		return usage
	}
	return wrongUse("scan", err.Error(), "see blurt scan --help")
}

// verdict is what a scan with written reports ends with.
func verdict(ctx context.Context, gate *gate, deadline time.Duration) error {
	if gate.complete() {
		return gate.err()
	}
	switch stopCause(ctx) {
	case errInterrupted:
		return &incompleteError{}
	case errDeadline:
		return &incompleteError{message: fmt.Sprintf("scan incomplete: the deadline of %s passed after %s: raise --deadline or scan fewer URLs",
			deadline, plural(gate.requests(), "request"))}
	}
	return gate.err()
}

// stopCause returns why ctx ended, or nil. Connections keep the deadline of ctx
// too, and may notice it a moment before ctx does.
func stopCause(ctx context.Context) error {
	if at, limited := ctx.Deadline(); limited && ctx.Err() == nil && !time.Now().Before(at) {
		return errDeadline
	}
	return context.Cause(ctx)
}

// sentence joins what several errors say on one line. Where one only repeats
// another with more words before it, it is left out.
func sentence(err error) string {
	var parts []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		repeats := func(part string) bool { return strings.HasSuffix(line, part) }
		if line == "" || slices.ContainsFunc(parts, repeats) {
			continue
		}
		parts = slices.DeleteFunc(parts, func(part string) bool { return strings.HasSuffix(part, line) })
		parts = append(parts, line)
	}
	return strings.Join(parts, "; ")
}
