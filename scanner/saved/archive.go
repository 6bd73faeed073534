package saved

import (
	"encoding/base64"
	"strings"

	"blurt/scanner/discover"
	"blurt/scanner/internal/transport"
	"blurt/scanner/wire"
)

// archiveEntry is what is read of an entry of a HAR 1.2 file.
type archiveEntry struct {
	Request struct {
		Method   string         `json:"method"`
		URL      string         `json:"url"`
		Version  string         `json:"httpVersion"`
		Headers  []archiveField `json:"headers"`
		PostData struct {
			Text string `json:"text"`
		} `json:"postData"`
	} `json:"request"`
	Response struct {
		Status  int            `json:"status"`
		Reason  string         `json:"statusText"`
		Version string         `json:"httpVersion"`
		Headers []archiveField `json:"headers"`
		Content struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

type archiveField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// archive reads a HAR file, as browsers, ZAP, Burp and mitmproxy export it.
// Entries without an answer are left out: the browser blocked or cached them.
func (f *file) archive(yield yielder) {
	n, told := 0, 0
	for entry, err := range discover.Entries[archiveEntry](f.in, maxEntry) {
		n++
		if err != nil {
			told++
			if !yield(nil, errorAt(n, "entry", err)) {
				return
			}
			continue
		}
		if entry.Response.Status < 100 {
			continue
		}
		told++
		x := entry.exchange()
		x.Place = f.place(n, "entry")
		if !yield(x, nil) {
			return
		}
	}
	if told == 0 {
		yield(nil, ErrNoAnswer)
	}
}

func (e *archiveEntry) exchange() *Exchange {
	x := &Exchange{Asked: wire.Request{
		Method: e.Request.Method, Target: "/", Version: e.Request.Version,
		Fields: archiveFields(e.Request.Headers), Body: []byte(e.Request.PostData.Text),
	}}
	if to, err := wire.ParseEndpoint(e.Request.URL); err == nil {
		x.To, x.Asked.Target = to, to.Target
	}
	got := &wire.Response{
		Proto: e.Response.Version, Status: e.Response.Status, Reason: e.Response.Reason,
		Fields: archiveFields(e.Response.Headers), Body: []byte(e.Response.Content.Text),
	}
	if strings.EqualFold(e.Response.Content.Encoding, "base64") {
		if body, err := base64.StdEncoding.DecodeString(e.Response.Content.Text); err == nil {
			got.Body = body
		}
	}
	if _, found := wire.Get(got.Fields, "Content-Type"); !found && e.Response.Content.MimeType != "" {
		got.Fields = append(got.Fields, wire.Field{Name: "Content-Type", Value: e.Response.Content.MimeType})
	}
	// Archives hold bodies decoded; some programs leave the coding on all the same.
	decode(got)
	x.Got = got
	return x
}

// archiveFields leaves out the pseudo-fields of HTTP/2, which Chromium lists.
func archiveFields(in []archiveField) []wire.Field {
	fields := make([]wire.Field, 0, len(in))
	for _, f := range in {
		if strings.HasPrefix(f.Name, ":") {
			continue
		}
		if len(fields) == maxFields {
			break
		}
		fields = append(fields, wire.Field{Name: f.Name, Value: f.Value})
	}
	return fields
}

const maxFields = transport.SavedFields // of one message
