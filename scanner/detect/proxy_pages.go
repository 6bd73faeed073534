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
	{"lighttpd", refusalPage, []string{`<?xml version="1.0" encoding="iso-8859-1"?>`, "<title>403 Forbidden</title>", "<h1>403 Forbidden</h1>"}},
	{"lighttpd", refusalPage, []string{"<!DOCTYPE html>", "<title>403 Forbidden</title>", "<h1>403 Forbidden</h1>\n </body>"}},
	{"kong", certPage, []string{"{", `"message":"No required TLS certificate was sent"`}},
	{"kong", certPage, []string{"{", `"message":"TLS certificate failed verification"`}},
	{"apisix", refusalPage, []string{"<center><h1>403 Forbidden</h1></center>", "https://apisix.apache.org/"}},
	{"apisix", certPage, []string{"No required SSL certificate was sent", "https://apisix.apache.org/"}},
	{"iis", certPage, []string{"<title>403.7 - "}},
	{"iis", certPage, []string{"HTTP Error 403.7 - "}},
	{"iis", certPage, []string{"HTTP Error 403.16 - "}},
	{"iis", refusalPage, []string{"<title>403 - Forbidden: Access is denied.</title>", "<h2>403 - Forbidden: Access is denied.</h2>"}},
	{"google front end", refusalPage, []string{"<title>403 Forbidden</title>", "<h1>Error: Forbidden</h1>", "Your client does not have permission to get URL"}},
	{"google front end", refusalPage, []string{"<title>Error 403 (Forbidden)!!1</title>", "//www.google.com/"}},
	{"google cloud armor", refusalPage, []string{`<!doctype html><meta charset="utf-8"><meta name=viewport content="width=device-width, initial-scale=1"><title>403</title>403 Forbidden`}},
	{"cloudflare", refusalPage, []string{"error code: 1020"}},
	{"cloudflare", refusalPage, []string{"<title>Access denied | ", " used Cloudflare to restrict access</title>"}},
	{"cloudflare", refusalPage, []string{"<title>Attention Required! | Cloudflare</title>"}},
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
	if bytes.Contains(body, []byte("<hr><center>Microsoft-Azure-Application-Gateway")) {
		return "azure application gateway"
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
	if product == "" && isBareCaddy(got) {
		return "caddy", true
	}
	return product, product != "" && says != otherPage
}

// StockPage tells which proxy an error page is of, whatever it says; empty where
// it may be an application's.
func StockPage(got *wire.Response) string {
	product, _ := stockPage(got)
	return product
}

// isBareCaddy knows the refusal of Caddy, which has no page: the field Server
// says Caddy alone, and nothing says that the answer came from further behind.
func isBareCaddy(got *wire.Response) bool {
	if got.Status != 401 && got.Status != 403 || len(got.Body) > 0 || got.Field("Server") != "Caddy" || got.Field("Content-Type") != "" {
		return false
	}
	servers := 0
	for _, f := range got.Fields {
		switch {
		case strings.EqualFold(f.Name, "Via"), strings.EqualFold(f.Name, "WWW-Authenticate"):
			return false
		case strings.EqualFold(f.Name, "Server"):
			servers++
		}
	}
	return servers == 1
}
