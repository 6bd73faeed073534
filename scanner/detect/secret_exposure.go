package detect

// secretExposure reads credentials that are known by their place: connection
// strings, values of settings, fields of logged requests, hashes of passwords.
func secretExposure() Detector {
	signs := secretSigns()
	return Detector{
		Name:  "secret_exposure",
		Rules: []string{"secret-exposure"},
		Hints: secretHints(),
		Run:   func(in Input) Output { return runSecretExposure(in, signs) },
	}
}

func secretHints() []string {
	hints := []string{
		"assword", "ASSWORD", "secret_", "SECRET_", "_SECRET", "ecretKey", "ecretAccessKey", "Secret\"", "ccountKey", "_PASSWD", "ncryptionKey", "encryption_key", "igningKey", "signing_key",
		"master_key", "masterKey", "uthorization", "UTHORIZATION", "HTTP_COOKIE", "\"Cookie\"", "Cookie: ", "\"cookie\"", "API_KEY", "ACCESS_KEY", "ENCRYPTION_KEY", "_TOKEN=", "x-api-key", "X-Api-Key", "X-API-Key",
		"SharedAccessKey=", "APP_KEY=", "postgresql+", "postgres+", "mysql+p", "mysql+m", "mysql+a", "mariadb+", "mssql+p", "mssql+a", "oracle+",
	}
	for _, known := range connectionSchemes {
		if known.product != "HTTP" && len(known.scheme) > 3 {
			hints = append(hints, known.scheme+"://")
		}
	}
	for _, h := range passwordHashes {
		hints = append(hints, h.sign)
	}
	return hints
}

func runSecretExposure(in Input, signs *literals) Output {
	if !in.isAnswered() || in.isArticle() {
		return Output{}
	}
	text := in.liveParts()
	names, hashes := placesIn(text, signs)
	found := connectionStringsIn(text)
	for _, at := range hashes[:min(len(hashes), maxItems)] {
		if s, ok := hashAt(in.Got.Body, at); ok {
			found = append(found, s)
		}
	}
	found = append(found, in.secretsAssigned(names)...)
	hit, ok := in.secretHit(found)
	if !ok {
		return Output{}
	}
	return Output{Hits: []Hit{hit}}
}
