package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"blurt/scanner/wire"
)

// sayableInHTTP2 reports whether the HTTP/2 library sends the request as it
// stands. What it would refuse, drop or add to is left to HTTP/1.1.
func sayableInHTTP2(r wire.Request) bool {
	if r.Method == "CONNECT" || !strings.HasPrefix(r.Target, "/") || !isASCII(r.Target) {
		return false
	}
	lengthGiven, agents := false, 0
	for _, f := range r.Fields {
		switch strings.ToLower(f.Name) {
		case "host":
			if f.Value == "" || !isASCII(f.Value) || !httpguts.ValidHostHeader(f.Value) || strings.ContainsAny(f.Value, "@/?#") {
				return false
			}
		case "content-length":
			if lengthGiven = true; f.Value != strconv.Itoa(len(r.Body)) {
				return false
			}
		case "te", "trailer", "expect", "http2-settings":
			return false
		case "user-agent":
			if agents++; agents > 1 || f.Value == "" {
				return false
			}
		}
	}
	adds := len(r.Body) > 0 || r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH"
	return lengthGiven == adds
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// toHTTP2 puts the request in the library's terms. Duplicates keep their order;
// the order of different names is the library's.
func toHTTP2(ctx context.Context, r wire.Request) *http.Request {
	host, _ := wire.Get(r.Fields, "Host")
	out := &http.Request{
		Method: r.Method, Host: host, Header: make(http.Header, len(r.Fields)),
		// An opaque URL is the one way to have the path taken as it is.
		URL:   &url.URL{Scheme: "https", Host: host, Opaque: "//" + host + r.Target},
		Proto: "HTTP/2.0", ProtoMajor: 2, Body: http.NoBody,
	}
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, "Host") || strings.EqualFold(f.Name, "Content-Length") {
			continue
		}
		name := http.CanonicalHeaderKey(f.Name)
		out.Header[name] = append(out.Header[name], f.Value)
	}
	if _, given := out.Header["User-Agent"]; !given {
		out.Header["User-Agent"] = []string{""} // sends none, instead of the library's own
	}
	if len(r.Body) > 0 {
		out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(r.Body)), int64(len(r.Body))
	}
	return out.WithContext(ctx)
}

// exchange2 makes the exchange on a shared HTTP/2 connection. It reports whether
// that turned out dead before it answered.
func (m *mux) exchange2(ctx context.Context, c *call, one *conn, limit time.Time) (*wire.Failure, bool) {
	c.x.Handshake, c.x.Remote = one.hs, one.remote
	if c.x.Sent == nil {
		c.x.Sent = encodeRequest(c.req)
		m.sent.Add(1)
	}
	reused := one.served.Load()
	bounded, cancel := context.WithDeadline(ctx, limit)
	defer cancel()
	res, err := one.h2.RoundTrip(toHTTP2(bounded, c.req))
	if err != nil {
		return m.explain2(ctx, c, one, err, reused)
	}
	defer res.Body.Close()
	one.served.Store(true)
	m.remember(one)
	r, err := m.readHTTP2(bounded, res)
	if err != nil {
		return failure(wire.StageRead, cause(ctx, err), m.config.Timeout), false
	}
	c.x.Got = r
	return nil, false
}

// explain2 turns an error of the library into a failure.
func (m *mux) explain2(ctx context.Context, c *call, one *conn, err error, reused bool) (*wire.Failure, bool) {
	if number, found := alertOf(err); found {
		refusal := wire.Refusal{Alert: number, Name: alertName(number), AfterFinished: true}
		hs := *one.hs // shared with other exchanges
		hs.Refusal = &refusal
		c.x.Handshake = &hs
		m.sessions.abandon(one)
		return failure(wire.StageTLS, refusalError(&refusal), 0), false
	}
	if isTimeout(err) && ctx.Err() == nil {
		m.sessions.abandon(one) // no request should wait on it again
	}
	again := reused && !isTimeout(err) && ctx.Err() == nil && isIdempotent(c.req.Method)
	return failure(wire.StageRead, cause(ctx, err), m.config.Timeout), again
}

// wantsHTTP1 reports that the server refused the stream because it serves this
// resource over HTTP/1.1 only (HTTP_1_1_REQUIRED, RFC 9113, section 7), as where
// a path asks for a client certificate of its own. The request was not processed.
func wantsHTTP1(f *wire.Failure) bool {
	return f != nil && f.Stage == wire.StageRead && strings.Contains(f.Err.Error(), "HTTP_1_1_REQUIRED")
}

// readHTTP2 reads the body within the limits and renders the head in the
// HTTP/1.1 form. Names are as on the wire, in lower case and alphabetical order.
func (m *mux) readHTTP2(ctx context.Context, res *http.Response) (*wire.Response, error) {
	r := &wire.Response{Proto: "HTTP/2.0", Status: res.StatusCode, Reason: http.StatusText(res.StatusCode)}
	r.Fields = sortedFields(res.Header)
	if r.Status < 100 || r.Status > 999 {
		r.Status = noStatus
		r.Odd = append(r.Odd, "bad status")
	}
	if len(r.Fields) > m.config.MaxFields {
		r.Fields = r.Fields[:m.config.MaxFields]
		r.Odd = append(r.Odd, fmt.Sprintf("more than %d fields; the rest was left out", m.config.MaxFields))
	}
	r.Head = renderHead(r)
	body := &stallReader{body: res.Body, stall: m.config.ReadTimeout}
	defer body.stop()
	var err error
	r.Body, r.Cut, err = readUpTo(body, -1, m.config.MaxBody)
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
		odd := oddities(r.Odd)
		if body.stalled() {
			err = context.DeadlineExceeded
		}
		noteBroken(r, err, &odd)
		r.Odd = odd
	}
	m.decoder.decode(r)
	if trailer := sortedFields(res.Trailer); !r.Cut && len(trailer) > 0 {
		r.Fields = append(r.Fields, trailer[:min(len(trailer), m.config.MaxFields)]...)
	}
	return r, nil
}

func sortedFields(header http.Header) []wire.Field {
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	fields := make([]wire.Field, 0, len(names))
	for _, name := range names {
		for _, value := range header[name] {
			fields = append(fields, wire.Field{Name: strings.ToLower(name), Value: value})
		}
	}
	return fields
}

func renderHead(r *wire.Response) []byte {
	head := fmt.Appendf(nil, "%s %d %s\r\n", r.Proto, r.Status, r.Reason)
	for _, f := range r.Fields {
		head = append(head, f.Name...)
		head = append(head, ": "...)
		head = append(head, f.Value...)
		head = append(head, "\r\n"...)
	}
	return append(head, "\r\n"...)
}
