package main

import (
	"net/netip"
	"slices"

	"blurt/scanner"
	"blurt/scanner/discover"
	"blurt/scanner/wire"
)

// Bounds of described targets, in bytes.
const (
	maxDescription = 16 << 20
	maxArchive     = 256 << 20
)

// readDescribed adds the endpoints of API descriptions and HAR files to the
// targets, and keeps what the descriptions say of them.
func readDescribed(s settings, t *targets) error {
	unsafe, err := s.on("unsafe-methods")
	if err != nil {
		return err
	}
	options := discover.Options{Unsafe: unsafe}
	given := slices.Clone(t.arguments)
	for _, from := range s.list("openapi") {
		data, err := readSmallFile(from, maxDescription)
		if err != nil {
			return err
		}
		var base wire.Endpoint
		if len(given) > 0 {
			base = given[0]
		}
		api, err := discover.ReadAPI(data, base, options, true)
		if err := described(from, endpointsOf(api), err); err != nil {
			return err
		}
		t.arguments = append(t.arguments, api.Endpoints...)
		t.descriptions = append(t.descriptions, api)
	}
	for _, from := range s.list("har") {
		found, err := readArchive(s, from, given, options)
		if err != nil {
			return err
		}
		t.arguments = append(t.arguments, found...)
	}
	return nil
}

func endpointsOf(api *discover.API) []wire.Endpoint {
	if api == nil {
		return nil
	}
	return api.Endpoints
}

// readArchive reads a HAR file. A recording of a browser names many hosts, most
// of them other people's: only those that the caller names are targets.
func readArchive(s settings, from setting, given []wire.Endpoint, o discover.Options) ([]wire.Endpoint, error) {
	rules, err := readScope(s)
	if err != nil {
		return nil, err
	}
	if len(rules) == 0 && len(given) == 0 {
		return nil, wrongUse(from.source, "a recording names hosts that are not yours", "say which are, by a URL or --scope")
	}
	data, err := readSmallFile(from, maxArchive)
	if err != nil {
		return nil, err
	}
	found, err := discover.HAR(data, o)
	found = slices.DeleteFunc(found, func(e wire.Endpoint) bool { return !isOurs(e.Origin.Host, given, rules) })
	return found, described(from, found, err)
}

func isOurs(host string, given []wire.Endpoint, rules []scanner.ScopeRule) bool {
	addr, _ := netip.ParseAddr(host) // not valid for a name
	return slices.ContainsFunc(given, func(e wire.Endpoint) bool { return e.Origin.Host == host }) ||
		slices.ContainsFunc(rules, func(r scanner.ScopeRule) bool { return r.Allows(host, addr.Unmap()) })
}

func described(from setting, found []wire.Endpoint, err error) error {
	switch {
	case err != nil:
		return wrongUse(from.source, shorten(from.value)+": "+err.Error(), "check the file, or give a URL as the base")
	case len(found) == 0:
		return wrongUse(from.source, shorten(from.value)+" holds nothing to scan", "check the file and the scope")
	}
	return nil
}
