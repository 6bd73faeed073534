package main

import (
	"bufio"
	"io"
	"strconv"

	"github.com/urfave/cli/v2"

	"blurt/report"
)

// diffReports is "blurt report diff".
func (p *program) diffReports(c *cli.Context, specs []flagSpec) error {
	if c.NArg() != 2 {
		return wrongUse("report diff", "it takes two reports", "write blurt report diff OLDER NEWER")
	}
	s := newSettings(c, environment{}, specs)
	limit, err := readThreshold(s, threshold{never: true})
	if err != nil {
		return err
	}
	format, given := s.text("format")
	if given && format.value != "text" && format.value != "json" {
		return wrongUse(format.source, "there is no format "+strconv.Quote(shorten(format.value)), "use text or json")
	}
	files, err := p.openSaved(c.Args().Slice())
	if err != nil {
		return err
	}
	defer closeAll(files)
	difference, err := report.Diff(files[0], files[1])
	if err != nil {
		return wrongUse("report diff", sentence(err), "")
	}
	write := difference.WriteText
	if format.value == "json" {
		write = difference.WriteJSON
	}
	if err := buffered(p.stdout, write); err != nil {
		return &incompleteError{message: "standard output: " + err.Error()}
	}
	switch {
	case limit.never:
		return nil
	case !difference.Complete:
		return &incompleteError{message: "the newer report is of an incomplete scan"}
	}
	if n := difference.Worse(limit.severity); n > 0 {
		return &gateError{findings: n}
	}
	return nil
}

// buffered writes in large pieces.
func buffered(to io.Writer, write func(io.Writer) error) error {
	out := bufio.NewWriter(to)
	if err := write(out); err != nil {
		return err
	}
	return out.Flush()
}
