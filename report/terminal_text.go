package report

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// unbroken stands for a space that no line may break at.
const unbroken = "\x01"

// wrap breaks text at spaces into lines of at most so many characters, and within
// a word that is longer than a line.
func wrap(text string, width int) []string {
	var lines []string
	var line strings.Builder
	length := 0
	finish := func() {
		lines = append(lines, strings.ReplaceAll(line.String(), unbroken, " "))
		line.Reset()
		length = 0
	}
	for word := range strings.FieldsSeq(text) {
		if length > 0 && length+1+utf8.RuneCountInString(word) > width {
			finish()
		}
		if length > 0 {
			line.WriteByte(' ')
			length++
		}
		for _, r := range word {
			if length == width {
				finish()
			}
			line.WriteRune(r)
			length++
		}
	}
	if length > 0 {
		finish()
	}
	return lines
}

// guard keeps a line from being taken for an order to a CI runner, which looks
// for two colons after leading white space.
func guard(line string) string {
	trimmed := strings.TrimLeft(line, " ")
	if !strings.HasPrefix(trimmed, "::") {
		return line
	}
	return line[:len(line)-len(trimmed)] + `:\x3a` + trimmed[2:]
}

// block writes lines below each other, indented.
func block(b *strings.Builder, indent int, lines []string) {
	for _, line := range lines {
		if line != "" {
			b.WriteString(strings.Repeat(" ", indent))
			b.WriteString(guard(line))
		}
		b.WriteByte('\n')
	}
}

var (
	markdownCode   = regexp.MustCompile("`[^`]+`")
	markdownLink   = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)
	markdownStrong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	markdownStress = regexp.MustCompile(`\*([^*\s][^*]*)\*`)
	markdownItem   = regexp.MustCompile(`^(\s*)([-*]|\d+\.)\s+`)
)

// inline takes off the marks of links and stress. Code keeps its marks and stays
// in one piece.
func inline(s string) string {
	s = markdownCode.ReplaceAllStringFunc(s, func(code string) string {
		return strings.ReplaceAll(code, " ", unbroken)
	})
	s = markdownLink.ReplaceAllString(s, "$1 ($2)")
	s = markdownStrong.ReplaceAllString(s, "$1")
	return markdownStress.ReplaceAllString(s, "$1")
}

// markdownLines lays out the Markdown of the catalogue for a terminal: paragraphs
// and lists are wrapped, code stands as it is, headings are bold.
func (p page) markdownLines(source string, width int) []string {
	var lines, paragraph []string
	indent := ""
	flush := func() {
		if len(paragraph) == 0 {
			return
		}
		first := indent
		rest := strings.Repeat(" ", utf8.RuneCountInString(indent))
		for _, line := range wrap(inline(strings.Join(paragraph, " ")), width-len(rest)) {
			lines = append(lines, first+line)
			first = rest
		}
		paragraph, indent = nil, ""
	}
	code := false
	for _, line := range cleanMarkdown(source) {
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			code = !code
		case code && line == "":
			lines = append(lines, "")
		case code:
			lines = append(lines, "    "+line)
		case strings.TrimSpace(line) == "":
			flush()
			if len(lines) > 0 && lines[len(lines)-1] != "" {
				lines = append(lines, "")
			}
		case strings.HasPrefix(line, "#"):
			flush()
			lines = append(lines, p.bold(strings.TrimLeft(line, "# ")))
		case markdownItem.MatchString(line):
			flush()
			mark := markdownItem.FindString(line)
			indent, paragraph = mark, []string{line[len(mark):]}
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
	return lines
}

// cleanMarkdown is cleanLines that leaves headings alone: a line's leading number
// signs are ours, not a target's.
func cleanMarkdown(source string) []string {
	lines := cleanLines(source)
	for i, line := range strings.Split(strings.TrimRight(source, "\n"), "\n") {
		if rest := strings.TrimLeft(line, "#"); i < len(lines) && rest != line && strings.HasPrefix(rest, " ") {
			lines[i] = line[:len(line)-len(rest)] + clean(rest)
		}
	}
	return lines
}
