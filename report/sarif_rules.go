package report

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"blurt/report/rules"
	"blurt/scanner/finding"
)

// sarifSchema is where the schema of SARIF 2.1.0 with errata 01 is published.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name                string           `json:"name"`
	Version             string           `json:"version,omitempty"`
	SemanticVersion     string           `json:"semanticVersion,omitempty"`
	InformationURI      string           `json:"informationUri,omitempty"`
	Rules               []sarifRule      `json:"rules"`
	SupportedTaxonomies []sarifComponent `json:"supportedTaxonomies"`
}

type sarifRule struct {
	ID                   string              `json:"id"`
	Name                 string              `json:"name"`
	ShortDescription     sarifText           `json:"shortDescription"`
	FullDescription      sarifText           `json:"fullDescription"`
	Help                 sarifHelp           `json:"help"`
	HelpURI              string              `json:"helpUri,omitempty"`
	DefaultConfiguration sarifConfiguration  `json:"defaultConfiguration"`
	Relationships        []sarifRelationship `json:"relationships"`
	Properties           sarifRuleProperties `json:"properties"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifRuleProperties struct {
	SecuritySeverity string   `json:"security-severity"`
	Precision        string   `json:"precision"`
	ProblemSeverity  string   `json:"problem.severity"`
	Tags             []string `json:"tags"`
}

type sarifRelationship struct {
	Target sarifTarget `json:"target"`
	Kinds  []string    `json:"kinds"`
}

type sarifTarget struct {
	ID            string         `json:"id"`
	Index         int            `json:"index"`
	ToolComponent sarifComponent `json:"toolComponent"`
}

type sarifComponent struct {
	Name  string `json:"name"`
	Index int    `json:"index"`
}

type taxonomy struct {
	Name             string    `json:"name"`
	Version          string    `json:"version,omitempty"`
	Organization     string    `json:"organization"`
	InformationURI   string    `json:"informationUri"`
	ShortDescription sarifText `json:"shortDescription"`
	IsComprehensive  bool      `json:"isComprehensive"`
	Taxa             []taxon   `json:"taxa"`
}

type taxon struct {
	ID               string    `json:"id"`
	Name             string    `json:"name"`
	ShortDescription sarifText `json:"shortDescription"`
	HelpURI          string    `json:"helpUri,omitempty"`
}

// semver follows semver.org, version 2.0.0.
var semver = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

func newSARIFTool(tool finding.Tool, o Options, taxonomies []taxonomy) sarifTool {
	driver := sarifDriver{
		Name: valid(tool.Name), Version: valid(tool.Version), InformationURI: o.Homepage, Rules: []sarifRule{},
	}
	if version := strings.TrimPrefix(tool.Version, "v"); semver.MatchString(version) {
		driver.SemanticVersion = version
	}
	for i, t := range taxonomies {
		driver.SupportedTaxonomies = append(driver.SupportedTaxonomies, sarifComponent{t.Name, i})
	}
	for _, rule := range o.Rules.All() {
		driver.Rules = append(driver.Rules, newSARIFRule(rule, taxonomies))
	}
	return sarifTool{driver}
}

func newSARIFRule(r *rules.Rule, taxonomies []taxonomy) sarifRule {
	const shortLimit, fullLimit = 255, 1000 // of GitHub: 255 and 1024
	level := sarifLevel(r.Severity)
	out := sarifRule{
		ID: r.ID, Name: pascal(r.ID),
		ShortDescription:     sarifText{shorten(r.Title, shortLimit)},
		FullDescription:      sarifText{shorten(flow(r.Summary), fullLimit)},
		Help:                 sarifHelp{r.Markdown(), r.Markdown()},
		DefaultConfiguration: sarifConfiguration{level},
		Properties: sarifRuleProperties{
			// Code scanning calls critical what is over 9.0.
			SecuritySeverity: strconv.FormatFloat(r.Score, 'f', 1, 64),
			Precision:        r.Precision, ProblemSeverity: problemSeverity(level), Tags: ruleTags(r),
		},
	}
	if len(r.References) > 0 { // a rule of the user's own may have none
		out.HelpURI = r.References[0].URL
	}
	for i, t := range taxonomies {
		for _, id := range slices.Concat(r.OWASP2023, r.CWE) {
			at := slices.IndexFunc(t.Taxa, func(x taxon) bool { return x.ID == id })
			if at >= 0 {
				target := sarifTarget{id, at, sarifComponent{t.Name, i}}
				out.Relationships = append(out.Relationships, sarifRelationship{target, []string{"relevant"}})
			}
		}
	}
	return out
}

// newTaxonomies returns the OWASP list as a whole and the CWE entries in use.
func newTaxonomies(s rules.Standards, all []*rules.Rule) []taxonomy {
	owasp := taxonomy{
		Name: "OWASP API Security Top 10", Version: "2023", Organization: "OWASP Foundation",
		InformationURI:   "https://owasp.org/API-Security/editions/2023/en/0x11-t10/",
		ShortDescription: sarifText{"The ten most critical risks of APIs"}, IsComprehensive: true, Taxa: []taxon{},
	}
	for _, id := range slices.SortedFunc(maps.Keys(s.OWASP2023), byNumber) {
		name := s.OWASP2023[id]
		owasp.Taxa = append(owasp.Taxa, taxon{ID: id, Name: name, ShortDescription: sarifText{name}})
	}
	cwe := taxonomy{
		Name: "CWE", Organization: "MITRE", InformationURI: "https://cwe.mitre.org/data/index.html",
		ShortDescription: sarifText{"Common Weakness Enumeration"}, Taxa: []taxon{},
	}
	used := map[string]bool{}
	for _, rule := range all {
		for _, id := range rule.CWE {
			used[id] = true
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(used), byNumber) {
		number := strings.TrimPrefix(id, "CWE-")
		name := cmp.Or(s.CWE[id], id)
		cwe.Taxa = append(cwe.Taxa, taxon{
			ID: id, Name: name, ShortDescription: sarifText{name},
			HelpURI: fmt.Sprintf("https://cwe.mitre.org/data/definitions/%s.html", number),
		})
	}
	return []taxonomy{owasp, cwe}
}

// byNumber orders "API2:2023" before "API10:2023".
func byNumber(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// problemSeverity is the level in the words that code scanning has for it.
func problemSeverity(level string) string {
	if level == "note" {
		return "recommendation"
	}
	return level
}

// pascal turns "path-leak" into "PathLeak", as validators want names of rules.
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// flow joins the lines of a paragraph.
func flow(s string) string { return strings.Join(strings.Fields(s), " ") }
