package detect

import (
	"math/rand/v2"
	"strings"
	"testing"

	"blurt/scanner/wire"
)

// pageOf is an answer with a page, or what is taken for one.
func pageOf(status int, media, body string) Input {
	got := &wire.Response{Status: status, Body: []byte(body), Fields: []wire.Field{{Name: "Content-Type", Value: media}}}
	return Input{Exchange: &wire.Exchange{Got: got}}
}

// TestLivePartsHoldAllThatIsLive asks for each place of pages, made of pieces in any
// order, whether it is live.
func TestLivePartsHoldAllThatIsLive(t *testing.T) {
	pieces := []string{
		"<script>", "<SCRIPT src=x>", "</script>", "<scripts>", "<input value=\"", "<iNPUT ", "\">", "<p>", "</p>", "<", ">", "a < b", "text ", "<scr", "ipt>", "<in",
		strings.Repeat("x", 300), strings.Repeat("prose ", 300), strings.Repeat("y", elementReach-3),
	}
	r := rand.New(rand.NewPCG(15, 16))
	for range 300 {
		var body strings.Builder
		for range r.IntN(20) {
			body.WriteString(pieces[r.IntN(len(pieces))])
		}
		in := pageOf(200, "text/html", body.String())
		p := in.liveParts()
		holds := make([]bool, body.Len()+1)
		last := -1
		for _, span := range p.spans {
			if span.Start <= last || span.End > body.Len() {
				t.Fatalf("%q: parts %v", body.String(), p.spans)
			}
			last = span.End
			for at := span.Start; at < span.End; at++ {
				holds[at] = true
			}
		}
		for at := range body.Len() {
			if !holds[at] && in.settingAt(Span{at, at + 1}) == live {
				t.Fatalf("%q: byte %d is live and in none of %v", body.String(), at, p.spans)
			}
		}
	}
}

// TestLivePartsAreTheWholeOfErrors leaves a page to be read to its end where all of
// it may be live, and data and texts always.
func TestLivePartsAreTheWholeOfErrors(t *testing.T) {
	for _, in := range []Input{
		pageOf(500, "text/html", "<p>DB_PASSWORD=x</p>"), pageOf(200, "application/json", `{"a":"<script>"}`), pageOf(200, "text/plain", "a <script> b"),
	} {
		if p := in.liveParts(); len(p.spans) != 1 || p.spans[0] != (Span{0, len(in.Got.Body)}) {
			t.Errorf("%q: %v", in.Got.Body, p.spans)
		}
	}
}

// TestSecretsInScriptsAreFound puts what is secret where a sign stands as far from
// its value as it may.
func TestSecretsInScriptsAreFound(t *testing.T) {
	far := strings.Repeat(" ", maxJoint-20)
	prose := strings.Repeat("<p>Some prose about nothing.</p>\n", 400)
	for _, secret := range []string{
		`<script>var c = {"DB_PASSWORD": "` + "k7Tq2mX9pLw4" + `"}</script>`,
		`DB_PASSWORD` + far + `= <input value="">k7Tq2mX9pLw4</p>`,
		`<INPUT name="dsn" value="postgres://app:k7Tq2mX9pLw4@db.corp.internal/orders">`,
		`<script>` + strings.Repeat("z", elementReach-200) + ` dsn="postgres://app:k7Tq2mX9pLw4@db.corp.internal/orders"</script>`,
	} {
		for _, body := range []string{secret, prose + secret, secret + prose, prose + secret + prose} {
			in := pageOf(200, "text/html", body)
			if out := runSecretExposure(in, secretSigns()); len(out.Hits) == 0 {
				t.Errorf("nothing in %d bytes with %q", len(body), secret[:min(len(secret), 100)])
			}
		}
	}
}
