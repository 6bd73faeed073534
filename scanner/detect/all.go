package detect

// All returns every detector, one for each file.
func All() []Detector {
	return []Detector{
		caNames(),
		djangoCSRF(),
		djangoNotFound(),
		djangoTechnical(),
		parserError(),
		pathLeak(),
		proxyPages(),
		pythonTraceback(),
		reflection(),
		spoofing(),
		versionBanner(),
	}
}
