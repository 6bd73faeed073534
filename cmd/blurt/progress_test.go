package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"blurt/scanner"
)

func TestProgressShowsHowFarTheScanHasCome(t *testing.T) {
	var screen bytes.Buffer
	p := newProgress(&screen, true, true)
	p.update(scanner.Progress{Endpoints: 3, EndpointsDone: 1, Requests: 40, Planned: 120, Findings: 2})
	p.end()
	for _, want := range []string{"1/3 endpoints", "40 requests", "2 findings"} {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("%q does not show %q", screen.String(), want)
		}
	}
	if !strings.HasSuffix(screen.String(), "\x1b[2K\r") {
		t.Errorf("%q does not end with a cleared line", screen.String())
	}
	screen.Reset()
	p.update(scanner.Progress{Endpoints: 3})
	if screen.Len() > 0 {
		t.Errorf("shows %q after its end", screen.String())
	}
}

func TestProgressText(t *testing.T) {
	now := scanner.Progress{Endpoints: 10000, EndpointsDone: 1, Requests: 1, Findings: 12}
	for _, test := range []struct {
		left  time.Duration
		width int
		want  string
	}{
		{75*time.Second + 200*time.Millisecond, 80, "1/10000 endpoints, 1 request, 12 findings, 1m15s left"},
		{0, 80, "1/10000 endpoints, 1 request, 12 findings"},
		{time.Hour, 20, "1/10000 endpoints, 1"},
		{time.Hour, -5, ""},
	} {
		if got := progressText(now, test.left, test.width); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestWhatIsWrittenThroughProgressStandsOnALineOfItsOwn(t *testing.T) {
	var screen bytes.Buffer
	p := newProgress(&screen, true, true)
	writer := clearedWriter{p, &screen}
	p.update(scanner.Progress{Requests: 1, Planned: 5})
	screen.Reset()
	for _, text := range []string{"half a ", "note\n", "more\n"} {
		if _, err := writer.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if text == "half a " {
			p.update(scanner.Progress{Requests: 2, Planned: 5})
		}
	}
	p.end()
	if got, want := screen.String(), "\x1b[2K\rhalf a note\nmore\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHiddenProgressWritesNothing(t *testing.T) {
	var screen bytes.Buffer
	p := newProgress(&screen, false, true)
	p.update(scanner.Progress{Requests: 1, Planned: 5})
	if _, err := (clearedWriter{p, &screen}).Write(nil); err != nil {
		t.Fatal(err)
	}
	p.end()
	if screen.Len() > 0 {
		t.Errorf("%q", screen.String())
	}
}

func TestProgressAndNotesMayComeFromDifferentGoroutines(t *testing.T) {
	var screen bytes.Buffer
	p := newProgress(&screen, true, false)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := range 50 {
				p.update(scanner.Progress{Requests: i, Planned: 50})
				if _, err := (clearedWriter{p, &screen}).Write([]byte("note\n")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	p.end()
	if n := strings.Count(screen.String(), "note\n"); n != 200 {
		t.Errorf("%d notes, want 200", n)
	}
}
