package main

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/urfave/cli/v2"

	"blurt/fixtures/demo"
	"blurt/scanner"
	"blurt/scanner/wire"
)

// runDemo is "blurt demo": the ordinary scan of a target that blurt brings
// along. Only the target and the default of --fail-on differ.
func (p *program) runDemo(c *cli.Context, specs []flagSpec) error {
	if c.Args().Present() {
		return wrongUse("demo", "it scans its own target and takes no URL", "write blurt scan URL...")
	}
	plan, err := p.prepare(newSettings(c, p.env, specs), threshold{never: true})
	if err != nil {
		return err
	}
	ctx, stop := p.listen(c.Context, plan)
	defer stop()
	// The target outlives an interrupt, so that the engine ends the scan and not
	// the target.
	target, err := demo.Start(context.WithoutCancel(ctx))
	if err != nil {
		return &incompleteError{message: "the demo target did not start: " + err.Error()}
	}
	err = p.scanDemo(ctx, plan, target)
	if closeError := target.Close(); closeError != nil {
		return errors.Join(err, &incompleteError{message: "the demo target did not stop: " + closeError.Error()})
	}
	return err
}

func (p *program) scanDemo(ctx context.Context, plan *scan, target *demo.Target) error {
	list := &targets{}
	for _, text := range target.URLs {
		endpoint, err := wire.ParseEndpoint(text)
		if err != nil {
			return err
		}
		list.arguments = append(list.arguments, endpoint)
	}
	plan.targets = list.all()
	plan.config = scanner.Defaults()
	plan.config.Version = currentBuild().Version
	plan.config.Seed = rand.Text()
	plan.config.Roots = target.Roots
	plan.config.Rate = 0 // the target is ours: nobody has to be spared
	return p.execute(ctx, plan)
}
