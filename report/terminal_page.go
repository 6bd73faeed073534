package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"blurt/scanner/finding"

	"github.com/fatih/color"
)

// page knows the width of the terminal and the colours, if any. Colour only
// repeats what the words say.
type page struct {
	width  int
	styles map[style]*color.Color
}

type style uint8

const (
	styleCritical style = iota
	styleHigh
	styleMedium
	styleLow
	styleInfo
	styleFaint
	styleBold
	styleGood
)

func newPage(o Options) page {
	const fallback, narrowest, widest = 80, 40, 160
	width := o.Width
	if width == 0 {
		width = fallback
	}
	p := page{width: max(narrowest, min(width, widest)), styles: map[style]*color.Color{
		styleCritical: color.New(color.FgHiRed, color.Bold),
		styleHigh:     color.New(color.FgRed, color.Bold),
		styleMedium:   color.New(color.FgYellow, color.Bold),
		styleLow:      color.New(color.FgCyan),
		styleInfo:     color.New(color.FgBlue),
		styleFaint:    color.New(color.Faint),
		styleBold:     color.New(color.Bold),
		styleGood:     color.New(color.FgGreen),
	}}
	for _, c := range p.styles {
		if o.Color {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}

func (p page) paint(s style, text string) string { return p.styles[s].Sprint(text) }
func (p page) faint(text string) string          { return p.paint(styleFaint, text) }
func (p page) bold(text string) string           { return p.paint(styleBold, text) }
func (p page) warn(text string) string           { return p.paint(styleMedium, text) }
func (p page) good(text string) string           { return p.paint(styleGood, text) }

func (p page) severity(s finding.Severity, text string) string {
	switch s {
	case finding.Critical:
		return p.paint(styleCritical, text)
	case finding.High:
		return p.paint(styleHigh, text)
	case finding.Medium:
		return p.paint(styleMedium, text)
	case finding.Low:
		return p.paint(styleLow, text)
	default:
		return p.paint(styleInfo, text)
	}
}

// listLine is the one line that a finding has in the list of its severity.
func (p page) listLine(label string, f *finding.Finding) string {
	const indent, labelWidth, roomy, longestTitle = 2, 4, 100, 32
	rest := p.width - indent - labelWidth - 2
	confidence := ""
	if p.width >= roomy {
		confidence = pad(f.Confidence.String(), len("confirmed")) + "  "
		rest -= len(confidence)
	}
	title := min(longestTitle, rest/2)
	where := rest - title - 2
	return fmt.Sprintf("%*s%s  %s%s  %s\n", indent, "", p.severity(f.Severity, pad(label, labelWidth)), confidence,
		pad(shorten(cell(titleOf(f)), title), title), shortenMiddle(clean(f.Method+" "+strings.TrimPrefix(f.URL, "https://")), where))
}

// pad fills text with spaces up to a width in characters.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func upper(s finding.Severity) string { return strings.ToUpper(s.String()) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// join is strings.Join without the empty parts.
func join(parts []string, between string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, between)
}
