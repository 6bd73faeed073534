package main

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

// given parses arguments of "blurt scan" and hands their settings to check.
func given(t *testing.T, env environment, args []string, check func(settings)) {
	t.Helper()
	specs := specsForTest()
	arranged, _, err := arrange("scan", args, specs)
	if err != nil {
		t.Fatal(err)
	}
	app := &cli.App{Name: "blurt", HideHelp: true, Flags: cliFlags(specs), Action: func(c *cli.Context) error {
		check(newSettings(c, env, specs))
		return nil
	}}
	if err := app.Run(append([]string{"blurt"}, arranged...)); err != nil {
		t.Fatal(err)
	}
}

func TestCommandLineWinsOverEnvironment(t *testing.T) {
	env := environment{"BLURT_RATE": "7", "BLURT_HEADER": "A: 1, 2\nB: 3\r\n\n", "BLURT_INSECURE": "1", "BLURT_QUIET": "true", "BLURT_TIMEOUT": ""}
	given(t, env, []string{"--rate", "5", "--quiet=false", "--scope", "a,b"}, func(s settings) {
		if got, ok := s.text("rate"); got != (setting{"5", "--rate"}) || !ok {
			t.Errorf("rate %v, %v", got, ok)
		}
		if got, ok := s.text("timeout"); ok {
			t.Errorf("an empty variable counts as given: %v", got)
		}
		want := []setting{{"A: 1, 2", "BLURT_HEADER"}, {"B: 3", "BLURT_HEADER"}}
		if diff := cmp.Diff(want, s.list("header"), cmp.AllowUnexported(setting{})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]setting{{"a,b", "--scope"}}, s.list("scope"), cmp.AllowUnexported(setting{})); diff != "" {
			t.Error(diff)
		}
		for name, want := range map[string]bool{"insecure": true, "quiet": false, "verbose": false} {
			if got, err := s.on(name); got != want || err != nil {
				t.Errorf("%s is %v, %v", name, got, err)
			}
		}
	})
}

func TestSettingsDoNotLeakIntoTheNextRun(t *testing.T) {
	for range 2 {
		given(t, nil, []string{"-H", "A: 1"}, func(s settings) {
			if n := len(s.list("header")); n != 1 {
				t.Errorf("%d headers, want 1", n)
			}
		})
	}
}

func TestScanConfig(t *testing.T) {
	args := []string{"--rate", "0.5", "--concurrency", "2", "--max-requests", "0", "--timeout", "1m", "--http", "1.1", "--unsafe-methods", "--timing",
		"--seed", "s", "-H", "A: 1", "--insecure", "--scope", "a.example,10.0.0.0/8", "--resolve", "a.example:443:127.0.0.1", "--proxy", "http://p.example"}
	given(t, nil, args, func(s settings) {
		c, err := scanConfig(s)
		if err != nil {
			t.Fatal(err)
		}
		if c.Rate != 0.5 || c.Concurrency != 2 || c.MaxRequests != 0 || c.Timeout != time.Minute || c.HTTP != "1.1" || !c.Unsafe || !c.Timing ||
			c.Seed != "s" || len(c.Headers) != 1 || !c.Insecure || len(c.Scope) != 2 || len(c.Pins) != 1 || c.Proxy.Host != "p.example" || c.Version == "" {
			t.Errorf("%+v", c)
		}
	})
}

func TestSeedsDiffer(t *testing.T) {
	var seeds []string
	for range 2 {
		given(t, nil, nil, func(s settings) {
			c, err := scanConfig(s)
			if err != nil {
				t.Fatal(err)
			}
			seeds = append(seeds, c.Seed)
		})
	}
	if seeds[0] == "" || seeds[0] == seeds[1] {
		t.Errorf("seeds %q", seeds)
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	for _, text := range []string{"NaN", "-Inf", "-0.1", "1e999", "0x", "1,5", " 1"} {
		given(t, nil, []string{"--rate=" + text}, func(s settings) {
			if n, err := number(s, "rate", 1, 0, math.MaxFloat64); err == nil {
				t.Errorf("%q became %v", text, n)
			}
		})
	}
}
