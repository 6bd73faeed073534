package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	settings := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc123"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"}}
	tests := map[string]struct {
		released, module string
		want             string
	}{
		"release build":      {"1.2.3", "(devel)", "1.2.3"},
		"go install":         {"", "v1.2.3", "v1.2.3"},
		"working tree":       {"", "(devel)", "devel"},
		"no build info":      {"", "", "devel"},
		"release goes first": {"1.2.3", "v9.9.9", "1.2.3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := describeBuild(test.released, &debug.BuildInfo{Main: debug.Module{Version: test.module}, Settings: settings})
			if b.Version != test.want {
				t.Errorf("version %q, want %q", b.Version, test.want)
			}
			if want := "commit abc123 of 2026-01-02T03:04:05Z, modified\n"; !strings.Contains(b.String(), want) {
				t.Errorf("%q does not tell %q", b.String(), want)
			}
		})
	}
}
