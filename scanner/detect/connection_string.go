package detect

import (
	"bytes"
	"net/url"
	"strings"
)

// secret is a credential in a body.
type secret struct {
	kind string
	span Span // of the part that is secret
	// certain says that the format proves itself by a checksum or its structure:
	// a person does not write it by chance.
	certain bool
}

// connectionSchemes are the URLs with which programs reach what holds data, and
// what is at the other end.
var connectionSchemes = [...]struct{ scheme, product string }{
	{"postgres", "PostgreSQL"}, {"postgresql", "PostgreSQL"}, {"mysql", "MySQL"}, {"mariadb", "MariaDB"}, {"mssql", "SQL Server"}, {"sqlserver", "SQL Server"},
	{"oracle", "Oracle"}, {"cockroachdb", "CockroachDB"}, {"mongodb", "MongoDB"}, {"mongodb+srv", "MongoDB"}, {"redis", "Redis"}, {"rediss", "Redis"},
	{"amqp", "AMQP"}, {"amqps", "AMQP"}, {"pyamqp", "AMQP"}, {"kafka", "Kafka"}, {"nats", "NATS"}, {"mqtt", "MQTT"}, {"mqtts", "MQTT"}, {"stomp", "STOMP"},
	{"ldap", "LDAP"}, {"ldaps", "LDAP"}, {"smtp", "SMTP"}, {"smtps", "SMTP"}, {"imap", "IMAP"}, {"imaps", "IMAP"}, {"ftp", "FTP"}, {"ftps", "FTP"}, {"sftp", "SFTP"}, {"ssh", "SSH"},
	{"clickhouse", "ClickHouse"}, {"elasticsearch", "Elasticsearch"}, {"neo4j", "Neo4j"}, {"bolt", "Neo4j"}, {"cassandra", "Cassandra"}, {"couchdb", "CouchDB"},
	{"influxdb", "InfluxDB"}, {"snowflake", "Snowflake"}, {"sybase", "Sybase"}, {"db2", "Db2"}, {"hive", "Hive"}, {"trino", "Trino"}, {"memcached", "memcached"},
	{"psql", "PostgreSQL"}, {"postgis", "PostgreSQL"}, {"pgsql", "PostgreSQL"}, {"mysql2", "MySQL"}, {"sqlsrv", "SQL Server"}, {"http", "HTTP"}, {"https", "HTTP"},
}

// maxAuthority bounds user, password and host of a URL, in bytes.
const maxAuthority = 512

// connectionStringsIn returns the passwords in URLs of which the "://" stands in the
// parts.
func connectionStringsIn(text parts) []secret {
	var found []secret
	for at := 0; len(found) < maxItems; {
		sign := text.index("://", at)
		if sign < 0 {
			return found
		}
		at = sign + len("://")
		if s, ok := passwordOfURL(text.body, sign); ok {
			found = append(found, s)
			at = s.span.End
		}
	}
	return found
}

// passwordOfURL reads the authority behind "://" at a place.
func passwordOfURL(text []byte, sign int) (secret, bool) {
	start := sign + len("://")
	authority := text[start:min(len(text), start+maxAuthority)]
	if end := bytes.IndexFunc(authority, endsURL); end >= 0 {
		authority = authority[:end]
	}
	colon, at := bytes.IndexByte(authority, ':'), passwordEnd(authority)
	if colon < 0 || at <= colon+1 || bytes.IndexByte(authority[:colon], '/') >= 0 {
		return secret{}, false
	}
	product := productOf(schemeBefore(text, sign))
	user, password, host := string(authority[:colon]), string(authority[colon+1:at]), hostOf(string(authority[at+1:]))
	if plain, err := url.PathUnescape(password); err == nil {
		password = plain
	}
	if product == "" || host == "" || isPlaceholder(password) || strings.EqualFold(user, password) && product == "HTTP" ||
		isExampleHost(host) || strings.ContainsAny(user, "{$<*") {
		return secret{}, false
	}
	return secret{kind: product + " connection string with a password", span: Span{start + colon + 1, start + at}}, true
}

// endsURL knows what cannot stand in a URL as programs write it.
func endsURL(r rune) bool {
	return r <= ' ' || strings.ContainsRune("\"'<>`\\|^{}", r) || r == 0x7f
}

// passwordEnd returns where the "@" stands that ends user and password: the last
// one before the path. A password may hold a slash that nobody has encoded, but
// then no host follows an earlier "@".
func passwordEnd(authority []byte) int {
	path := bytes.IndexByte(authority, '/')
	if path < 0 {
		path = len(authority)
	}
	if at := bytes.LastIndexByte(authority[:path], '@'); at >= 0 {
		return at
	}
	return -1
}

// schemeBefore returns the scheme that ends at a place, without the driver in
// "postgresql+psycopg" and the "jdbc:" in front.
func schemeBefore(text []byte, end int) string {
	start := end
	for start > 0 && end-start < 40 && (isWordByte(text[start-1]) || text[start-1] == '+' || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	return strings.ToLower(string(text[start:end]))
}

func productOf(scheme string) string {
	for _, escape := range [...]string{"3a", "22", "27", "3d", "n"} {
		if p := productNamed(scheme); p != "" {
			return p
		}
		if rest, found := strings.CutPrefix(scheme, escape); found {
			return productNamed(rest)
		}
	}
	return productNamed(scheme)
}

func productNamed(scheme string) string {
	base, _, _ := strings.Cut(scheme, "+")
	for _, known := range connectionSchemes {
		if scheme == known.scheme || base == known.scheme {
			return known.product
		}
	}
	return ""
}

// hostOf returns the host that a text begins with.
func hostOf(rest string) string {
	end := strings.IndexAny(rest, "/?#,;&)]")
	if end >= 0 {
		rest = rest[:end]
	}
	return strings.TrimRight(rest, ".:")
}

// isExampleHost knows the names that RFC 2606 keeps for documentation, and words
// that stand for a name.
func isExampleHost(host string) bool {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	switch host {
	case "host", "hostname", "server", "servername", "myhost", "domain", "address", "example", "invalid", "some-host", "somehost":
		return true
	}
	for _, end := range [...]string{"example.com", "example.org", "example.net", ".example", ".invalid"} {
		if host == end || strings.HasSuffix(host, "."+strings.TrimPrefix(end, ".")) {
			return true
		}
	}
	return strings.HasPrefix(host, "your") || strings.ContainsAny(host, "<>{}$*[") && !strings.HasPrefix(host, "[")
}
