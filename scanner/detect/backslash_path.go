package detect

import (
	"bytes"
	"strings"
)

// windowsPath reads from a drive's letter on. In JSON each backslash is
// doubled.
func windowsPath(body []byte, at int) (path, int) {
	start := at - 2
	segments, end := backslashed(body, at)
	text := string(body[start:at]) + strings.Join(segments, `\`)
	if len(segments) < 3 || !isWindowsPath(segments[1:]) {
		return path{}, max(1, end-at)
	}
	return path{kind: "Windows path", text: text, span: Span{start, end}}, end - at
}

func isWindowsPath(segments []string) bool {
	for _, s := range segments {
		if s == "" {
			return false
		}
	}
	if hasServerExtension(strings.ToLower(segments[len(segments)-1])) {
		return true
	}
	switch strings.ToLower(segments[0]) {
	case "inetpub", "windows", "program files", "program files (x86)", "xampp", "wamp", "wamp64", "users", "sites", "websites", "webroot", "programdata":
		return true
	}
	return false
}

// uncPath reads \\host\share\… ; only with a file that servers have, because
// escape sequences look alike.
func uncPath(body []byte, at int) (path, int) {
	segments, end := backslashed(body, at)
	for len(segments) > 0 && segments[0] == "" {
		segments = segments[1:]
	}
	if len(segments) < 3 || len(segments[0]) < 2 || !hasServerExtension(strings.ToLower(segments[len(segments)-1])) {
		return path{}, max(1, end-at)
	}
	for _, s := range segments {
		if s == "" {
			return path{}, max(1, end-at)
		}
	}
	return path{kind: "UNC path", text: `\\` + strings.Join(segments, `\`), span: Span{at, end}}, end - at
}

// backslashed reads names between backslashes or, after a drive, slashes. One
// or two of them stand between two names; the first name is empty.
func backslashed(body []byte, at int) (segments []string, end int) {
	end = at
	start := at
	for end < len(body) && end-at < 1<<10 {
		c := body[end]
		if c == '\\' || c == '/' {
			segments = append(segments, string(body[start:end]))
			for run := 0; end < len(body) && body[end] == c && run < 2; run++ {
				end++
			}
			start = end
			continue
		}
		if !isPathByte(c) && !isInnerBlank(body, end) && c != '(' && c != ')' {
			break
		}
		end++
	}
	last := strings.TrimRight(string(body[start:end]), ". ()")
	return append(segments, last), end
}

// isInnerBlank knows the blank of "Program Files".
func isInnerBlank(body []byte, at int) bool {
	return body[at] == ' ' && (bytes.HasSuffix(body[:at], []byte("Program")) || bytes.HasSuffix(body[:at], []byte("Program Files")))
}
