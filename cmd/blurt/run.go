package main

import (
	"context"
	"io"
	"runtime/debug"
	"strings"
)

// program is the world that one invocation lives in. Nothing in this package
// reaches around it.
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    environment
}

// run is the whole program: it does what the arguments ask for and returns the
// exit code. The environment is a list of NAME=value.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	surviveBrokenPipes()
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, env: parseEnvironment(env)}
	if p.env["GOGC"] == "" {
		// A scan allocates much and keeps little: collecting less often takes a few
		// megabytes and spares some of the processor's time.
		debug.SetGCPercent(250)
	}
	err := p.dispatch(ctx, args)
	if err != nil && !silent(err) {
		p.say(sentence(err))
	}
	return exitCode(err)
}

// say writes one line to standard error. Standard error is where failures are
// told, so there is nobody left to tell when it fails itself.
func (p *program) say(message string) {
	_, _ = io.WriteString(p.stderr, "blurt: "+oneLine(message)+"\n")
}

// print writes text to standard output in one piece.
func (p *program) print(text string) error {
	if _, err := io.WriteString(p.stdout, text); err != nil {
		return &incompleteError{message: "standard output: " + err.Error()}
	}
	return nil
}

// environment holds the variables of the process.
type environment map[string]string

func parseEnvironment(list []string) environment {
	env := make(environment, len(list))
	for _, entry := range list {
		if name, value, found := strings.Cut(entry, "="); found {
			env[name] = value
		}
	}
	return env
}

// oneLine makes text from outside safe to print on one line of a terminal:
// control characters, and the Unicode ones that reorder text, become "?".
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', 0x7f <= r && r < 0xa0:
			return '?'
		case 0x200e <= r && r <= 0x200f, 0x2028 <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}
