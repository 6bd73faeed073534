package scanner

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"testing"

	"blurt/scanner/internal/canary"
)

// TestCanariesInTokensAreFound holds the forms in which applications keep what a
// client claims to be, and give it back: the cookie of Flask's sessions, plain and
// compressed, and a JSON Web Token.
func TestCanariesInTokensAreFound(t *testing.T) {
	x := &examination{engine: &engine{mint: canary.New([]byte("k"))}}
	token := x.engine.mint.Token("spoofed-subject", "X-SSL-Client-S-DN")
	object := []byte(fmt.Sprintf(`{"client_dn":"CN=%s"}`, token))
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(object); err != nil || w.Close() != nil {
		t.Fatal("cannot compress")
	}
	encode := base64.RawURLEncoding.EncodeToString
	jwt := `{"access_token":"` + encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(object) + `.c2lnbmF0dXJl"}`
	for name, text := range map[string]string{
		"a session":            "session=" + encode(object) + ".awStNQ.qKUVpEUcqPCNJLn2a9LRgEnU4do; HttpOnly; Path=/",
		"a compressed session": "session=." + encode(packed.Bytes()) + ".awStNQ.qKUVpEUcqPCNJLn2a9LRgEnU4do; HttpOnly; Path=/",
		"a token":              jwt,
	} {
		echoes := x.find(nil, []byte(text), "Set-Cookie")
		if len(echoes) != 1 || echoes[0].Token != token || echoes[0].Field != "X-SSL-Client-S-DN" || echoes[0].End > len(text) {
			t.Errorf("%s: found %+v", name, echoes)
		}
	}
	for name, text := range map[string]string{
		"nothing":          "",
		"no base64":        "eyJ!!!!",
		"no object":        "session=.eJ",
		"somebody else's":  "session=" + encode([]byte(`{"client_dn":"CN=x"}`)),
		"a cut one":        ".eJ" + encode(packed.Bytes())[3:12],
		"many beginnings":  string(bytes.Repeat([]byte("eyJ."), 1000)),
		"one without end":  string(bytes.Repeat([]byte("eyJ"), 100_000)),
		"a bomb, shortly":  "." + encode(bomb(t)),
		"a bomb, and more": "eyJ." + "." + encode(bomb(t)),
	} {
		if echoes := x.find(nil, []byte(text), "body"); len(echoes) > 0 {
			t.Errorf("%s: found %+v", name, echoes)
		}
	}
}

// bomb is a text that is a thousand times as long when it is unpacked.
func bomb(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(make([]byte, 4<<20)); err != nil || w.Close() != nil {
		t.Fatal("cannot compress")
	}
	return packed.Bytes()
}

func FuzzFindEncoded(f *testing.F) {
	x := &examination{engine: &engine{mint: canary.New([]byte("k"))}}
	f.Add([]byte("session=.eJyrVkpJTcvMS1WyUlAqLU4tAgAzGgXW.x.y"))
	f.Add([]byte("eyJzdWIiOiJ4In0"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, e := range x.findEncoded(nil, text, "body") {
			if e.Start < 0 || e.End > len(text) || e.Start >= e.End {
				t.Errorf("%d to %d of %d", e.Start, e.End, len(text))
			}
		}
	})
}
