package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"blurt/scanner/internal/redact"
)

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func random(r *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// syntaxes plant a secret behind a name that announces it.
var syntaxes = map[string]func(name, secret string) string{
	"assignment":        func(n, s string) string { return n + "=" + s + "\n" },
	"spaced assignment": func(n, s string) string { return n + " = '" + s + "'\n" },
	"YAML":              func(n, s string) string { return "  " + n + ": " + s + "\n" },
	"JSON":              func(n, s string) string { return fmt.Sprintf(`{"a":1,%q:%q,"z":"end"}`, n, s) },
	"JSON, spaced":      func(n, s string) string { return fmt.Sprintf("{\n  %q : %q\n}", n, s) },
	"JSON in JSON": func(n, s string) string {
		inner, _ := json.Marshal(map[string]string{n: s})
		outer, _ := json.Marshal(map[string]string{"body": string(inner)})
		return string(outer)
	},
	"Python dict":        func(n, s string) string { return fmt.Sprintf("{'DEBUG': True, '%s': '%s'}", n, s) },
	"Python dict, bytes": func(n, s string) string { return fmt.Sprintf("{b'%s': b'%s'}", n, s) },
	"Python pair":        func(n, s string) string { return fmt.Sprintf("[('%s', '%s')]", n, s) },
	"environ":            func(n, s string) string { return fmt.Sprintf("os.environ['%s'] = '%s'", n, s) },
	"keyword argument":   func(n, s string) string { return fmt.Sprintf("connect(host='db', %s='%s')", n, s) },
	"HTML escaped dict":  func(n, s string) string { return html.EscapeString(fmt.Sprintf("{'%s': '%s'}", n, s)) },
	"Django table": func(n, s string) string {
		return fmt.Sprintf("<tr>\n  <td>%s</td>\n  <td class=\"code\"><pre>&#x27;%s&#x27;</pre></td>\n</tr>", n, html.EscapeString(s))
	},
	"XML element":   func(n, s string) string { return fmt.Sprintf("<%s>%s</%s>", n, html.EscapeString(s), n) },
	"XML attribute": func(n, s string) string { return fmt.Sprintf(`<server %s="%s"/>`, n, html.EscapeString(s)) },
	"hidden input": func(n, s string) string {
		return fmt.Sprintf(`<input type="hidden" name="%s" value="%s">`, n, html.EscapeString(s))
	},
	"HAR header":  func(n, s string) string { return fmt.Sprintf(`{"name":%q,"value":%q}`, n, s) },
	"query":       func(n, s string) string { return "/cb?x=1&" + n + "=" + url.QueryEscape(s) + "&y=2" },
	"definition":  func(n, s string) string { return "<dt>" + n + "</dt><dd>" + html.EscapeString(s) + "</dd>" },
	"PHP array":   func(n, s string) string { return "    [" + n + "] => " + s + "\n" },
	"hash rocket": func(n, s string) string { return `"` + n + `" => "` + s + `"` },
}

// TestPunctuatedSecretsDoNotSurvive plants passwords as people choose them,
// where quotes or markup say where they end.
func TestPunctuatedSecretsDoNotSurvive(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	m := redact.New()
	for _, label := range []string{"JSON", "JSON, spaced", "Python dict", "Python dict, bytes", "Python pair", "environ", "keyword argument", "HTML escaped dict", "XML attribute", "hidden input", "HAR header", "Django table", "query", "hash rocket"} {
		for range 300 {
			secret := random(r, letters+"!#$^*()-_+,.;:?/~ []{}|@&<>%=", 8+r.IntN(24))
			if strings.TrimSpace(secret) != secret {
				continue
			}
			text := "before it " + syntaxes[label]("DB_PASSWORD", secret) + " after it"
			got := m.Text(text)
			for at := 0; at+6 <= len(secret); at++ {
				if part := secret[at : at+6]; strings.Contains(got, part) || strings.Contains(got, html.EscapeString(part)) {
					t.Fatalf("%s: %q of %q survives in\n%s\nof\n%s", label, part, secret, got, text)
				}
			}
		}
	}
}

func TestSecretsBehindNamesDoNotSurvive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	names := []string{"password", "DB_PASSWORD", "SECRET_KEY", "api_key", "apiKey", "X-Api-Key", "AWS_SECRET_ACCESS_KEY", "auth_token", "client_secret", "PGPASS", "session_id"}
	m := redact.New()
	for label, plant := range syntaxes {
		for range 200 {
			name, secret := names[r.IntN(len(names))], random(r, letters, 6+r.IntN(40))
			text := "before it " + plant(name, secret) + " after it"
			got := m.Text(text)
			if strings.Contains(got, secret) || strings.Contains(got, secret[:len(secret)-1]) {
				t.Fatalf("%s: %q survives in\n%s\nof\n%s", label, secret, got, text)
			}
			if !strings.Contains(got, "before it") || !strings.Contains(got, "after it") {
				t.Fatalf("%s: too much is hidden:\n%s\nof\n%s", label, got, text)
			}
		}
	}
}

// encodings are the forms in which a known value may come back.
var encodings = map[string]func(string) string{
	"plain":             func(s string) string { return s },
	"query":             url.QueryEscape,
	"path":              url.PathEscape,
	"query, lower case": func(s string) string { return lowerHex(url.QueryEscape(s)) },
	"HTML":              html.EscapeString,
	"HTML, hexadecimal": func(s string) string {
		return strings.NewReplacer("'", "&#x27;", `"`, "&quot;", "&", "&amp;", "<", "&lt;").Replace(s)
	},
	"JSON":               func(s string) string { b, _ := json.Marshal(s); return string(b) },
	"JSON in HTML":       func(s string) string { b, _ := json.Marshal(s); return html.EscapeString(string(b)) },
	"JSON in JSON":       func(s string) string { b, _ := json.Marshal(s); b, _ = json.Marshal(string(b)); return string(b) },
	"Go or Python quote": strconv.Quote,
	"ASCII quote":        strconv.QuoteToASCII,
	"HTML in query":      func(s string) string { return url.QueryEscape(html.EscapeString(s)) },
}

func lowerHex(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '%' && i+2 < len(b) {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

func TestKnownValuesDoNotSurviveAnyEncoding(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for label, encode := range encodings {
		for range 300 {
			known := random(r, letters+`"'<>&%/\+=:;, é`[:14], 8+r.IntN(30))
			known = strings.TrimSpace(known)
			if len(known) < 4 {
				continue
			}
			text := "you sent [" + encode(known) + "] there"
			got := redact.New(known).Text(text)
			if want := "you sent ["; !strings.HasPrefix(got, want) {
				t.Fatalf("%s: %q hides what stands before", label, got)
			}
			for size := len(known); size >= 8; size-- {
				if strings.Contains(got, known[:size]) {
					t.Fatalf("%s: %q of %q survives in %q", label, known[:size], known, got)
				}
			}
			if strings.Contains(got, encode(known)) {
				t.Fatalf("%s: %q survives in %q", label, encode(known), got)
			}
		}
	}
}

func TestTextMasks(t *testing.T) {
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("not a real key but long enough ", 6)))
	tests := []struct{ name, text, secret string }{
		{"private key", "x\n-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\ny", key[:40]},
		{"encrypted key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233\n\n" + key + "\n-----END RSA PRIVATE KEY-----", key[:40]},
		{"certificate", "-----BEGIN CERTIFICATE-----\n" + key + "\n-----END CERTIFICATE-----", key[:40]},
		{"certificate that is cut", "-----BEGIN CERTIFICATE-----\\n" + key[:70], key[:40]},
		{"PEM in a query", url.QueryEscape("-----BEGIN CERTIFICATE-----\n" + key + "\n-----END CERTIFICATE-----"), key[:40]},
		{"Authorization", "GET / HTTP/1.1\r\nAuthorization: Custom abc def-ghi\r\nHost: a", "def-ghi"},
		{"Proxy-Authorization", "Proxy-Authorization: Basic dTpw\r\n", "dTpw"},
		{"Cookie", "Cookie: theme=dark; sid=q1w2\r\nAccept: */*", "q1w2"},
		{"Set-Cookie", "Set-Cookie: sessionid=q1w2e3; Path=/; HttpOnly", "q1w2e3"},
		{"META", "HTTP_AUTHORIZATION = 'Basic dTpwYXNzd29yZA=='", "dTpw"},
		{"ASGI scope", "(b'authorization', b'Bearer q1w2e3')", "q1w2e3"},
		{"URL", "amqp://worker:s3cr3t@mq.internal:5672//", "s3cr3t"},
		{"URL with signs", "postgres://u:p@ss:w/rd@db.internal/x", "p@ss"},
		{"URL without a user", "redis://:s3cr3t@cache:6379/0", "s3cr3t"},
		{"URL in HTML", "&#x27;postgres://u:s3cr3t@db/x&#x27;", "s3cr3t"},
		{"Sentry", "https://0123456789abcdef0123456789abcdef@o1.ingest.example/1", "0123456789abcdef"},
		{"DSN", "Server=db;Database=x;User Id=sa;Password=s3cr3t;Encrypt=no", "s3cr3t"},
		{"libpq", "could not connect: host=db user=u password=s3cr3t dbname=x", "s3cr3t"},
		{"JSON Web Token", "t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl t", "eyJzdWIi"},
		{"AWS", "id AKIAIOSFODNN7EXAMPLE here", "AKIAIOSFODNN7EXAMPLE"},
		{"GitHub", "x ghp_" + strings.Repeat("a1B2", 9) + " x", "a1B2a1B2"},
		{"GitLab", "glpat-abcDEF123456ghiJKL78", "abcDEF"},
		{"Slack", "xoxb-123456789012-abcdefABCDEF", "abcdefABC"},
		{"Stripe", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "4eC39"},
		{"Google", "AIzaSyA-1234567890abcdefghijklmnopqrstu", "1234567890"},
		{"bearer in prose", "sent Bearer abcDEF123456ghi", "abcDEF"},
		{"Django key", "k3y-w4rning!s(8v1^kq@b2&zt0p#7mxu5=ejh9d+or6ynclgf", "8v1^kq"},
		{"insecure Django key", "'django-insecure-#x)y2(abc'", "#x)y2"},
		{"password hash", "pbkdf2_sha256$600000$abcdefgh$" + key[:43] + "=", key[:40]},
		{"bcrypt", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "R9h/cIPz"},
		{"hexadecimal", "value 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 x", "9f86d081884c"},
		{"base64", "blob q83vEjRWeJASNFZ4kKvN7xI0VniQEjRWeJCrze8SNFY= x", "q83vEjRW"},
		{"nested settings", `{"DATABASES":{"default":{"PASSWORD":"s3cr3t","HOST":"db"}}}`, "s3cr3t"},
		{"list", `"tokens": ["s3cr3t", "0ther"]`, "0ther"},
		{"unterminated", `{"password":"s3cr3t and so on`, "so on"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := redact.New().Text(test.text); strings.Contains(got, test.secret) {
				t.Errorf("%q survives in %q", test.secret, got)
			}
		})
	}
}

func TestTextKeeps(t *testing.T) {
	for _, text := range []string{
		"ValueError: Unable to load PEM file. See https://cryptography.io/en/latest/faq/#why-can-t-i-import-my-pem-file for more details.",
		`File "/opt/app/lib/python3.11/site-packages/django/core/handlers/exception.py", line 55, in inner`,
		"CN=blurtaaaqcaacaaaaaajz2kq7,O=Blurt",
		"X-SSL-Client-S-DN: CN=blurtaaaqcaacaaaaaajz2kq7",
		"SHA-1 fingerprint da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"CSRF_COOKIE_NAME = 'csrftoken'",
		"KeyError: 'HTTP_X_SSL_CLIENT_S_DN'",
		"certificate = x509.load_pem_x509_certificate(unquote(pem).encode())",
		"COOKIES: No cookie data\n",
		`<h3 id="cookie-info">COOKIES</h3>`,
		"<li>Your browser is accepting cookies.</li>\n\n<li>The view function</li>",
		"<tr><td>AUTH_USER_MODEL</td><td>&#x27;auth.User&#x27;</td></tr>\n<tr><td>BASE_DIR</td><td>x</td></tr>",
		"AUTH_PASSWORD_VALIDATORS = []",
		"INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.sessions', 'shop']",
		"SECRET_KEY = '********************'",
		"http://localhost:8000/path?mail=me@example.com",
		"nginx/1.22.1, Apache/2.4.71 (Debian) OpenSSL/3.0.19",
		"The primary_key of the author is 17.",
		"",
	} {
		if got := redact.New("some other value").Text(text); got != text {
			t.Errorf("Text(%q) = %q", text, got)
		}
	}
}

func TestPartsOfKnownFieldsDoNotSurvive(t *testing.T) {
	m := redact.New("Bearer q1w2-e3r4", "Basic "+base64.StdEncoding.EncodeToString([]byte("alice:wonder land")), "theme=dark; sid=z9y8x7w6; t=1")
	for text, want := range map[string]string{
		"you are q1w2-e3r4":                   "you are ••••",
		"login of alice:wonder land":          "login of ••••",
		"the word is wonder+land.":            "the word is ••••.",
		"I know z9y8x7w6 and dark":            "I know •••• and dark",
		"got &quot;theme=dark; sid=z9y8x7w6;": "got &quot;theme=dark; sid=••••;",
	} {
		if got := m.Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestShortKnownValuesMaskWordsOnly(t *testing.T) {
	if got := redact.New("abc").Text("abc abcd abc."); got != "•••• abcd ••••." {
		t.Errorf("got %q", got)
	}
}

func TestValue(t *testing.T) {
	for in, want := range map[string]string{"s3cr3t": "•••• (6 characters)", "é": "•••• (1 character)", "": "•••• (0 characters)"} {
		if got := redact.Value(in); got != want {
			t.Errorf("Value(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain\n\ttext":        "plain\n\ttext",
		"\x1b[31mred\x1b[0m":   `\x1b[31mred\x1b[0m`,
		"a\r\nb\rc":            "a\nb" + `\x0d` + "c",
		"bell\a nul\x00":       `bell\x07 nul\x00`,
		"\u202eevil":           `\u202eevil`,
		"\u2066x\u2069\u200b":  `\u2066x\u2069\u200b`,
		"line\u2028sep\u0085":  `line\u2028sep\u0085`,
		"bad \xff utf":         `bad \xff utf`,
		"kept: é 日本 ✓ \u00a0.": "kept: é 日本 ✓ \u00a0.",
		"\U000e0001":           `\U000e0001`,
		"\x9b31m":              `\x9b31m`,
	} {
		if got := redact.Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "DB_PASSWORD": true, "SECRET_KEY": true, "X-Api-Key": true, "Authorization": true, "HTTP_COOKIE": true, "Set-Cookie": true,
		"sessionid": true, "csrftoken": true, "DATABASE_URL": true, "SENTRY_DSN": true, "accessKey": true, "clientSecret": true, "PGPASSWORD": true, "key": true,
		"author": false, "keyboard": false, "CSRF_COOKIE_NAME": false, "AUTH_PASSWORD_VALIDATORS": false, "SESSION_ENGINE": false, "primary_key": false,
		"monkey": false, "compass": false, "X-SSL-Client-S-DN": false, "HTTP_X_SSL_CLIENT_CERT": false, "ALLOWED_HOSTS": false, "": false,
		"PUBLIC_KEY": false, "bypass": false, "authority": false,
	} {
		if got := redact.SecretName(name); got != want {
			t.Errorf("SecretName(%q) = %v", name, got)
		}
	}
}

func FuzzRedactText(f *testing.F) {
	for _, plant := range syntaxes {
		f.Add(plant("password", "Tr0ub4dor&3"), "kn0wn-v4lue")
	}
	f.Add("a%25%32%35&amp;amp;\\\\\\u0041\xff", "%41")
	f.Fuzz(func(t *testing.T, text, known string) {
		got := redact.New(known).Text(text)
		if !utf8.ValidString(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		if len(got) > 16*len(text)+16 {
			t.Fatalf("%d bytes became %d", len(text), len(got))
		}
		if value := strings.TrimSpace(known); len(value) >= 4 && utf8.ValidString(value) && !strings.Contains("••••", value) && strings.Contains(got, value) &&
			!strings.Contains(value, "•") {
			// What is left may only have come together around a mask.
			if strings.Contains(strings.ToValidUTF8(text, "\ufffd"), value) && !strings.Contains(strings.ReplaceAll(got, "••••", "\x00"), value) {
				return
			}
			t.Fatalf("%q survives in %q", value, got)
		}
		redact.Printable(got)
	})
}

// BenchmarkText shows that time grows with the text and not with its square:
// compare the rates of the two sizes.
func BenchmarkText(b *testing.B) {
	m := redact.New("a-known-value-of-the-caller")
	for _, near := range []string{"password=", "-----BEGIN RSA PRIVATE KEY-----", "://a:b", "'token': [(", "&#x27;&amp;", `\\\\u00`, "<td>password</td>", "eyJaaaaa.", "a%4"} {
		for _, size := range []int{64 << 10, 1 << 20} {
			text := strings.Repeat(near, size/len(near))
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(near, "/", "_"), size), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					m.Text(text)
				}
			})
		}
	}
}
