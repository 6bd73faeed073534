package report

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"blurt/scanner/finding"
)

var backticks = regexp.MustCompile("`+")

// longestBackticks is how long a run of backticks is; a longer one delimits the text.
func longestBackticks(text string) int {
	longest := 0
	for _, run := range backticks.FindAllString(text, -1) {
		longest = max(longest, len(run))
	}
	return longest
}

// codeSpan puts outside text into a code span, where Markdown, HTML, mentions
// and references mean nothing.
func codeSpan(text string, limit int) string {
	text = shorten(clean(head(text, 4*limit)), limit)
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	mark := strings.Repeat("`", longestBackticks(text)+1)
	if len(mark) > 1 {
		return mark + " " + text + " " + mark
	}
	return mark + text + mark
}

// markdownCell is codeSpan for a table, in which a bar ends a cell.
func markdownCell(text string, limit int) string {
	return strings.ReplaceAll(codeSpan(text, limit), "|", `\|`)
}

// markdownFence puts outside text into a fenced block.
func markdownFence(text string, limit int) string {
	lines := cleanLines(head(text, limit))
	for i, line := range lines {
		lines[i] = guard(line)
	}
	body := strings.Join(lines, "\n")
	mark := strings.Repeat("`", max(3, longestBackticks(body)+1))
	return mark + "text\n" + body + "\n" + mark
}

var (
	markdownSpecial = regexp.MustCompile("[\\\\`*_{}\\[\\]()<>#+|~$!&^=-]")
	markdownLinked  = regexp.MustCompile(`(?i)(@)|(\\#)(\d)|(://)|\b(www)\.`)
)

// markdownText escapes a sentence that may quote a target. Hosts turn names after
// an @, numbers after a # and bare addresses into links even in escaped text; an
// invisible character written as an entity keeps them apart.
func markdownText(text string, limit int) string {
	text = markdownSpecial.ReplaceAllString(clean(head(text, limit)), `\$0`)
	text = markdownLinked.ReplaceAllStringFunc(text, func(found string) string {
		switch {
		case found == "@":
			return "@&#8203;"
		case strings.HasPrefix(found, `\#`):
			return `\#&#8203;` + found[2:]
		case found == "://":
			return ":&#8203;//"
		default:
			return found[:3] + "&#8203;."
		}
	})
	return guard(text)
}

// htmlCode puts outside text into HTML that stands in Markdown.
func htmlCode(text string, limit int) string {
	return "<code>" + html.EscapeString(shorten(clean(head(text, 4*limit)), limit)) + "</code>"
}

// describe tells a finding in Markdown, for systems that keep tickets.
func describe(f *finding.Finding, items int) string {
	const longest = 4 << 10 // bytes of a part
	parts := []string{
		markdownText(f.Message, longest),
		fmt.Sprintf("- Seen at: %s\n- As: %s\n- Probe: %s\n- Confidence: %s\n- Rule: %s\n- Fingerprint: %s",
			codeSpan(f.Method+" "+f.URL, 500), codeSpan(f.Identity, 200), codeSpan(f.Probe, 200), f.Confidence,
			codeSpan(f.Rule, 100), codeSpan(f.Fingerprint, 100)),
	}
	for _, said := range judgements(f) {
		parts = append(parts, markdownText(said, longest))
	}
	if table := leakedTable(f.Evidence.Leaked, items); table != "" {
		parts = append(parts, "**What it gives away**", table)
	}
	if f.Evidence.Excerpt != "" {
		parts = append(parts, "**Evidence**, "+codeSpan(f.Evidence.Location, 200), markdownFence(f.Evidence.Excerpt, longest))
	}
	if f.Reproduce != "" {
		parts = append(parts, "**See it again**", markdownFence(f.Reproduce, longest))
	}
	if places := markdownPlaces(f, items); places != "" {
		parts = append(parts, places)
	}
	return strings.Join(parts, "\n\n")
}

// leakedTable lists what a finding gives away as a table.
func leakedTable(all []finding.Leaked, limit int) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| Category | Name | Value | Where |\n|---|---|---|---|\n")
	for i, item := range all {
		if i == limit {
			fmt.Fprintf(&b, "\n%d more are left out here.\n", len(all)-i)
			break
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", markdownCell(string(item.Category), 40), markdownCell(item.Name, 80),
			markdownCell(item.Value, 200), markdownCell(item.Location, 80))
	}
	return strings.TrimRight(b.String(), "\n")
}
