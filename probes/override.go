package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// override sends the fields by which proxies tell applications what the client
// asked for: method, URL, host, prefix and address. Applications that believe
// them fail on values that no proxy sends. The origin decides, so each is asked
// once; thorough asks each endpoint.
func override() Probe {
	return Probe{
		ID:      "override",
		Changes: "adds header fields that overrule the method, the URL, the host or the client's address",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				host, address, path := c.Mint("host"), c.Mint("host"), "/"+c.Mint("path")
				groups := []struct {
					variant string
					from    Profile
					fields  []wire.Field
				}{
					{"forwarded-host", Quick, []wire.Field{
						{Name: "X-Forwarded-Host", Value: host + ".invalid"},
						{Name: "X-Forwarded-Server", Value: host + ".invalid"},
						{Name: "X-Host", Value: host + ".invalid"},
						{Name: "X-Original-Host", Value: host + ".invalid"},
						{Name: "Forwarded", Value: `for=_` + host + `;host="` + host + `.invalid:port";proto=blurt`},
						{Name: "X-Forwarded-Port", Value: "port"},
						{Name: "X-Forwarded-Proto", Value: "blurt"},
						{Name: "X-Forwarded-Prefix", Value: path},
						{Name: "X-Script-Name", Value: path},
					}},
					{"forwarded-for", Standard, []wire.Field{
						{Name: "X-Forwarded-For", Value: address + ", 999.0.0.1, [::"},
						{Name: "X-Real-IP", Value: address},
						{Name: "X-Client-IP", Value: address},
						{Name: "True-Client-IP", Value: address},
						{Name: "CF-Connecting-IP", Value: address},
						{Name: "X-Cluster-Client-IP", Value: address},
					}},
					{"url", Standard, []wire.Field{
						{Name: "X-Original-URL", Value: path},
						{Name: "X-Rewrite-URL", Value: path},
						{Name: "X-Forwarded-Uri", Value: path},
						{Name: "X-Original-URI", Value: path},
					}},
					{"method", Standard, []wire.Field{
						{Name: "X-HTTP-Method-Override", Value: "BLURT"},
						{Name: "X-HTTP-Method", Value: "BLURT"},
						{Name: "X-Method-Override", Value: "BLURT"},
					}},
				}
				for _, g := range groups {
					if c.Profile < g.from {
						continue
					}
					a := claiming(c, g.variant, g.fields)
					a.Group, a.Once = true, onceBelowThorough(c, "override/"+g.variant)
					if !yield(a) {
						return
					}
				}
			}
		},
	}
}
