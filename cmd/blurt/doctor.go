package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"blurt/scanner"
	"blurt/scanner/wire"
)

// Bounds of a check-up: what a scan would take of time shows without all of it.
const (
	doctorOrigins = 20     // that are asked
	doctorSeen    = 20_000 // that are told apart
	doctorPlanned = 200    // endpoints whose requests are counted; the others are taken to be like them
)

// doctorFlags are the flags of a scan that say what is asked, as whom, by which
// way and how fast. The others change nothing that a check-up sees.
func doctorFlags(scanning []flagSpec) []flagSpec {
	var specs []flagSpec
	for _, spec := range scanning {
		switch spec.group {
		case groupTargets, groupIdentity, groupNetwork, groupPace:
			specs = append(specs, spec)
			continue
		}
		switch spec.name {
		case "unsafe-methods", "rules", "config", "environment", "quiet":
			specs = append(specs, spec)
		}
	}
	return specs
}

// doctor is one "blurt doctor".
type doctor struct {
	program   *program
	config    scanner.Config
	deadline  time.Duration
	failed    int
	quiet     bool
	origins   []wire.Endpoint // the first endpoint of each
	endpoints int
	requests  int
	slowest   time.Duration
}

// runDoctor is "blurt doctor".
func (p *program) runDoctor(c *cli.Context, specs []flagSpec) error {
	s, err := p.withFile(newSettings(c, p.env, specs))
	if err != nil {
		return err
	}
	d := &doctor{program: p}
	if d.quiet, err = s.on("quiet"); err != nil {
		return err
	}
	if d.config, err = scanConfig(s); err != nil {
		return err
	}
	if d.deadline, err = duration(s, "deadline", 0); err != nil {
		return err
	}
	list, err := readTargets(c.Context, s, c.Args().Slice(), p)
	if err != nil {
		return err
	}
	if err := d.settings(s); err != nil {
		return err
	}
	if err := d.count(list.all()); err != nil {
		return err
	}
	for _, endpoint := range d.origins {
		if err := d.examine(c.Context, endpoint); err != nil {
			return err
		}
	}
	if err := d.pace(); err != nil {
		return err
	}
	if d.failed > 0 {
		return &incompleteError{message: "the check-up failed: " + plural(d.failed, "check") + " above would keep a scan from its work"}
	}
	return nil
}

// line prints one check.
func (d *doctor) line(subject string, level scanner.Level, text string) error {
	if level == scanner.Failed {
		d.failed++
	}
	if level == scanner.Fine && d.quiet {
		return nil
	}
	const longest = 600
	text = oneLine(text)
	if len(text) > longest {
		text = oneLine(text[:longest]) + "..."
	}
	return d.program.print(fmt.Sprintf("%-4s  %-18s  %s\n", level, subject, text))
}

// settings tells of the configuration file; a wrong one ended the run already.
func (d *doctor) settings(s settings) error {
	if s.file.path == "" {
		return d.line("configuration", scanner.Fine, "flags and environment only: there is no blurt.yaml here")
	}
	if _, err := d.program.readPolicy(s, true); err != nil {
		return err
	}
	if err := d.line("configuration", scanner.Fine, s.file.path+" can be read"); err != nil {
		return err
	}
	plan := &scan{}
	if err := useOwnRules(s, plan); err != nil {
		return err
	}
	catalogue, err := plan.catalogue()
	if err != nil {
		return err
	}
	if err := checkPolicyRules(s.file.policy, catalogue); err != nil {
		return err
	}
	const soon = 14 * 24 * time.Hour
	for _, each := range s.file.policy.Suppressions {
		if each.Expired(time.Now().Add(soon)) {
			if err := d.line("configuration", scanner.Doubtful, each.Source+": the suppression of "+each.String()+" ends after "+each.Expires.Format(time.DateOnly)); err != nil {
				return err
			}
		}
	}
	return nil
}

// count reads the targets: their origins, and how much a scan would send.
func (d *doctor) count(list endpoints) error {
	seen := map[wire.Origin]bool{}
	plan, err := scanner.NewPlanner(d.config)
	if err != nil {
		return wrongUse("doctor", err.Error(), "see blurt doctor --help")
	}
	for endpoint, err := range list {
		if err != nil {
			return err
		}
		d.endpoints++
		if !seen[endpoint.Origin] && len(seen) < doctorSeen {
			seen[endpoint.Origin] = true
			if len(d.origins) < doctorOrigins {
				d.origins = append(d.origins, endpoint)
			}
		}
		if d.endpoints > doctorPlanned {
			continue
		}
		for range plan.Plan(endpoint) {
			d.requests++
		}
	}
	if d.endpoints > doctorPlanned {
		d.requests = d.requests / doctorPlanned * d.endpoints
	}
	text := plural(d.endpoints, "endpoint") + " of " + plural(len(seen), "origin")
	if len(seen) > len(d.origins) {
		text += fmt.Sprintf("; the first %d origins are asked", len(d.origins))
	}
	return d.line("targets", scanner.Fine, text)
}

func (d *doctor) examine(ctx context.Context, endpoint wire.Endpoint) error {
	if err := d.program.print("\n" + shorten(endpoint.String()) + "\n"); err != nil {
		return err
	}
	checks, err := scanner.Checkup(ctx, d.config, endpoint)
	if err != nil {
		return wrongUse("doctor", err.Error(), "see blurt doctor --help")
	}
	for check := range checks {
		d.slowest = max(d.slowest, check.Took)
		if err := d.line(check.Subject, check.Level, check.Text); err != nil {
			return err
		}
	}
	return nil
}

// pace holds what a scan would send against its limits.
func (d *doctor) pace() error {
	if err := d.program.print("\n"); err != nil {
		return err
	}
	needed := d.estimate()
	text := fmt.Sprintf("at least %s are planned, some %s at --rate %s and --concurrency %d; what is found adds more",
		plural(d.requests, "request"), needed.Round(time.Second), trimFloat(d.config.Rate), d.config.Concurrency)
	switch {
	case d.config.MaxRequests > 0 && d.requests > d.config.MaxRequests:
		return d.line("pace", scanner.Failed, text+fmt.Sprintf(": more than --max-requests %d allows", d.config.MaxRequests))
	case d.deadline > 0 && needed > d.deadline:
		return d.line("pace", scanner.Failed, text+fmt.Sprintf(": longer than --deadline %s", d.deadline))
	case d.config.Rate == 0:
		return d.line("pace", scanner.Doubtful, text+": no limit of the rate, so the server is asked as fast as it answers")
	}
	return d.line("pace", scanner.Fine, text)
}

// estimate is how long the planned requests take at least: hosts are asked side by
// side, each at the rate, and no faster than it answers.
func (d *doctor) estimate() time.Duration {
	share := float64(d.requests) / float64(max(1, len(d.origins)))
	seconds := share * d.slowest.Seconds() / float64(d.config.Concurrency)
	if d.config.Rate > 0 {
		seconds = max(seconds, share/d.config.Rate)
	}
	return time.Duration(seconds * float64(time.Second))
}

func trimFloat(n float64) string {
	return fmt.Sprintf("%g", n)
}

func doctorHelp(specs []flagSpec) string {
	return `blurt doctor: see whether a target can be scanned, before a long scan

Usage:
  blurt doctor [flags] URL...

Examples:
  blurt doctor https://api.staging.example/orders
  blurt doctor --cert me.pem --key me.key --ca-file ca.pem URL
  blurt doctor
      What blurt.yaml names as targets.

It sends no more than three plain requests to each host and says, a line each,
ok, warn or fail: whether the configuration can be read, the name resolves and
is in scope, the port answers, what TLS says, whether a client certificate is
asked for and of whom, whether yours is taken, what answers, whether the clocks
agree, and how long the scan would take. It takes the flags of blurt scan that
have a say in that; each has the same environment twin.

` + flagHelp(specs) + `
Exit codes:
  0  nothing stands in the way; warnings are worth reading
  2  wrong use: a flag, a file or a URL; see the line on standard error
  3  something would keep a scan from its work
`
}
