package detect

// All returns every detector, one for each file.
func All() []Detector {
	return []Detector{
		caNames(),
		databaseError(),
		djangoCSRF(),
		djangoNotFound(),
		djangoTechnical(),
		dotnetStackTrace(),
		drfInventory(),
		frameworkDebugPage(),
		goStackTrace(),
		javaStackTrace(),
		nodeStackTrace(),
		operationalEndpoint(),
		operationalBody(),
		parserError(),
		pathLeak(),
		phpError(),
		proxyPages(),
		pythonTraceback(),
		reflection(),
		rubyBacktrace(),
		rustBacktrace(),
		sanicTraceback(),
		spoofing(),
		stackObjects(),
		versionBanner(),
		werkzeugDebugger(),
	}
}
