package wire

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
)

// Identity is who a request is made as, at the TLS layer and by the caller's
// own header fields. It is a value: make a new one rather than change one that
// is in use. The zero value is an anonymous client.
type Identity struct {
	// Name tells the identity to people: "none", "self-signed", "caller".
	Name string
	// Cert is presented whenever the server asks for a client certificate,
	// whatever issuers it lists as acceptable. Nil presents none.
	Cert *tls.Certificate
	// Fields are added to each request made as this identity.
	Fields []Field
	// Private says that Cert or Fields belong to the caller. They are sent only
	// to a server whose certificate verifies, unless the caller waived that.
	Private bool
}

// ID returns a digest of all that tells one identity from another on a
// connection. Pools of connections are keyed by it, so that no request travels
// under another identity's handshake.
func (i Identity) ID() string {
	sum := sha256.New()
	if i.Cert != nil {
		for _, der := range i.Cert.Certificate {
			sum.Write(der)
			sum.Write([]byte{0})
		}
	}
	if i.Private {
		sum.Write([]byte("private"))
	}
	return i.Name + ":" + hex.EncodeToString(sum.Sum(nil)[:8])
}
