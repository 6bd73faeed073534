package discover

import (
	"strings"
	"testing"
)

func TestYAMLAsJSON(t *testing.T) {
	for name, test := range map[string]struct{ yaml, want string }{
		"names that are no text": {"responses:\n  200: {a: 1}\n  true: 2\n", `{"responses":{"200":{"a":1},"true":2}}`},
		"kinds of scalars":       {"a: 1\nb: 1.5\nc: yes\nd: ~\ne: '1'\nf: 0x10\ng: .nan\n", `{"a":1,"b":1.5,"c":"yes","d":null,"e":"1","f":16,"g":null}`},
		"an alias":               {"a: &x [1, {b: 2}]\nc: *x\n", `{"a":[1,{"b":2}],"c":[1,{"b":2}]}`},
		"a merge":                {"base: &b {get: 1, put: 2}\nown:\n  <<: *b\n  get: 3\n", `{"base":{"get":1,"put":2},"own":{"get":3,"put":2}}`},
		"merges in order":        {"a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]\n", `{"a":{"x":1},"b":{"x":2,"y":2},"c":{"x":1,"y":2}}`},
		"an alias as a name":     {"a: &x b\n*x : 1\n", `{"a":"b","b":1}`},
	} {
		got, err := asJSON([]byte(test.yaml))
		if err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, test.want)
		}
	}
}

func TestYAMLThatIsRefused(t *testing.T) {
	bomb := "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
	for c := 'b'; c <= 'i'; c++ {
		before := "*" + string(c-1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Join([]string{before, before, before, before, before, before, before, before, before, before}, ", ") + "]\n"
	}
	for name, test := range map[string]struct{ yaml, want string }{
		"a name twice":       {"a: 1\nb: 2\na: 3\n", `line 3: mapping key "a" already defined`},
		"a list as a name":   {"[a, b]: 1\n", "line 1: a mapping or a sequence is no name"},
		"a merge of a text":  {"a: 1\n<<: b\n", "line 2: map merge requires map or sequence of maps as the value"},
		"aliases of aliases": {bomb, "too large, or its aliases make it so"},
		"an alias of itself": {"a: &a [*a, *a]\n", "too large, or its aliases make it so"},
	} {
		if got, err := asJSON([]byte(test.yaml)); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, test.want)
		}
	}
}

// TestYAMLOfManyMembers ends soon only where members are not compared with each other.
func TestYAMLOfManyMembers(t *testing.T) {
	text := "openapi: 3.0.0\n" + strings.Repeat("a: 1\n", 100_000)
	if _, err := asJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), "already defined") {
		t.Errorf("got %v", err)
	}
}
