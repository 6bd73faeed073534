package scanner

import (
	"bytes"
	"cmp"
	"net/netip"
	"strings"

	"blurt/scanner/wire"
)

// maxPaste bounds a command that people are to paste, in bytes. Terminals cut
// long lines.
const maxPaste = 4000

// reportName stands for the report in commands where its name is not known.
const reportName = "report.json"

// reproduceDraft returns a command that shows a finding again: curl where curl
// can say it as the same client, else blurt replay, which sends the very bytes.
func (x *examination) reproduceDraft(d draft, request wire.Request, fingerprint string) string {
	if d.evidence.Location == "handshake" && d.job.as().Cert == nil {
		return x.reproduceHandshake()
	}
	command := reproduce(x.endpoint, d.job.as(), request)
	command = strings.Replace(command, curl, curl+x.curlOptions(), 1)
	if curlCan(d.job, request) && len(command) <= maxPaste || x.recipe(d).Impossible != "" {
		return command
	}
	return x.replayCommand(fingerprint, d.job)
}

const curl = "curl --insecure"

// reproduceHandshake shows what a handshake gives away, which curl does not.
func (x *examination) reproduceHandshake() string {
	to := x.endpoint.Origin
	name, address := " -noservername", to.Address()
	if !isAddress(to.Host) {
		name = " -servername " + shellQuote(to.Host)
	}
	if addr, pinned := x.pinned(); pinned {
		address = netip.AddrPortFrom(addr, to.Port).String()
	} else if strings.HasSuffix(to.Host, ".localhost") && len(x.controls) > 0 && x.controls[0].exchange.Remote.IsValid() {
		address = x.controls[0].exchange.Remote.String() // openssl does not know these names (RFC 6761, section 6.3)
	}
	return "openssl s_client -showcerts" + name + " -connect " + shellQuote(address) + " </dev/null"
}

// pinned returns the address that the caller has given for the origin.
func (x *examination) pinned() (netip.Addr, bool) {
	for _, pin := range x.engine.config.Pins {
		if pin.Host == x.endpoint.Origin.Host && pin.Port == x.endpoint.Origin.Port {
			return pin.Addr, true
		}
	}
	return netip.Addr{}, false
}

// curlOptions are what the scan was told of the way there.
func (x *examination) curlOptions() string {
	c := x.engine.config
	var options string
	if c.HTTP == "1.1" && x.endpoint.Origin.TLS() {
		options += " --http1.1"
	}
	return options + x.pinOption()
}

// pinOption says, to curl and to blurt alike, which address the caller has given.
func (x *examination) pinOption() string {
	addr, pinned := x.pinned()
	if !pinned {
		return ""
	}
	return " --resolve " + shellQuote(x.endpoint.Origin.Address()+":"+bracketed(addr))
}

// curlCan reports that curl sends the request as the same client.
func curlCan(j job, r wire.Request) bool {
	as := j.as()
	switch {
	case r.HTTP1Only(), bytes.IndexByte(r.Body, 0) >= 0:
		return false
	case as.Cert == nil:
	case as.Name != "caller" && as.Name != "self-signed":
		return false // a certificate that openssl req does not make
	}
	for i := 0; i < len(r.Target); i++ {
		if c := r.Target[i]; c == '#' || c == '\\' || c >= 0x7f {
			return false // curl leaves out or changes these
		}
	}
	return strings.HasPrefix(r.Target, "/")
}

// replayCommand is what a person types to send a finding's request again.
func (x *examination) replayCommand(fingerprint string, j job) string {
	as := j.as()
	command := "blurt replay " + shellQuote(cmp.Or(x.engine.config.ReportName, reportName)) + " " + fingerprint
	switch {
	case as.Cert != nil && as.Private:
		command += " --cert YOUR.pem --key YOUR.key"
	case j.attempt.Issued:
		command += " --issuer-cert YOUR-AUTHORITY.pem --issuer-key YOUR-AUTHORITY.key"
	}
	for _, f := range as.Fields {
		command += " --header " + shellQuote(f.Name+": YOUR-VALUE")
	}
	return command
}

// selfSignedName is the identity of a certificate whose like openssl makes in one
// line.
const selfSignedName = "self-signed-certificate"

// lookalikeName is the identity of a certificate that names an accepted issuer.
const lookalikeName = "lookalike-certificate"

// reproduceByScan is what a person types to have the endpoint asked again with a
// certificate that only a scan makes.
func (x *examination) reproduceByScan(j job) string {
	command := "blurt scan"
	switch {
	case j.attempt.Private:
		command += " --cert YOUR.pem --key YOUR.key"
	case j.attempt.Issued:
		command += " --issuer-cert YOUR-AUTHORITY.pem --issuer-key YOUR-AUTHORITY.key"
	}
	for _, f := range j.as().Fields {
		command += " --header " + shellQuote(f.Name+": YOUR-VALUE")
	}
	return command + x.pinOption() + " " + shellQuote(x.endpoint.String())
}
