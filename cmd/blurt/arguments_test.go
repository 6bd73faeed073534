package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func specsForTest() []flagSpec { return scanFlags([]string{"terminal", "json", "sarif"}) }

func TestArrange(t *testing.T) {
	tests := map[string]struct {
		args []string
		want []string
	}{
		"flags after the URL":       {[]string{"https://x", "--format", "json"}, []string{"--format=json", "--", "https://x"}},
		"flags before the URL":      {[]string{"--rate=5", "https://x"}, []string{"--rate=5", "--", "https://x"}},
		"order is kept":             {[]string{"-o", "a", "u1", "-o", "b", "u2"}, []string{"--output=a", "--output=b", "--", "u1", "u2"}},
		"a switch takes no value":   {[]string{"--quiet", "https://x"}, []string{"--quiet=true", "--", "https://x"}},
		"a switch can be off":       {[]string{"--quiet=false", "https://x"}, []string{"--quiet=false", "--", "https://x"}},
		"one hyphen":                {[]string{"-rate", "5"}, []string{"--rate=5", "--"}},
		"standard input":            {[]string{"-", "-q"}, []string{"--quiet=true", "--", "-"}},
		"the end of flags":          {[]string{"-q", "--", "--rate", "-"}, []string{"--quiet=true", "--", "--rate", "-"}},
		"a value with an equals":    {[]string{"-H", "A: b=c"}, []string{"--header=A: b=c", "--"}},
		"a value with a comma":      {[]string{"-H", "Accept: a, b"}, []string{"--header=Accept: a, b", "--"}},
		"a negative value":          {[]string{"--rate", "-1"}, []string{"--rate=-1", "--"}},
		"standard output":           {[]string{"-o", "-"}, []string{"--output=-", "--"}},
		"a value that is no flag":   {[]string{"-o", "--odd"}, []string{"--output=--odd", "--"}},
		"an empty argument is kept": {[]string{""}, []string{"--", ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, help, err := arrange("scan", test.args, specsForTest())
			if err != nil || help {
				t.Fatalf("help %v, error %v", help, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestArrangeRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"--nope"}, {"--rate"}, {"--cert", "--key", "k"}, {"--quiet=perhaps"}, {"---"}, {"--=x"}, {"--cert", "--", "u"},
	} {
		if got, _, err := arrange("scan", args, specsForTest()); exitCode(err) != exitUsage {
			t.Errorf("%q became %q, error %v", args, got, err)
		}
	}
}

func FuzzArrange(f *testing.F) {
	f.Add("https://x\n--format\njson")
	f.Add("-o\n-\n--\n--rate")
	f.Add("--header=K: v\n-q")
	f.Fuzz(func(t *testing.T, text string) {
		args := strings.Split(text, "\n")
		got, help, err := arrange("scan", args, specsForTest())
		if help || err != nil {
			return
		}
		again, _, err := arrange("scan", got, specsForTest())
		if err != nil {
			t.Fatalf("%q is refused: %v", got, err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Error(diff)
		}
	})
}
