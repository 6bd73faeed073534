package detect

import (
	"bytes"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// versionBanner reads the products and versions that header fields and stock
// error pages name. A product without a version is knowledge, not a finding.
func versionBanner() Detector {
	return Detector{
		Name:  "version_banner",
		Rules: []string{"version-banner"},
		Run:   runVersionBanner,
	}
}

// banner is one product that an answer names.
type banner struct {
	name, version string
	role          Role
	field         string // the header field, empty for the body
	value         string // as it stands in the answer
	span          Span
}

func (b banner) place() string {
	if b.field == "" {
		return "stock error page"
	}
	return "field " + b.field
}

func runVersionBanner(in Input) Output {
	var out Output
	for _, b := range append(fieldBanners(in), pageBanners(in)...) {
		out.Products = append(out.Products, Product{Name: b.name, Version: b.version, Role: b.role, Why: b.place()})
		if b.version == "" {
			continue
		}
		item := Item{Category: finding.VersionBanner, Name: b.name, Value: b.value, Location: b.place()}
		if n := slices.IndexFunc(out.Hits, func(h Hit) bool { return h.Key == b.name }); n >= 0 {
			out.Hits[n].Items = append(out.Hits[n].Items, item)
			continue
		}
		out.Hits = append(out.Hits, Hit{
			Rule:       "version-banner",
			Category:   finding.VersionBanner,
			Message:    "The answer names its software with the version: " + b.name + " " + b.version + " (" + b.place() + ").",
			Confidence: finding.Firm,
			Items:      []Item{item},
			Excerpt:    b.span,
			Field:      b.field,
			Key:        b.name,
			PerOrigin:  true,
		})
	}
	return out
}

// maxBanners bounds the products of one answer.
const maxBanners = 20

func fieldBanners(in Input) []banner {
	var banners []banner
	for _, f := range in.Got.Fields {
		if len(banners) >= maxBanners {
			break
		}
		if !strings.ContainsAny(f.Name[:min(len(f.Name), 1)], "sSxXvVkK") {
			continue // every field is looked at in every answer: most are told by a letter
		}
		switch strings.ToLower(f.Name) {
		case "server", "x-powered-by", "x-generator", "x-server":
			banners = append(banners, productsIn(f.Name, f.Value)...)
		case "via":
			banners = append(banners, viaProducts(f.Name, f.Value)...)
		case "x-aspnet-version":
			banners = append(banners, versionField(f.Name, "asp.net", f.Value, Framework)...)
		case "x-aspnetmvc-version":
			banners = append(banners, versionField(f.Name, "asp.net mvc", f.Value, Framework)...)
		case "x-drupal-version":
			banners = append(banners, versionField(f.Name, "drupal", f.Value, Framework)...)
		case "x-kibana-version", "kbn-version":
			banners = append(banners, versionField(f.Name, "kibana", f.Value, Framework)...)
		case "x-influxdb-version":
			banners = append(banners, versionField(f.Name, "influxdb", f.Value, Server)...)
		case "x-gitlab-version":
			banners = append(banners, versionField(f.Name, "gitlab", f.Value, Framework)...)
		case "x-php-version":
			banners = append(banners, versionField(f.Name, "php", f.Value, Language)...)
		case "x-elastic-product-version":
			banners = append(banners, versionField(f.Name, "elasticsearch", f.Value, Server)...)
		case "x-jenkins":
			banners = append(banners, versionField(f.Name, "jenkins", f.Value, Framework)...)
		}
	}
	return banners[:min(len(banners), maxBanners)]
}

func versionField(field, name, value string, role Role) []banner {
	version := strings.TrimSpace(value)
	if !isVersion(version) {
		version = ""
	}
	return []banner{{name: name, version: version, role: role, field: field, value: value, span: Span{0, len(value)}}}
}

// productsIn reads products as RFC 9110, section 10.2.4, writes them: name,
// slash, version, with comments in parentheses between.
func productsIn(field, value string) []banner {
	var banners []banner
	rest := value
	for rest != "" && len(banners) < maxBanners {
		rest = strings.TrimLeft(rest, " \t,;")
		if strings.HasPrefix(rest, "(") {
			_, rest, _ = strings.Cut(rest, ")")
			continue
		}
		end := strings.IndexAny(rest, " \t,;(")
		if end < 0 {
			end = len(rest)
		}
		if n := commentVersion(rest[end:]); n > 0 {
			end += n
		}
		token := rest[:end]
		start := len(value) - len(rest)
		rest = rest[end:]
		name, version := splitProduct(token)
		if len(banners) == 1 && banners[0].version == "" && isVersion(token) && banners[0].span.End == start-1 {
			banners[0].version = token
			banners[0].span.End = start + end
			banners[0].value = value[banners[0].span.Start:banners[0].span.End]
			continue
		}
		if name == "" || len(banners) > 0 && version == "" {
			continue // a second word is a part of the first's name
		}
		banners = append(banners, banner{
			name: name, version: version, role: roleOf(name), field: field, value: token, span: Span{start, start + end},
		})
	}
	return banners
}

// commentVersion returns the length of a version in parentheses that stands at
// the start of s, as Jetty writes it.
func commentVersion(s string) int {
	if !strings.HasPrefix(s, "(") {
		return 0
	}
	end := strings.IndexByte(s, ')')
	if end < 0 || !isVersion(s[1:end]) {
		return 0
	}
	return end + 1
}

// viaProducts reads the comments of Via (RFC 9110, section 7.6.3), where
// intermediaries name their software, and the names they receive by.
func viaProducts(field, value string) []banner {
	var banners []banner
	offset := 0
	for element := range strings.SplitSeq(value, ",") {
		start := offset
		offset += len(element) + 1
		for _, word := range strings.FieldsFunc(element, func(r rune) bool { return r == ' ' || r == '(' || r == ')' || r == '\t' }) {
			name, version := splitProduct(word)
			if name == "" || version == "" || name == "http" {
				continue
			}
			banners = append(banners, banner{
				name: name, version: version, role: Proxy, field: field, value: word,
				span: Span{start + strings.Index(element, word), start + strings.Index(element, word) + len(word)},
			})
		}
	}
	return banners[:min(len(banners), maxBanners)]
}

// splitProduct splits "nginx/1.22.1" and gives names the spelling that the
// project uses. The version is empty where it has no digit.
func splitProduct(token string) (name, version string) {
	name, version, _ = strings.Cut(strings.TrimSpace(token), "/")
	if before, inside, found := strings.Cut(name, "("); found && version == "" {
		name, version = before, strings.TrimSuffix(inside, ")")
	}
	name = strings.ToLower(name)
	switch name {
	case "cpython":
		name = "python"
	case "apache-coyote":
		name, version = "tomcat", "" // its number is that of the protocol
	case "tornadoserver":
		name = "tornado"
	}
	version, _, _ = strings.Cut(version, " ")
	if !isVersion(version) {
		version = ""
	}
	if name == "" || len(name) > 40 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.+") != "" || !strings.ContainsAny(name[:1], "abcdefghijklmnopqrstuvwxyz") {
		return "", ""
	}
	return name, version
}

// isVersion asks for a digit at the beginning, behind at most a letter.
func isVersion(s string) bool {
	s = strings.TrimPrefix(strings.ToLower(s), "v")
	return s != "" && len(s) <= 60 && '0' <= s[0] && s[0] <= '9'
}

func roleOf(name string) Role {
	switch name {
	case "nginx", "openresty", "haproxy", "envoy", "istio-envoy", "traefik", "caddy", "varnish", "squid", "awselb", "cloudflare", "kong", "tengine", "angie", "ats", "bigip":
		return Proxy
	case "python", "php", "perl", "ruby", "java", "openssl":
		return Language
	case "express", "asp.net", "django", "next.js", "rails", "drupal", "wordpress":
		return Framework
	}
	return Server
}

// maxStockPage is the length up to which a page may be a server's own, in bytes.
const maxStockPage = 16 << 10

// stockMarks stand in front of the product in the error pages that servers make
// themselves.
var stockMarks = [...]struct{ before, after string }{
	{"<hr><center>", "</center>"},
	{"<address>", " Server at "},
	{"<h3>Apache ", "</h3>"},
	{`<hr><i><small>Powered by `, "</small>"},
	{`Powered by Jetty:// `, "<"},
	{`<div class="footer">Grizzly `, "</div>"},
	{"; ASP.NET Version:", "\n"},
	{"; ASP.NET Version: <tt>", "</tt>"},
}

// pageBanners reads the foot of a stock error page.
func pageBanners(in Input) []banner {
	body := in.Got.Body
	if in.Got.Status < 400 || len(body) > maxStockPage || formOf(in.Got) != htmlForm {
		return nil
	}
	var banners []banner
	for _, mark := range stockMarks {
		from := bytes.LastIndex(body, []byte(mark.before))
		if from < 0 {
			continue
		}
		from += len(mark.before)
		size := bytes.Index(head(body[from:], 200), []byte(mark.after))
		if size <= 0 {
			continue
		}
		text := string(body[from : from+size])
		if strings.HasPrefix(mark.before, "Powered by Jetty") {
			text = "jetty/" + text
		}
		if strings.HasSuffix(mark.before, "Grizzly ") {
			text = "grizzly/" + text
		}
		if strings.HasPrefix(mark.before, "; ASP.NET") {
			text = "asp.net/" + strings.TrimSpace(text)
		}
		for _, b := range productsIn("", text) {
			b.span = Span{from, from + size}
			banners = append(banners, b)
		}
	}
	return banners
}
