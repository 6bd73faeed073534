package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/report"
	"blurt/scanner"
	"blurt/scanner/finding"
)

// replayAll stands for every finding of a report.
const replayAll = "all"

// leastPrefix is the least start of a fingerprint that names a finding.
const leastPrefix = 6

// replayFlags returns the flags of "blurt replay": those of a scan that say who
// asks, by which way and how fast.
func replayFlags(scanning []flagSpec) []flagSpec {
	names := []string{
		"scope", "header", "cert", "key", "ca-file", "issuer-cert", "issuer-key", "insecure", "http", "resolve", "resolvers", "proxy",
		"rate", "max-requests", "timeout", "unsafe-methods", "rules",
	}
	return slices.DeleteFunc(slices.Clone(scanning), func(f flagSpec) bool { return !slices.Contains(names, f.name) })
}

// replay is "blurt replay".
func (p *program) replay(c *cli.Context, specs []flagSpec) error {
	if c.NArg() != 2 {
		return wrongUse("replay", "it takes a report and a fingerprint", "write blurt replay REPORT FINGERPRINT, or all for every finding")
	}
	s := newSettings(c, p.env, specs)
	plan := &scan{}
	var err error
	if plan.config, err = scanConfig(s); err != nil {
		return err
	}
	if err := useOwnRules(s, plan); err != nil {
		return err
	}
	chosen, err := p.chooseFindings(c.Args().Get(0), c.Args().Get(1))
	if err != nil {
		return err
	}
	plan.config.Seed = chosen.seed
	ctx, stop := untilSignal(c.Context, func() { p.say("interrupted: no further request is sent") })
	defer stop()
	counts := map[scanner.Outcome]int{}
	var failed error
	err = scanner.Replay(ctx, plan.config, chosen.findings, func(r scanner.Replayed) {
		counts[r.Outcome]++
		failed = errors.Join(failed, p.print(replayText(r)))
	})
	switch {
	case err != nil:
		return wrongUse("replay", err.Error(), "see blurt replay --help")
	case failed != nil:
		return &incompleteError{message: sentence(failed)}
	case counts[scanner.StillThere] > 0:
		return &gateError{findings: counts[scanner.StillThere]}
	case counts[scanner.Unknown] > 0:
		return &incompleteError{}
	}
	return nil
}

// replayable returns the first report of a scan that can be replayed from; empty
// where none is kept.
func replayable(outputs []output) string {
	for _, out := range outputs {
		if (out.format == "json" || out.format == "jsonl") && out.path != "-" {
			return out.path
		}
	}
	return ""
}

// replayText is what the screen shows of one replayed finding.
func replayText(r scanner.Replayed) string {
	f := r.Finding
	return fmt.Sprintf("%-14s %s %s %s %s\n               %s\n", r.Outcome, oneLine(f.Fingerprint), oneLine(f.Rule),
		oneLine(shorten(f.Method)), oneLine(f.URL), oneLine(r.Detail))
}

// choice keeps the findings of a report that are to be replayed. It is the sink
// into which the report is read.
type choice struct {
	wanted   string
	seed     string
	findings []*finding.Finding
}

// Emit implements finding.Sink.
func (c *choice) Emit(e finding.Event) error {
	switch {
	case e.Start != nil:
		c.seed = e.Start.Seed
	case e.Finding != nil && (c.wanted == replayAll || strings.HasPrefix(e.Finding.Fingerprint, c.wanted)):
		c.findings = append(c.findings, e.Finding)
	}
	return nil
}

// Close implements finding.Sink.
func (c *choice) Close() error { return nil }

// chooseFindings reads the findings that a fingerprint, or the start of one,
// names.
func (p *program) chooseFindings(path, fingerprint string) (*choice, error) {
	c := &choice{wanted: strings.ToLower(fingerprint)}
	if c.wanted != replayAll && len(c.wanted) < leastPrefix {
		return nil, wrongUse("fingerprint "+shorten(fingerprint), "it is too short to name one finding", "give at least its first 6 characters, or all")
	}
	files, err := p.openSaved([]string{path})
	if err != nil {
		return nil, err
	}
	defer closeAll(files)
	if err := report.Replay(io.Reader(files[0]), c); err != nil {
		return nil, wrongUse("report "+shorten(path), sentence(err), "")
	}
	switch n := len(c.findings); {
	case c.wanted == replayAll && n == 0:
		return nil, wrongUse("report "+shorten(path), "it has no finding", "name another, or scan again")
	case c.wanted == replayAll || n == 1:
		return c, nil
	case n == 0:
		return nil, wrongUse("fingerprint "+shorten(fingerprint), "the report has no such finding", "take one of its fingerprints, or all")
	}
	return nil, wrongUse("fingerprint "+shorten(fingerprint), fmt.Sprintf("%d findings start with it", len(c.findings)), "give more of it")
}

func replayHelp(specs []flagSpec) string {
	return `blurt replay: send a finding's request again, and see whether it still leaks

Usage:
  blurt replay [flags] REPORT FINGERPRINT
  blurt replay [flags] REPORT all

Examples:
  blurt replay report.json 4f1c09d2
      Is this one mended? The start of a fingerprint is enough.
  blurt replay report.json all --cert me.pem --key me.key
      Every finding, also those that were made as you.

REPORT is JSON or JSON Lines; - is standard input. What goes out is what the
scan sent, byte for byte and as the same client, to the URLs of the report and
nowhere else: replay only reports that you trust, or bound them with --scope. Of
your own certificate and header fields the report holds nothing: give --cert and
--header again. What was found by measuring times, or planted by other requests,
only a scan can show again; that is told.

` + flagHelp(specs) + `
Exit codes:
  0  gone: no leak that was asked for shows any more
  1  at least one is still there
  2  wrong use: a flag, the report or the fingerprint
  3  none was seen, but for some it could not be told
`
}
