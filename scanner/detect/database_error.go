package detect

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"blurt/scanner/finding"
)

// databaseError reads the messages of databases and of their drivers.
func databaseError() Detector {
	return Detector{
		Name:  "database_error",
		Rules: []string{"database-error"},
		Hints: databaseHints(),
		Run:   runDatabaseError,
	}
}

// databaseText is a text that a database or a driver says.
type databaseText struct {
	text     string
	database string
	// driver texts are the names under which a driver raises errors; they are
	// said of errors only, whatever stands behind them.
	driver bool
	// recorded says that the text was seen from the real software; the others
	// come from its documentation.
	recorded bool
}

var databaseTexts = [...]databaseText{
	{"psycopg2.errors.", "PostgreSQL", true, true},
	{"psycopg.errors.", "PostgreSQL", true, false},
	{"asyncpg.exceptions.", "PostgreSQL", true, false},
	{"org.postgresql.util.PSQLException", "PostgreSQL", true, false},
	{"Npgsql.PostgresException", "PostgreSQL", true, false},
	{"PG::SyntaxError: ", "PostgreSQL", true, false},
	{"PG::UndefinedTable: ", "PostgreSQL", true, false},
	{"unterminated quoted string at or near ", "PostgreSQL", false, true},
	{"syntax error at or near ", "PostgreSQL", false, true},
	{"current transaction is aborted, commands ignored", "PostgreSQL", false, false},
	{"duplicate key value violates unique constraint ", "PostgreSQL", false, false},
	{"pq: invalid byte sequence for encoding", "PostgreSQL", true, false},
	{"You have an error in your SQL syntax; check the manual", "MySQL", true, false},
	{"com.mysql.cj.jdbc.exceptions.", "MySQL", true, false},
	{"pymysql.err.", "MySQL", true, false},
	{"MySQLdb._exceptions.", "MySQL", true, false},
	{"mysqli_sql_exception", "MySQL", true, false},
	{"Mysql2::Error", "MySQL", true, false},
	{"ER_PARSE_ERROR", "MySQL", true, false},
	{"Error 1064 (42000)", "MySQL", true, false},
	{"sqlite3.OperationalError: ", "SQLite", true, true},
	{"sqlite3.IntegrityError: ", "SQLite", true, false},
	{"SQLite3::SQLException", "SQLite", true, false},
	{"org.sqlite.SQLiteException", "SQLite", true, false},
	{"SQLITE_ERROR: ", "SQLite", true, false},
	{"unrecognized token: ", "SQLite", false, true},
	{"no such table: ", "SQLite", false, true},
	{"no such column: ", "SQLite", false, false},
	{"oracle.jdbc.OracleDatabaseException", "Oracle", true, false},
	{"java.sql.SQLSyntaxErrorException: ", "SQL", true, false},
	{"ORA-00933: ", "Oracle", true, false},
	{"ORA-00942: ", "Oracle", true, false},
	{"ORA-01756: ", "Oracle", true, false},
	{"ORA-00936: ", "Oracle", true, false},
	{"ORA-01722: ", "Oracle", true, false},
	{"Unclosed quotation mark after the character string ", "SQL Server", true, false},
	{"System.Data.SqlClient.SqlException", "SQL Server", true, false},
	{"Microsoft.Data.SqlClient.SqlException", "SQL Server", true, false},
	{"com.microsoft.sqlserver.jdbc.SQLServerException", "SQL Server", true, false},
	{"[Microsoft][ODBC ", "SQL Server", true, false},
	{"SQLSTATE[", "SQL", true, true},
	{"sqlalchemy.exc.", "SQL", true, false},
}

func databaseHints() []string {
	var hints []string
	for _, t := range databaseTexts {
		hints = append(hints, t.text)
	}
	return hints
}

// maxDatabaseTexts is how many of them one answer may hold. A page with more is
// a list of messages.
const maxDatabaseTexts = 5

func runDatabaseError(in Input) Output {
	if !in.errorLike() || formOf(in.Got) == opaqueForm || in.isProse() || in.isOwned() {
		return Output{}
	}
	hit := Hit{Rule: "database-error", Category: finding.ErrorDetail, Confidence: finding.Tentative}
	list := itemList{in: in}
	drivers, databases := 0, 0
	name := ""
	for _, t := range databaseTexts {
		span, ok := messageWith(in, t.text)
		if !ok {
			continue
		}
		span = in.wholeMessage(span)
		if drivers+databases == 0 {
			hit.Excerpt = span
		}
		if t.driver {
			drivers++
		} else {
			databases++
		}
		if name == "" || name == "SQL" {
			name = t.database
		}
		list.add(Item{Category: finding.ErrorDetail, Name: t.database, Value: in.messageText(span), Location: fmt.Sprintf("body, byte %d", span.Start)})
	}
	if drivers+databases == 0 || drivers+databases > maxDatabaseTexts || drivers == 0 && !in.changedByQuote(hit.Excerpt) {
		return Output{}
	}
	hit.Items = list.items
	hit.Confidence = in.databaseConfidence(hit.Excerpt, drivers)
	hit.Message = fmt.Sprintf("An error repeats what %s says.", databaseName(name))
	return Output{Hits: []Hit{hit}}
}

func databaseName(name string) string {
	if name == "SQL" {
		return "a database"
	}
	return "the database " + name
}

// changedByQuote decides on texts that parsers of other languages say as well:
// the message must repeat what this request carried, or speak of a query.
func (in Input) changedByQuote(span Span) bool {
	if in.echoedWithin(span) {
		return true
	}
	near := bytes.ToUpper(in.Got.Body[span.Start:span.End])
	for _, word := range [...]string{"SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "SQLSTATE"} {
		if bytes.Contains(near, []byte(word)) {
			return true
		}
	}
	return false
}

func (in Input) databaseConfidence(span Span, drivers int) finding.Confidence {
	switch {
	case in.echoedWithin(span):
		return finding.Confirmed
	case drivers > 0 && (in.Got.Status >= 500 || in.isNew()):
		return finding.Firm
	default:
		return finding.Tentative
	}
}

// wholeMessage widens a span to the end of the string, the element or the
// paragraph that it stands in: a database says in the lines that follow which
// query it was.
func (in Input) wholeMessage(span Span) Span {
	const reach = 600
	body := in.Got.Body
	limit := min(len(body), span.Start+reach)
	end := limit
	switch formOf(in.Got) {
	case dataForm:
		for i := span.Start; i < limit; i++ {
			if body[i] == '\\' {
				i++
			} else if body[i] == '"' {
				end = i
				break
			}
		}
	case htmlForm:
		if i := bytes.IndexByte(body[span.Start:limit], '<'); i >= 0 {
			end = span.Start + i
		}
	default:
		if i := bytes.Index(body[span.Start:limit], []byte("\n\n")); i >= 0 {
			end = span.Start + i
		}
	}
	return Span{span.Start, max(end, span.End)}
}

// messageText returns a message with its escaping taken off.
func (in Input) messageText(span Span) string {
	text := string(in.Got.Body[span.Start:span.End])
	switch formOf(in.Got) {
	case dataForm:
		text = unescapeJSON(text)
	case htmlForm:
		text = html.UnescapeString(text)
	}
	return strings.TrimSpace(text)
}
