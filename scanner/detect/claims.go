package detect

// claims are what several detectors ask of one answer, worked out once: which
// page owns all that stands in it. What is reflected in a debug page or a
// traceback is that page's item, not a hit of its own.
type claims struct {
	known     bool
	technical *djangoPage
	notFound  *notFoundPage
	csrf      *csrfPage

	traceKnown bool
	hasTrace   bool
	trace      trace
	traceSpan  Span

	pageKnown bool
	page      *debugPage

	stackKnown, hasStack bool
	foreign              stack // of a language other than Python
	phpKnown, hasPHP     bool
	phpErrors            stack
	objectsKnown         bool
	hasObjects           bool
	objects              stack

	visible []byte

	materials materials

	// What is asked of each place in a body, and the same for all of them.
	isNew, isSpecification, isSettings, isOperational answered
	articleKnown                                      bool
	articleAt                                         int
}

// answered is a question of yes or no that was asked once.
type answered struct{ known, yes bool }

// once asks, unless the answer is known. Outside of a run it asks each time.
func (in Input) once(slot func(*claims) *answered, ask func() bool) bool {
	if in.claims == nil {
		return ask()
	}
	a := slot(in.claims)
	if !a.known {
		a.known, a.yes = true, ask()
	}
	return a.yes
}

// visible returns the start of the body in which scripts and style sheets of a
// page are blanks: what they hold was written before the request came.
func (in Input) visible() []byte {
	if in.claims != nil && in.claims.visible != nil {
		return in.claims.visible
	}
	body := head(in.Got.Body, maxErrorPage)
	if formOf(in.Got) == htmlForm {
		body = withoutScripts(body)
	}
	if in.claims != nil {
		in.claims.visible = body
	}
	return body
}

// claim returns the debug pages that the answer is.
func (in Input) claim() *claims {
	c := in.claims
	if c == nil {
		c = &claims{}
	}
	if !c.known {
		c.known = true
		c.technical = djangoTechnicalOf(in)
		if c.technical == nil {
			c.notFound = djangoNotFoundOf(in)
			c.csrf = djangoCSRFOf(in)
		}
	}
	return c
}

// isDebugPage reports whether a framework's debug page is the answer.
func (in Input) isDebugPage() bool {
	c := in.claim()
	return c.technical != nil || c.notFound != nil || c.csrf != nil || in.debugPage() != nil
}

// debugPage returns the debug page of another framework than Django that the
// answer is, or nil.
func (in Input) debugPage() *debugPage {
	c := in.claim()
	if !c.pageKnown {
		c.pageKnown = true
		c.page = findDebugPage(in)
	}
	return c.page
}

// traceback returns the traceback that the answer holds outside of any debug
// page, and where.
func (in Input) traceback() (trace, Span, bool) {
	if in.isDebugPage() {
		return trace{}, Span{}, false
	}
	c := in.claim()
	if !c.traceKnown {
		c.traceKnown = true
		c.trace, c.traceSpan, c.hasTrace = findTrace(in)
	}
	return c.trace, c.traceSpan, c.hasTrace
}

// stack returns the stack trace of a language other than Python and PHP that
// the answer holds outside of any debug page.
func (in Input) stack() (stack, bool) {
	if stackReach(in, formOf(in.Got)) == 0 {
		return stack{}, false
	}
	c := in.claim()
	if !c.stackKnown {
		c.stackKnown = true
		if _, _, hasTrace := in.traceback(); !hasTrace && !in.isDebugPage() {
			c.foreign, c.hasStack = findStack(in)
		}
	}
	return c.foreign, c.hasStack
}

// php returns PHP's own messages, where no other trace owns the answer.
func (in Input) php() (stack, bool) {
	c := in.claim()
	if !c.phpKnown {
		c.phpKnown = true
		if _, hasStack := in.stack(); !hasStack {
			if _, _, hasTrace := in.traceback(); !hasTrace && !in.isDebugPage() {
				c.phpErrors, c.hasPHP = findPHP(in)
			}
		}
	}
	return c.phpErrors, c.hasPHP
}

// objectStack returns a stack that the answer holds as data and not as text.
func (in Input) objectStack() (stack, bool) {
	if in.Got.Status < 400 && formOf(in.Got) != dataForm {
		return stack{}, false
	}
	c := in.claim()
	if !c.objectsKnown {
		c.objectsKnown = true
		_, _, hasTrace := in.traceback()
		_, hasStack := in.stack()
		_, hasPHP := in.php()
		if !hasTrace && !hasStack && !hasPHP && !in.isDebugPage() {
			c.objects, c.hasObjects = findObjects(in)
		}
	}
	return c.objects, c.hasObjects
}

// isOwned reports whether a debug page or a trace owns the body.
func (in Input) isOwned() bool {
	_, _, hasTrace := in.traceback()
	if hasTrace || in.isDebugPage() {
		return true
	}
	_, hasStack := in.stack()
	_, hasPHP := in.php()
	_, hasObjects := in.objectStack()
	return hasStack || hasPHP || hasObjects
}
