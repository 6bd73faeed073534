package scanner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"blurt/scanner/wire"
)

func TestMentionedFields(t *testing.T) {
	for name, test := range map[string]struct {
		sent   []wire.Field
		status int
		fields []wire.Field
		body   string
		want   []string
	}{
		"a refusal in any words": {
			status: 401, body: `{"error": "we look for x-acme-peer-identity, friend"}`, want: []string{"x-acme-peer-identity"},
		},
		"a name in another language": {
			status: 401, body: `{"hint":"header X-Kontor-Klient missing (set by the TLS gateway)"}`, want: []string{"X-Kontor-Klient"},
		},
		"a CGI variable": {
			status: 500, body: `KeyError: 'HTTP_X_DEVICE_CN'`, want: []string{"HTTP_X_DEVICE_CN"},
		},
		"a CORS policy and Vary": {
			status: 200,
			fields: []wire.Field{
				{Name: "Vary", Value: "Accept, X-Partner-Cert"},
				{Name: "access-control-allow-headers", Value: "Content-Type,X-Client-Spiffe"},
			},
			want: []string{"X-Partner-Cert", "X-Client-Spiffe"},
		},
		"what was sent teaches nothing": {
			sent:   []wire.Field{{Name: "X-Partner-Cert", Value: "a"}},
			status: 400, body: "bad HTTP_X_PARTNER_CERT",
		},
		"a page that is no error": {status: 200, body: "set X-Client-Thing to your name"},
		"fields about other things": {
			status: 403, body: "X-Request-ID X-Frame-Options x-amz-id-2 X-", want: nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := &wire.Exchange{
				Asked: wire.Request{Fields: test.sent},
				Got:   &wire.Response{Status: test.status, Fields: test.fields, Body: []byte(test.body)},
			}
			if diff := cmp.Diff(test.want, mentioned(x)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}
