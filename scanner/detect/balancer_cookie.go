package detect

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// cookieHosts reads the cookies by which load balancers remember a server, and
// the domain of any cookie.
func cookieHosts(in Input, value string) []host {
	pair, attributes, _ := strings.Cut(value, ";")
	name, text, _ := strings.Cut(pair, "=")
	name, text = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(text), `"`)
	span := Span{0, len(pair)}
	var found []host
	if pool, ours := strings.CutPrefix(name, "BIGipServer"); ours {
		if server, ok := bigIPServer(text); ok && !in.knows(server.String()) && !in.knows(server.Addr().String()) {
			kind := "server behind a load balancer"
			if isPrivate(server.Addr()) {
				kind = "private address"
			}
			found = append(found, host{kind: kind, value: server.String(), span: span, sure: true})
		}
		if pool != "" {
			found = append(found, host{kind: "load balancer's pool", value: strings.ReplaceAll(pool, "~", "/"), span: span, sure: len(found) > 0})
		}
	}
	switch strings.ToUpper(name) {
	case "SERVERID", "SRVNAME", "SRV_ID", "BACKENDID", "ROUTEID":
		// HAProxy and Apache name the server as their configuration does.
		for _, h := range serverName(in, strings.TrimPrefix(text, ".")) {
			found = append(found, host{kind: h.kind, value: h.value, span: span})
		}
	}
	for _, h := range hostsInValue(in, attributes, false) {
		h.span = Span{len(value) - len(attributes) + h.span.Start, len(value) - len(attributes) + h.span.End}
		found = append(found, h)
	}
	return found
}

// bigIPServer decodes the address and port in a cookie of F5 BIG-IP, whose bytes
// stand in reverse order: "1677787402.36895.0000"; with a route domain,
// "rd5o00000000000000000000ffffac10fa25o8443"; for IPv6, "vi20010112…24.20480".
func bigIPServer(text string) (netip.AddrPort, bool) {
	if rest, ok := strings.CutPrefix(text, "rd"); ok {
		_, rest, _ = strings.Cut(rest, "o")
		address, port, _ := strings.Cut(rest, "o")
		number, err := strconv.ParseUint(port, 10, 16)
		return hexServer(address, uint16(number), err)
	}
	if rest, ok := strings.CutPrefix(text, "vi"); ok {
		address, port, _ := strings.Cut(rest, ".")
		number, err := strconv.ParseUint(port, 10, 16)
		return hexServer(address, swapped(number), err)
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[2] != "0000" {
		return netip.AddrPort{}, false
	}
	address, err := strconv.ParseUint(parts[0], 10, 32)
	port, portErr := strconv.ParseUint(parts[1], 10, 16)
	if err != nil || portErr != nil {
		return netip.AddrPort{}, false
	}
	v4 := netip.AddrFrom4([4]byte{byte(address), byte(address >> 8), byte(address >> 16), byte(address >> 24)})
	return netip.AddrPortFrom(v4, swapped(port)), true
}

func hexServer(address string, port uint16, err error) (netip.AddrPort, bool) {
	raw, hexErr := hex.DecodeString(address)
	ip, ok := netip.AddrFromSlice(raw)
	if err != nil || hexErr != nil || !ok {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(ip.Unmap(), port), true
}

func swapped(port uint64) uint16 { return uint16(port)<<8 | uint16(port)>>8 }
