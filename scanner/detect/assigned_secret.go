package detect

import (
	"bytes"
	"slices"
	"strings"

	"blurt/scanner/internal/redact"
)

// assignment is a name and the value that it is given, in whatever syntax.
type assignment struct {
	name  string
	value string
	span  Span // of the value
}

// nameSigns are parts of the names that announce a secret.
var nameSigns = [...]string{
	"assword", "ASSWORD", "asswd", "ASSWD", "ecret", "SECRET", "_PASS", "ccessKey", "ccess_key", "ACCESS_KEY", "ccountKey", "API_KEY", "APP_KEY", "_TOKEN",
	"ncryption", "igningKey", "igning_key", "ENCRYPTION", "SIGNING_KEY", "aster_key", "MASTER_KEY", "uthorization", "UTHORIZATION", "ookie", "COOKIE", "Pwd=", "PWD=", "pwd=",
	"x-api-key", "X-Api-Key", "X-API-Key", "auth-token", "Auth-Token",
}

// secretSigns are nameSigns, and behind them the signs of password hashes.
func secretSigns() *literals {
	signs := slices.Clone(nameSigns[:])
	for _, h := range passwordHashes {
		signs = append(signs, h.sign)
	}
	return newLiterals(signs)
}

// placesIn returns where the signs of names and of hashes stand in the parts of a
// text, in one pass.
func placesIn(text parts, signs *literals) (names, hashes []int) {
	for _, span := range text.spans {
		signs.each(text.body[span.Start:span.End], func(sign, at int) {
			switch {
			case len(names)+len(hashes) >= maxPlaces:
			case sign < len(nameSigns):
				names = append(names, span.Start+at)
			default:
				hashes = append(hashes, span.Start+at)
			}
		})
	}
	slices.Sort(names)
	slices.Sort(hashes)
	return names, hashes
}

// assignmentsAt returns the assignments to the names at the places, in their
// order.
func assignmentsAt(text []byte, places []int) []assignment {
	var found []assignment
	next := 0
	for _, at := range places {
		if at < next {
			continue // within a value that has been read, or the same name again
		}
		if len(found) >= 5*maxItems {
			break
		}
		if a, ok := assignmentAt(text, at); ok {
			found = append(found, a)
			next = a.span.Start
		}
	}
	return found
}

// maxPlaces bounds how many signs of one text are looked at.
const maxPlaces = 100_000

// Bounds of an assignment, in bytes.
const (
	maxVariable = 80
	maxJoint    = 120 // what may stand between a name and its value
	maxAssigned = 2 << 10
)

// assignmentAt reads the assignment to the name that stands around a place.
func assignmentAt(text []byte, at int) (assignment, bool) {
	start, end := at, at
	for start > 0 && at-start < maxVariable && isVariableByte(text[start-1]) {
		start--
	}
	for end < len(text) && end-at < maxVariable && isVariableByte(text[end]) {
		end++
	}
	if start >= 1 && text[start-1] == '\\' && start < at {
		start++ // the letter of an escape
	}
	value, quote, ok := joint(text, end)
	if !ok {
		return assignment{}, false
	}
	field := quote == 0 && isHeaderSecret(strings.ToLower(string(text[start:end])))
	stop := value
	for stop < len(text) && stop-value < maxAssigned && !endsValue(text[stop], quote) ||
		field && stop < len(text) && stop-value < maxAssigned && strings.IndexByte(" ;,&", text[stop]) >= 0 {
		stop++
	}
	if quote != 0 && (stop == len(text) || text[stop] != quote) {
		return assignment{}, false
	}
	stop = value + len(bytes.TrimRight(text[value:stop], "\\ "))
	if end := bytes.Index(text[value:stop], []byte("&quot;")); end >= 0 {
		stop = value + end
	}
	if end := bytes.Index(text[value:stop], []byte("&#x27;")); end >= 0 {
		stop = value + end
	}
	name := string(text[start:end])
	return assignment{name: strings.Trim(name, ".-"), value: string(text[value:stop]), span: Span{value, stop}}, stop > value
}

func isVariableByte(c byte) bool { return isWordByte(c) || c == '-' || c == '.' }

// joint passes over what joins a name with its value. It returns where the value
// begins and the quote that ends it, 0 for none.
func joint(text []byte, at int) (value int, quote byte, ok bool) {
	joined := false
	for limit := min(len(text), at+maxJoint); at < limit; {
		switch c := text[at]; {
		case c == '=' || c == ':':
			joined = true
			at++
		case c == '>' && joined: // "=>"
			at++
		case c == ' ' || c == '\t' || c == '\\' || c == ']':
			at++
		case c == '"' || c == '\'' || c == '`':
			if joined {
				return at + 1, c, true
			}
			at++
		case c == '&' && bytes.HasPrefix(text[at:], []byte("&quot;")), c == '&' && bytes.HasPrefix(text[at:], []byte("&#x27;")):
			at += len("&quot;")
		case c == '<':
			end := bytes.IndexByte(text[at:limit], '>')
			if end < 0 {
				return 0, 0, false
			}
			joined = joined || bytes.HasPrefix(text[at:], []byte("</t")) || bytes.HasPrefix(text[at:], []byte("</dt"))
			at += end + 1
		case c == '\n' && joined && at+1 < limit && text[at+1] == '<', c == '\r':
			at++
		default:
			return at, 0, joined && c > ' '
		}
	}
	return 0, 0, false
}

func endsValue(c, quote byte) bool {
	if quote != 0 {
		return c == quote || c == '\n'
	}
	return c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == ';' || c == ',' || c == '&' || c == '\\'
}

// settingNames are what programs call the secrets that they start with: names
// that no client is ever sent on purpose. Letters only, in lower case.
var settingNames = map[string]bool{
	"secretkey": true, "djangosecretkey": true, "flasksecretkey": true, "appsecret": true, "applicationsecret": true, "clientsecret": true, "apisecret": true,
	"apisecretkey": true, "awssecretaccesskey": true, "secretaccesskey": true, "awssecretkey": true, "encryptionkey": true, "dataencryptionkey": true, "fieldencryptionkey": true,
	"signingkey": true, "signingsecret": true, "jwtsecret": true, "jwtsecretkey": true, "jwtsigningkey": true, "sessionsecret": true, "cookiesecret": true, "secretkeybase": true,
	"masterkey": true, "railsmasterkey": true, "accesskeysecret": true, "accountkey": true, "sharedaccesskey": true, "oauthclientsecret": true, "webhooksecret": true,
}

// passwordOwners are what a password belongs to that no client of an API has.
var passwordOwners = [...]string{
	"db", "database", "mysql", "mariadb", "postgres", "postgresql", "pg", "redis", "mongo", "mongodb", "mssql", "oracle", "sql", "rabbitmq", "amqp", "broker", "celery", "kafka",
	"smtp", "mail", "emailhost", "email", "admin", "root", "ldap", "bind", "keystore", "truststore", "datasource", "ssh", "sftp", "ftp", "proxy", "elastic", "elasticsearch",
	"grafana", "vault", "sa", "service", "key", "keystorekey", "cert", "certificate", "pfx", "jdbc", "connection", "backup",
}

// namesSetting reports whether a name is that of a program's own secret.
func namesSetting(name string) bool {
	bare := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		if 'A' <= r && r <= 'Z' {
			return r | 0x20
		}
		return -1
	}, name)
	if settingNames[bare] {
		return true
	}
	for _, end := range [...]string{"password", "passwd", "passphrase", "pass"} {
		owner, found := strings.CutSuffix(bare, end)
		if !found {
			continue
		}
		for _, known := range passwordOwners {
			if owner == known || strings.HasSuffix(owner, known) && len(known) > 2 {
				return true
			}
		}
	}
	return false
}

// secretsAssigned returns the values that are secret by their name.
func (in Input) secretsAssigned(places []int) []secret {
	var found []secret
	for _, a := range assignmentsAt(in.Got.Body, places) {
		if isPlaceholder(a.value) || isTrivial(a.value) || in.wasSent(a.value) || in.settingAt(a.span) != live {
			continue
		}
		if kind := in.kindAssigned(a); kind != "" {
			if found = append(found, secret{kind: kind, span: a.span}); len(found) >= maxItems {
				break
			}
		}
	}
	return found
}

// kindAssigned says what secret an assignment gives away, if any.
func (in Input) kindAssigned(a assignment) string {
	random := len(a.value) >= 12 && !strings.ContainsAny(a.value, " <>") && entropy(a.value) >= minEntropy
	switch lower := strings.ToLower(a.name); {
	case isHeaderSecret(lower):
		return headerSecret(a)
	case strings.HasSuffix(lower, "accountkey") || strings.HasSuffix(lower, "sharedaccesskey"):
		if len(a.value) >= 40 && strings.ContainsAny(a.value, "+/=") {
			return "Azure access key"
		}
	case strings.HasSuffix(lower, "password") || strings.HasSuffix(lower, "pwd"):
		if in.inConnectionString(a.span) {
			return "connection string with a password"
		}
		if namesSetting(a.name) && len(a.value) >= 4 && !strings.Contains(a.value, " ") {
			return "value of " + short(a.name)
		}
	case namesSetting(a.name):
		if random {
			return "value of " + short(a.name)
		}
	}
	if a.name == strings.ToUpper(a.name) && redact.SecretName(a.name) && random && in.isDump(a.span) {
		return "value of " + short(a.name)
	}
	return ""
}

// inConnectionString reports whether a password has the company of a server and
// a user, as in ODBC, ADO.NET, libpq and JDBC.
func (in Input) inConnectionString(span Span) bool {
	const reach = 240
	near := in.Got.Body[max(0, span.Start-reach):min(len(in.Got.Body), span.End+reach)]
	if cut := bytes.IndexByte(near[min(len(near), span.Start-max(0, span.Start-reach)):], '\n'); cut >= 0 {
		near = near[:min(len(near), span.Start-max(0, span.Start-reach)+cut)]
	}
	lower := strings.ToLower(string(near))
	holds := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(lower, word) {
				return true
			}
		}
		return false
	}
	return holds("server=", "data source=", "host=", "hostname=", "addr=", "jdbc:", "dsn=", "servername=") &&
		holds("user=", "user id=", "uid=", "userid=", "username=", "dbname=", "database=", "initial catalog=")
}

// wasSent reports whether a value came from the client: the request as it was
// asked, or the fields of the identity.
func (in Input) wasSent(value string) bool {
	if bytes.Contains(in.Sent, []byte(value)) || bytes.Contains(in.Asked.Body, []byte(value)) || strings.Contains(in.Asked.Target, value) {
		return true
	}
	for _, f := range in.Asked.Fields {
		if strings.Contains(f.Value, value) {
			return true
		}
	}
	for _, f := range in.As.Fields {
		if strings.Contains(f.Value, value) {
			return true
		}
	}
	return false
}
