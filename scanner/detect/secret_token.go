package detect

// secretToken reads tokens that are known by how their issuer writes them,
// wherever they stand.
func secretToken() Detector {
	return Detector{
		Name:  "secret_token",
		Rules: []string{"secret-exposure"},
		Run:   runSecretToken,
	}
}

func runSecretToken(in Input) Output {
	if !in.isAnswered() {
		return Output{}
	}
	hit, ok := in.secretHit(tokensIn(in.Got.Body))
	if !ok {
		return Output{}
	}
	return Output{Hits: []Hit{hit}}
}
