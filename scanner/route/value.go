package route

import "strings"

// uuidValue is a well-formed version 4 UUID that nothing real has.
const uuidValue = "00000000-0000-4000-8000-000000000001"

// Value returns a sensible value for a path parameter of a type, as converters
// and OpenAPI's types and formats call it, and of a name. Either may be empty.
// The value needs no percent-encoding.
func Value(kind, name string) string {
	if v, ok := typed(strings.ToLower(kind)); ok {
		return v
	}
	return named(strings.ToLower(name))
}

func typed(kind string) (string, bool) {
	switch kind {
	case "int", "integer", "int32", "int64", "long", "number", "\\d", "unsigned":
		return "1", true
	case "float", "double", "decimal":
		return "1.0", true
	case "uuid", "guid":
		return uuidValue, true
	case "slug", "path":
		return "a", true
	case "bool", "boolean":
		return "true", true
	case "date":
		return "2024-01-01", true
	case "date-time", "datetime":
		return "2024-01-01T00:00:00Z", true
	case "email":
		return "a@example.org", true
	case "ipv4":
		return "192.0.2.1", true
	case "ipv6":
		return "2001:db8::1", true
	case "hostname":
		return "example.org", true
	case "byte", "binary":
		return "YQ==", true
	}
	return "", false
}

// named guesses from a parameter's name; most of them are keys of rows.
func named(name string) string {
	switch name {
	case "format":
		return "json"
	case "lang", "language", "locale":
		return "en"
	case "year", "yyyy":
		return "2024"
	case "month", "mm", "day", "dd":
		return "01"
	case "date":
		return "2024-01-01"
	case "email":
		return "a@example.org"
	case "version":
		return "v1"
	case "slug", "path", "file", "filename", "username":
		return "a"
	}
	if strings.Contains(name, "uuid") || strings.Contains(name, "guid") {
		return uuidValue
	}
	return "1"
}
