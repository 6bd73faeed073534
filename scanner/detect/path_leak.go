package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// pathLeak reads the server's file-system paths in error messages.
func pathLeak() Detector {
	return Detector{
		Name:  "path_leak",
		Rules: []string{"path-leak"},
		Run:   runPathLeak,
	}
}

// maxErrorPage is how much of an error's body is read for paths, in bytes.
const maxErrorPage = 512 << 10

func runPathLeak(in Input) Output {
	if !in.errorLike() || in.isProse() {
		return Output{}
	}
	found := findPaths(in)
	if len(found) == 0 || in.isOwned() {
		return Output{}
	}
	list := itemList{in: in}
	for _, p := range found {
		list.add(Item{Category: finding.PathLeak, Name: p.kind, Value: p.text, Location: fmt.Sprintf("body, byte %d", p.span.Start)})
	}
	hit := Hit{
		Rule:       "path-leak",
		Category:   finding.PathLeak,
		Message:    fmt.Sprintf("An error message names %d paths of the server's file system.", len(list.items)),
		Confidence: finding.Tentative,
		Items:      list.items,
		Excerpt:    found[0].span,
	}
	if len(list.items) == 1 {
		hit.Message = "An error message names a path of the server's file system."
	}
	if places := in.sourcePlaces(found); len(places) > 0 {
		hit.Message = fmt.Sprintf("An error message names %d lines of code on the server, as a stack trace does.", len(places))
		hit.Items = append(hit.Items, places[:min(len(places), maxItems-len(hit.Items))]...)
	}
	if formOf(in.Got) != htmlForm || in.Got.Status >= 500 && len(in.Got.Body) <= maxMessagePage && !in.isQuoted(found[0].span.Start) {
		hit.Confidence = finding.Firm
	}
	return Output{Hits: []Hit{hit}}
}

// maxMessagePage is the length up to which a page may be the message of an error
// that is not the server's own, in bytes.
const maxMessagePage = 64 << 10

// isProse reports whether an answer is likelier to be written by people than by
// an error: a long page that is no internal error, or what the control shows as
// well, where it has been judged already.
func (in Input) isProse() bool {
	if in.Control != nil && bytes.Equal(in.Control.Body, in.Got.Body) {
		return true
	}
	return in.Got.Status < 500 && len(in.Got.Body) > maxMessagePage && formOf(in.Got) != dataForm
}

// path is one file-system path in a body.
type path struct {
	kind string // "Unix path", "Windows path", "UNC path"
	text string
	span Span
}

// findPaths goes through the signs that every path has.
func findPaths(in Input) []path {
	body := in.visible()
	target, _, _ := strings.Cut(in.Asked.Target, "?")
	target = unquotePath(target)
	var found []path
	for at := 0; at < len(body) && len(found) < maxItems; {
		i := bytes.IndexAny(body[at:], `/\`)
		if i < 0 {
			break
		}
		at += i
		p, size := pathAt(body, at)
		if size == 0 {
			at++
			continue
		}
		at += size
		if !strings.HasPrefix(target, p.text) && !strings.HasPrefix(p.text, target+"/") && !isLink(body, p.span.Start) && !isAdvice(in, p.span.Start) {
			found = append(found, p)
		}
	}
	return found
}

// pathAt reads the path whose first slash or backslash stands at a place; size
// is how far the reader may go on.
func pathAt(body []byte, at int) (p path, size int) {
	switch {
	case body[at] == '/' && unixBoundary(body, at):
		return unixPath(body, at)
	case body[at] == '\\' && at+1 < len(body) && body[at+1] == '/' && unixBoundary(body, at):
		return unixPath(body, at) // JSON may escape a slash
	case at >= 2 && body[at-1] == ':' && isDrive(body, at-2):
		return windowsPath(body, at)
	case body[at] == '\\' && bytes.HasPrefix(body[at:], []byte(`\\`)) && (at == 0 || isQuoteOrBlank(body[at-1])):
		return uncPath(body, at)
	}
	return path{}, 0
}

// unixBoundary reports whether a path may begin at a place: not within a word,
// a URL or another path.
func unixBoundary(body []byte, at int) bool {
	if at == 0 {
		return true
	}
	c := body[at-1]
	if isQuoteOrBlank(c) || strings.IndexByte("([{=>,;|", c) >= 0 {
		return true
	}
	// "jar:file:/app/shop.jar!/…" and "file:///srv/x.py"
	if bytes.HasSuffix(body[:at], []byte("file:")) || bytes.HasSuffix(body[:at], []byte("file://")) {
		return at+1 < len(body) && body[at+1] != '/'
	}
	// After the escape sequence of a line feed or a tab.
	return at >= 2 && body[at-2] == '\\' && (c == 'n' || c == 't' || c == 'r')
}

func isQuoteOrBlank(c byte) bool {
	return c <= ' ' || c == '"' || c == '\'' || c == '`'
}

func isDrive(body []byte, at int) bool {
	letter := body[at] | 0x20
	if letter < 'a' || letter > 'z' {
		return false
	}
	return at == 0 || !isPathByte(body[at-1]) && body[at-1] != '/' && body[at-1] != '\\' ||
		at >= 2 && body[at-2] == '\\' && (body[at-1] == 'n' || body[at-1] == 't' || body[at-1] == 'r')
}

func isPathByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._+@~-$#", c) >= 0 || c >= 0x80
}

// unixPath reads segments between slashes.
func unixPath(body []byte, at int) (path, int) {
	end := at
	var text strings.Builder
	for end < len(body) && end-at < 1<<10 {
		c := body[end]
		if c == '\\' && end+1 < len(body) && body[end+1] == '/' {
			end++
			continue
		}
		if c != '/' && !isPathByte(c) {
			break
		}
		text.WriteByte(c)
		end++
	}
	clean := strings.TrimRight(text.String(), "./-~")
	if !isServerPath(clean) && !(besideFileError(body, at, end) && hasRoot(clean)) {
		return path{}, end - at
	}
	return path{kind: "Unix path", text: clean, span: Span{at, end}}, end - at
}

// roots are the directories in which servers keep programs and data.
var roots = [...]string{
	"usr", "var", "home", "srv", "opt", "app", "apps", "etc", "root", "tmp", "code", "workspace", "data", "mnt", "run",
	"proc", "Users", "private", "nix", "lib", "lib64", "snap", "webapps", "www", "site", "project", "src", "build", "go", "function", "workdir",
	"workspaces", "service", "server", "api", "deploy", "deployments", "asset-output", "layers", "Library", "Applications", "Volumes", "u01", "u02", "vagrant", "www-data",
}

// isServerPath wants a known root, a second segment, and the looks of a file or
// directory that belongs to a server.
func isServerPath(p string) bool {
	segments := strings.Split(strings.TrimPrefix(p, "/"), "/")
	if len(segments) < 2 || !slices.Contains(roots[:], segments[0]) {
		return false
	}
	for _, s := range segments {
		if s == "" {
			return false
		}
	}
	lower := strings.ToLower(p)
	if hasServerExtension(lower) || len(segments) >= 3 && slices.Contains(systemRoots[:], segments[0]) && hasExtension(lower, commonExtensions[:]) {
		return true
	}
	for _, part := range [...]string{
		"/site-packages/", "/dist-packages/", "/venv/", "/.venv/", "/virtualenvs/", "/node_modules/", "/vendor/", "/web-inf/", "/public_html",
		"/htdocs", "/lib/python", "/gems/", "/.pyenv/", "/usr/lib/", "/usr/local/lib/", "/usr/share/", "/var/www/", "/var/lib/", "/var/run/", "/run/secrets/",
		"/etc/ssl/", "/etc/pki/", "/etc/nginx", "/etc/apache2", "/etc/httpd", "/etc/letsencrypt/", "/proc/self", "/var/log/", "/.ssh/", "/webapps/", "/usr/src/app", "/var/task/", "/opt/bitnami/", "/opt/tomcat", "/.cargo/registry/", "/go/pkg/mod/", "/.m2/repository/", "/.nvm/",
		"/.rbenv/", "/.asdf/", "/dist/main", "/conda/envs/", "/site/wwwroot", "/boot-inf/", "/var/spool/", "/etc/haproxy", "/etc/envoy", "/var/cache/nginx",
	} {
		if strings.Contains(lower+"/", part) {
			return true
		}
	}
	return false
}

// hasRoot wants a known root and something below it.
func hasRoot(p string) bool {
	root, below, found := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	return found && below != "" && slices.Contains(roots[:], root)
}

// fileErrors are what operating systems and runtimes say before the name of a
// file that they could not use.
var fileErrors = [...]string{
	"no such file or directory", "permission denied", "is a directory", "not a directory", "file exists",
	"enoent", "eacces", "filenotfoundexception", "nosuchfileexception", "failed to open stream", "cannot open",
}

// besideFileError reports that a path stands close behind such an error, or right
// before one: then it is a file's, whatever its name.
func besideFileError(body []byte, at, end int) bool {
	before := bytes.ToLower(body[max(0, at-64):at])
	after, isBefore := bytes.CutPrefix(bytes.ToLower(bytes.TrimLeft(body[end:min(len(body), end+40)], "'\"`")), []byte(": "))
	for _, text := range fileErrors {
		if bytes.Contains(before, []byte(text)) || isBefore && bytes.HasPrefix(after, []byte(text)) {
			return true
		}
	}
	return false
}

// extensions are those of source code, configuration, keys and data. What a
// browser fetches is not among them.
var extensions = [...]string{
	"py", "pyc", "pyx", "php", "phtml", "inc", "rb", "erb", "rake", "ts", "mjs", "cjs", "java", "class", "jar", "war", "kt", "scala", "clj",
	"go", "rs", "c", "cc", "cpp", "h", "pl", "pm", "cgi", "sh", "bash", "lua", "ex", "exs", "erl", "cs", "vb", "cshtml", "dll", "so", "exe",
	"cfg", "conf", "cnf", "ini", "yml", "yaml", "toml", "env", "properties", "pem", "crt", "cer", "key", "csr", "crl", "p12", "pfx", "jks", "keystore",
	"cr", "rkt", "lisp", "nim", "swift", "hs", "ml", "dart", "jl", "scm", "groovy", "tmpl", "gohtml", "ftl",
	"log", "db", "sqlite", "sqlite3", "sql", "sock", "pid", "bak", "swp", "twig", "tpl", "blade", "jinja2", "j2", "jsp", "aspx", "asp", "ashx", "asmx", "config",
}

// commonExtensions are those of files that browsers fetch too. They count below
// directories that no web site has.
var commonExtensions = [...]string{"json", "xml", "txt", "html", "htm", "js", "csv", "md", "pdf", "gz", "zip", "tmp", "lock", "dat", "bin"}

var systemRoots = [...]string{"usr", "var", "srv", "opt", "etc", "root", "mnt", "proc", "Users", "private", "nix"}

func hasServerExtension(lower string) bool { return hasExtension(lower, extensions[:]) }

func hasExtension(lower string, list []string) bool {
	name := lower[strings.LastIndexAny(lower, `/\`)+1:]
	dot := strings.LastIndexByte(name, '.')
	return dot >= 0 && slices.Contains(list, name[dot+1:])
}

// isAdvice reports whether a page that is no internal error's shows a path as
// code: it tells people what to edit.
func isAdvice(in Input, at int) bool {
	return in.Got.Status < 500 && formOf(in.Got) == htmlForm && bytes.Contains(bytes.ToLower(in.Got.Body[max(0, at-40):at]), []byte("<code"))
}

// isLink reports whether a path is the value of an attribute or member that
// holds references.
func isLink(body []byte, at int) bool {
	before := bytes.ToLower(body[max(0, at-24):at])
	before = bytes.TrimRight(before, " \"':=\\;&quot")
	for _, name := range [...]string{"href", "src", "action", "path", "url", "uri", "link", "self", "next", "location", "instance", "requesturi", "content", "data", "poster", "route", "endpoint"} {
		if bytes.HasSuffix(before, []byte(name)) {
			return !bytes.HasSuffix(before, []byte("filepath")) && !bytes.HasSuffix(before, []byte("file_path"))
		}
	}
	return false
}
