package main

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"blurt/scanner"
)

func readScope(s settings) ([]scanner.ScopeRule, error) {
	var rules []scanner.ScopeRule
	for _, given := range s.list("scope") {
		for item := range strings.SplitSeq(given.value, ",") {
			rule, err := parseScope(strings.TrimSpace(item))
			if err != nil {
				return nil, wrongUse(given.source, strconv.Quote(shorten(item))+": "+err.Error(),
					"write a host, *.host, an address or a CIDR block such as 10.0.0.0/8")
			}
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

// parseScope reads one rule: a host, "*." and a host, an address, or a CIDR
// block.
func parseScope(text string) (scanner.ScopeRule, error) {
	switch {
	case text == "":
		return scanner.ScopeRule{}, errors.New("the rule is empty")
	case strings.Contains(text, "://"):
		return scanner.ScopeRule{}, errors.New("a scope is a host, not a URL")
	case strings.Contains(text, "/"):
		return parseBlock(text)
	}
	if addr, err := parseAddress(text); err == nil {
		if addr.Zone() != "" {
			return scanner.ScopeRule{}, errors.New("a scope has no zone")
		}
		return scanner.ScopeRule{Prefix: netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	name, below := strings.CutPrefix(text, "*.")
	if strings.Contains(name, "*") {
		return scanner.ScopeRule{}, errors.New("a * can only stand first, before a dot")
	}
	if strings.Contains(name, ":") {
		return scanner.ScopeRule{}, errors.New("a scope has no port")
	}
	host, err := parseHost(name)
	if err != nil {
		return scanner.ScopeRule{}, err
	}
	if looksNumeric(host) {
		return scanner.ScopeRule{}, errors.New("this is not an IPv4 address, and no host name either")
	}
	if below {
		host = "*." + host
	}
	return scanner.ScopeRule{Host: host}, nil
}

func parseBlock(text string) (scanner.ScopeRule, error) {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return scanner.ScopeRule{}, errors.New("this is not a CIDR block")
	}
	if block.Masked() != block {
		return scanner.ScopeRule{}, errors.New("the block has bits beyond its length; it may have been meant as " + block.Masked().String())
	}
	return scanner.ScopeRule{Prefix: block}, nil
}

// looksNumeric catches mistyped IPv4 addresses such as 10.0.0.300: no top-level
// domain is a number.
func looksNumeric(host string) bool {
	label := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.Atoi(label)
	return err == nil
}
