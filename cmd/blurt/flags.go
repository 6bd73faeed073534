package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"blurt/probes"
)

// flagSpec is one flag. The parser, the environment twin and the help text all
// come from the same table.
type flagSpec struct {
	name  string // without the hyphens
	short string // one letter, or empty
	value string // what the help calls its value; empty for a switch
	list  bool   // may be given more than once
	group string
	help  string
}

// twin returns the name of the environment variable that stands for the flag.
func (f flagSpec) twin() string {
	return "BLURT_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
}

// The groups of flags, in the order in which help shows them.
const (
	groupTargets  = "Targets"
	groupIdentity = "Who is asking, and what is verified"
	groupNetwork  = "The way there"
	groupPace     = "Pace and limits"
	groupSafety   = "Safety"
	groupReport   = "Reports and the gate"
	groupOutput   = "Screen"
)

// flagGroups returns the groups in help order.
func flagGroups() []string {
	return []string{groupTargets, groupIdentity, groupNetwork, groupPace, groupSafety, groupReport, groupOutput}
}

// scanFlags returns the flags of "blurt scan"; formats are the report formats.
func scanFlags(formats []string) []flagSpec {
	specs := []flagSpec{
		{name: "list", value: "FILE", list: true, group: groupTargets,
			help: "Read URLs from FILE, one a line; - is standard input. Blank lines and lines that start with # are skipped. The file is streamed, whatever its length."},
		{name: "openapi", value: "FILE", list: true, group: groupTargets,
			help: "Scan the operations of an API description: OpenAPI 3 or Swagger 2, JSON or YAML. With a URL beside it, that server takes the place of the description's own. An operation for which it demands mutualTLS is held to that."},
		{name: "har", value: "FILE", list: true, group: groupTargets,
			help: "Scan what a HAR recording asked for, on the hosts that a URL or --scope names. Nothing of the recording is sent but its paths."},
		{name: "scope", value: "HOST|CIDR", list: true, group: groupTargets,
			help: "Send nothing outside these: a host, *.host for every name below it, an address or a CIDR block. Commas separate several. Default: the hosts of the given URLs."},

		{name: "header", short: "H", value: "NAME:VALUE", list: true, group: groupIdentity,
			help: "Add your own header field to each request, for example a session. It goes only to a server whose certificate verifies (see --insecure). In BLURT_HEADER it stays out of the process list."},
		{name: "cert", value: "FILE", group: groupIdentity,
			help: "Your own valid client certificate in PEM, to compare a stranger's answers with. It goes only to a server whose certificate verifies."},
		{name: "key", value: "FILE", group: groupIdentity,
			help: "The private key of --cert in PEM. Not needed when the file of --cert holds it."},
		{name: "ca-file", value: "FILE", group: groupIdentity,
			help: "Verify servers against the authorities in this PEM file, not the system's."},
		{name: "issuer-cert", value: "FILE", group: groupIdentity,
			help: "The certificate of a staging authority that the target accepts, in PEM. With --issuer-key blurt makes client certificates that fail one check each (expired, wrong purpose, no chain, wrong key) and sees whether they are refused. They are valid for nothing else: never use the authority of a live system."},
		{name: "issuer-key", value: "FILE", group: groupIdentity,
			help: "The private key of --issuer-cert in PEM. It signs, and is never sent."},
		{name: "expect", value: "'PATH DEMAND'", list: true, group: groupIdentity,
			help: "What endpoints must demand: '/api/** valid-cert', '/healthz public', 'POST /in any-cert'. * stands for text within a segment, ** for any segments. Demands are public, any-cert, valid-cert and closed. The first that matches counts."},
		{name: "insecure", group: groupIdentity,
			help: "Send your own --header and --cert even to a server whose certificate does not verify. Requests without them never need this: a scanner looks at broken TLS by design, and the server's certificate never stops them."},

		{name: "http", value: "auto|1.1|2", group: groupNetwork,
			help: "The HTTP version. auto takes what the server negotiates (default auto)."},
		{name: "resolve", value: "HOST:PORT:ADDR", list: true, group: groupNetwork,
			help: "Connect to ADDR for HOST:PORT, as curl has it. IPv6 in brackets: api.example:443:[2001:db8::1]."},
		{name: "resolvers", value: "FILE", group: groupNetwork,
			help: "Ask the name servers in this file, one a line as ADDR or ADDR:PORT, not the system's."},
		{name: "proxy", value: "URL", group: groupNetwork,
			help: "Go through this http, https or socks5 proxy. HTTP_PROXY and its like are not read."},

		{name: "profile", value: strings.Join(probes.Profiles(), "|"), group: groupPace,
			help: "How much to ask of an endpoint. quick is for each push and leaves out what the first answers make unlikely; standard sends every probe; thorough adds what seldom pays (default standard)."},
		{name: "dialects", value: "FILE", list: true, group: groupIdentity,
			help: "More header fields in which your proxy hands the certificate on, in the YAML of docs/dialects.md. A system of the same name replaces the built-in one."},
		{name: "max-endpoints", value: "N", group: groupPace,
			help: "Endpoints of one origin that its own answers may add, by redirects, links, route lists and API descriptions; 0 adds none (default 20)."},
		{name: "rate", value: "N", group: groupPace,
			help: "Requests a second to one host; 0 is no limit (default 50)."},
		{name: "concurrency", value: "N", group: groupPace,
			help: "Requests in flight to one host (default 8)."},
		{name: "max-requests", value: "N", group: groupPace,
			help: "Requests of the whole scan; 0 is no limit (default 100000)."},
		{name: "timeout", value: "TIME", group: groupPace,
			help: "Time for one exchange, such as 500ms, 15s or 1m (default 15s)."},
		{name: "deadline", value: "TIME", group: groupPace,
			help: "Time for the whole scan, such as 10m. What was found by then is reported, marked incomplete, exit 3 (default: no limit)."},

		{name: "unsafe-methods", group: groupSafety,
			help: "Also send requests that may change something (POST) to the endpoints themselves. Use it on systems that you may break. Without it, such requests go only to paths that do not exist or that merely redirect."},
		{name: "same-port", group: groupSafety,
			help: "Ask no port of a host that the URLs do not name. Without it, an endpoint that demands a client certificate is also asked for where plain HTTP usually is: 80 and 8080 beside 443, 8080 beside 8443."},
		{name: "timing", group: groupSafety,
			help: "Also compare how long refusals of known and of made-up subjects take: some 150 more requests to each of the first three endpoints of an origin."},
		{name: "dry-run", group: groupSafety,
			help: "Print what would be sent, and send nothing: no request, no name lookup, no report."},
		{name: "seed", value: "TEXT", group: groupSafety,
			help: "Repeat a scan: the same seed sends the same requests. The report names the seed of its scan."},
	}
	specs = append(specs, ownRulesFlag())
	specs = append(specs, fileFlags()...)
	specs = append(specs, reportFlags(formats)...)
	return append(specs,
		flagSpec{name: "save-exchanges", value: "FOLDER", group: groupReport,
			help: "Keep the whole exchanges behind the findings: request, answer and control, a file for each finding, readable by you only. Secrets in them are masked. blurt inspect FOLDER reads them again."},
		flagSpec{name: "show-secrets", group: groupReport,
			help: "Mask nothing in what --save-exchanges writes but your own --header values: to tell the owner of a secret which one it is. Treat the folder as a secret. The screen and the reports never show any."})
}

// reportFlags returns the flags that steer reports, gate and screen. "blurt
// demo" takes them too.
func reportFlags(formats []string) []flagSpec {
	return []flagSpec{
		{name: "format", value: "FORMAT", list: true, group: groupReport,
			help: "The report's format: " + strings.Join(formats, ", ") + ". Give it once for each report (default: by the ending of --output, else terminal)."},
		{name: "output", short: "o", value: "FILE", list: true, group: groupReport,
			help: "Where the report goes; - is standard output. The first --output belongs to the first --format, and so on; endings such as .json, .sarif, .html, .md and .xml say their format themselves. The file appears when the report is whole, readable by you only."},
		{name: "fail-on", value: "SEVERITY", group: groupReport,
			help: "Exit 1 from this severity up: critical, high, medium, low, info, or none to never (default high; for the demo none)."},
		{name: "min-confidence", value: "tentative|firm|confirmed", group: groupReport,
			help: "Exit 1 only for findings that are at least this sure (default tentative: all). docs/confidence.md says what the words promise."},
		{name: "baseline", value: "FILE", group: groupReport,
			help: "Findings in this file do not fail the run, unless they got worse; those of it that are gone are told as fixed. Make it with blurt baseline write."},

		{name: "color", value: "auto|always|never", group: groupOutput,
			help: "Colour. auto is a terminal, with NO_COLOR unset and TERM not dumb (default auto)."},
		{name: "quiet", short: "q", group: groupOutput,
			help: "No progress and no notes on standard error, and of the terminal report only the summary. Errors stay."},
		{name: "verbose", short: "v", group: groupOutput,
			help: "A line on standard error for each endpoint that is done, and in the terminal report every leaked item, request and response."},
	}
}

// cliFlags turns the table into flags of the parser. Every value is kept as
// text and read later, so that each mistake is told in our own words, and
// never with a secret in them.
func cliFlags(specs []flagSpec) []cli.Flag {
	flags := make([]cli.Flag, 0, len(specs))
	for _, spec := range specs {
		switch {
		case spec.list:
			flags = append(flags, &cli.GenericFlag{Name: spec.name, Value: new(textList)})
		case spec.value != "":
			flags = append(flags, &cli.StringFlag{Name: spec.name})
		default:
			flags = append(flags, &cli.BoolFlag{Name: spec.name})
		}
	}
	return flags
}

// textList collects the values of a flag that may be given more than once. The
// parser's own lists split at commas, which header values contain.
type textList []string

// Set implements flag.Value.
func (l *textList) Set(value string) error {
	*l = append(*l, value)
	return nil
}

// String implements flag.Value. It shows nothing: values may be secret.
func (l *textList) String() string { return "" }
