package scanner

import (
	"testing"

	"blurt/scanner/wire"
)

func TestResolve(t *testing.T) {
	from, err := wire.ParseEndpoint("https://api.example.org/v1/users?page=2")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ reference, want string }{
		{"/login/", "https://api.example.org/login/"},
		{"7/edit", "https://api.example.org/v1/7/edit"},
		{"?page=3", "https://api.example.org/v1/users?page=3"},
		{"//api.example.org/x", "https://api.example.org/x"},
		{"https://API.example.org:443/x#top", "https://api.example.org/x"},
		{"../%2e/x;y", "https://api.example.org/v1/../%2e/x;y"},
		{"//elsewhere.example/x", ""},
		{"http://api.example.org/x", ""},
		{"https://api.example.org:8443/x", ""},
		{"mailto:a@example.org", ""},
		{"javascript:alert(1)", ""},
		{"/a b", ""},
		{"#top", ""},
		{"", ""},
	}
	for _, test := range tests {
		got, ok := resolve(from, test.reference)
		if ok != (test.want != "") || ok && got.String() != test.want {
			t.Errorf("%q leads to %v, %v; want %q", test.reference, got, ok, test.want)
		}
	}
}

func FuzzResolve(f *testing.F) {
	f.Add("/a/b", "../c?d#e")
	f.Add("/", "//[::1]/x")
	f.Fuzz(func(t *testing.T, target, reference string) {
		from := wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "h", Port: 443}, Target: "/" + target}
		if to, ok := resolve(from, reference); ok && to.Origin != from.Origin {
			t.Fatalf("%q leads from %v to %v", reference, from, to)
		}
	})
}
