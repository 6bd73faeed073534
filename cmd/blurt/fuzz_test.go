package main

import (
	"strings"
	"testing"
)

// oneSafeLine fails unless the error can stand on one line of a terminal.
func oneSafeLine(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.ContainsAny(err.Error(), "\r\n\x1b\x00") {
		t.Errorf("an error that is not one safe line: %q", err)
	}
}

func FuzzParsePin(f *testing.F) {
	f.Add("api.example:443:127.0.0.1")
	f.Add("[::1]:443:[::1]")
	f.Add("*:0:")
	f.Fuzz(func(t *testing.T, text string) {
		pin, err := parsePin(text)
		oneSafeLine(t, err)
		if err == nil && (pin.Host == "" || pin.Host != strings.ToLower(pin.Host) || pin.Port == 0 || !pin.Addr.IsValid()) {
			t.Errorf("%q became %+v", text, pin)
		}
	})
}

func FuzzParseScope(f *testing.F) {
	f.Add("*.api.example")
	f.Add("10.0.0.0/8")
	f.Add("[::1]")
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := parseScope(text)
		oneSafeLine(t, err)
		if err == nil && (rule.Host == "") == !rule.Prefix.IsValid() {
			t.Errorf("%q became %+v: exactly one must be set", text, rule)
		}
		if strings.Contains(rule.Host[min(1, len(rule.Host)):], "*") {
			t.Errorf("%q became %+v", text, rule)
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	f.Add("X-Api-Key: abc")
	f.Add("Bad Name: x\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		field, err := parseHeader(text)
		oneSafeLine(t, err)
		if err == nil && (strings.ContainsAny(field.Name+field.Value, "\r\n\x00") || strings.ContainsAny(field.Name, ": \t") || field.Name == "") {
			t.Errorf("%q became %+v", text, field)
		}
	})
}

func FuzzParseListLine(f *testing.F) {
	f.Add("https://a.example/x?y#z", true)
	f.Add("\ufeff# comment", true)
	f.Add("https://u:p@[::1]:1/", false)
	f.Fuzz(func(t *testing.T, line string, first bool) {
		endpoint, ok, err := parseListLine(line, first)
		oneSafeLine(t, err)
		if !ok {
			return
		}
		again, err := parseTarget(endpoint.String())
		if err != nil || again != endpoint {
			t.Errorf("%q became %q, which became %q, %v", line, endpoint, again, err)
		}
	})
}

func FuzzOneLine(f *testing.F) {
	f.Add("a\x1b[31mb\u202ec\n")
	f.Fuzz(func(t *testing.T, text string) {
		if safe := oneLine(text); strings.ContainsAny(safe, "\r\n\x1b\x00\u009b\u202e\u2028") || oneLine(safe) != safe {
			t.Errorf("%q became %q", text, safe)
		}
	})
}
