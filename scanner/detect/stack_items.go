package detect

import (
	"fmt"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// runStack is what the detectors of all languages do.
func runStack(in Input, rule string) Output {
	s, ok := in.stack()
	if !ok || s.grammar.rule != rule {
		return Output{}
	}
	return stackOutput(in, s)
}

// stackOutput is the hit that a stack makes.
func stackOutput(in Input, s stack) Output {
	list := itemList{in: in}
	for _, line := range s.exceptions {
		list.add(Item{Category: finding.ErrorDetail, Name: "exception", Value: line, Location: "stack trace"})
		list.addHostsOf(line, "stack trace")
	}
	list.addEchoes(inBody(in.Echoes), finding.CertReflection)
	list.addLibraries(s)
	list.addFrames(s.frames)
	if s.grammar.product == "dotnet" {
		list.aspnetCoreRequest(s.span.End)
	}
	confidence := finding.Tentative
	switch {
	case in.echoedWithin(s.span):
		confidence = finding.Confirmed
	case in.Got.Status >= 400, in.isNew() && formOf(in.Got) != htmlForm, in.inGraphQLErrors(s.span), admitsFailure(in.Got):
		confidence = finding.Firm
	}
	return Output{
		Hits: []Hit{{
			Rule:       s.grammar.rule,
			Category:   finding.Traceback,
			Message:    s.message(),
			Confidence: confidence,
			Items:      list.items,
			Excerpt:    s.span,
		}},
		Products: stackProducts(s),
	}
}

func (s stack) message() string {
	message := fmt.Sprintf("The answer holds a %s stack trace of %d frames", s.grammar.language, len(s.frames))
	if len(s.exceptions) > 0 && !s.grammar.message {
		name, _, _ := strings.Cut(s.exceptions[0], ": ")
		message += ": " + short(name)
	}
	return message + ", first frame " + short(s.frames[0].name()) + "."
}

// stackProducts recognises the frameworks whose code stands in a stack.
func stackProducts(s stack) []Product {
	return append([]Product{{Name: s.grammar.product, Role: Language, Why: "stack trace"}}, frameProducts(s.frames)...)
}

// frameProducts recognises the frameworks whose code stands in some frames.
func frameProducts(frames []frame) []Product {
	s := stack{frames: frames}
	var products []Product
	for _, known := range [...]struct {
		part, name string
		role       Role
	}{
		{"org.springframework.boot.", "spring boot", Framework}, {"org.springframework.", "spring", Framework}, {"org.apache.catalina.", "tomcat", Server}, {"org.apache.coyote.", "tomcat", Server},
		{"org.eclipse.jetty.", "jetty", Server}, {"io.undertow.", "undertow", Server}, {"io.quarkus.", "quarkus", Framework}, {"io.netty.", "netty", Server},
		{"/node_modules/express/", "express", Framework}, {"/node_modules/fastify/", "fastify", Framework}, {"/node_modules/koa/", "koa", Framework},
		{"/node_modules/@nestjs/", "nestjs", Framework}, {"/node_modules/next/", "next", Framework}, {"/node_modules/@apollo/", "apollo", Framework},
		{"github.com/gin-gonic/gin", "gin", Framework}, {"github.com/labstack/echo", "echo", Framework},
		{"/laravel/framework/", "laravel", Framework}, {"/Laravel/Lumen/", "lumen", Framework}, {"/Slim/", "slim", Framework}, {"/Twig/", "twig", Framework},
		{"/grape-", "grape", Framework}, {"/Plack/", "plack", Framework}, {"/Mojolicious/", "mojolicious", Framework}, {"/Catalyst/", "catalyst", Framework}, {"/Dancer2/", "dancer2", Framework}, {"/symfony/", "symfony", Framework},
		{"/actionpack-", "rails", Framework}, {"/sinatra/", "sinatra", Framework}, {"/rack/", "rack", Framework}, {"/puma-", "puma", Server},
		{"/site-packages/sanic/", "sanic", Framework}, {"Microsoft.AspNetCore.", "asp.net core", Framework}, {"actix_web::", "actix-web", Framework}, {"axum::", "axum", Framework},
		{"rocket::", "rocket", Framework}, {"System.Web.", "asp.net", Framework},
		{"org.apache.cxf.", "cxf", Framework}, {"graphql.execution.", "graphql-java", Framework}, {"io.grpc.", "grpc-java", Framework}, {"reactor.netty.", "reactor netty", Server},
		{"org.glassfish.jersey.", "jersey", Framework}, {"org.jboss.resteasy.", "resteasy", Framework}, {"io.micronaut.", "micronaut", Framework}, {"io.vertx.", "vert.x", Framework},
		{"com.sun.xml.ws.", "metro", Framework}, {"/node_modules/@hapi/", "hapi", Framework}, {"/node_modules/h3/", "h3", Framework}, {"/node_modules/nitropack/", "nitro", Framework},
		{"/node_modules/hono/", "hono", Framework}, {"/node_modules/graphql-yoga/", "graphql-yoga", Framework}, {"/node_modules/@graphql-tools/", "graphql-tools", Framework},
	} {
		product := Product{Name: known.name, Role: known.role, Why: "stack trace"}
		if !slices.Contains(products, product) && s.mentions(known.part) {
			products = append(products, product)
		}
	}
	return products
}

// mentions reports whether a part of a name stands in the stack.
func (s stack) mentions(part string) bool {
	return slices.ContainsFunc(s.frames, func(f frame) bool {
		return strings.Contains(strings.ReplaceAll(f.file, `\`, "/"), part) || strings.Contains(f.function, part)
	})
}

// addLibraries lists the versions of libraries that stand in the paths of the
// frames: "gems/rack-2.2.4/", "rack (2.2.4) lib/", "echo/v4@v4.13.3/", "[spring-web-6.1.14.jar!/:6.1.14]".
func (l *itemList) addLibraries(s stack) {
	for _, f := range s.frames {
		if name, version := libraryVersion(f.file); name != "" {
			l.add(Item{Category: finding.VersionBanner, Name: name, Value: version, Location: "stack trace"})
		}
		if name, version := libraryVersion(f.source); name != "" {
			l.add(Item{Category: finding.VersionBanner, Name: name, Value: version, Location: "stack trace"})
		}
	}
}

// libraryVersion reads the last part of a path that is a name with a version.
func libraryVersion(path string) (name, version string) {
	if gem, rest, found := strings.Cut(path, " ("); found {
		if number, _, closed := strings.Cut(rest, ") "); closed && !strings.ContainsAny(gem, "/\\ ") && strings.Contains(number, ".") && strings.Trim(number, "0123456789.") == "" {
			return gem, number
		}
	}
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' || r == '[' || r == ']' || r == '!' }) {
		part = strings.TrimSuffix(part, ".jar")
		for _, mark := range [...]string{"@v", "-"} {
			at := strings.LastIndex(part, mark)
			if at <= 0 {
				continue
			}
			number := part[at+len(mark):]
			if strings.Count(number, ".") >= 1 && len(number) <= 20 && strings.Trim(number, "0123456789.") == "" && number[0] != '.' {
				name, version = part[:at], number
				break
			}
		}
	}
	return name, version
}
