package sensitivity

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"blurt/scanner/wire"
)

// maxLook is how much of a body is looked at, in bytes.
const maxLook = 64 << 10

// answered says what an answer shows that is worth protecting. It quotes names
// of members only, never a value.
func answered(got *wire.Response) []string {
	if got == nil {
		return nil
	}
	var out []string
	if methods := changing(got.Field("Allow")); methods != "" {
		out = append(out, "it takes methods that change something: "+methods)
	}
	if got.Status >= 200 && got.Status < 300 {
		if keys := personal(got); len(keys) > 0 {
			out = append(out, "its answer has members that hold personal or secret data: "+strings.Join(keys, ", "))
		}
	}
	if got.Status == 401 || got.Status == 403 {
		if word := privilege(got.Body); word != "" {
			out = append(out, "its refusal speaks of "+word)
		}
	}
	return out
}

// pageOf says that an answer is a front page, or a part of pages.
func pageOf(path string, got *wire.Response) string {
	if got == nil || got.Status < 200 || got.Status > 299 {
		return ""
	}
	media, _, _ := strings.Cut(strings.ToLower(got.Field("Content-Type")), ";")
	media = strings.TrimSpace(media)
	switch {
	case strings.Trim(path, "/") == "" && media == "text/html":
		return "it is the front page"
	case saysItRuns(media, got.Body):
		return "its answer says no more than that it runs"
	case media == "text/css", strings.HasSuffix(media, "javascript"), strings.HasPrefix(media, "image/"), strings.HasPrefix(media, "font/"):
		return "it is a part of pages: " + strings.Join(strings.FieldsFunc(media, notInMedia), "/")
	}
	return ""
}

// saysItRuns knows the answers of health checks, whatever their path is called:
// a word, or members that hold nothing else.
func saysItRuns(media string, body []byte) bool {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || len(body) > maxRuns {
		return false
	}
	if !strings.HasSuffix(media, "json") {
		return (media == "" || media == "text/plain") && isRunning(string(body))
	}
	var members map[string]any
	if json.Unmarshal(body, &members) != nil || len(members) == 0 {
		return false
	}
	for name, value := range members {
		word, isText := value.(string)
		if value != true && !(isText && isRunning(word)) || !isStatus(name) {
			return false
		}
	}
	return true
}

// maxRuns is the longest answer that is read as one of a health check, in bytes.
const maxRuns = 120

func isRunning(word string) bool {
	switch strings.ToLower(word) {
	case "ok", "up", "alive", "healthy", "ready", "running", "pass", "pong", "live":
		return true
	}
	return false
}

func isStatus(name string) bool {
	switch strings.ToLower(name) {
	case "ok", "up", "alive", "healthy", "ready", "live", "running", "status", "state", "health", "ping", "pong":
		return true
	}
	return false
}

func notInMedia(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '+' && r != '.'
}

// changing returns those methods of an Allow field that change something
// (RFC 9110, section 9.2.1).
func changing(allow string) string {
	var out []string
	for method := range strings.SplitSeq(allow, ",") {
		switch method = strings.ToUpper(strings.TrimSpace(method)); method {
		case "PUT", "PATCH", "DELETE":
			out = append(out, method)
		}
	}
	return strings.Join(out, ", ")
}

// personal returns the names of members of a JSON answer that hold what the law
// or common sense protects. One that names a person needs a second one.
func personal(got *wire.Response) []string {
	media := strings.ToLower(got.Field("Content-Type"))
	if !strings.Contains(media, "json") {
		return nil
	}
	var strong, weak []string
	decoder := json.NewDecoder(bytes.NewReader(got.Body[:min(len(got.Body), maxLook)]))
	inObject, isKey := []bool{}, false
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				inObject = append(inObject, t == '{')
			} else if len(inObject) > 0 {
				inObject = inObject[:len(inObject)-1]
			}
			isKey = len(inObject) > 0 && inObject[len(inObject)-1]
			continue
		case string:
			if isKey {
				strong, weak = keep(strong, t, isStrong), keep(weak, t, isWeak)
				isKey = false
				continue
			}
		}
		isKey = len(inObject) > 0 && inObject[len(inObject)-1]
	}
	if len(strong) == 0 && len(weak) < 2 {
		return nil
	}
	return append(strong, weak...)
}

func keep(list []string, name string, wanted func(string) bool) []string {
	const most = 4
	name = strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name[:min(len(name), 60)]))
	if len(list) < most && wanted(name) && !slices.Contains(list, name) {
		list = append(list, name)
	}
	return list
}

func isStrong(name string) bool {
	switch name {
	case "iban", "ssn", "socialsecuritynumber", "taxid", "passportnumber", "dateofbirth", "birthdate", "dob", "salary", "cardnumber", "pan",
		"cvv", "password", "passwordhash", "secret", "apikey", "privatekey", "accesstoken", "refreshtoken", "balance", "accountnumber",
		"diagnosis", "creditlimit", "nationalid", "routingnumber":
		return true
	}
	return false
}

func isWeak(name string) bool {
	switch name {
	case "email", "emailaddress", "phone", "phonenumber", "mobile", "firstname", "lastname", "surname", "fullname", "address", "street",
		"postcode", "zipcode", "username", "userid", "customerid", "gender", "nationality", "lastlogin", "roles", "permissions":
		return true
	}
	return false
}

// privilege finds the word by which a refusal tells that somebody special is
// meant.
func privilege(body []byte) string {
	lower := bytes.ToLower(body[:min(len(body), 4<<10)])
	for _, word := range []string{"administrator", "admin role", "privilege", "internal use", "superuser"} {
		if bytes.Contains(lower, []byte(word)) {
			return word
		}
	}
	return ""
}
