package detect_test

import (
	"slices"
	"testing"

	"blurt/scanner/finding"
	"blurt/scanner/wire"
)

func TestPathLeaks(t *testing.T) {
	tests := []struct {
		name, media, body string
		want              []string
	}{
		{"PHP", "text/html", "<b>include_once()</b> failed for <b>/var/www/html/api/auth.php</b>, line <b>12</b>", []string{"/var/www/html/api/auth.php"}},
		{"JSON", "application/json", `{"error":"ENOENT: no such file or directory, open '/app/config/ca.pem'"}`, []string{"/app/config/ca.pem"}},
		{"JSON, escaped slashes", "application/json", `{"error":"in \/home\/deploy\/api\/index.php:3"}`, []string{"/home/deploy/api/index.php"}},
		{"JSON, escaped line feed", "application/json", `{"stack":"Error: x\n    at f (/srv/api/server.mjs:10:5)\n/srv/api/lib/tls.ts:3"}`, []string{"/srv/api/server.mjs", "/srv/api/lib/tls.ts"}},
		{"data", "application/json", `{"error":"[Errno 2] No such file or directory: '/srv/shop/var/statements/current.json'"}`, []string{"/srv/shop/var/statements/current.json"}},
		{"data below a root that sites have", "application/json", `{"error":"[Errno 2] No such file or directory: '/tmp/lab/state/current.json'"}`, []string{"/tmp/lab/state/current.json"}},
		{"a name without an ending", "text/plain", "Permission denied: '/data/uploads/7f3a'", []string{"/data/uploads/7f3a"}},
		{"layout", "text/plain", "import failed: /opt/venv/lib/python3.11/site-packages/shop", []string{"/opt/venv/lib/python3.11/site-packages/shop"}},
		{"Windows", "text/plain", `Could not load C:\inetpub\wwwroot\api\Global.asax`, []string{`C:\inetpub\wwwroot\api\Global.asax`}},
		{"Windows in JSON", "application/json", `{"error":"at D:\\Sites\\Shop Api","x":"D:\\work\\shop\\Auth.cs:line 4"}`, []string{`D:\Sites\Shop`, `D:\work\shop\Auth.cs`}},
		{"Program Files", "text/plain", `in C:\Program Files\Shop\web.config`, []string{`C:\Program Files\Shop\web.config`}},
		{"UNC", "text/plain", `cannot open \\files01\deploy\shop\web.config`, []string{`\\files01\deploy\shop\web.config`}},
		{"UNC in JSON", "application/json", `{"error":"cannot open \\\\files01\\deploy\\web.config"}`, []string{`\\files01\deploy\web.config`}},
		{"archive of Java", "text/plain", "no resource in jar:file:/app/shop.jar!/BOOT-INF/classes!/, nor in file:///srv/shop/conf/shop.properties", []string{"/app/shop.jar", "/srv/shop/conf/shop.properties"}},
		{"containers", "text/plain", "open /workspace/shop/main.go; /usr/src/app/node_modules/x; /var/task/handler.py; /code/shop/views.py", []string{"/workspace/shop/main.go", "/usr/src/app/node_modules/x", "/var/task/handler.py", "/code/shop/views.py"}},
		{"macOS", "text/plain", "/Users/alice/work/shop/app.py and /Library/WebServer/Documents/index.php", []string{"/Users/alice/work/shop/app.py", "/Library/WebServer/Documents/index.php"}},
		{"HTML entities", "text/html", "<p>open &#x27;/etc/ssl/private/api.key&#x27; failed</p>", []string{"/etc/ssl/private/api.key"}},
		{"advice in an internal error", "text/html", "<p>Edit <code>/etc/nginx/nginx.conf</code>.</p>", []string{"/etc/nginx/nginx.conf"}},
		{"the request's own path", "application/json", `{"status":404,"path":"/app/orders.php","message":"/app/orders.php not found"}`, nil},
		{"URLs", "application/json", `{"error":"see https://example.com/home/docs/errors.php and //cdn.example/srv/x.py"}`, nil},
		{"scripts", "text/html", `<h1>Oops</h1><script type="module">import "/build/entry.mjs"; x = '/app/config.php'</script><style>a{b:"/srv/x/y.conf"}</style>`, nil},
		{"links", "text/html", `<a href="/home/help.php">help</a><img src="/app/logo.conf"><form action='/var/www/x.php'>`, nil},
		{"members with references", "application/json", `{"error":"x","next":"/data/items.json","url":"/app/v1/list.php"}`, nil},
		{"routes", "text/plain", "No route for /app/users, /home/start or /data/list.json", nil},
		{"MIME types and dates", "text/plain", "expected application/json, got text/html on 2026/01/02", nil},
		{"base64", "text/plain", "bad value q/usr/lib/x.py+srv/app/y.py==", nil},
		{"escape sequences", "application/json", `{"error":"pattern ^\\d+\\w\\s+$ and \\u00e9\\n does not fit"}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := answerTo("/app/orders.php?id=1", answer(500, test.media, test.body))
			var got []string
			for _, hit := range run(in).Hits {
				if hit.Rule != "path-leak" {
					t.Errorf("got %s: %s", hit.Rule, hit.Message)
				}
				for _, i := range hit.Items {
					if i.Category == finding.PathLeak {
						got = append(got, i.Value)
					}
				}
				checkHit(t, test.name, in, hit)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPathsInPagesThatAreNoErrors(t *testing.T) {
	prose := "<html><body><p>Edit <code>/etc/nginx/nginx.conf</code>, then look at /var/log/nginx/error.log.</p></body></html>"
	for _, control := range []*wire.Response{nil, answer(200, "text/html", prose), answer(404, "text/html", "no")} {
		in := answerTo("/manual", answer(200, "text/html", prose))
		in.Control = control
		if out := run(in); len(out.Hits) > 0 {
			t.Errorf("got %+v", out.Hits)
		}
	}
	shown := answerTo("/x", answer(500, "text/plain", "failed: /srv/shop/app.py"))
	onlyHit(t, run(shown))
	shown.Control = shown.Got
	if out := run(shown); len(out.Hits) > 0 {
		t.Errorf("what the control shows is its own finding: got %+v", out.Hits)
	}
	if out := run(answerTo("/x", answer(404, "text/html", "<p>Not here. Edit <code>/etc/nginx/nginx.conf</code> to change that.</p>"))); len(out.Hits) > 0 {
		t.Errorf("advice: got %+v", out.Hits)
	}
}
