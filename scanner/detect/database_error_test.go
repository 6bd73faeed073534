package detect_test

import (
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
)

// recordedDatabases are answers that hold what a database or its driver says.
var recordedDatabases = []struct {
	sample     string
	database   string
	confidence finding.Confidence
	message    string
}{
	{"postgresql-15.20/500-json", "PostgreSQL", finding.Confirmed, "unterminated quoted string at or near \"'subject-of-" + canary + "''\"\nLINE 1: SELECT serial FROM clients WHERE dn = "},
	{"postgresql-15.20/500-typed", "PostgreSQL", finding.Confirmed, "psycopg2.errors.SyntaxError: unterminated quoted string at or near \"'subject-of-"},
	{"postgresql-15.20/500-html", "PostgreSQL", finding.Confirmed, "unterminated quoted string at or near \"'subject-of-" + canary + "''\"\nLINE 1: SELECT serial FROM clients WHERE dn = "},
	{"psycopg-3.3.9/500-json", "PostgreSQL", finding.Confirmed, "unterminated quoted string at or near \"'subject-of-"},
	{"psycopg-3.3.9/500-typed", "PostgreSQL", finding.Confirmed, "psycopg.errors.SyntaxError: unterminated quoted string at or near \"'subject-of-"},
	{"psycopg-3.3.9/500-down", "PostgreSQL", finding.Firm, `connection to server at "127.0.0.1", port 1 failed: Connection refused`},
	{"node-sql-3.24.6/500-pg", "PostgreSQL", finding.Confirmed, "unterminated quoted string at or near \"'subject-of-"},
	{"sqlite-3.40.1/500-json", "SQLite", finding.Confirmed, `unrecognized token: "'subject-of-` + canary},
	{"sqlite-3.40.1/500-typed", "SQLite", finding.Confirmed, `sqlite3.OperationalError: unrecognized token: "'subject-of-` + canary},
	{"sqlite-3.40.1/500-html", "SQLite", finding.Confirmed, `unrecognized token: "'subject-of-` + canary},
	{"mariadb-10.11.19/500-json", "MariaDB", finding.Confirmed, "that corresponds to your MariaDB server version for the right syntax to use near ''subject-of-"},
	{"mariadb-10.11.19/500-typed", "MySQL", finding.Confirmed, "You have an error in your SQL syntax; check the manual"},
	{"mariadb-10.11.19/500-html", "MariaDB", finding.Confirmed, "that corresponds to your MariaDB server version"},
	{"mariadb-10.11.19/500-mysqlclient", "MySQL", finding.Confirmed, "You have an error in your SQL syntax; check the manual"},
	{"mariadb-10.11.19/500-denied", "MySQL", finding.Firm, "Access denied for user 'shop'@'localhost' (using password: YES)"},
	{"php-mysql-8.2/500-pdo", "SQL", finding.Confirmed, "SQLSTATE[42000]: Syntax error or access violation: 1064 You have an error"},
	{"php-mysql-8.2/500-mysqli", "MySQL", finding.Confirmed, "mysqli_sql_exception: You have an error in your SQL syntax"},
	{"php-mysql-8.2/500-denied", "MySQL", finding.Firm, "mysqli_sql_exception: Access denied for user 'shop'@'localhost'"},
	{"php-mysql-8.2/500-refused", "SQL", finding.Firm, "SQLSTATE[HY000] [2002] Connection refused"},
	{"node-sql-3.24.6/500-mysql2", "MariaDB", finding.Confirmed, "that corresponds to your MariaDB server version"},
}

func databaseSamples() []string {
	var names []string
	for _, want := range recordedDatabases {
		names = append(names, want.sample)
	}
	return names
}

func TestRecordedDatabaseErrors(t *testing.T) {
	for _, want := range recordedDatabases {
		t.Run(want.sample, func(t *testing.T) {
			in := identityProbe(t, want.sample)
			var hit detect.Hit
			for _, h := range run(in).Hits {
				if h.Rule == "database-error" {
					hit = h
				}
			}
			if hit.Confidence != want.confidence || hit.Category != finding.ErrorDetail {
				t.Errorf("got %s, %s", hit.Rule, hit.Confidence)
			}
			wantItem(t, hit, want.database, "body", finding.ErrorDetail, false, want.message)
			checkHit(t, want.sample, in, hit)
		})
	}
}

// TestDatabaseErrorForms reads the documented forms of databases that were not
// run: they are firm at most.
func TestDatabaseErrorForms(t *testing.T) {
	for name, text := range map[string]string{
		"MySQL":            "(1064, You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''x''' at line 1)",
		"Oracle":           "ORA-01756: quoted string not properly terminated",
		"Active Directory": "{'result': 49, 'desc': 'Invalid credentials', 'info': '80090308: LdapErr: DSID-0C090446, comment: AcceptSecurityContext error'}",
		"LDAP":             "ldap.INVALID_CREDENTIALS: {'msgtype': 97, 'result': 49, 'desc': 'Invalid credentials'}",
		"MongoDB":          "MongoServerError: unknown operator: $x",
		"SQL Server":       "System.Data.SqlClient.SqlException: Unclosed quotation mark after the character string 'x'.",
	} {
		hit := onlyHit(t, run(answerTo("/x", answer(500, "application/json", `{"error":`+quoteJSON(text)+`}`))))
		if hit.Rule != "database-error" || hit.Confidence != finding.Firm || !strings.Contains(hit.Message, name) {
			t.Errorf("%s: got %s, %s, %q", name, hit.Rule, hit.Confidence, hit.Message)
		}
		wantItem(t, hit, name, "body", finding.ErrorDetail, false, text[strings.IndexByte(text, ' ')+1:])
	}
}

func TestDatabaseErrorsThatAreNone(t *testing.T) {
	for name, in := range map[string]detect.Input{
		"JSON parser":    answerTo("/x", answer(400, "application/json", `{"error":"unrecognized token: 'x' was expecting true"}`)),
		"query language": answerTo("/x", answer(400, "text/plain", `syntax error at or near "}"`)),
		"article":        answerTo("/x", answer(200, "text/html", "<p>psycopg2.errors.SyntaxError: syntax error at or near</p>")),
		"list of codes":  answerTo("/x", answer(404, "text/html", "<p>ORA-00933: a<p>ORA-00942: b<p>ORA-01756: c<p>ORA-00936: d<p>ORA-01722: e<p>SQLSTATE[42000]")),
		"help":           answerTo("/x", answer(404, "text/html", "<article><p>Look for <code>SQLSTATE[42000]</code>.</p></article>")),
	} {
		if out := run(in); len(out.Hits) > 0 {
			t.Errorf("%s: got %s: %s", name, out.Hits[0].Rule, out.Hits[0].Message)
		}
	}
}
