package scanner

import (
	"strings"

	"blurt/probes"
	"blurt/scanner/detect"
	"blurt/scanner/saved"
	"blurt/scanner/wire"
)

// savedJob stands for the request of a saved exchange. Where blurt kept it, what
// the request pretended and what its control got are known.
func savedJob(x *saved.Exchange) job {
	j := job{identity: wire.Identity{Name: "none"}, attempt: probes.Attempt{Request: x.Asked}}
	r := x.Record
	if r == nil || r.Probe == "control" {
		return j
	}
	family, variant, _ := strings.Cut(r.Probe, "/")
	j.probe = &probes.Probe{ID: family, Claim: r.RequestClaim()}
	j.attempt.Variant = variant
	j.identity.Name = r.Identity
	j.control = &control{exchange: &wire.Exchange{To: x.To, Got: r.ControlResponse()}}
	return j
}

// savedPlace is where a finding in saved traffic belongs: the path, the whole
// origin, or the place in the file where nothing else is known.
func savedPlace(x *saved.Exchange, d draft) string {
	switch {
	case d.hit.PerOrigin, x.Record != nil && x.Record.Place == wholeOrigin:
		return wholeOrigin
	case !x.HasOrigin():
		return x.Place
	}
	return x.To.Path()
}

// savedURL is the URL of a finding in an exchange that blurt kept: as the scan
// had it.
func savedURL(x *saved.Exchange, place string) string {
	if place == wholeOrigin && x.Record.Place != wholeOrigin {
		return x.To.Origin.String() + "/"
	}
	return x.Record.FindingURL
}

// savedEchoes finds the canaries of a scan that is over in an answer of it.
func savedEchoes(canaries []saved.Canary, got *wire.Response) []detect.Echo {
	if got == nil {
		return nil
	}
	var echoes []detect.Echo
	find := func(text, where string) {
		text = lowerASCII(text)
		for _, c := range canaries {
			token := lowerASCII(c.Token)
			for at := 0; token != "" && len(echoes) < maxEchoes; {
				i := strings.Index(text[at:], token)
				if i < 0 {
					break
				}
				start := at + i
				at = start + len(token)
				echoes = append(echoes, detect.Echo{Token: c.Token, Probe: c.Probe, Field: c.Field, Where: where, Start: start, End: at})
			}
		}
	}
	find(string(got.Body), "body")
	for _, f := range got.Fields {
		find(f.Value, f.Name)
	}
	return echoes
}

// maxEchoes bounds the canaries that are found in one saved answer.
const maxEchoes = 1000

// lowerASCII keeps every other byte where it is.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
