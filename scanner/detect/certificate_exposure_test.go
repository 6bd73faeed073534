package detect_test

import (
	"testing"

	"blurt/scanner/detect"
)

// TestNameInDataIsLookedAt has nothing but the name itself to start the detector.
func TestNameInDataIsLookedAt(t *testing.T) {
	in := answerTo("/clients", answer(200, "application/json", `{"s_dn":"CN=alice petrov,SERIALNUMBER=99812,O=Acme,C=DE"}`))
	hits := detect.NewSet(detect.All()).Run(in).Hits
	if len(hits) != 1 || hits[0].Rule != "certificate-exposure" {
		t.Errorf("%d hits %v, want the client's name", len(hits), hits)
	}
	in.Got = answer(200, "text/html", `<html><body><p>Write {"s_dn":"CN=alice petrov,SERIALNUMBER=99812,O=Acme,C=DE"}</p></body></html>`)
	if hits := detect.NewSet(detect.All()).Run(in).Hits; len(hits) > 0 {
		t.Errorf("an article has %v", hits)
	}
}
