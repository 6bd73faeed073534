package detect_test

import (
	"testing"

	"blurt/scanner/finding"
)

// moreFrameworks are the answers of programs in Java, JavaScript, Rust and .NET.
var moreFrameworks = []framework{
	{"tomcat-11.0.27/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "tomcat 11.0.27"},
	{"tomcat-9.0.123/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "tomcat 9.0.123"},
	{"tomcat-11.0.27/400-html", "java-stack-trace", finding.Firm, "java.lang.IllegalArgumentException: Invalid character found in the request target", "org.apache.coyote.http11.Http11InputBuffer.parseRequestLine|Http11InputBuffer.java:", "tomcat 11.0.27"},
	{"tomcat-9.0.123/400-html", "java-stack-trace", finding.Firm, "java.lang.IllegalArgumentException: Invalid character found in the request target", "org.apache.coyote.http11.Http11InputBuffer.parseRequestLine|Http11InputBuffer.java:", "tomcat 9.0.123"},
	{"jetty-12.1.14/500-html", "java-stack-trace", finding.Confirmed, "java.lang.IllegalStateException: no subject in X-SSL-Client-S-DN", "shop.Subject.commonName|Subject.java:16", "jetty 12.1.14"},
	{"jetty-12.1.14/500-text", "java-stack-trace", finding.Confirmed, "java.lang.IllegalStateException: no subject in X-SSL-Client-S-DN", "shop.Subject.commonName|Subject.java:16", "jetty 12.1.14"},
	{"jetty-12.1.14/400-html", "java-stack-trace", finding.Firm, "org.eclipse.jetty.http.HttpException$RuntimeException: 400: Bad Request", "org.eclipse.jetty.http.HttpParser.parseNext|HttpParser.java:1847", "jetty 12.1.14"},
	{"jetty-9.4.58.v20250814/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "jetty 9.4.58.v20250814"},
	{"jetty-9.4.58.v20250814/500-text", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "jetty 9.4.58.v20250814"},
	{"undertow-2.3.26.Final/500-html", "java-stack-trace", finding.Confirmed, "java.lang.IllegalStateException: no subject in X-SSL-Client-S-DN", "shop.Subject.commonName|Subject.java:16", "undertow"},
	{"spring-boot-2.7.18/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Identity.commonName|Identity.java:54", "spring"},
	{"spring-boot-2.7.18/500-json", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Identity.commonName|Identity.java:54", "spring"},
	{"spring-boot-2.7.18/400-tomcat", "java-stack-trace", finding.Firm, "java.lang.IllegalArgumentException: Invalid character found in the request target", "org.apache.coyote.http11.Http11InputBuffer.parseRequestLine|Http11InputBuffer.java:", "tomcat 9.0.83"},
	{"spring-boot-4.1.2/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Identity.commonName|Identity.java:54", "spring"},
	{"spring-boot-4.1.2/500-json", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Identity.commonName|Identity.java:54", "spring"},
	{"spring-boot-4.1.2/404-html", "java-stack-trace", finding.Firm, "org.springframework.web.servlet.resource.NoResourceFoundException", "org.springframework.web.servlet.resource.ResourceHttpRequestHandler.handleRequest|ResourceHttpRequestHandler.java:", "spring"},
	{"spring-boot-4.1.2/400-tomcat", "java-stack-trace", finding.Firm, "java.lang.IllegalArgumentException: Invalid character found in the request target", "org.apache.coyote.http11.Http11InputBuffer.parseRequestLine|Http11InputBuffer.java:", "tomcat 11.0.27"},
	{"webflux-4.1.2/500-html", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "java"},
	{"webflux-4.1.2/500-json", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "java"},
	{"webflux-4.1.2/404-json", "java-stack-trace", finding.Firm, "org.springframework.web.reactive.resource.NoResourceFoundException", "org.springframework.web.reactive.resource.ResourceWebHandler.lambda$handle$0|ResourceWebHandler.java:", "spring"},
	{"cxf-4.2.3/500-soap", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "cxf"},
	{"cxf-4.2.3/500-malformed", "java-stack-trace", finding.Firm, "com.ctc.wstx.exc.WstxEOFException: Unexpected end of input block in start tag", "com.ctc.wstx.sr.StreamScanner.throwUnexpectedEOB|StreamScanner.java:685", "cxf"},
	{"spring-graphql-4.1.2/200-errors", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "graphql-java"},
	{"quarkus-3.37.4/500-html", "framework-debug-page", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "quarkus"},
	{"quarkus-3.37.4/500-json", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "quarkus"},
	{"quarkus-3.37.4/500-text", "java-stack-trace", finding.Confirmed, "javax.naming.InvalidNameException: Invalid name: subject-of-", "shop.Subject.commonName|Subject.java:16", "quarkus"},
	{"vertx-5.1.6/500-html", "java-stack-trace", finding.Firm, "", "shop.Subject.commonName|Subject.java:16", "vert.x"},
	{"vertx-5.1.6/500-json", "java-stack-trace", finding.Firm, "", "shop.Subject.commonName|Subject.java:16", "vert.x"},
	{"vertx-5.1.6/500-text", "java-stack-trace", finding.Firm, "Error 500: no subject in X-SSL-Client-S-DN", "shop.Subject.commonName|Subject.java:16", "vert.x"},
	{"nest-12.5.1/500-stack", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node-web" + identityJS, "nestjs"},
	{"hapi-21.4.10/500-stack", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node-web" + identityJS, "hapi"},
	{"h3-1.15.11/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node-web-old" + identityJS, "h3"},
	{"h3-2.0.8/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/node-web" + identityJS, "h3"},
	{"nitro-2.13.6/500-html", "framework-debug-page", finding.Confirmed, "Error: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/nitro" + identityJS, "youch"},
	{"nitro-2.13.6/500-json", "node-stack-trace", finding.Firm, "", "commonName|/tmp/blurt-frameworks/nitro" + identityJS, "h3"},
	{"youch-3.3.4/500-html", "framework-debug-page", finding.Confirmed, "TypeError: Cannot read properties of undefined (reading 'trim')", "Object.commonName|identity.js:6", "youch"},
	{"youch-3.3.4/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "Object.commonName|/tmp/blurt-frameworks/node-web-old" + identityJS, "node.js"},
	{"youch-4.1.1/500-html", "framework-debug-page", finding.Confirmed, "TypeError: Cannot read properties of undefined (reading 'trim')", "Object.commonName|/tmp/blurt-frameworks/node-web" + identityJS, "youch"},
	{"youch-4.1.1/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "Object.commonName|/tmp/blurt-frameworks/node-web" + identityJS, "node.js"},
	{"yoga-5.24.1/200-errors", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "Object.commonName|/tmp/blurt-frameworks/node-web" + identityJS, "graphql-tools"},
	{"next-16.4.6/500-html", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/next/.next/dev/server/chunks/", "next.js"},
	{"next-16.4.6/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|/tmp/blurt-frameworks/next/.next/dev/server/chunks/", "next.js"},
	{"next-12.3.7/500-html", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|webpack-internal:///./identity.js:", "next.js"},
	{"next-12.3.7/500-json", "node-stack-trace", finding.Firm, "TypeError: Cannot read properties of undefined (reading 'trim')", "commonName|webpack-internal:///(api)/./identity.js:", "next.js"},
	{"axum-0.8.9/500-shown", "rust-backtrace", finding.Confirmed, "no subject in \"subject-of-", "web::ldap::{{closure}}|/tmp/blurt-frameworks/rust-web/src/main.rs:18", "axum"},
	{"actix-4.18.1/500-shown", "rust-backtrace", finding.Confirmed, "no subject in \"subject-of-", "web::ldap::{{closure}}|/tmp/blurt-frameworks/rust-web/src/main.rs:18", "actix-web"},
	{"rocket-0.5.2/500-shown", "rust-backtrace", finding.Confirmed, "no subject in \"subject-of-", "web::ldap::{{closure}}|/tmp/blurt-frameworks/rust-web/src/main.rs:18", "rocket"},
	{"dotnet-3.1.23/500-text", "dotnet-stack-trace", finding.Confirmed, "System.FormatException: Input string was not in a correct format.", "Shop.CommonName|", "dotnet"},
	{"mono-6.8.0.105/500-html", "framework-debug-page", finding.Firm, "System.IndexOutOfRangeException: Index was outside the bounds of the array.", "ASP.identity_aspx.CommonName|/tmp/blurt-frameworks/dotnet/site/Identity.aspx:5", "mono 6.8.0.105"},
	{"mono-6.8.0.105/500-compile", "framework-debug-page", finding.Firm, "System.Web.Compilation.CompilationException: CS0103: The name `Subject' does not exist", "System.Web.Compilation.AssemblyBuilder.BuildAssembly|<no symbols>", "asp.net 4.0.30319.42000"},
	{"mono-6.8.0.105/404-html", "framework-debug-page", finding.Firm, "System.Web.HttpException: The resource cannot be found.", "System.Web.Compilation.BuildManager.AssertVirtualPathExists|<no symbols>", "mono 6.8.0.105"},
}

// quietSamples are the answers of the same programs that give nothing away but,
// at most, the version of what answers.
var quietSamples = []string{
	"tomcat-11.0.27/404-html", "tomcat-9.0.123/404-html", "tomcat-quiet-11.0.27/500-html", "tomcat-quiet-11.0.27/404-html",
	"jetty-12.1.14/404-html", "jetty-9.4.58.v20250814/404-html", "jetty-9.4.58.v20250814/400-html",
	"undertow-2.3.26.Final/404-html", "undertow-quiet-2.3.26.Final/500-html", "cxf-quiet-4.2.3/500-malformed",
	"webflux-quiet-4.1.2/500-html", "webflux-quiet-4.1.2/500-json", "spring-graphql-4.1.2/200-invalid", "spring-graphql-quiet-4.1.2/200-errors",
	"nest-12.5.1/403-json", "nest-12.5.1/404-json", "nest-12.5.1/500-json", "hapi-21.4.10/403-json", "hapi-21.4.10/404-json", "hapi-21.4.10/500-json",
	"h3-quiet-2.0.8/500-json", "hono-4.13.19/500-text", "hono-4.13.19/404-text", "hono-4.13.19/403-text", "yoga-5.24.1/200-syntax", "yoga-quiet-5.24.1/200-errors",
	"soap-1.13.0/500-malformed", "next-quiet-16.4.6/500-html", "next-quiet-16.4.6/500-json",
	"axum-0.8.9/500-text", "axum-0.8.9/400-json", "actix-4.18.1/400-json", "rocket-0.5.2/500-json", "rocket-0.5.2/500-html",
	"quarkus-quiet-3.37.4/500-html", "quarkus-quiet-3.37.4/500-json", "quarkus-quiet-3.37.4/404-html",
	"mono-quiet-6.8.0.105/500-html", "mono-quiet-6.8.0.105/500-compile", "mono-quiet-6.8.0.105/404-html",
	"grpc-1.85.1/200-unimplemented", "jersey-4.0.2/500-html", "jersey-4.0.2/404-html", "vertx-quiet-5.1.6/500-html", "vertx-quiet-5.1.6/500-json",
}

// detailSamples tell the name of the field, or what it held, without a stack.
var detailSamples = map[string]string{
	"jetty-12.1.14/500-json": "certificate-reflection", "jetty-9.4.58.v20250814/500-json": "certificate-reflection", "actix-4.18.1/500-text": "certificate-reflection",
	"jetty-quiet-12.1.14/500-html": "certificate-parser-error", "jetty-quiet-12.1.14/500-json": "certificate-parser-error", "jetty-quiet-12.1.14/500-text": "certificate-parser-error",
	"cxf-quiet-4.2.3/500-soap": "certificate-parser-error", "soap-1.13.0/500-soap": "exception-message", "fastify-5.12.8/500-json": "exception-message",
}

func TestQuietFrameworksAreSilent(t *testing.T) {
	for _, name := range quietSamples {
		for _, hit := range run(identityProbe(t, name)).Hits {
			if hit.Rule != "version-banner" {
				t.Errorf("%s: got %s, %s: %s", name, hit.Rule, hit.Confidence, hit.Message)
			}
		}
	}
}

func TestQuarkusRoutes(t *testing.T) {
	for name, want := range map[string][2]string{"quarkus-3.37.4/404-html": {"route GET", "routes"}, "quarkus-3.37.4/404-json": {"route GET (produces:text/html)", "Resource Endpoints"}} {
		in := identityProbe(t, name)
		hit := onlyHit(t, run(in))
		checkHit(t, name, in, hit)
		if hit.Rule != "framework-debug-page" || hit.Confidence != finding.Firm {
			t.Errorf("%s: got %s, %s", name, hit.Rule, hit.Confidence)
		}
		wantItem(t, hit, want[0], want[1], finding.APIInventory, false, "/identity")
	}
}

func TestFrameworkDetails(t *testing.T) {
	for name, want := range detailSamples {
		found := false
		for _, hit := range run(identityProbe(t, name)).Hits {
			found = found || hit.Rule == want
		}
		if !found {
			t.Errorf("%s: no %s", name, want)
		}
	}
}
