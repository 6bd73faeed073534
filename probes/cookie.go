package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// cookie sends session cookies that no server has set: not text, not decodable,
// of the wrong form.
func cookie() Probe {
	return Probe{
		ID:        "cookie",
		Changes:   "adds cookies that do not parse",
		PerOrigin: true,
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				bad := "%zz%ff%00\xff\xfe" + c.Mint("cookie")
				value := "=; " + c.Mint("cookie")
				for _, name := range []string{"sessionid", "session", "csrftoken", "JSESSIONID", "connect.sid", "PHPSESSID", "laravel_session", "token", "messages"} {
					value += "; " + name + "=" + bad
				}
				yield(Attempt{Variant: "bad-bytes", Request: c.Control.With(wire.Field{Name: "Cookie", Value: value})})
			}
		},
	}
}
