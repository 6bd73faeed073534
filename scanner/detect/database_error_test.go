package detect_test

import (
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
)

func TestRecordedDatabaseErrors(t *testing.T) {
	for name, message := range map[string]string{
		"postgresql-15.20/500-json":  "unterminated quoted string at or near \"'subject-of-" + canary + "''\"\nLINE 1: SELECT serial FROM clients WHERE dn = ",
		"postgresql-15.20/500-typed": "psycopg2.errors.SyntaxError: unterminated quoted string at or near \"'subject-of-",
		"postgresql-15.20/500-html":  "unterminated quoted string at or near \"'subject-of-" + canary + "''\"\nLINE 1: SELECT serial FROM clients WHERE dn = ",
		"sqlite-3.40.1/500-json":     `unrecognized token: "'subject-of-` + canary,
		"sqlite-3.40.1/500-typed":    `sqlite3.OperationalError: unrecognized token: "'subject-of-` + canary,
		"sqlite-3.40.1/500-html":     `unrecognized token: "'subject-of-` + canary,
	} {
		t.Run(name, func(t *testing.T) {
			in := identityProbe(t, name)
			var hit detect.Hit
			for _, h := range run(in).Hits {
				if h.Rule == "database-error" {
					hit = h
				}
			}
			if hit.Confidence != finding.Confirmed || hit.Category != finding.ErrorDetail {
				t.Errorf("got %s, %s", hit.Rule, hit.Confidence)
			}
			database := map[bool]string{true: "PostgreSQL", false: "SQLite"}[strings.HasPrefix(name, "postgresql")]
			wantItem(t, hit, database, "body", finding.ErrorDetail, false, message)
			checkHit(t, name, in, hit)
		})
	}
}

// TestDatabaseErrorForms reads the documented forms of databases that were not
// run: they are firm at most.
func TestDatabaseErrorForms(t *testing.T) {
	for name, text := range map[string]string{
		"MySQL":      "(1064, You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''x''' at line 1)",
		"Oracle":     "ORA-01756: quoted string not properly terminated",
		"SQL Server": "System.Data.SqlClient.SqlException: Unclosed quotation mark after the character string 'x'.",
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
