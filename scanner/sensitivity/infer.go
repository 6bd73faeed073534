package sensitivity

import (
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// Level is how much an endpoint looks worth protecting.
type Level string

// The levels.
const (
	// High: its name, its methods or its answer speak of people, money, secrets or
	// operation.
	High Level = "high"
	// Normal: nothing speaks for either of the others.
	Normal Level = "normal"
	// Public: the name is one that is open on purpose in most systems.
	Public Level = "public"
)

// Inference is a level and what speaks for it, a phrase each.
type Inference struct {
	Level Level
	Why   []string
	// Shown says that the answer itself gives away what is worth protecting.
	Shown bool
}

// maxReasons bounds the reasons of an inference.
const maxReasons = 4

// Infer judges an endpoint by its target, by an answer to GET, and by what an API
// description says of it; the last two may be nil. Reasons that the answer
// itself gives are never left out for lack of room.
func Infer(target string, got *wire.Response, said *Document) Inference {
	path, _, _ := strings.Cut(target, "?")
	high, public := names(path)
	documented, open := said.reasons(len(public) > 0)
	if page := pageOf(path, got); page != "" {
		public = append(public, page)
	}
	high, public = append(documented, high...), append(open, public...)
	shown := answered(got)
	settled, isSettled := said.settles()
	var i Inference
	switch {
	case len(shown) > 0:
		shown = shown[:min(len(shown), maxReasons)]
		i = Inference{Level: High, Why: append(high[:min(len(high), maxReasons-len(shown))], shown...), Shown: got.Status < 300 && len(personal(got)) > 0}
	case isSettled && settled == High:
		i = Inference{Level: High, Why: high}
	case isSettled:
		i = Inference{Level: settled, Why: public}
	case len(high) > 0 && len(public) > 0:
		i = Inference{Level: Normal, Why: append(high[:min(len(high), maxReasons-1)], public...)}
	case len(high) > 0:
		i = Inference{Level: High, Why: high}
	case len(public) > 0:
		i = Inference{Level: Public, Why: public}
	default:
		i = Inference{Level: Normal}
	}
	i.Why = i.Why[:min(len(i.Why), maxReasons)]
	return i
}

// names returns what the words of a path say. Names that are open on purpose
// count at the end of a path, or where all below them is.
func names(path string) (high, public []string) {
	segments := strings.FieldsFunc(strings.ToLower(path), func(r rune) bool { return r == '/' })
	for i, segment := range segments {
		last := i == len(segments)-1
		if publicFolders(segment) || last && publicName(segment) {
			public = append(public, "its name says "+segment[:min(len(segment), 40)])
			continue
		}
		for _, word := range strings.FieldsFunc(segment, isSeparator) {
			if about, found := topic(word); found {
				reason := "its name says " + word + ": " + about
				if !slices.Contains(high, reason) {
					high = append(high, reason)
				}
			}
		}
	}
	return high, public
}

func isSeparator(r rune) bool {
	return r == '-' || r == '_' || r == '.' || r == ';' || r == ':' || r == '~' || r == '+'
}

func publicFolders(segment string) bool {
	switch segment {
	case ".well-known", "static", "assets", "public", "swagger-ui", "docs":
		return true
	}
	return false
}

func publicName(segment string) bool {
	switch strings.TrimRight(segment, "z") {
	case "health", "healthcheck", "health-check", "live", "liveness", "ready", "readiness", "alive", "ping", "status", "up", "version":
		return true
	}
	switch segment {
	case "favicon.ico", "robots.txt", "sitemap.xml", "security.txt", "openapi.json", "openapi.yaml", "swagger.json", "swagger.yaml",
		"swagger", "redoc", "login", "logout", "signin", "sign-in", "register", "signup", "index.html", "jwks.json", "jwks", "crl", "ocsp":
		return true
	}
	return false
}

// topic says what a word of a path is about, where it is worth protecting.
func topic(word string) (string, bool) {
	for _, t := range topics {
		if slices.Contains(t.words, word) {
			return t.about, true
		}
	}
	return "", false
}

var topics = [...]struct {
	about string
	words []string
}{
	{"administration", []string{"admin", "admins", "administration", "administrator", "internal", "private", "management", "manage",
		"superuser", "root", "backoffice", "operator", "operators", "staff", "console", "restricted", "secure", "secured", "protected"}},
	{"people", []string{"user", "users", "account", "accounts", "customer", "customers", "client", "clients", "member", "members", "profile",
		"profiles", "person", "persons", "people", "employee", "employees", "patient", "patients", "contact", "contacts", "payroll",
		"salary", "salaries", "subscriber", "subscribers", "citizen", "citizens", "me", "whoami", "userinfo"}},
	{"money", []string{"payment", "payments", "billing", "invoice", "invoices", "transaction", "transactions", "transfer", "transfers", "payout",
		"payouts", "refund", "refunds", "ledger", "balance", "balances", "card", "cards", "bank", "iban", "wallet", "wallets", "order", "orders"}},
	{"secrets", []string{"key", "keys", "apikey", "apikeys", "secret", "secrets", "token", "tokens", "credential", "credentials", "password",
		"passwords", "vault", "certificate", "certificates", "certs", "session", "sessions", "identity", "identities"}},
	{"rights", []string{"role", "roles", "permission", "permissions", "policy", "policies", "grants", "tenant", "tenants", "impersonate"}},
	{"operation", []string{"config", "configuration", "configs", "settings", "env", "environment", "debug", "metrics", "actuator", "trace",
		"heapdump", "threaddump", "pprof", "log", "logs", "audit", "backup", "backups", "dump", "dumps", "jobs", "queue", "queues", "deploy"}},
	{"bulk data", []string{"export", "exports", "report", "reports", "download", "downloads", "database", "db", "sql", "records", "archive",
		"documents", "files"}},
}
