package detect

import (
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

// grpcStatus reads the status of a gRPC call: its message, and the details that
// google.rpc.DebugInfo has, from header fields, trailers and the trailers in the
// body of gRPC-web. What it holds is text that the other detectors know.
func grpcStatus() Detector {
	d := Detector{Name: "grpc_status", Rules: []string{"grpc-debug-info"}, Run: runGRPCStatus}
	for _, reader := range grpcReaders() {
		for _, rule := range reader.Rules {
			if !slices.Contains(d.Rules, rule) {
				d.Rules = append(d.Rules, rule)
			}
		}
	}
	return d
}

// grpcReaders are the detectors that read a status as text.
func grpcReaders() []Detector {
	return []Detector{
		pythonTraceback(), javaStackTrace(), nodeStackTrace(), goStackTrace(), rubyBacktrace(), dotnetStackTrace(), rustBacktrace(), phpError(),
		databaseError(), parserError(), pathLeak(),
	}
}

// grpcText is one text of a status, and where it stands in the answer.
type grpcText struct {
	name    string // "grpc-message"
	text    string // decoded
	isDebug bool   // the server itself calls it debugging information
	entries int    // calls that the debugging information lists
	field   string // the header field, empty for the body
	span    Span
}

func runGRPCStatus(in Input) Output {
	texts := grpcTexts(in.Got)
	if len(texts) == 0 {
		return Output{}
	}
	out := Output{Products: []Product{{Name: "grpc", Role: Framework, Why: "field grpc-status"}}}
	for _, t := range texts {
		seen := readGRPCText(in, t)
		out.Hits = append(out.Hits, seen.Hits...)
		out.Products = append(out.Products, seen.Products...)
	}
	return out
}

// readGRPCText reads a text as the body of an error's answer.
func readGRPCText(in Input, t grpcText) Output {
	answer := *in.Exchange
	answer.Got = &wire.Response{
		Proto: in.Got.Proto, Status: 500, Body: []byte(t.text), Fields: []wire.Field{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}},
	}
	inner := Input{Exchange: &answer, Claim: in.Claim, Echoes: echoesIn(in.Echoes, t.text), claims: &claims{}}
	var out Output
	for _, reader := range grpcReaders() {
		seen := reader.Run(inner)
		out.Hits = append(out.Hits, seen.Hits...)
		out.Products = append(out.Products, seen.Products...)
	}
	if len(out.Hits) == 0 && t.isDebug {
		out.Hits = append(out.Hits, debugInfoHit(inner, t))
	}
	for n := range out.Hits {
		hit := &out.Hits[n]
		hit.Field, hit.Excerpt = t.field, t.span
		for i := range hit.Items {
			hit.Items[i].Location = strings.TrimSuffix(t.name+", "+hit.Items[i].Location, ", ")
		}
	}
	return out
}

// debugInfoHit is the hit where the text is in no form that is known.
func debugInfoHit(in Input, t grpcText) Hit {
	list := itemList{in: in}
	list.addEchoes(inBody(in.Echoes), finding.CertReflection)
	for line := range strings.SplitSeq(t.text, "\n") {
		item := Item{Category: finding.Traceback, Name: "debugging information", Value: strings.TrimSpace(line)}
		list.classify(&item)
		list.add(item)
	}
	hit := Hit{
		Rule: "grpc-debug-info", Category: finding.Traceback, Confidence: finding.Firm, Items: list.items,
		Message: fmt.Sprintf("The status of a gRPC call carries google.rpc.DebugInfo with %d calls.", t.entries),
	}
	if len(in.Echoes) > 0 {
		hit.Confidence = finding.Confirmed
	}
	return hit
}

// echoesIn finds the canaries of an answer again in a text that was decoded from
// it.
func echoesIn(echoes []Echo, text string) []Echo {
	var found []Echo
	for _, e := range echoes {
		known := slices.ContainsFunc(found, func(f Echo) bool { return f.Token == e.Token && f.Field == e.Field })
		at := strings.Index(strings.ToLower(text), strings.ToLower(e.Token))
		if known || at < 0 || e.Token == "" {
			continue
		}
		e.Where, e.Start, e.End = "body", at, at+len(e.Token)
		found = append(found, e)
	}
	return found
}
