package scanner

import (
	"context"
	"slices"

	"blurt/probes"
	"blurt/scanner/wire"
)

// hingesOnVerdict reports that a claim fails only while it says that the
// certificate was verified. Then the verdict was believed and what stands behind
// the check broke; otherwise some other value of the claim is just not read well.
func (x *examination) hingesOnVerdict(ctx context.Context, d draft) bool {
	denied, ok := withoutVerdict(d.job.attempt)
	if !ok {
		return false
	}
	again := x.do(ctx, d.job.as(), x.endpoint, denied.Request)
	return again.Got != nil && again.Got.Status < 500
}

// withoutVerdict turns each positive verdict of an attempt into its opposite. It
// reports false where there is none.
func withoutVerdict(a probes.Attempt) (probes.Attempt, bool) {
	opposite := map[string]string{
		"SUCCESS": "NONE", "OK": "NoClientCert", "0": "20", "1": "0", "true": "false", "True": "False", "yes": "no", "on": "off",
	}
	fields := slices.Clone(a.Request.Fields)
	found := false
	for i, f := range fields {
		if to, ok := opposite[f.Value]; ok && slices.Contains(a.Added, f.Name) {
			fields[i], found = wire.Field{Name: f.Name, Value: to}, true
		}
	}
	a.Request.Fields = fields
	return a, found
}
