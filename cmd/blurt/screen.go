package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// screen is how much is shown to people, and how.
type screen struct {
	color   bool
	quiet   bool
	verbose bool
	width   int // of standard output in columns, 0 where it is no terminal
}

func readScreen(s settings, p *program) (screen, error) {
	shown := screen{width: columns(p.stdout)}
	var err error
	if shown.quiet, err = s.on("quiet"); err != nil {
		return screen{}, err
	}
	if shown.verbose, err = s.on("verbose"); err != nil {
		return screen{}, err
	}
	if shown.quiet && shown.verbose {
		return screen{}, wrongUse("--quiet and --verbose", "they contradict each other", "give one of them")
	}
	shown.color, err = colorWanted(s, p.env, p.stdout)
	return shown, err
}

// colorWanted decides on colour for a stream by --color, NO_COLOR and TERM.
func colorWanted(s settings, env environment, stream io.Writer) (bool, error) {
	given, ok := s.text("color")
	if !ok {
		given.value = "auto"
	}
	switch given.value {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return env["NO_COLOR"] == "" && env["TERM"] != "dumb" && isTerminal(stream), nil
	}
	return false, wrongUse(given.source, strconv.Quote(shorten(given.value))+" is not a choice", "use auto, always or never")
}

func isTerminal(stream io.Writer) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// columns returns the width of a terminal, 0 where the stream is none.
func columns(stream io.Writer) int {
	file, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}
