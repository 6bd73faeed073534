package detect

import (
	"bytes"
	"strings"

	"blurt/scanner/wire"
)

// proxyPages recognises proxies by the error pages that they make themselves.
// Such a page is no finding: it says which layer has answered.
func proxyPages() Detector {
	return Detector{
		Name: "proxy_pages",
		Run:  runProxyPages,
	}
}

func runProxyPages(in Input) Output {
	product, _ := stockPage(in.Got)
	if product == "" {
		return Output{}
	}
	return Output{Products: []Product{{Name: product, Role: Proxy, Why: "stock error page"}}}
}

// page is what a stock page says.
type page uint8

const (
	otherPage   page = iota
	refusalPage      // the client may not
	certPage         // the client's certificate is missing or bad
)

// stockPages are the error pages of proxies: all the texts must stand in the
// body.
var stockPages = [...]struct {
	product string
	says    page
	texts   []string
}{
	{"nginx", certPage, []string{"No required SSL certificate was sent", "<hr><center>"}},
	{"nginx", certPage, []string{"<center>The SSL certificate error</center>", "<hr><center>"}},
	{"nginx", certPage, []string{"<title>400 The SSL certificate error</title>"}},
	{"nginx", otherPage, []string{"The plain HTTP request was sent to HTTPS port", "<hr><center>"}},
	{"nginx", certPage, []string{"client certificate unauthorized"}},
	{"nginx", refusalPage, []string{"<center><h1>403 Forbidden</h1></center>", "<hr><center>"}},
	{"nginx", refusalPage, []string{"<center><h1>401 Authorization Required</h1></center>", "<hr><center>"}},
	{"nginx", otherPage, []string{"<center><h1>", "</h1></center>", "<hr><center>nginx"}},
	{"openresty", otherPage, []string{"<center><h1>", "</h1></center>", "<hr><center>openresty"}},
	{"awselb", refusalPage, []string{"<center><h1>403 Forbidden</h1></center>\r\n</body>"}},
	{"apache", certPage, []string{"Reason: Cannot perform Post-Handshake Authentication."}},
	{"apache", otherPage, []string{"Reason: You're speaking plain HTTP to an SSL-enabled server port."}},
	{"apache", refusalPage, []string{"<title>403 Forbidden</title>", "<h1>Forbidden</h1>", "You don't have permission to access this resource."}},
	{"apache", refusalPage, []string{"<title>401 Unauthorized</title>", "<h1>Unauthorized</h1>", "This server could not verify that you\nare authorized"}},
	{"apache", otherPage, []string{`<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">`, "<h1>", "<p>"}},
	{"haproxy", refusalPage, []string{"<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules."}},
	{"haproxy", otherPage, []string{"<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request."}},
	{"haproxy", otherPage, []string{"<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request."}},
	{"haproxy", otherPage, []string{"<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response."}},
	{"envoy", refusalPage, []string{"RBAC: access denied"}},
	{"envoy", otherPage, []string{"upstream connect error or disconnect/reset before headers"}},
	{"caddy", otherPage, []string{"Client sent an HTTP request to an HTTPS server."}},
}

// stockPage returns the product whose own page an answer is, and what it says.
func stockPage(got *wire.Response) (product string, says page) {
	if got == nil || got.Status < 400 || len(got.Body) > maxStockPage {
		return "", otherPage
	}
	for _, p := range stockPages {
		if holdsAll(got.Body, p.texts) && startsAsStock(got.Body, p.texts[0]) {
			return renamed(p.product, got.Body), p.says
		}
	}
	return "", otherPage
}

// startsAsStock wants a plain text to be the whole of an answer.
func startsAsStock(body []byte, text string) bool {
	if strings.Contains(text, "<") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return true
	}
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte(text))
}

// renamed knows the servers that keep nginx's pages under a name of their own.
func renamed(product string, body []byte) string {
	if product != "nginx" {
		return product
	}
	for _, name := range [...]string{"openresty", "tengine", "angie"} {
		if bytes.Contains(body, []byte("<hr><center>"+name)) {
			return name
		}
	}
	return product
}

func holdsAll(body []byte, texts []string) bool {
	for _, text := range texts {
		if !bytes.Contains(body, []byte(text)) {
			return false
		}
	}
	return true
}

// RefusedBy tells which proxy's own page refuses the client: its certificate,
// the lack of one, or its access. Statuses 495 and 496 are nginx's own for
// certificates and count whatever the page is.
func RefusedBy(got *wire.Response) (product string, ok bool) {
	if got == nil {
		return "", false
	}
	product, says := stockPage(got)
	if product == "" && (got.Status == 495 || got.Status == 496) {
		return "nginx", true
	}
	return product, product != "" && says != otherPage
}
