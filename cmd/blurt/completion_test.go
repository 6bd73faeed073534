package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompletion(t *testing.T) {
	for line, want := range map[string][]string{
		"ex":                          {"explain"},
		"report ":                     {"convert", "merge", "diff"},
		"report merge --for":          {"--format"},
		"scan --pro":                  {"--proxy", "--profile"},
		"scan --profile ":             {"quick", "standard", "thorough"},
		"scan --profile s":            {"standard"},
		"scan --profile=th":           {"--profile=thorough"},
		"scan --profile = q":          {"quick"}, // as bash takes it apart
		"scan --format js":            {"json", "jsonl"},
		"report diff --format ":       {"text", "json"},
		"scan --fail-on h":            {"high"},
		"scan --list ":                {completeFiles},
		"scan --rate ":                nil,
		"scan --quiet --col":          {"--color"},
		"inspect ":                    {completeFiles},
		"explain werk":                {"werkzeug-debugger"},
		"completion ":                 shells(),
		"frobnicate ":                 nil,
		"report frobnicate ":          nil,
		"scan https://a.example --co": {"--concurrency", "--config", "--color"},
	} {
		var out bytes.Buffer
		p := newProgram()
		p.stdout = &out
		if err := p.complete(strings.Split(line, " ")); err != nil {
			t.Fatal(err)
		}
		var got []string
		for candidate := range strings.Lines(out.String()) {
			if word, _, _ := strings.Cut(strings.TrimSpace(candidate), "\t"); word != "" {
				got = append(got, word)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestCompletionOfNothing(t *testing.T) {
	var out bytes.Buffer
	p := newProgram()
	p.stdout = &out
	if err := p.complete(nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range p.commands() {
		if !strings.Contains(out.String(), c.name+"\t"+c.summary+"\n") {
			t.Errorf("%s is missing in:\n%s", c.name, out.String())
		}
	}
}

// TestCompletionInBash lets bash complete with the script, the program being
// this test's own binary under another name.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	script, err := completionScripts.ReadFile("completion/bash")
	if err != nil {
		t.Fatal(err)
	}
	stub := filepath.Join(t.TempDir(), "blurt")
	write(t, stub, "#!"+bash+"\nprintf '%s\\n' \"$*\" >\"$0.asked\"\nprintf '%s\\n' '--profile=quick' '--profile=standard\tmeaning'\n")
	if err := exec.Command("chmod", "+x", stub).Run(); err != nil {
		t.Fatal(err)
	}
	driver := string(script) + `
COMP_WORDS=("` + stub + `" scan --profile = "")
COMP_CWORD=4
_blurt
printf '%s\n' "${COMPREPLY[@]}"
cat "` + stub + `.asked"
`
	out, err := exec.Command(bash, "--norc", "-c", driver).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if want := []string{"quick", "standard", "__complete scan --profile ="}; !slices.Equal(trimmed(got), want) {
		t.Errorf("got %q, want %q", trimmed(got), want)
	}
}

func trimmed(lines []string) []string {
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}
