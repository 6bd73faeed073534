package finding

// Effort says how many requests an endpoint got, and how many of them were asked
// for the map alone. The map reads the other answers, too: those to the plain
// request and to the probes. An endpoint that was asked again later has further
// efforts; they add up.
type Effort struct {
	URL      string `json:"url"`
	Requests int    `json:"requests"` // all of them
	// Map are those for the map alone: the sum of what follows.
	Map           int `json:"map"`
	Identities    int `json:"identities,omitempty"`    // as other clients: certificates of nobody
	Issued        int `json:"issued,omitempty"`        // as clients of the authority whose key the caller gave
	Spellings     int `json:"spellings,omitempty"`     // for a refused path in other words
	Ways          int `json:"ways,omitempty"`          // by other ways into the origin
	Confirmations int `json:"confirmations,omitempty"` // again, of what seemed to be a hole
}
