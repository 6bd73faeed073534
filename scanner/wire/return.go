package wire

import (
	"net/url"
	"strings"
)

// LeadsBack reports a reference (RFC 3986, section 4.1) whose query tells where to
// send the client afterwards, by a path or an https URL: as logins are told.
func LeadsBack(reference string) bool {
	reference, _, _ = strings.Cut(reference, "#")
	_, query, _ := strings.Cut(reference, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	for _, given := range values {
		for _, value := range given {
			if strings.HasPrefix(value, "/") || strings.HasPrefix(value, "https://") {
				return true
			}
		}
	}
	return false
}
