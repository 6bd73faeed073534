package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestExplainAtATerminal reads what "blurt explain" writes to a terminal of 50
// columns.
func TestExplainAtATerminal(t *testing.T) {
	screen, terminal := openTerminal(t, 50)
	// A terminal holds little that nobody reads, so it is read meanwhile.
	written := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // fails when the other end is closed, which ends it
		written <- string(text)
	}()
	if code := run(t.Context(), []string{"explain", "path-leak"}, nil, terminal, io.Discard, nil); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	text := <-written
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if len(line) > 50 && !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "\x1b") && !strings.Contains(line, "://") {
			t.Errorf("%q does not fit", line)
		}
	}
	if strings.Contains(text, "## ") || !strings.Contains(text, "How to fix") || !strings.Contains(text, "\x1b[1m") {
		t.Errorf("not laid out:\n%s", text)
	}
}

// openTerminal returns the two ends of a pseudo-terminal of so many columns.
func openTerminal(t *testing.T, columns uint16) (screen, terminal *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	fd := int(screen.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, terminal
}
