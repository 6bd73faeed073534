package finding

// Category says what kind of thing leaked. The names are part of the JSON
// report's contract.
type Category string

// The categories, in the order in which reports list them.
const (
	SecretExposure    Category = "secret-exposure"    // a credential, key, token, or connection string with one
	IdentitySpoofing  Category = "identity-spoofing"  // a client-made certificate or header changes who the client is taken for
	DebugPage         Category = "debug-page"         // a framework's own debug page or console
	MTLSInconsistency Category = "mtls-inconsistency" // mutual TLS holds here and not for a sibling
	DebugEndpoint     Category = "debug-endpoint"     // a log, metrics, profiler, environment or configuration endpoint
	Traceback         Category = "traceback"          // a stack trace of the running program
	CertReflection    Category = "cert-reflection"    // a certificate's or identity header's field comes back
	EnumerationOracle Category = "enumeration-oracle" // answers differ by whether a subject exists or which check failed
	ErrorDetail       Category = "error-detail"       // internals named short of a trace
	APIInventory      Category = "api-inventory"      // routes, schema or documentation
	InternalHost      Category = "internal-host"      // private addresses, internal host, cluster or upstream names
	CADisclosure      Category = "ca-disclosure"      // certificate authorities that are not public ones
	PathLeak          Category = "path-leak"          // a file-system path of the server
	VersionBanner     Category = "version-banner"     // a product with its version
)

// Categories returns every category in report order.
func Categories() []Category {
	return []Category{
		SecretExposure, IdentitySpoofing, DebugPage, MTLSInconsistency, DebugEndpoint,
		Traceback, CertReflection, EnumerationOracle, ErrorDetail, APIInventory,
		InternalHost, CADisclosure, PathLeak, VersionBanner,
	}
}
