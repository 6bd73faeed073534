package transport

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// maxHostsFile bounds what is read of a hosts file, in bytes.
const maxHostsFile = 4 << 20

// readHostsFile returns the addresses in the system's hosts file; none where
// there is no such file.
func readHostsFile() map[string][]netip.Addr {
	path := "/etc/hosts"
	if runtime.GOOS == "windows" {
		path = filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxHostsFile))
	if err != nil {
		return nil
	}
	return parseHosts(data)
}

// parseHosts reads lines of an address and its names; a # starts a comment
// (hosts(5)).
func parseHosts(data []byte) map[string][]netip.Addr {
	hosts := make(map[string][]netip.Addr)
	for line := range bytes.Lines(data) {
		text, _, _ := strings.Cut(string(line), "#")
		parts := strings.Fields(text)
		if len(parts) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(parts[0])
		if err != nil {
			continue
		}
		for _, name := range parts[1:] {
			name = canonical(name)
			hosts[name] = append(hosts[name], addr.Unmap())
		}
	}
	for name, addrs := range hosts {
		hosts[name] = order(addrs)
	}
	return hosts
}
