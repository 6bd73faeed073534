package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/report"
)

// command is one verb of the command line.
type command struct {
	name    string
	summary string
	flags   []flagSpec
	run     func(*cli.Context) error
	help    func() string
	verbs   []command // where it has several; run, if any, is what it does without one
}

func (p *program) commands() []command {
	formats := formatNames(report.Formats())
	scanning, reporting, inspecting := scanFlags(formats), reportFlags(formats), inspectFlags(formats)
	colorFlag, _ := findFlag(reporting, "color")
	coloring := []flagSpec{colorFlag}
	saved, baselines := p.reportVerbs(), p.baselineVerbs()
	surfacing, replaying := surfaceFlags(), replayFlags(scanning)
	initialising, checking := initFlags(), doctorFlags(scanning)
	return []command{
		{name: "scan", summary: "scan URLs", flags: scanning, help: func() string { return scanHelp(scanning) },
			run: func(c *cli.Context) error { return p.runScan(c, scanning) }},
		{name: "demo", summary: "scan a leaky target that comes with blurt", flags: reporting, help: func() string { return demoHelp(reporting) },
			run: func(c *cli.Context) error { return p.runDemo(c, reporting) }},
		{name: "inspect", summary: "find leaks in saved traffic, without a network", flags: inspecting, help: func() string { return inspectHelp(inspecting) },
			run: func(c *cli.Context) error { return p.runInspect(c, inspecting) }},
		{name: "replay", summary: "send a finding's request again, and see whether it still leaks", flags: replaying,
			help: func() string { return replayHelp(replaying) }, run: func(c *cli.Context) error { return p.replay(c, replaying) }},
		{name: "report", summary: "convert, merge or compare saved reports", help: func() string { return reportHelp(saved) }, verbs: saved},
		{name: "surface", summary: "show the map of a saved report, or what opened between two", flags: surfacing,
			help: func() string { return surfaceHelp(surfacing) }, run: func(c *cli.Context) error { return p.showSurface(c, surfacing) }},
		{name: "baseline", summary: "list findings that are known already", help: func() string { return baselineGroupHelp(baselines) }, verbs: baselines},
		{name: "rules", summary: "list what blurt looks for; check rules of your own", flags: coloring,
			help: func() string { return rulesHelp(coloring) },
			run:  func(c *cli.Context) error { return p.listRules(c, coloring) }, verbs: p.ownRuleVerbs()},
		{name: "explain", summary: "say what a rule means and how to fix it", flags: coloring,
			help: func() string { return explainHelp(coloring) }, run: func(c *cli.Context) error { return p.explainRule(c, coloring) }},
		{name: "doctor", summary: "check a target before a long scan", flags: checking, help: func() string { return doctorHelp(checking) },
			run: func(c *cli.Context) error { return p.runDoctor(c, checking) }},
		{name: "init", summary: "write a commented blurt.yaml", flags: initialising, help: func() string { return initHelp(initialising) },
			run: func(c *cli.Context) error { return p.initialise(c, initialising) }},
		{name: "completion", summary: "complete words in bash, zsh, fish or PowerShell", help: completionHelp, run: p.writeCompletion},
		{name: "man", summary: "write the manual page", help: manualHelp, run: p.writeManual},
		{name: "version", summary: "say which build this is", help: versionHelp,
			run: func(*cli.Context) error { return p.print(currentBuild().String()) }},
		{name: "help", summary: "say how to use blurt or one of its commands", help: p.rootHelp, run: p.showHelp},
	}
}

// everyCommand returns the commands with each verb as a command of its own.
func (p *program) everyCommand() []command {
	var all []command
	for _, c := range p.commands() {
		if c.run != nil {
			all = append(all, c)
		}
		all = append(all, c.verbs...)
	}
	return all
}

// dispatch runs the command that the arguments name.
func (p *program) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		if _, err := io.WriteString(p.stderr, p.rootHelp()); err != nil {
			return &incompleteError{}
		}
		return wrongUse("no command", "there is nothing to do", "write for example blurt scan https://api.example/")
	}
	switch args[0] {
	case "-h", "-help", "--help":
		return p.print(p.rootHelp())
	case "-version", "--version":
		return p.print(currentBuild().String())
	case completeCommand:
		return p.complete(args[1:])
	}
	chosen, err := p.findCommand(args[0])
	if err != nil {
		return err
	}
	args = args[1:]
	alone := chosen.run != nil && (len(args) == 0 || !slices.ContainsFunc(chosen.verbs, func(v command) bool { return v.name == chosen.name+" "+args[0] }))
	if len(chosen.verbs) > 0 && !alone {
		verb, rest, wantsHelp, err := findVerb(chosen, args)
		if err != nil {
			return err
		}
		if wantsHelp {
			return p.print(chosen.help())
		}
		chosen, args = verb, rest
	}
	arranged, wantsHelp, err := arrange(chosen.name, args, chosen.flags)
	if err != nil {
		return err
	}
	if wantsHelp {
		return p.print(chosen.help())
	}
	return p.app().RunContext(ctx, append([]string{"blurt", chosen.name}, arranged...))
}

func (p *program) findCommand(name string) (command, error) {
	var names []string
	for _, c := range p.commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	if strings.HasPrefix(name, "-") {
		return command{}, wrongUse("flag "+shorten(name), "a flag stands before the command", "write blurt scan [flags] URL...")
	}
	if strings.Contains(name, "://") {
		return command{}, wrongUse("no command", "a URL stands where a command is expected", "write blurt scan URL...")
	}
	mend := "see blurt help"
	if near, found := nearest(name, names); found {
		mend = "did you mean blurt " + near + "? see blurt help"
	}
	return command{}, wrongUse("command "+shorten(name), "there is none of that name", mend)
}

// app hands the commands to the command-line library. Its own help, its way of
// exiting and its look-up of environment variables are switched off: they go
// around program.
func (p *program) app() *cli.App {
	app := &cli.App{
		Name: "blurt", HideHelp: true, HideHelpCommand: true, HideVersion: true,
		Reader: p.stdin, Writer: p.stdout, ErrWriter: p.stderr,
		ExitErrHandler: func(*cli.Context, error) {},
	}
	for _, c := range p.everyCommand() {
		app.Commands = append(app.Commands, &cli.Command{
			Name: c.name, Usage: c.summary, Flags: cliFlags(c.flags), Action: c.run, HideHelp: true, HideHelpCommand: true,
			OnUsageError: func(_ *cli.Context, err error, _ bool) error {
				return wrongUse(c.name, "the flags cannot be read", "see blurt "+c.name+" --help")
			},
		})
	}
	return app
}

// showHelp is "blurt help [COMMAND]".
func (p *program) showHelp(c *cli.Context) error {
	if !c.Args().Present() {
		return p.print(p.rootHelp())
	}
	chosen, err := p.findCommand(c.Args().First())
	if err != nil {
		return err
	}
	if words := c.Args().Slice(); len(chosen.verbs) > 0 && len(words) > 1 {
		if chosen, _, _, err = findVerb(chosen, words[1:]); err != nil {
			return err
		}
	}
	return p.print(chosen.help())
}
