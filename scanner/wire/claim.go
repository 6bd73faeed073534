package wire

// Claim says which identity a request pretends to have.
type Claim uint8

// The claims.
const (
	// NoClaim: the request says nothing of who sends it.
	NoClaim Claim = iota
	// HeaderClaim: header fields name a subject or certificate that was never
	// presented.
	HeaderClaim
	// CertificateClaim: the handshake presents a certificate that no authority
	// vouches for.
	CertificateClaim
	// BrokenClaim: header fields hold a certificate or name that does not parse.
	BrokenClaim
)
