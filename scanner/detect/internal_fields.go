package detect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// maxHostFields bounds the fields of one answer that are read for hosts.
const maxHostFields = 200

// fieldHosts makes a hit of each header field that names what is inside of the
// network.
func fieldHosts(in Input) []Hit {
	var hits []Hit
	for n, f := range in.Got.Fields {
		if n >= maxHostFields || len(hits) >= maxBanners {
			break
		}
		found := hostsInField(in, f)
		if len(found) == 0 || slices.ContainsFunc(hits, func(h Hit) bool { return strings.EqualFold(h.Field, f.Name) }) || in.controlHasField(f) {
			continue
		}
		list := itemList{in: in}
		list.addHosts(found, "field "+f.Name)
		hit := Hit{
			Rule:       "internal-host",
			Category:   finding.InternalHost,
			Message:    hostMessage("The field "+short(f.Name), found),
			Confidence: finding.Tentative,
			Items:      list.items,
			Excerpt:    found[0].span,
			Field:      f.Name,
			Key:        strings.ToLower(f.Name),
			PerOrigin:  true,
		}
		if in.Got.Field(f.Name) != f.Value {
			hit.Excerpt = Span{} // it would index the first field of that name
		}
		if slices.ContainsFunc(found, func(h host) bool { return h.sure }) {
			hit.Confidence = finding.Firm
		}
		hits = append(hits, hit)
	}
	return hits
}

// controlHasField reports that the control's answer shows the same: there it has
// been judged.
func (in Input) controlHasField(f wire.Field) bool {
	return in.Control != nil && slices.Contains(in.Control.Fields, f)
}

// hostsInField reads one field. What every answer of every server has is told by
// its length and first letter.
func hostsInField(in Input, f wire.Field) []host {
	if len(f.Value) < 2 || len(f.Value) > 8<<10 {
		return nil
	}
	name := strings.ToLower(f.Name)
	switch name {
	case "date", "content-type", "content-length", "connection", "server", "vary", "etag", "last-modified", "expires", "cache-control", "strict-transport-security",
		"x-powered-by", "accept-ranges", "transfer-encoding", "content-encoding", "x-content-type-options", "x-frame-options":
		return nil
	case "host", "x-debug-token-link":
		return nil // PHP's own server and Symfony's profiler repeat the Host field
	case "x-forwarded-for", "x-real-ip", "x-client-ip", "x-remote-addr", "x-remote-ip", "true-client-ip", "cf-connecting-ip":
		return nil // the client's own address, as the server sees it
	case "set-cookie":
		return cookieHosts(in, f.Value)
	case "x-application-context":
		return contextName(f.Value)
	}
	found := hostsInValue(in, f.Value, namesServer(name))
	if name == "location" || name == "content-location" {
		found = append(found, internalPort(in, f.Value)...)
	}
	if len(found) == 0 && namesServer(name) {
		found = serverName(in, f.Value)
	}
	return found
}

// hostsInValue reads the addresses and names in a field's value. Whatever loopback
// a policy allows is a developer's.
func hostsInValue(in Input, value string, sure bool) []host {
	s := hostSearch{in: in, text: []byte(value), field: true}
	s.names()
	s.longAddresses()
	found := s.found[:0]
	for _, h := range s.found {
		if bare, _ := splitPort(h.value); isLoopback(bare) && !sure && strings.Contains(value, " ") {
			continue
		}
		h.sure = true
		found = append(found, h)
	}
	return found
}

// namesServer reports whether a field is there to say which server answered.
func namesServer(name string) bool {
	switch name {
	case "x-upstream", "x-upstream-addr", "x-upstream-address", "x-upstream-host", "x-upstream-name", "x-upstream-server", "x-upstream-cluster", "x-backend", "x-backend-server", "x-backend-host",
		"x-backend-name", "x-backend-node", "x-served-by", "x-server-name", "x-server-id", "x-server-ip", "x-server", "x-host", "x-hostname", "x-host-name", "x-node", "x-node-name", "x-node-id",
		"x-pod", "x-pod-name", "x-pod-ip", "x-container", "x-container-id", "x-instance", "x-instance-id", "x-cluster", "x-cluster-name", "x-real-server", "x-proxy-host", "x-forwarded-host",
		"x-forwarded-server", "x-origin-server", "x-web-server", "x-app-server", "x-haproxy-server", "x-haproxy-backend", "x-envoy-cluster", "x-envoy-upstream-cluster", "x-envoy-upstream-host",
		"x-envoy-decorator-operation", "x-envoy-peer-metadata-id", "x-kong-upstream", "x-worker", "x-machine", "x-machine-name", "x-worker-node", "x-via", "x-target", "x-target-host", "x-real-host":
		return true
	}
	return false
}

// serverName takes the value of such a field for the name of a machine, unless it
// is a digest, a product, a delivery network's or a public name.
func serverName(in Input, value string) []host {
	value = strings.TrimSpace(value)
	name, port := splitPort(value)
	lower := strings.ToLower(name)
	if len(name) < 3 || !isHostName(name) || strings.Contains(name, ".") || in.knows(value) || isCommonWord(name) ||
		strings.HasPrefix(lower, "cache-") || strings.Trim(name, "0123456789-_") == "" || isDigest(lower) || isProductName(lower) {
		return nil
	}
	// A word without a number or a hyphen may be anything.
	return []host{{kind: "server name", value: value, span: Span{0, len(value)}, sure: strings.ContainsAny(name, "0123456789-_") || port != ""}}
}

func isDigest(lower string) bool {
	return len(lower) >= 12 && strings.Trim(lower, "0123456789abcdef-") == ""
}

func isProductName(lower string) bool {
	switch lower {
	case "nginx", "apache", "envoy", "istio-envoy", "haproxy", "varnish", "cloudflare", "cloudfront", "fastly", "akamai", "traefik", "caddy", "kong", "openresty", "lighttpd", "litespeed", "tomcat",
		"gunicorn", "express", "netlify", "vercel", "heroku", "github", "iis", "gws", "true", "false", "yes", "production", "prod", "staging", "default", "web", "api", "app", "origin", "hit", "miss":
		return true
	}
	return false
}

// contextName reads Spring Boot's name of the application, its profiles and its
// port: "orders:prod:8080".
func contextName(value string) []host {
	name, rest, found := strings.Cut(strings.TrimSpace(value), ":")
	if !found || !isHostName(name) || rest == "" {
		return nil
	}
	return []host{{kind: "service name", value: strings.TrimSpace(value), span: Span{0, len(value)}, sure: true}}
}

// internalPort reads a redirect to the target's own host on a port that is no
// public one: a server behind a proxy wrote its own.
func internalPort(in Input, value string) []host {
	_, rest, found := strings.Cut(value, "://")
	if !found {
		return nil
	}
	authority, _, _ := strings.Cut(rest, "/")
	name, port := splitPort(authority)
	number, err := strconv.ParseUint(port, 10, 16)
	asked, _ := wire.Get(in.Asked.Fields, "Host")
	askedName, askedPort := splitPort(asked)
	if err != nil || !strings.EqualFold(name, in.To.Origin.Host) && !strings.EqualFold(name, askedName) {
		return nil
	}
	if number == 80 || number == 443 || port == askedPort || port == fmt.Sprint(in.To.Origin.Port) {
		return nil
	}
	start := strings.Index(value, authority)
	return []host{{kind: "internal port", value: authority, span: Span{start, start + len(authority)}}}
}
