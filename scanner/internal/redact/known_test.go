package redact_test

import (
	"testing"

	"blurt/scanner/internal/redact"
)

func TestOnlyKnownHidesNothingElse(t *testing.T) {
	const mine = "Bearer my-own-credential-0123456789"
	m := redact.OnlyKnown(mine)
	const other = "password = 'hunter2-and-more'; AKIAQ3EGRXOB7LZT2MNV"
	if got := m.Text(other); got != other {
		t.Errorf("%q became %q", other, got)
	}
	for _, text := range []string{"Authorization: " + mine, "token my-own-credential-0123456789.", `{"a": "my-own-credential-0123456789"}`} {
		if got := m.Text(text); got == text {
			t.Errorf("%q stayed", text)
		}
	}
}
