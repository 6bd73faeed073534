package operational

import (
	"slices"
	"testing"
)

func TestExpectedAt(t *testing.T) {
	find := func(target, path string) bool {
		return slices.ContainsFunc(expectedAt(target), func(e *Entry) bool {
			return slices.Contains(e.Paths, path) || slices.Contains(e.More, path)
		})
	}
	for target, want := range map[string]bool{
		"/health": true, "/HEALTH/": true, "/app/health?x": true, "/wealth": false, "/my-health": false, "/health/x": false,
	} {
		if find(target, "/health") != want {
			t.Errorf("%s: %v", target, !want)
		}
	}
	if !find("/ht?format=json", "/ht/?format=json") {
		t.Error("a slash before the query hides the path")
	}
	if !find("/?wsdl", "/?wsdl") || find("/", "/?wsdl") || find("/a?wsdl", "/?wsdl") {
		t.Error("the root's query does not count")
	}
}
