package detect_test

import (
	"testing"

	"blurt/scanner/wire"
)

func TestErrorFields(t *testing.T) {
	got := answer(500, "application/json", `{"status":500}`)
	got.Fields = append(got.Fields,
		wire.Field{Name: "X-Debug-Exception", Value: "openssl_x509_parse%28%29%3A%20Argument%20%231"},
		wire.Field{Name: "X-Debug-Exception-File", Value: "%2Fsrv%2Fapp%2Fsrc%2FIdentity.php:17"},
		wire.Field{Name: "X-Error-Code", Value: "E1234"})
	in := answerTo("/", got)
	hit := onlyHit(t, run(in))
	if hit.Rule != "exception-message" || hit.Field != "X-Debug-Exception" || len(hit.Items) != 2 ||
		hit.Items[0].Value != "openssl_x509_parse(): Argument #1" || hit.Items[1].Value != "/srv/app/src/Identity.php:17" {
		t.Errorf("got %+v", hit)
	}
	in.Control = got
	if out := run(in); len(out.Hits) > 0 {
		t.Errorf("the control says the same: %+v", out.Hits)
	}
}

// TestNamesListedInAnError: a refusal that lists who may come in names other
// clients, whatever it calls them; data and authorities do not.
func TestNamesListedInAnError(t *testing.T) {
	list := `["CN=erika.mustermann,OU=Payments,O=Contoso Bank AG,C=DE","CN=svc-billing,OU=Systems,O=Contoso Bank AG,C=DE"]`
	hit := onlyHit(t, run(answerTo("/", answer(403, "application/json", `{"error":"client not allowed","allowed":`+list+`}`))))
	if hit.Rule != "certificate-exposure" || len(hit.Items) == 0 || !hit.Items[0].Sensitive {
		t.Errorf("got %+v", hit)
	}
	for name, got := range map[string]*wire.Response{
		"data":         answer(200, "application/json", `{"members":`+list+`}`),
		"an authority": answer(403, "application/json", `{"issuers":["CN=Contoso Root CA,O=Contoso Bank AG,C=DE"]}`),
		"half a name":  answer(403, "application/json", `{"format":["CN=name,O=company"]}`),
	} {
		if out := run(answerTo("/", got)); len(out.Hits) > 0 {
			t.Errorf("%s: got %+v", name, out.Hits)
		}
	}
}
