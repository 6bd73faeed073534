package wire_test

import (
	"crypto/tls"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/wire"
)

func request(change func(*wire.Request)) wire.Request {
	r := wire.Request{Method: "GET", Target: "/", Fields: []wire.Field{{Name: "Host", Value: "h"}, {Name: "Accept", Value: "*/*"}}}
	change(&r)
	return r
}

func TestHTTP1Only(t *testing.T) {
	add := func(name, value string) func(*wire.Request) {
		return func(r *wire.Request) { *r = r.With(wire.Field{Name: name, Value: value}) }
	}
	tests := []struct {
		name   string
		change func(*wire.Request)
		want   bool
	}{
		{"plain", func(*wire.Request) {}, false},
		{"unknown method", func(r *wire.Request) { r.Method = "BLURT" }, false},
		{"odd path", func(r *wire.Request) { r.Target = "//a/%2e/b;x" }, false},
		{"non-ASCII value", add("X-A", "\xff"), false},
		{"method with a space", func(r *wire.Request) { r.Method = "G ET" }, true},
		{"target with a NUL", func(r *wire.Request) { r.Target = "/\x00" }, true},
		{"line feed in a value", add("X-A", "a\nb"), true},
		{"white space at an end", add("X-A", " a"), true},
		{"space in a name", add("X A", "a"), true},
		{"two hosts", add("host", "other"), true},
		{"no host", func(r *wire.Request) { r.Fields = nil }, true},
		{"two lengths", func(r *wire.Request) { add("Content-Length", "0")(r); add("Content-Length", "1")(r) }, true},
		{"connection", add("Connection", "close"), true},
		{"HTTP/1.0", func(r *wire.Request) { r.Version = "HTTP/1.0" }, true},
	}
	for _, test := range tests {
		if got := request(test.change).HTTP1Only(); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestSetAndWithLeaveTheOriginalAlone(t *testing.T) {
	original := request(func(r *wire.Request) { *r = r.With(wire.Field{Name: "accept", Value: "b"}) })
	before := append([]wire.Field(nil), original.Fields...)
	set := original.Set("ACCEPT", "c").With(wire.Field{Name: "X", Value: "1"})
	want := []wire.Field{{Name: "Host", Value: "h"}, {Name: "Accept", Value: "c"}, {Name: "X", Value: "1"}}
	if diff := cmp.Diff(want, set.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, original.Fields); diff != "" {
		t.Errorf("the original changed:\n%s", diff)
	}
}

func TestIdentityIDTellsCertificatesApart(t *testing.T) {
	cert := func(der string) *tls.Certificate { return &tls.Certificate{Certificate: [][]byte{[]byte(der)}} }
	ids := map[string]bool{}
	for _, id := range []wire.Identity{
		{}, {Name: "a"}, {Name: "a", Cert: cert("1")}, {Name: "a", Cert: cert("2")}, {Name: "a", Private: true},
	} {
		ids[id.ID()] = true
	}
	if len(ids) != 5 {
		t.Errorf("5 identities have %d ids", len(ids))
	}
}
