package detect_test

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

var grpcSamples = []string{"grpc-1.85.1/200-message", "grpc-1.85.1/200-stack", "grpc-1.85.1/200-details"}

// grpcProbe is the exchange of a sample of gRPC, with the canaries that came
// back in its fields.
func grpcProbe(t *testing.T, name string) detect.Input {
	in := identityProbe(t, name)
	for _, f := range in.Got.Fields {
		if at := strings.Index(f.Value, canary); at >= 0 {
			in.Echoes = append(in.Echoes, detect.Echo{Token: canary, Field: "X-SSL-Client-S-DN", Where: f.Name, Start: at, End: at + len(canary)})
		}
	}
	return in
}

func TestGRPCStatus(t *testing.T) {
	for _, want := range []struct {
		sample, rule, field, item string
		confidence                finding.Confidence
	}{
		{"200-message", "certificate-parser-error", "Grpc-Message", "X-SSL-Client-S-DN", finding.Firm},
		{"200-stack", "java-stack-trace", "Grpc-Message", "Subject.java:16", finding.Confirmed},
		{"200-details", "java-stack-trace", "Grpc-Status-Details-Bin", "Subject.java:16", finding.Firm},
	} {
		in := grpcProbe(t, "grpc-1.85.1/"+want.sample)
		found := false
		for _, hit := range run(in).Hits {
			checkHit(t, want.sample, in, hit)
			if hit.Rule != want.rule {
				continue
			}
			for _, i := range hit.Items {
				found = found || i.Value == want.item && strings.HasPrefix(i.Location, strings.ToLower(want.field))
			}
			if hit.Field != want.field || hit.Confidence != want.confidence {
				t.Errorf("%s: got %s in %s", want.sample, hit.Confidence, hit.Field)
			}
		}
		if !found {
			t.Errorf("%s: no %s with %s: %+v", want.sample, want.rule, want.item, run(in).Hits)
		}
	}
}

// protoField is a length-delimited field of a message of protocol buffers.
func protoField(number byte, value string) string {
	return string(append(binary.AppendUvarint([]byte{number<<3 | 2}, uint64(len(value))), value...))
}

// debugInfo is google.rpc.Status with google.rpc.DebugInfo.
func debugInfo(detail string, entries ...string) string {
	var info string
	for _, entry := range entries {
		info += protoField(1, entry)
	}
	return "\x08\x0d" + protoField(2, "internal") + protoField(3, protoField(1, "type.googleapis.com/google.rpc.DebugInfo")+protoField(2, info+protoField(2, detail)))
}

// webTrailers is the last frame of a body of gRPC-web.
func webTrailers(text string) string {
	return string(binary.BigEndian.AppendUint32([]byte{0x80}, uint32(len(text)))) + text
}

func TestGRPCForms(t *testing.T) {
	details := base64.RawStdEncoding.EncodeToString([]byte(debugInfo("boom "+canary, "@ 0x55d0 shop::Subject()", "@ 0x55d1 main")))
	goStack := base64.StdEncoding.EncodeToString([]byte(debugInfo("", strings.Split(strings.TrimSpace(stacks["Go"].text), "\n")...)))
	message := "java.lang.IllegalStateException: x%0A%09at shop.A.b(A.java:1)%0A%09at shop.C.d(C.java:2)"
	trailers := "grpc-status:13\r\ngrpc-message:" + message + "\r\n"
	media := []wire.Field{{Name: "Content-Type", Value: "application/grpc-web+proto"}}
	text := []wire.Field{{Name: "Content-Type", Value: "application/grpc-web-text"}}
	failed := wire.Field{Name: "grpc-status", Value: "2"}
	for name, c := range map[string]struct {
		fields []wire.Field
		body   string
		rule   string
	}{
		"details of C++":       {append(media, failed, wire.Field{Name: "grpc-status-details-bin", Value: details}), "", "grpc-debug-info"},
		"details of Go":        {append(media, failed, wire.Field{Name: "grpc-status-details-bin", Value: goStack}), "", "go-stack-trace"},
		"trailers":             {media, webTrailers(trailers), "java-stack-trace"},
		"message and trailers": {media, "\x00\x00\x00\x00\x02hi" + webTrailers(trailers), "java-stack-trace"},
		"trailers as text":     {text, base64.StdEncoding.EncodeToString([]byte("\x00\x00\x00\x00\x02hi")) + base64.StdEncoding.EncodeToString([]byte(webTrailers(trailers))), "java-stack-trace"},
		"status of a success":  {append(media, wire.Field{Name: "grpc-status", Value: "0"}, wire.Field{Name: "grpc-message", Value: message}), "", ""},
		"no details":           {append(media, failed, wire.Field{Name: "grpc-status-details-bin", Value: base64.StdEncoding.EncodeToString([]byte("\x08\x0d" + protoField(2, "internal")))}), "", ""},
		"a plain message":      {append(media, failed, wire.Field{Name: "grpc-message", Value: "no such item: 100%25"}), "", ""},
		"cut":                  {media, webTrailers(trailers)[:20], ""},
	} {
		in := answerTo("/shop.Identity/Get", &wire.Response{Proto: "HTTP/2.0", Status: 200, Fields: c.fields, Body: []byte(c.body)})
		got := ""
		for _, hit := range run(in).Hits {
			checkHit(t, name, in, hit)
			got = hit.Rule
		}
		if got != c.rule {
			t.Errorf("%s: got %q, want %q", name, got, c.rule)
		}
	}
}

func FuzzGRPCStatus(f *testing.F) {
	f.Add("13", "x%0A%09at shop.A.b(A.java:1)", base64.StdEncoding.EncodeToString([]byte(debugInfo("x", "y"))), []byte(webTrailers("grpc-status:13\r\ngrpc-message:x\r\n")), true)
	f.Add("0", "%", "CA0=", []byte{0x80, 0xff, 0xff, 0xff, 0xff, 0}, false)
	f.Fuzz(func(t *testing.T, status, message, details string, body []byte, isText bool) {
		media := map[bool]string{true: "application/grpc-web-text+proto", false: "application/grpc-web"}[isText]
		in := answerTo("/x", &wire.Response{Status: 200, Body: body, Fields: []wire.Field{
			{Name: "Content-Type", Value: media}, {Name: "grpc-status", Value: status}, {Name: "grpc-message", Value: message}, {Name: "grpc-status-details-bin", Value: details},
		}})
		out := run(in)
		if len(out.Failed) > 0 {
			t.Fatalf("%v failed", out.Failed)
		}
		for _, hit := range out.Hits {
			checkHit(t, "gRPC", in, hit)
		}
	})
}
