// Package policy holds what a team expects of its endpoints: which must demand
// a client certificate, and which are open on purpose. It is pure: it reads
// expectations, finds the one that speaks for an endpoint, and says whether what
// was seen of the endpoint meets it.
package policy
