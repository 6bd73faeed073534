package detect_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// versionedFolder is the name of a folder of recordings: software, version.
var versionedFolder = regexp.MustCompile(`^(.+?)-(\d.*)$`)

// TestCoverage prints which releases of which software are recorded, and how many
// answers of each.
func TestCoverage(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.http")
	if err != nil {
		t.Fatal(err)
	}
	answers := make(map[string]map[string]int)
	for _, file := range files {
		m := versionedFolder.FindStringSubmatch(filepath.Base(filepath.Dir(file)))
		if m == nil {
			t.Errorf("%s: the folder names no version", file)
			continue
		}
		if answers[m[1]] == nil {
			answers[m[1]] = make(map[string]int)
		}
		answers[m[1]][m[2]]++
	}
	releases := 0
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		releases += len(answers[name])
		t.Logf("%-20s %s", name, strings.Join(slices.Sorted(maps.Keys(answers[name])), ", "))
	}
	t.Logf("%d frameworks, %d releases, %d answers", len(answers), releases, len(files))
}

// freshSamples names a folder of answers that were recorded just now.
const freshSamples = "BLURT_FRESH_SAMPLES"

// TestFreshRecordings reads answers that were recorded anew as the stored ones of
// the same software are read: by rule, exception and frame. A new release that has
// changed its page fails here.
func TestFreshRecordings(t *testing.T) {
	dir := os.Getenv(freshSamples)
	if dir == "" {
		t.Skip(freshSamples + " names no folder of fresh recordings")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.http"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s, %v", dir, err)
	}
	for _, file := range files {
		folder, name := filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".http")
		want, ok := newestLike(folder, name)
		if !ok {
			continue // read by a test of its own
		}
		t.Run(folder+"/"+name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			hit := onlyHit(t, run(ownHost(probeOf(readResponse(t, raw)))))
			if hit.Rule != want.rule || hit.Confidence != want.confidence {
				t.Errorf("got %s, %s: %s", hit.Rule, hit.Confidence, hit.Message)
			}
			function, place, _ := strings.Cut(want.frame, "|")
			place = place[strings.LastIndexByte(place, '/')+1:]
			if !shows(hit, function, place, want.exception) {
				t.Errorf("no exception %q or frame %s at %s: %+v", want.exception, function, place, hit.Items)
			}
		})
	}
}

// newestLike returns what the last listed release of the same software gives for
// the same request.
func newestLike(folder, name string) (want framework, ok bool) {
	m := versionedFolder.FindStringSubmatch(folder)
	if m == nil {
		return framework{}, false
	}
	for _, f := range slices.Concat(recordedFrameworks, moreFrameworks, packagedFrameworks) {
		other, sample, _ := strings.Cut(f.sample, "/")
		if o := versionedFolder.FindStringSubmatch(other); o != nil && o[1] == m[1] && sample == name {
			want, ok = f, true
		}
	}
	return want, ok
}
