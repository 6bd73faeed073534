package detect_test

import (
	"testing"

	"blurt/scanner/detect"
)

// TestPageWrittenAsXML has the same words in an article and in data.
func TestPageWrittenAsXML(t *testing.T) {
	const words = "url: postgres://deploy:Vq7-mountain-43@db.corp-builds.net/x"
	set := detect.NewSet(detect.All())
	for _, one := range []struct {
		media, body string
		want        int
	}{
		{"application/xml", `<?xml version="1.0"?><config><remote>` + words + `</remote></config>`, 1},
		{"application/xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a.js"/></head><body><p>` + words + `</p></body></html>`, 0},
		{"", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a.js"/></head><body><p>` + words + `</p></body></html>`, 0},
	} {
		in := answerTo("/remote", answer(200, one.media, one.body))
		if hits := set.Run(in).Hits; len(hits) != one.want {
			t.Errorf("%q: %s: %d hits, want %d", one.media, one.body, len(hits), one.want)
		}
	}
}
