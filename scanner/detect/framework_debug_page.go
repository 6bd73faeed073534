package detect

// frameworkDebugPage reads the pages for developers of the frameworks that have
// one of their own.
func frameworkDebugPage() Detector {
	d := Detector{
		Name:  "framework_debug_page",
		Rules: []string{"framework-debug-page"},
		Run:   func(in Input) Output { return runDebugPage(in, "framework-debug-page") },
	}
	for _, t := range debugTemplates() {
		if t.rule == "framework-debug-page" {
			d.Hints = append(d.Hints, t.sign)
		}
	}
	return d
}
