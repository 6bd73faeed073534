package detect_test

import (
	"strings"
	"testing"

	"blurt/scanner/detect"
	"blurt/scanner/finding"
)

// The pages below are put together from the templates in the sources of .NET
// Framework 4.8 and ASP.NET Core 9; no server has sent them.
const (
	aspnetPage = "<!DOCTYPE html>\r\n<html>\r\n    <head>\r\n        <title>Object reference not set to an instance of an object.</title>\r\n    </head>\r\n\r\n    <body bgcolor=\"white\">\r\n\r\n" +
		"            <span><H1>Server Error in '/shop' Application.<hr width=100% size=1 color=silver></H1>\r\n\r\n" +
		"            <h2> <i>Object reference not set to an instance of an object.</i> </h2></span>\r\n\r\n" +
		"            <font face=\"Arial, Helvetica, Geneva, SunSans-Regular, sans-serif \">\r\n\r\n" +
		"            <b> Description: </b>An unhandled exception occurred during the execution of the current web request.\r\n            <br><br>\r\n\r\n" +
		"            <b> Exception Details: </b>System.NullReferenceException: no CN in " + canary + "<br><br>\r\n\r\n" +
		"            <b>Source Error:</b> <br><br>\r\n\r\n            <table width=100% bgcolor=\"#ffffcc\">\r\n               <tr>\r\n                  <td>\r\n                      <code><pre>\r\n\r\n" +
		"Line 12:     {\r\n<font color=red>Line 13:         return Request.ServerVariables[&quot;CERT_SUBJECT&quot;].Trim();\r\n</font>Line 14:     }\r\n</pre></code>\r\n\r\n                  </td>\r\n               </tr>\r\n            </table>\r\n\r\n            <br>\r\n\r\n" +
		"            <b> Source File: </b> c:\\inetpub\\shop\\Identity.aspx.cs<b> &nbsp;&nbsp; Line: </b> 13\r\n            <br><br>\r\n\r\n" +
		"            <b>Stack Trace:</b> <br><br>\r\n\r\n            <table width=100% bgcolor=\"#ffffcc\">\r\n               <tr>\r\n                  <td>\r\n                      <code><pre>\r\n\r\n" +
		"[NullReferenceException: no CN in " + canary + "]\r\n   Shop.Identity.Page_Load(Object sender, EventArgs e) in c:\\inetpub\\shop\\Identity.aspx.cs:13\r\n   System.Web.UI.Control.OnLoad(EventArgs e) +106\r\n   System.Web.UI.Page.ProcessRequestMain(Boolean includeStagesBeforeAsyncPoint, Boolean includeStagesAfterAsyncPoint) +785\r\n</pre></code>\r\n\r\n                  </td>\r\n               </tr>\r\n            </table>\r\n\r\n            <br>\r\n\r\n" +
		"            <hr width=100% size=1 color=silver>\r\n\r\n            <b>Version Information:</b>&nbsp;Microsoft .NET Framework Version:4.0.30319; ASP.NET Version:4.8.4110.0\r\n\r\n            </font>\r\n\r\n    </body>\r\n</html>\r\n"

	aspnetCorePage = `<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
    <head><meta charset="utf-8" /><title>Internal Server Error</title></head>
    <body>
        <h1>An unhandled exception occurred while processing the request.</h1>
            <div class="titleerror">FormatException: no CN in ` + canary + `</div>
                <p class="location">Shop.Identity.Parse(string dn) in <code title="/src/Shop/Identity.cs">Identity.cs</code>, line 41</p>
        <div id="stackpage" class="page"><ul><li>
            <h2 class="stackerror">FormatException: no CN in ` + canary + `</h2>
            <ul><li class="frame" id="frame1"><h3>Shop.Identity.Parse(string dn) in <code title="/src/Shop/Identity.cs">Identity.cs</code></h3>
                <button class="expandCollapseButton" data-frameId="frame1">+</button>
                <div class="source"><ol start="41" class="highlight"><li><span>        return names[&quot;CN&quot;];</span></li></ol></div></li></ul></li>
            <li><div class="rawExceptionBlock"><div id="exceptionDetail1" class="rawExceptionDetails">
                <pre class="rawExceptionStackTrace">System.FormatException: no CN in ` + canary + `
   at Shop.Identity.Parse(String dn) in /src/Shop/Identity.cs:line 41
   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)</pre></div></div></li></ul></div>
        <div id="headerspage" class="page"><table><thead><tr><th>Variable</th><th>Value</th></tr></thead><tbody>
            <tr><td>Authorization</td><td>Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl</td></tr>
            <tr><td>X-SSL-Client-S-DN</td><td>subject-of-` + canary + `</td></tr></tbody></table></div>
    </body>
</html>
`
	aspnetCoreText = "System.FormatException: no CN in " + canary + "\r\n   at Shop.Identity.Parse(String dn) in /src/Shop/Identity.cs:line 41\r\n   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)\r\n\r\n" +
		"HEADERS\r\n=======\r\nAccept: */*\r\nHost: api.shop.example\r\nX-SSL-Client-S-DN: subject-of-" + canary + "\r\n"
	aspnetCoreJSON = `{"type":"https://tools.ietf.org/html/rfc9110#section-15.6.1","title":"System.FormatException","status":500,"detail":"no CN in ` + canary + `",` +
		`"exception":{"details":"System.FormatException: no CN in ` + canary + `\r\n   at Shop.Identity.Parse(String dn) in /src/Shop/Identity.cs:line 41\r\n   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext httpContext)",` +
		`"headers":{"Accept":["*/*"],"X-SSL-Client-S-DN":["subject-of-` + canary + `"]},"path":"/identity","endpoint":"HTTP: GET /identity/{id}","routeValues":{"id":"7"}}}`
)

func TestASPNetPages(t *testing.T) {
	for name, c := range map[string]struct {
		media, body, rule string
		confidence        finding.Confidence
		items             map[string]string // name: a part of its value
		product           string
	}{
		"ASP.NET": {"text/html; charset=utf-8", aspnetPage, "framework-debug-page", finding.Firm, map[string]string{
			"exception": "System.NullReferenceException: no CN in ", "source file": `c:\inetpub\shop\Identity.aspx.cs`, "line 13": `return Request.ServerVariables["CERT_SUBJECT"].Trim();`,
			"Shop.Identity.Page_Load": `c:\inetpub\shop\Identity.aspx.cs:13`, "System.Web.UI.Control.OnLoad": "<no symbols>", ".net framework": "4.0.30319", "asp.net": "4.8.4110.0",
		}, "asp.net 4.8.4110.0"},
		"ASP.NET Core": {"text/html; charset=utf-8", aspnetCorePage, "framework-debug-page", finding.Firm, map[string]string{
			"exception": "FormatException: no CN in ", "Shop.Identity.Parse": `/src/Shop/Identity.cs:41: return names["CN"];`, "Authorization": "Bearer ", "X-SSL-Client-S-DN": canary,
		}, "asp.net core"},
		"ASP.NET Core, text": {"text/plain; charset=utf-8", aspnetCoreText, "dotnet-stack-trace", finding.Confirmed, map[string]string{
			"exception": "System.FormatException: no CN in ", "Shop.Identity.Parse": "/src/Shop/Identity.cs:41", "Accept": "*/*", "X-SSL-Client-S-DN": "subject-of-",
		}, "asp.net core"},
		"ASP.NET Core, problem details": {"application/problem+json", aspnetCoreJSON, "dotnet-stack-trace", finding.Confirmed, map[string]string{
			"exception": "System.FormatException: no CN in ", "Shop.Identity.Parse": "/src/Shop/Identity.cs:41", "endpoint": "HTTP: GET /identity/{id}", "route value id": "7", "X-SSL-Client-S-DN": "subject-of-",
		}, "asp.net core"},
	} {
		in := answerTo("/identity", answer(500, c.media, c.body))
		for at := 0; ; {
			next := strings.Index(c.body[at:], canary)
			if next < 0 {
				break
			}
			at += next + len(canary)
			in.Echoes = append(in.Echoes, detect.Echo{Token: canary, Field: "X-SSL-Client-S-DN", Where: "body", Start: at - len(canary), End: at})
		}
		out := run(in)
		hit := onlyHit(t, out)
		checkHit(t, name, in, hit)
		if hit.Rule != c.rule || hit.Confidence != c.confidence {
			t.Errorf("%s: got %s, %s: %s", name, hit.Rule, hit.Confidence, hit.Message)
		}
		for item, part := range c.items {
			found := false
			for _, i := range hit.Items {
				found = found || i.Name == item && strings.Contains(i.Value, part)
				if i.Name == "Authorization" && !i.Sensitive {
					t.Errorf("%s: %s is shown", name, i.Name)
				}
			}
			if !found {
				t.Errorf("%s: no %s with %q: %+v", name, item, part, hit.Items)
			}
		}
		known := false
		for _, p := range out.Products {
			known = known || p.Name == c.product || p.Name+" "+p.Version == c.product
		}
		if !known {
			t.Errorf("%s: products %v", name, out.Products)
		}
		for _, hit := range run(answerTo("/manual", answer(200, c.media, c.body))).Hits {
			if hit.Confidence != finding.Tentative || hit.Rule == "framework-debug-page" {
				t.Errorf("%s, as a page of a manual: got %s, %s", name, hit.Rule, hit.Confidence)
			}
		}
	}
}
