package probes

import (
	"fmt"
	"strings"
)

// Profile says how much a scan asks.
type Profile uint8

// The profiles, least first.
const (
	// Quick is for each push: under 60 requests an endpoint. It may leave out
	// what the first answers make unlikely.
	Quick Profile = iota
	// Standard sends every probe; a guess changes the order, never the list.
	Standard
	// Thorough adds what seldom pays: each header field by itself, rare spellings.
	Thorough
)

var profileNames = [...]string{"quick", "standard", "thorough"}

// Profiles returns the names of all profiles, least first.
func Profiles() []string { return profileNames[:] }

// String returns the profile's name.
func (p Profile) String() string {
	if int(p) < len(profileNames) {
		return profileNames[p]
	}
	return fmt.Sprintf("profile(%d)", uint8(p))
}

// ParseProfile reads a profile's name.
func ParseProfile(name string) (Profile, error) {
	for i, n := range profileNames {
		if strings.EqualFold(n, name) {
			return Profile(i), nil
		}
	}
	return 0, fmt.Errorf("profile %q is not one of %s", name, strings.Join(profileNames[:], ", "))
}

// Limits is how large a header section an origin takes.
type Limits struct {
	Fields int // number of fields
	Line   int // bytes of one field line
	Total  int // bytes of all of them
}

// DefaultLimits stays below what common servers take: 100 fields (gunicorn),
// 8 KiB a line (nginx), 16 KiB in all (HAProxy, Node).
func DefaultLimits() Limits { return Limits{Fields: 90, Line: 7900, Total: 12_000} }

// Known is what a target has told about itself.
type Known struct {
	// Names are distinguished names and host names that the target uses: the
	// authorities it accepts (RFC 4514), the names in its certificate, header
	// fields that its errors mention.
	Names []string
	// Authorities are the names of the authorities that the server says it
	// accepts, in DER.
	Authorities [][]byte
	// Products are recognised products, lower case, front first.
	Products []string
	// Open are paths of the origin that are answered to anybody.
	Open []string
}
