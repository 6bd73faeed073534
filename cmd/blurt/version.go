package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the release build with -ldflags "-X main.version=1.2.3" and
// by nothing else; otherwise the build information tells.
var version string

// build is what is known of this binary.
type build struct {
	Version  string
	Revision string // of the version control system; empty where unknown
	Time     string // of the revision, RFC 3339
	Modified bool   // the working tree differed from the revision
}

func currentBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return describeBuild(version, info)
}

// describeBuild prefers the version of the release build over that of the
// module, which "go install" knows.
func describeBuild(released string, info *debug.BuildInfo) build {
	b := build{Version: released}
	if b.Version == "" && info.Main.Version != "(devel)" {
		b.Version = info.Main.Version
	}
	if b.Version == "" {
		b.Version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String tells the build on two or three lines.
func (b build) String() string {
	text := "blurt " + b.Version + "\n"
	if b.Revision != "" {
		text += "commit " + b.Revision
		if b.Time != "" {
			text += " of " + b.Time
		}
		if b.Modified {
			text += ", modified"
		}
		text += "\n"
	}
	return text + fmt.Sprintf("%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
