package main

import (
	"io"
	"strconv"

	"github.com/urfave/cli/v2"

	"blurt/report"
)

func surfaceFlags() []flagSpec {
	return []flagSpec{
		{name: "diff", group: groupReport,
			help: "Compare two reports, the older first: say which cells opened or closed. Exit 1 if one opened."},
		{name: "format", value: "text|json", group: groupReport, help: "How to write the map or the difference (default text)."},
	}
}

// showSurface is "blurt surface".
func (p *program) showSurface(c *cli.Context, specs []flagSpec) error {
	s := newSettings(c, environment{}, specs)
	comparing, err := s.on("diff")
	if err != nil {
		return err
	}
	format, given := s.text("format")
	if given && format.value != "text" && format.value != "json" {
		return wrongUse(format.source, "there is no format "+strconv.Quote(shorten(format.value)), "use text or json")
	}
	switch {
	case comparing && c.NArg() != 2:
		return wrongUse("surface --diff", "it takes two reports", "write blurt surface --diff OLDER NEWER")
	case !comparing && c.NArg() != 1:
		return wrongUse("surface", "it takes one report", "write blurt surface REPORT, or blurt surface --diff OLDER NEWER")
	}
	files, err := p.openSaved(c.Args().Slice())
	if err != nil {
		return err
	}
	defer closeAll(files)
	if comparing {
		return p.diffSurface(files[0], files[1], format.value == "json")
	}
	var failed error
	err = buffered(p.stdout, func(w io.Writer) error {
		failed = report.WriteSurface(files[0], w, report.Options{}, format.value == "json")
		return nil
	})
	switch {
	case failed != nil:
		return wrongUse("surface", sentence(failed), "")
	case err != nil:
		return &incompleteError{message: "standard output: " + err.Error()}
	}
	return nil
}

// diffSurface says what opened or closed between two reports.
func (p *program) diffSurface(older, newer io.Reader, asJSON bool) error {
	d, err := report.DiffSurface(older, newer)
	if err != nil {
		return wrongUse("surface --diff", sentence(err), "")
	}
	write := d.WriteText
	if asJSON {
		write = d.WriteJSON
	}
	if err := buffered(p.stdout, write); err != nil {
		return &incompleteError{message: "standard output: " + err.Error()}
	}
	switch {
	case len(d.Opened) > 0:
		return &gateError{findings: len(d.Opened)}
	case !d.Complete:
		return &incompleteError{message: "the newer report is of an incomplete scan"}
	}
	return nil
}

func surfaceHelp(specs []flagSpec) string {
	return `blurt surface: show the map of who was answered by which layer

Usage:
  blurt surface REPORT
  blurt surface --diff OLDER NEWER

Examples:
  blurt surface scan.json
  blurt surface --diff yesterday.json today.json
      Exit 1 if an endpoint opened since.

REPORT is JSON or JSON Lines; - is standard input. A cell is an endpoint, a
method, an identity and the way by which it was asked. It opened if it is
answered now and was refused before, or if it is new and open to a stranger.

` + flagHelp(specs) + "\n" + exitHelp
}
