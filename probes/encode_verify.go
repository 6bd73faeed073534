package probes

// verifyGrammars are results and flags. Their genuine value is always the one
// that says: there was a certificate, and it was verified.
func verifyGrammars() map[Encoding]grammar {
	says := func(value string) grammar {
		return grammar{
			family: verifyFamily, roles: []Role{VerifyRole, PresentRole, ErrorRole, OtherRole},
			genuine: func(*Specimen, Role) string { return value },
		}
	}
	return map[Encoding]grammar{
		"nginx-verify":   says("SUCCESS"), // or NONE, FAILED:reason
		"apache-verify":  says("SUCCESS"), // or NONE, GENEROUS, FAILED:reason
		"haproxy-verify": says("0"),       // OpenSSL's number of the error
		"f5-verify":      says("OK"),      // or NoClientCert, or a text
		"valid-verify":   says("valid"),
		"bool":           says("true"),
		"bool-negative":  says("false"), // true is the bad news: "revoked"
		"bool-digit":     says("1"),
		"no-error":       says(""), // a token where something was wrong
	}
}
