package detect_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"blurt/fixtures/pages"
	"blurt/scanner/detect"
	"blurt/scanner/wire"
)

var canaryShape = regexp.MustCompile(`(?i)blurt[a-z2-7]{20}`)

// recorded rebuilds the exchange of a page recorded from the lab.
func recorded(t *testing.T, page pages.Page, all []pages.Page) detect.Input {
	t.Helper()
	lines := strings.Split(strings.TrimRight(string(page.Request), "\r\n"), "\r\n")
	words := strings.SplitN(lines[0], " ", 3)
	request := wire.Request{Method: words[0], Target: "/"}
	if len(words) > 1 {
		request.Target = words[1]
	}
	for _, line := range lines[1:] {
		if name, value, found := strings.Cut(line, ":"); found {
			request.Fields = append(request.Fields, wire.Field{Name: name, Value: strings.TrimSpace(value)})
		}
	}
	in := detect.Input{Exchange: &wire.Exchange{
		To:    wire.Endpoint{Origin: wire.Origin{Scheme: "https", Host: "api.lab.example", Port: labPort(page)}, Target: request.Target},
		Asked: request, Sent: page.Request, Got: readAnswer(t, page.Response, request.Method),
	}}
	in.Echoes = echoes(request, in.Got.Body)
	switch {
	case page.Identity == "self-signed" || page.Identity == "expired":
		in.Claim = wire.CertificateClaim
	case bytes.Contains(page.Request, []byte("malformed")):
		in.Claim = wire.BrokenClaim
	case bytes.Contains(bytes.ToLower(page.Request), []byte("\r\nx-")):
		in.Claim = wire.HeaderClaim
	}
	for _, control := range all {
		if page.Control != "" && control.Software == page.Software && control.Version == page.Version && control.Name == page.Control {
			in.Control = readAnswer(t, control.Response, request.Method)
		}
	}
	return in
}

// labPort returns the port that the lab listened on where a redirect names it:
// it is the origin's own, which a Host field without a port does not say.
func labPort(page pages.Page) uint16 {
	if bytes.Contains(page.Response, []byte("\r\nLocation: https://payments.lab.test:18501/")) {
		return 18501
	}
	return 443
}

// echoes finds the canaries of a recorded request in its answer. Those that no
// header field held were in the certificate.
func echoes(request wire.Request, body []byte) []detect.Echo {
	var found []detect.Echo
	for _, at := range canaryShape.FindAllIndex(body, -1) {
		e := detect.Echo{Token: string(body[at[0]:at[1]]), Field: "certificate", Where: "body", Start: at[0], End: at[1]}
		if strings.Contains(strings.ToLower(request.Target), strings.ToLower(e.Token)) {
			e.Field = "path"
		}
		for _, f := range request.Fields {
			if strings.Contains(strings.ToLower(f.Value), strings.ToLower(e.Token)) {
				e.Field = strings.ToLower(f.Name)
			}
		}
		found = append(found, e)
	}
	return found
}

// readAnswer reads recorded bytes and takes the content coding off.
func readAnswer(t *testing.T, raw []byte, method string) *wire.Response {
	t.Helper()
	got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), &http.Request{Method: method})
	if err != nil {
		return &wire.Response{Body: raw} // an answer that is no HTTP
	}
	defer got.Body.Close()
	body, _ := io.ReadAll(got.Body)
	response := &wire.Response{Proto: got.Proto, Status: got.StatusCode, Body: body}
	for name, values := range got.Header {
		for _, value := range values {
			response.Fields = append(response.Fields, wire.Field{Name: name, Value: value})
		}
	}
	return response
}

// decode takes gzip off a body, as the transport does.
func decode(t *testing.T, got *wire.Response) {
	t.Helper()
	switch coding := got.Field("Content-Encoding"); coding {
	case "":
		return
	case "gzip":
	default:
		t.Fatalf("a recorded page has the content coding %q", coding)
	}
	plain, err := gzip.NewReader(bytes.NewReader(got.Body))
	if err != nil {
		t.Fatal(err)
	}
	if got.Body, err = io.ReadAll(plain); err != nil {
		t.Fatal(err)
	}
}

// TestRecordedPages holds the detectors against what the provenance of each
// recorded page says that it shows, no less and no more.
func TestRecordedPages(t *testing.T) {
	all, err := pages.All()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d pages, %v", len(all), err)
	}
	for _, page := range all {
		t.Run(page.ID(), func(t *testing.T) {
			in := recorded(t, page, all)
			decode(t, in.Got)
			var got []string
			for _, hit := range run(in).Hits {
				if !slices.Contains(got, hit.Rule) {
					got = append(got, hit.Rule)
				}
				checkHit(t, page.ID(), in, hit)
			}
			want := page.Expected()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", page.Shows, got, want)
			}
		})
	}
}
