package probes

import (
	"iter"

	"blurt/scanner/wire"
)

// requestFields gives the fields that any client may send values that do not
// parse: preferences and conditions (RFC 9110, sections 12 and 13), addresses,
// credentials, versions and the like. Code that reads one of them without care
// often belongs to one endpoint, so each endpoint is asked; as many fields as
// there are travel in one request.
func requestFields() Probe {
	return Probe{
		ID:      "request-fields",
		Changes: "adds ordinary request fields whose values do not parse",
		Build: func(c Context) iter.Seq[Attempt] {
			return func(yield func(Attempt) bool) {
				for _, g := range []struct {
					variant string
					from    Profile
					fields  []wire.Field
				}{
					{"malformed", Quick, malformedRequestFields(c.Mint("preference"), c.Mint("host"))},
					{"malformed-credentials", Standard, malformedCredentials(c.Mint("preference"))},
				} {
					if c.Profile < g.from {
						continue
					}
					if !yield(claiming(c, g.variant, g.fields)) {
						return
					}
				}
			}
		},
	}
}

func malformedRequestFields(token, address string) []wire.Field {
	fields := []wire.Field{
		{Name: "Accept-Language", Value: "\xff;q=" + token},
		{Name: "Accept-Charset", Value: token + ";q=2"},
		{Name: "If-Modified-Since", Value: token},
		{Name: "If-None-Match", Value: token},
		{Name: "If-Range", Value: token},
		{Name: "Range", Value: "bytes=5-2,-0,99999999999999999999-" + token},
		{Name: "Prefer", Value: "=;" + token},
		{Name: "traceparent", Value: "00-" + token},
		{Name: "baggage", Value: "=;" + token},
		{Name: "Origin", Value: "null:" + token},
		{Name: "Cookie", Value: "session=" + token + "; sessionid=" + token + "; token=%7B" + token + "; auth=" + token},
		{Name: "Authorization", Value: "Basic !" + token + " x"},
		// A proxy appends to what is there: the first entry is the client's.
		{Name: "X-Forwarded-For", Value: address + ", 999.0.0.1, [::"},
	}
	for _, name := range []string{"X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP"} {
		fields = append(fields, wire.Field{Name: name, Value: address})
	}
	for _, name := range []string{
		"X-Request-ID", "X-Correlation-ID", "X-Trace-ID", "Idempotency-Key", "X-API-Version", "API-Version", "X-Version",
		"X-Timestamp", "X-Date", "X-Nonce", "X-Signature", "X-Tenant-ID", "X-Tenant", "X-Organization-ID", "X-Org-ID",
		"X-Account-ID", "X-Project-ID", "X-Request-Timestamp", "X-Timezone", "X-Locale", "X-Page", "X-Limit",
	} {
		fields = append(fields, wire.Field{Name: name, Value: "'" + token})
	}
	return fields
}

// malformedCredentials are tokens that are none: nobody can be taken for their
// owner, and no account counts a failure.
func malformedCredentials(token string) []wire.Field {
	fields := []wire.Field{{Name: "Authorization", Value: "Bearer e30.!" + token + ".e30"}}
	for _, name := range []string{
		"X-API-Key", "API-Key", "X-Auth-Token", "X-Access-Token", "X-ID-Token", "X-JWT-Assertion", "X-Session-Token",
		"X-Session-ID", "X-CSRF-Token", "Signature", "DPoP", "X-Amz-Date", "X-Hub-Signature-256",
	} {
		fields = append(fields, wire.Field{Name: name, Value: "e30.!" + token})
	}
	return fields
}
