package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"blurt/report"
	"blurt/scanner/finding"
)

var errFull = errors.New("no space left on device")

// fullDisk takes so many bytes and then fails.
type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		n := d.left
		d.left = 0
		return n, errFull
	}
	d.left -= len(p)
	return len(p), nil
}

func TestWriteErrorsSurface(t *testing.T) {
	for _, f := range report.Formats() {
		for _, room := range []int{0, 1, 2000} {
			t.Run(fmt.Sprintf("%s/%d", f.Name, room), func(t *testing.T) {
				sink, err := report.New(f.Name, &fullDisk{room}, report.Options{Rules: catalogue(t)})
				if err != nil {
					t.Fatal(err)
				}
				var errs []error
				for _, e := range scan(t) {
					errs = append(errs, sink.Emit(e))
				}
				errs = append(errs, sink.Close())
				if err := errors.Join(errs...); !errors.Is(err, errFull) {
					t.Errorf("error = %v", err)
				}
			})
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := report.New("pdf", io.Discard, report.Options{Rules: catalogue(t)})
	if err == nil || !strings.Contains(err.Error(), "terminal, json, jsonl, sarif, html, markdown, junit, gitlab, csv, defectdojo, github") {
		t.Errorf("error = %v", err)
	}
}

// spools reports whether a format keeps all findings until the end. The others
// write them as they come, or keep no more than they may show.
func spools(name string) bool {
	return !slices.Contains([]string{"jsonl", "csv", "defectdojo", "markdown", "github"}, name)
}

// bounded reports whether a format shows only so many findings.
func bounded(name string) bool { return name == "markdown" || name == "github" }

// A long scan must neither stay in memory nor leave files behind.
func TestLongScan(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	const targets = 3000
	for _, f := range report.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			var out bytes.Buffer
			sink, err := report.New(f.Name, &out, report.Options{Rules: catalogue(t), Verbose: true})
			if err != nil {
				t.Fatal(err)
			}
			spooled := false
			for i := range targets {
				url := fmt.Sprintf("https://h%d.example.com/%s", i, strings.Repeat("p", 200))
				leak := debugPage()
				leak.URL, leak.Severity = url, finding.High
				target := &finding.Target{URL: url, Err: "read: timeout", Surface: []finding.Surface{
					{URL: url, Method: "GET", Identity: "none", Verdict: finding.Error},
				}}
				for _, e := range []finding.Event{{Finding: &leak}, {Target: target}} {
					if err := sink.Emit(e); err != nil {
						t.Fatal(err)
					}
				}
				spooled = spooled || len(files(t, dir)) > 0
			}
			if spooled != spools(f.Name) {
				t.Errorf("went to a temporary file: %t", spooled)
			}
			if err := sink.Close(); err != nil {
				t.Fatal(err)
			}
			if left := files(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			last, want := fmt.Sprintf("h%d.example.com", targets-1), 2
			if f.Name == "csv" || f.Name == "defectdojo" {
				want = 1 // they have no targets
			}
			if !bounded(f.Name) && strings.Count(out.String(), last) < want {
				t.Error("the last finding or the last target is missing")
			}
		})
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// recorder is a sink that may fail.
type recorder struct {
	fail   error
	events int
	closed int
}

func (r *recorder) Emit(finding.Event) error { r.events++; return r.fail }
func (r *recorder) Close() error             { r.closed++; return r.fail }

func TestFanDoesNotStarve(t *testing.T) {
	broken, well := &recorder{fail: errFull}, &recorder{}
	sink := report.Fan(broken, well)
	var failures int
	for _, e := range scan(t) {
		if err := sink.Emit(e); errors.Is(err, errFull) {
			failures++
		}
	}
	if err := sink.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close = %v", err)
	}
	if failures != 1 || broken.events != 1 {
		t.Errorf("the broken sink got %d events and failed %d times", broken.events, failures)
	}
	if well.events != len(scan(t)) || well.closed != 1 || broken.closed != 1 {
		t.Errorf("the other sink: %+v; the broken one: %+v", well, broken)
	}
}

func TestGradedLeavesTheFindingAlone(t *testing.T) {
	f := banner()
	var got *finding.Finding
	sink := report.Graded(catalogue(t), emitFunc(func(e finding.Event) error { got = e.Finding; return nil }))
	if err := sink.Emit(finding.Event{Finding: &f}); err != nil {
		t.Fatal(err)
	}
	if got.Title != "Product version shown" || f.Title != "" {
		t.Errorf("got %q, the engine's own has %q", got.Title, f.Title)
	}
}

type emitFunc func(finding.Event) error

func (f emitFunc) Emit(e finding.Event) error { return f(e) }
func (f emitFunc) Close() error               { return nil }

func TestNoRoomForTemporaryFiles(t *testing.T) {
	t.Setenv("TMPDIR", "/nonexistent/folder")
	t.Setenv("TMP", `Z:\nonexistent`)
	for _, f := range report.Formats() {
		if !spools(f.Name) {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			sink, err := report.New(f.Name, io.Discard, report.Options{Rules: catalogue(t), Verbose: true})
			if err != nil {
				t.Fatal(err)
			}
			leak := debugPage()
			leak.Reproduce = strings.Repeat("x", 8<<10)
			var errs []error
			for i := range 200 {
				target := &finding.Target{URL: fmt.Sprintf("https://h%d.example.com/", i), Err: strings.Repeat("e", 2<<10)}
				errs = append(errs, sink.Emit(finding.Event{Finding: &leak}), sink.Emit(finding.Event{Target: target}))
			}
			errs = append(errs, sink.Close())
			if errors.Join(errs...) == nil {
				t.Error("a report that lost data was written without an error")
			}
		})
	}
}
