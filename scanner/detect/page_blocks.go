package detect

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// pageBlock is the text of one block of a page, its white space collapsed, and
// the element that it stands in.
type pageBlock struct {
	tag   string
	class string
	id    string
	start string // the attribute of a numbered list
	link  string // where the first link in it leads
	text  string
	span  Span
}

// maxBlocks bounds how many blocks of a page are read.
const maxBlocks = 20000

// blockTags begin a block; all other elements go on with the one they are in.
var blockTags = map[string]bool{
	"p": true, "div": true, "li": true, "td": true, "th": true, "tr": true, "pre": true, "h1": true, "h2": true, "h3": true, "h4": true, "ol": true, "ul": true,
	"title": true, "table": true, "header": true, "label": true, "textarea": true, "dt": true, "dd": true, "summary": true, "script": true, "body": true, "style": true,
}

// readBlocks takes a page apart. Scripts are blocks too, style sheets are not.
func readBlocks(body []byte) []pageBlock {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	r := blockReader{}
	for at := 0; len(r.blocks) < maxBlocks; {
		kind := z.Next()
		start := at
		at += len(z.Raw())
		switch kind {
		case html.ErrorToken:
			r.flush(start)
			return r.blocks
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(z, start)
		case html.EndTagToken:
			name, _ := z.TagName()
			if blockTags[string(name)] {
				r.flush(at)
				r.next = pageBlock{span: Span{at, at}}
			}
		case html.TextToken:
			if r.next.tag != "style" && r.text.Len() < 4*maxText {
				r.text.Write(head(z.Text(), maxText))
			}
		}
	}
	return r.blocks
}

type blockReader struct {
	blocks []pageBlock
	next   pageBlock
	text   strings.Builder
}

func (r *blockReader) open(z *html.Tokenizer, at int) {
	raw, more := z.TagName()
	b := pageBlock{tag: string(raw), span: Span{at, at}}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "id":
			b.id = clip(string(value))
		case "class":
			b.class = clip(string(value))
		case "start":
			b.start = clip(string(value))
		case "href":
			b.link = clip(string(value))
		}
	}
	// Some pages put what belongs to a call into elements of a line.
	if b.tag == "a" && r.next.link == "" {
		r.next.link = b.link
	}
	if !blockTags[b.tag] && b.class != "frame-location" && b.class != "frame-lineno" && b.class != "frame-function" {
		return
	}
	r.flush(at)
	r.next = b
}

// flush ends a block. One without text counts where its attributes say something
// or where it holds a place in a table.
func (r *blockReader) flush(at int) {
	text := strings.Join(strings.Fields(r.text.String()), " ")
	r.text.Reset()
	if text == "" && r.next.id == "" && r.next.start == "" && r.next.tag != "td" || r.next.tag == "style" {
		return
	}
	r.next.text = clip(text)
	r.next.span.End = at
	r.blocks = append(r.blocks, r.next)
	r.next = pageBlock{span: Span{at, at}}
}

// tableRows returns the rows of two cells below a heading, by the heading.
func tableRows(blocks []pageBlock) map[string][]pair {
	rows := make(map[string][]pair)
	heading, name := "", ""
	for _, b := range blocks {
		switch b.tag {
		case "h2", "h3", "h4":
			heading, name = b.text, ""
		case "div":
			// ASP.NET Core has a page for each table, and no heading.
			if title, found := strings.CutSuffix(b.id, "page"); found {
				heading, name = title, ""
			}
		case "tr", "th":
			name = ""
		case "td":
			if name == "" {
				name = b.text
				continue
			}
			if len(rows) < 50 && len(rows[heading]) < maxPairs {
				rows[heading] = append(rows[heading], pair{name, b.text})
			}
			name = ""
		}
	}
	return rows
}
