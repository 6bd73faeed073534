package discover

import (
	"bytes"
	"fmt"

	"blurt/scanner/wire"
)

// maxHAR bounds a HAR file, in bytes.
const maxHAR = 256 << 20

// recordedRequest is what is read of an entry of a HAR file; nothing but method
// and URL is, so that no cookie or token of the recording can get anywhere.
type recordedRequest struct {
	Request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"request"`
}

// HAR returns the endpoints of the http and https requests in a HAR 1.2 file.
// Requests by other methods than GET and HEAD count only where o.Unsafe is set.
func HAR(data []byte, o Options) ([]wire.Endpoint, error) {
	if len(data) > maxHAR {
		return nil, fmt.Errorf("HAR: longer than %d MiB", maxHAR>>20)
	}
	c := newCollector(MaxEndpoints)
	for entry, err := range Entries[recordedRequest](bytes.NewReader(data), maxHAR) {
		if err != nil {
			return nil, fmt.Errorf("HAR: %w", err)
		}
		switch entry.Request.Method {
		case "GET", "HEAD", "get", "head":
		default:
			if !o.Unsafe {
				continue
			}
		}
		if e, err := wire.ParseEndpoint(entry.Request.URL); err == nil {
			c.add(e)
		}
	}
	return c.found, nil
}
