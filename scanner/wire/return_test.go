package wire_test

import (
	"testing"

	"blurt/scanner/wire"
)

func TestLeadsBack(t *testing.T) {
	for reference, want := range map[string]bool{
		"/anmelden?weiter=%2Forders%2F":           true,
		"https://login.test/?rd=https://api.test": true,
		"/enrol?a=1&back=/x#top":                  true,
		"/orders?page=2":                          false,
		"/orders#a?b=/c":                          false,
		"/orders":                                 false,
		"/login?next=javascript:alert(1)":         false,
		"/broken?%zz=/x":                          false,
		"":                                        false,
	} {
		if got := wire.LeadsBack(reference); got != want {
			t.Errorf("%q: %v", reference, got)
		}
	}
}
