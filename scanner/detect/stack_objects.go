package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// stackObjects reads a stack that a program has written as data: a JSON array
// with an object for each call, as Jackson, Laravel and Sanic do.
func stackObjects() Detector {
	return Detector{
		Name: "stack_objects",
		Rules: []string{
			"python-traceback", "java-stack-trace", "node-stack-trace", "go-stack-trace", "php-error", "ruby-backtrace", "dotnet-stack-trace", "rust-backtrace",
		},
		Run: runStackObjects,
	}
}

func runStackObjects(in Input) Output {
	s, ok := in.objectStack()
	if !ok {
		return Output{}
	}
	out := stackOutput(in, s)
	out.Hits[0].Message = fmt.Sprintf("The answer holds the stack of a %s program as data, %d frames, first frame %s.",
		s.grammar.language, len(s.frames), short(s.frames[0].name()))
	return out
}

// maxObjects bounds the data that is read for stacks, in bytes.
const maxObjects = 1 << 20

// findObjects returns the first array of calls in the body.
func findObjects(in Input) (stack, bool) {
	if formOf(in.Got) == opaqueForm || len(in.Got.Body) > maxObjects || !in.mayHoldObjects() {
		return stack{}, false
	}
	body := in.Got.Body
	start := bytes.IndexByte(body, '{')
	if list := bytes.IndexByte(body, '['); list >= 0 && list < start {
		start = list
	}
	if start < 0 || start > maxLead {
		return stack{}, false
	}
	r := objectReader{decoder: json.NewDecoder(bytes.NewReader(body[start:]))}
	r.value(0, "")
	if len(r.best) == 0 || len(r.best) < minFrames && !r.named || !r.named && !r.calls {
		return stack{}, false
	}
	s := stack{grammar: languageOf(r.best), frames: r.best, exceptions: r.exceptions, span: Span{start + r.span.Start, start + r.span.End}}
	return s, s.grammar != nil
}

// mayHoldObjects looks for the names that every such stack has, in an answer
// that may be an error's.
func (in Input) mayHoldObjects() bool {
	if in.Got.Status < 400 && !in.isNew() && !namesError(in.Got) {
		return false
	}
	body := in.Got.Body
	return bytes.Contains(body, []byte(`"line`)) && (bytes.Contains(body, []byte(`"file`)) || bytes.Contains(body, []byte(`"path`)))
}

// objectReader goes through a JSON text once, token by token.
type objectReader struct {
	decoder    *json.Decoder
	best       []frame // the longest array of calls
	named      bool    // its member is named as a trace
	calls      bool    // an object names a function as stacks do
	exceptions []string
	span       Span
}

// maxDepth bounds how deep data is followed.
const maxDepth = 64

// value reads one value; name is that of its member. It returns the call that
// an object is, and false where the text is no JSON any more.
func (r *objectReader) value(depth int, name string) (frame, bool) {
	token, err := r.decoder.Token()
	if err != nil || depth > maxDepth {
		return frame{}, false
	}
	switch token {
	case json.Delim('{'):
		return r.object(depth)
	case json.Delim('['):
		return frame{}, r.array(depth, name)
	}
	return frame{}, true
}

func (r *objectReader) array(depth int, name string) bool {
	start := int(r.decoder.InputOffset())
	var frames []frame
	for r.decoder.More() {
		f, ok := r.value(depth+1, "")
		if !ok {
			return false
		}
		if f.file != "" && len(frames) < maxFrames {
			frames = append(frames, f)
		}
	}
	if len(frames) > len(r.best) {
		r.best, r.named = frames, isTraceName(name)
		r.span = Span{start, int(r.decoder.InputOffset())}
	}
	_, err := r.decoder.Token()
	return err == nil
}

func isTraceName(name string) bool {
	switch strings.ToLower(name) {
	case "trace", "stacktrace", "stack_trace", "stack", "backtrace", "frames", "traceback":
		return true
	}
	return false
}

// object reads the members of an object; those of a call make a frame.
func (r *objectReader) object(depth int) (frame, bool) {
	var f frame
	var class, kind, message string
	hasLine := false
	for r.decoder.More() {
		token, err := r.decoder.Token()
		name, isName := token.(string)
		if err != nil || !isName {
			return frame{}, false
		}
		token, err = r.decoder.Token()
		if err != nil {
			return frame{}, false
		}
		switch value := token.(type) {
		case json.Delim:
			ok := true
			if depth >= maxDepth {
				return frame{}, false
			}
			if value == '{' {
				_, ok = r.object(depth + 1)
			} else {
				ok = r.array(depth+1, name)
			}
			if !ok {
				return frame{}, false
			}
		case string:
			r.text(&f, &class, name, value)
			switch {
			case name == "name" && isNodeException(value):
				kind = value
			case name == "message":
				message = value
			}
		case float64:
			if isLineName(name) {
				f.line, hasLine = int(min(max(value, 0), 1e9)), true
			}
		}
	}
	if _, err := r.decoder.Token(); err != nil {
		return frame{}, false
	}
	if kind != "" && message != "" && len(r.exceptions) < 20 {
		r.exceptions = append(r.exceptions, clip(kind+": "+message))
	}
	if class != "" && f.function != "" {
		f.function = class + "." + f.function
	}
	if !hasLine || sourceRule(f.file) == "" {
		return frame{}, true
	}
	return f, true
}

func (r *objectReader) text(f *frame, class *string, name, value string) {
	switch strings.ToLower(name) {
	case "file", "filename", "path", "abs_path":
		if !strings.HasPrefix(f.file, "/") {
			f.file = clip(value)
		}
	case "filepath":
		f.file = clip(value)
	case "function", "functionname", "methodname", "method", "call", "callee":
		f.function, r.calls = clip(value), true
	case "name":
		f.function = clip(value)
	case "class", "classname":
		*class = clip(value)
	case "src", "code", "source":
		f.source = clip(value)
	case "exception", "type":
		if len(r.exceptions) < 20 && (isJavaException(value) || isNodeException(value) || strings.Contains(value, `\`)) {
			r.exceptions = append(r.exceptions, clip(value))
		}
	}
}

func isLineName(name string) bool {
	switch strings.ToLower(name) {
	case "line", "linenumber", "lineno", "line_number", "line_no":
		return true
	}
	return false
}

// sourceRule tells a program's language by the ending of a file.
func sourceRule(file string) string {
	file = strings.ToLower(file)
	for _, l := range [...]struct {
		rule    string
		endings []string
	}{
		{"python-traceback", []string{"py", "pyx"}},
		{"java-stack-trace", []string{"java", "kt", "scala", "groovy"}},
		{"node-stack-trace", []string{"js", "ts", "mjs", "cjs", "jsx", "tsx"}},
		{"php-error", []string{"php", "phtml"}},
		{"ruby-backtrace", []string{"rb", "erb", "rake"}},
		{"go-stack-trace", []string{"go"}},
		{"dotnet-stack-trace", []string{"cs", "vb", "fs", "cshtml"}},
		{"rust-backtrace", []string{"rs"}},
	} {
		if hasExtension(file, l.endings) {
			return l.rule
		}
	}
	return ""
}

// languageOf returns the grammar of the language that the first file is in.
func languageOf(frames []frame) *grammar {
	rule := sourceRule(frames[0].file)
	if rule == "python-traceback" {
		return &grammar{rule: rule, language: "Python", product: "python"}
	}
	for _, g := range append(grammars(), phpGrammar()) {
		if g.rule == rule {
			return g
		}
	}
	return nil
}
