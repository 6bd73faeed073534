package probes

import (
	"fmt"
	"time"
)

const openSSLTime = "Jan _2 15:04:05 2006 GMT"

// timeGrammars are the ways in which proxies write the dates of a certificate.
func timeGrammars() map[Encoding]grammar {
	form := func(layout string) grammar {
		return grammar{family: timeFamily, roles: []Role{NotBeforeRole, NotAfterRole}, genuine: func(s *Specimen, r Role) string {
			return s.date(r).Format(layout)
		}}
	}
	return map[Encoding]grammar{
		"time-openssl": form(openSSLTime),
		"time-asn1":    form("060102150405Z"),
		"time-rfc3339": form(time.RFC3339),
		"time-iso":     form("2006-01-02 15:04:05"),
		"time-unix": {family: timeFamily, roles: []Role{NotBeforeRole, NotAfterRole}, genuine: func(s *Specimen, r Role) string {
			return fmt.Sprint(s.date(r).Unix())
		}},
		"days": {family: timeFamily, roles: []Role{NotAfterRole}, genuine: func(*Specimen, Role) string { return "365" }},
		"validity": {family: timeFamily, roles: []Role{ValidityRole}, genuine: func(s *Specimen, _ Role) string {
			return "NotBefore=" + s.date(NotBeforeRole).Format(time.RFC3339) + ";NotAfter=" + s.date(NotAfterRole).Format(time.RFC3339)
		}},
	}
}

func (s *Specimen) date(r Role) time.Time {
	if r == NotBeforeRole {
		return s.Certificate.Leaf.NotBefore.UTC()
	}
	return s.Certificate.Leaf.NotAfter.UTC()
}
