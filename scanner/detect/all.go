package detect

// All returns every detector, one for each file.
func All() []Detector {
	return []Detector{
		caNames(),
		djangoCSRF(),
		djangoNotFound(),
		djangoTechnical(),
		dotnetStackTrace(),
		goStackTrace(),
		javaStackTrace(),
		nodeStackTrace(),
		operationalEndpoint(),
		parserError(),
		pathLeak(),
		phpError(),
		proxyPages(),
		pythonTraceback(),
		reflection(),
		rubyBacktrace(),
		rustBacktrace(),
		spoofing(),
		stackObjects(),
		versionBanner(),
	}
}
