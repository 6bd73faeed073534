package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"blurt/fixtures/demo"
)

// action is what the test reads of action.yml.
type action struct {
	Inputs map[string]struct {
		Default string
	}
	Runs struct {
		Steps []struct {
			ID  string
			Run string
			Env map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestActionPastesNothing: an expression inside of a script would let a branch's
// name or an input run as a program.
func TestActionPastesNothing(t *testing.T) {
	for _, step := range readAction(t).Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("a script holds an expression:\n%s", step.Run)
		}
	}
}

// TestActionScans runs the script of the action's scan against the demo's
// target.
func TestActionScans(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	target, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	a := readAction(t)
	for name, test := range map[string]struct {
		inputs map[string]string
		code   string
	}{
		"a leak fails the job": {map[string]string{
			"urls": "\n" + target.URLs[0] + "\n\n", "profile": "quick", "args": "--quiet\n--rate\n0\n"}, "1"},
		"none never does": {map[string]string{"urls": target.URLs[0], "profile": "quick", "fail-on": "none", "args": "--rate=0"}, "0"},
		"wrong use":       {map[string]string{"urls": "not a url; touch pwned"}, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			temp := t.TempDir()
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(self, filepath.Join(temp, "blurt")); err != nil {
				t.Skip("symbolic links are not to be had: " + err.Error())
			}
			cmd := exec.Command(bash, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", scanStep(t, a))
			cmd.Dir = temp
			cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+filepath.Join(temp, "out"), "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary"))
			cmd.Env = append(cmd.Env, inputsAsEnvironment(a, test.inputs)...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			outputs := read(t, filepath.Join(temp, "out"))
			if !strings.Contains(outputs, "exit-code="+test.code+"\n") {
				t.Errorf("want code %s, got outputs\n%s", test.code, outputs)
			}
			if test.code != "2" {
				if summary := read(t, filepath.Join(temp, "summary")); !strings.Contains(summary, "django-debug") {
					t.Errorf("the job summary is\n%s", summary)
				}
				if !strings.Contains(outputs, "has-sarif=true") {
					t.Errorf("no SARIF in\n%s", outputs)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(temp, "blurt-secrets", "*")); len(left) > 0 {
				t.Errorf("left behind: %s", left)
			}
		})
	}
}

func scanStep(t *testing.T, a action) string {
	t.Helper()
	for _, step := range a.Runs.Steps {
		if step.ID == "scan" {
			return step.Run
		}
	}
	t.Fatal("the action has no step scan")
	return ""
}

// inputsAsEnvironment is what the runner makes of the inputs.
func inputsAsEnvironment(a action, given map[string]string) []string {
	values := make(map[string]string)
	for name, input := range a.Inputs {
		values[name] = input.Default
	}
	maps.Copy(values, given)
	var out []string
	for name, value := range values {
		out = append(out, "INPUT_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"="+value)
	}
	return out
}
