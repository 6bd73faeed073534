package saved

import (
	"bufio"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"blurt/scanner/discover"
	"blurt/scanner/wire"
)

// burpItem is an item of Burp's XML export ("Save items").
type burpItem struct {
	URL      string      `xml:"url"`
	Request  burpMessage `xml:"request"`
	Response burpMessage `xml:"response"`
}

type burpMessage struct {
	Base64 string `xml:"base64,attr"`
	Text   string `xml:",chardata"`
}

func (m burpMessage) decoded() (string, error) {
	if m.Base64 != "true" {
		return m.Text, nil
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(m.Text))
	return string(data), err
}

// items reads Burp's XML export item by item.
func (f *file) items(yield yielder) {
	source := &discover.Ration{From: f.in, Limit: maxEntry}
	source.Refill()
	decoder := xml.NewDecoder(source)
	n, answered := 0, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			yield(nil, errorAt(n+1, "item", itemError(err)))
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "item" {
			continue
		}
		n++
		source.Refill()
		var item burpItem
		if err := decoder.DecodeElement(&item, &start); err != nil {
			yield(nil, errorAt(n, "item", itemError(err)))
			return
		}
		if strings.TrimSpace(item.Response.Text) == "" {
			continue
		}
		answered++
		x, err := f.item(item)
		if err != nil {
			if !yield(nil, errorAt(n, "item", err)) {
				return
			}
			continue
		}
		x.Place = f.place(n, "item")
		if !yield(x, nil) {
			return
		}
	}
	if answered == 0 {
		yield(nil, ErrNoAnswer)
	}
}

// itemError keeps what the XML decoder says on one line.
func itemError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "unexpected EOF") {
		return errors.New("the file ends in the middle")
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return errors.New("the XML is broken: " + quoteShort([]byte(syntax.Msg)))
	}
	return err
}

func (f *file) item(item burpItem) (*Exchange, error) {
	answer, err := item.Response.decoded()
	if err != nil {
		return nil, errors.New("its response is no base64")
	}
	asked, err := item.Request.decoded()
	if err != nil {
		return nil, errors.New("its request is no base64")
	}
	own := *f
	if to, err := wire.ParseEndpoint(strings.TrimSpace(item.URL)); err == nil {
		own.options.At = to
	}
	var request *wire.Request
	if startsRequest([]byte(asked)) {
		m := messageReader{in: bufio.NewReaderSize(strings.NewReader(asked), peekSize)}
		if request, err = m.request(); err != nil {
			return nil, err
		}
	}
	m := messageReader{in: bufio.NewReaderSize(strings.NewReader(answer), peekSize)}
	if err := m.skip(); err != nil || !startsResponse([]byte(strings.TrimLeft(answer, "\r\n"))) {
		return nil, errors.New("its response has no status line")
	}
	return own.answer(&m, request)
}
