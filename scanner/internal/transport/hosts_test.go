package transport

import (
	"fmt"
	"testing"
)

func TestParseHosts(t *testing.T) {
	const text = "# comment\n127.0.0.1\tlocalhost  Loop.Example. # here\n::1 localhost\n\nnonsense name\n192.0.2.1\n" +
		"::ffff:192.0.2.7 mapped\n127.0.0.1 localhost\r\n"
	hosts := parseHosts([]byte(text))
	for name, want := range map[string]string{
		"localhost": "[127.0.0.1 ::1]", "loop.example": "[127.0.0.1]", "mapped": "[192.0.2.7]", "name": "[]", "here": "[]",
	} {
		if got := fmt.Sprint(hosts[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
