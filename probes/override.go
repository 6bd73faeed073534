package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// override sends the fields by which proxies tell applications what the client
// asked for: method, URL, host and prefix. Applications that believe them fail on
// values that no proxy sends. The origin decides, so it is asked once; thorough
// asks each endpoint.
func override() Probe {
	return Probe{
		ID:      "override",
		Changes: "adds header fields that overrule the method, the URL or the host",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				host, path := c.Mint("host"), "/"+c.Mint("path")
				fields := []wire.Field{
					{Name: "X-Forwarded-Host", Value: host + ".invalid"},
					{Name: "X-Forwarded-Server", Value: host + ".invalid"},
					{Name: "X-Host", Value: host + ".invalid"},
					{Name: "X-Original-Host", Value: host + ".invalid"},
					{Name: "Forwarded", Value: `for=_` + host + `;host="` + host + `.invalid:port";proto=blurt`},
					{Name: "X-Forwarded-Port", Value: "port"},
					{Name: "X-Forwarded-Proto", Value: "blurt"},
					{Name: "X-Forwarded-Prefix", Value: path},
					{Name: "X-Script-Name", Value: path},
				}
				if c.Profile >= Standard {
					fields = append(fields,
						wire.Field{Name: "X-Original-URL", Value: path},
						wire.Field{Name: "X-Rewrite-URL", Value: path},
						wire.Field{Name: "X-Forwarded-Uri", Value: path},
						wire.Field{Name: "X-Original-URI", Value: path},
						wire.Field{Name: "X-HTTP-Method-Override", Value: "BLURT"},
						wire.Field{Name: "X-HTTP-Method", Value: "BLURT"},
						wire.Field{Name: "X-Method-Override", Value: "BLURT"},
					)
				}
				a := claiming(c, "all", fields)
				a.Group, a.Once = true, onceBelowThorough(c, "override/all")
				yield(a)
			}
		},
	}
}
