package main

import (
	"context"
	"crypto/rand"
	"strconv"

	"github.com/urfave/cli/v2"

	"blurt/scanner"
	"blurt/scanner/finding"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// inspectFlags returns the flags of "blurt inspect": those of a scan's reports,
// and what saved traffic may not say itself.
func inspectFlags(formats []string) []flagSpec {
	return append(append([]flagSpec{
		{name: "url", value: "URL", group: groupTargets,
			help: "Where answers came from whose file does not say so. Findings then name it, not the file."},
		{name: "status", value: "CODE", group: groupTargets,
			help: "The status of bodies that were saved without a head (default 200). It matters: a traceback under status 500 is an error, under 200 it may be a page about one."},
		ownRulesFlag(),
	}, fileFlags()...), reportFlags(formats)...)
}

// runInspect is "blurt inspect": the detectors read saved traffic, and nothing is
// sent.
func (p *program) runInspect(c *cli.Context, specs []flagSpec) error {
	s, err := p.withFile(newSettings(c, p.env, specs))
	if err != nil {
		return err
	}
	plan, err := p.prepare(s, threshold{severity: finding.High})
	if err != nil {
		return err
	}
	options, err := readSavedOptions(s)
	if err != nil {
		return err
	}
	paths, err := p.checkSaved(c.Args().Slice())
	if err != nil {
		return err
	}
	if err := useOwnRules(s, plan); err != nil {
		return err
	}
	plan.words = inspectWords()
	plan.config.Version = currentBuild().Version
	plan.config.Seed = rand.Text()
	ctx, stop := p.listen(c.Context, plan)
	defer stop()
	reading := &savedReading{program: p, options: options}
	plan.run = func(ctx context.Context, sink finding.Sink) error {
		return scanner.Inspect(ctx, plan.config, reading.files(ctx, paths), sink)
	}
	err = p.execute(ctx, plan)
	if n := reading.bare; n > 0 && options.Status == 0 && !plan.screen.quiet {
		p.say(plural(n, "file") + " held a body without a head, read as an answer of status 200: give --status if it was another")
	}
	return err
}

// inspectWords are what an inspection says where a scan speaks of requests.
func inspectWords() words {
	return words{
		work: "inspection", nothing: "no answer was read",
		interrupted: "interrupted: nothing more is read and the reports are closed, marked incomplete: press Ctrl-C again to leave at once",
		progress: func(now scanner.Progress) string {
			return strconv.Itoa(now.EndpointsDone) + "/" + strconv.Itoa(now.Endpoints) + " files, " +
				plural(now.Requests, "answer") + ", " + plural(now.Findings, "finding")
		},
	}
}

func readSavedOptions(s settings) (saved.Options, error) {
	var o saved.Options
	if given, ok := s.text("url"); ok {
		at, err := wire.ParseEndpoint(given.value)
		if err != nil {
			return o, wrongUse(given.source, err.Error(), "")
		}
		o.At = at
	}
	var err error
	o.Status, err = count(s, "status", 0, 0, 999)
	if err == nil && o.Status != 0 && o.Status < 100 {
		return o, wrongUse("--status", "an HTTP status has three digits", "write for example --status 500")
	}
	return o, err
}
