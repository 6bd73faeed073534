package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"blurt/scanner"
	"blurt/scanner/wire"
)

func readNetwork(s settings, c *scanner.Config) (err error) {
	if given, ok := s.text("http"); ok {
		c.HTTP = given.value
		if c.HTTP != "auto" && c.HTTP != "1.1" && c.HTTP != "2" {
			return wrongUse(given.source, "there is no HTTP version "+strconv.QuoteToASCII(given.value), "use auto, 1.1 or 2")
		}
	}
	for _, given := range s.list("resolve") {
		pin, err := parsePin(given.value)
		if err != nil {
			return wrongUse(given.source, strconv.Quote(shorten(given.value))+": "+err.Error(), "write HOST:PORT:ADDR, as in api.example:443:127.0.0.1")
		}
		c.Pins = append(c.Pins, pin)
	}
	if given, ok := s.text("resolvers"); ok {
		if c.Resolvers, err = readResolvers(given); err != nil {
			return err
		}
	}
	if given, ok := s.text("proxy"); ok {
		if c.Proxy, err = parseProxy(given.value); err != nil {
			return wrongUse(given.source, err.Error(), "write for example http://proxy.example:3128 or socks5://127.0.0.1:1080")
		}
	}
	c.Scope, err = readScope(s)
	return err
}

// parsePin reads HOST:PORT:ADDR as curl's --resolve has it; HOST and ADDR may
// be IPv6 addresses in brackets.
func parsePin(text string) (scanner.Pin, error) {
	end := strings.IndexByte(text, ':')
	if strings.HasPrefix(text, "[") {
		end = strings.IndexByte(text, ']') + 1
	}
	if end <= 0 || end >= len(text) || text[end] != ':' {
		return scanner.Pin{}, errors.New("the port is missing")
	}
	portText, addrText, found := strings.Cut(text[end+1:], ":")
	if !found {
		return scanner.Pin{}, errors.New("the address is missing")
	}
	if text[:end] == "*" {
		return scanner.Pin{}, errors.New("* is not supported: name the host")
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 {
		return scanner.Pin{}, errors.New("the port is not a number from 1 to 65535")
	}
	host, err := parseHost(text[:end])
	if err != nil {
		return scanner.Pin{}, err
	}
	if strings.Contains(addrText, ",") {
		return scanner.Pin{}, errors.New("more than one address: give the one to use")
	}
	addr, err := parseAddress(addrText)
	if err != nil {
		return scanner.Pin{}, err
	}
	return scanner.Pin{Host: host, Port: uint16(port), Addr: addr}, nil
}

// parseHost checks a host's name or address by the rules for URLs and returns
// it in lower case, without brackets.
func parseHost(text string) (string, error) {
	if strings.ContainsAny(text, "/?#@\\") || !strings.HasPrefix(text, "[") && strings.Contains(text, ":") {
		return "", errors.New("the host is not a name or an address")
	}
	endpoint, err := wire.ParseEndpoint("https://" + text + "/")
	if err != nil {
		return "", errors.New("the host is not a name or an address")
	}
	return endpoint.Origin.Host, nil
}

// parseAddress reads an IP address; IPv6 may stand in brackets, where what
// surrounds it needs that.
func parseAddress(text string) (netip.Addr, error) {
	bare := text
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		bare = text[1 : len(text)-1]
	}
	addr, err := netip.ParseAddr(bare)
	if err != nil || bare != text && !addr.Is6() {
		return netip.Addr{}, errors.New("the address is not an IPv4 or IPv6 address")
	}
	return addr.Unmap(), nil
}

// readResolvers reads name servers, one a line.
func readResolvers(from setting) ([]string, error) {
	if from.value == "" {
		return nil, wrongUse(from.source, "the file name is empty", "name a file")
	}
	file, err := os.Open(from.value)
	if err != nil {
		return nil, wrongUse(from.source, fileProblem(from.value, err), "check the path and its permissions")
	}
	defer file.Close()
	const most = 10_000
	var servers []string
	lines := bufio.NewScanner(file)
	for line := 1; lines.Scan(); line++ {
		server, ok, err := parseResolver(lines.Text())
		switch {
		case err != nil:
			return nil, wrongUse(from.source, fmt.Sprintf("%s:%d: %v", shorten(from.value), line, err), "write ADDR or ADDR:PORT on each line")
		case ok && len(servers) == most:
			return nil, wrongUse(from.source, fmt.Sprintf("%s holds more than %d name servers", shorten(from.value), most), "give fewer")
		case ok:
			servers = append(servers, server)
		}
	}
	switch {
	case lines.Err() != nil:
		return nil, wrongUse(from.source, fileProblem(from.value, lines.Err()), "write ADDR or ADDR:PORT on each line")
	case len(servers) == 0:
		return nil, wrongUse(from.source, shorten(from.value)+" holds no name server", "write ADDR or ADDR:PORT on each line")
	}
	return servers, nil
}

// parseResolver reads one line of a list of name servers; ok is false for a
// blank line or a comment.
func parseResolver(line string) (server string, ok bool, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", false, nil
	}
	if addr, err := parseAddress(line); err == nil {
		return addr.String(), true, nil
	}
	pair, err := netip.ParseAddrPort(line)
	if err != nil || pair.Port() == 0 {
		return "", false, errors.New("not an IP address, with or without a port")
	}
	return pair.String(), true, nil
}

// parseProxy reads the URL of a proxy. Its errors never quote the text, which
// may hold a password.
func parseProxy(text string) (*url.URL, error) {
	proxy, err := url.Parse(text)
	if err != nil || !strings.Contains(text, "://") {
		return nil, errors.New("the text is not a URL (it is not shown, as it may hold a password)")
	}
	switch proxy.Scheme {
	case "http", "https", "socks5":
	default:
		return nil, errors.New("the scheme is not http, https or socks5")
	}
	if proxy.Hostname() == "" {
		return nil, errors.New("the URL has no host")
	}
	if port := proxy.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, errors.New("the port is not a number from 1 to 65535")
		}
	}
	if proxy.Path != "" && proxy.Path != "/" || proxy.RawQuery != "" || proxy.Fragment != "" {
		return nil, errors.New("the URL has a path, query or fragment")
	}
	return proxy, nil
}
