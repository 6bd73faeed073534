package detect

import (
	"strings"
)

// rackTemplate is the page of Rack::ShowExceptions.
func rackTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Rack", product: "rack", language: "ruby",
		sign: "<code>Rack::ShowExceptions</code>", second: `<ul class="traceback">`, heading: "h1", frame: rackFrame,
	}
}

// sinatraTemplate is the page of Sinatra in its development environment.
func sinatraTemplate() *debugTemplate {
	return &debugTemplate{
		rule: "framework-debug-page", name: "Sinatra", product: "sinatra", language: "ruby",
		sign: "enabled the <code>show_exceptions</code> setting.", second: `<li class="frame-info `, heading: "h1", frame: sinatraFrame,
	}
}

// rackFrame reads "/a/b.rb: in f"; the line stands in a list below it.
func rackFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	file, function, found := strings.Cut(b.text, ": in ")
	if b.class != "frame" || !found {
		return frame{}, false
	}
	return frame{file: file, function: function}, true
}

// sinatraFrame reads "/a/b.rb in f".
func sinatraFrame(b pageBlock, _ []pageBlock) (frame, bool) {
	file, function, found := strings.Cut(b.text, " in ")
	if !strings.HasPrefix(b.class, "frame-info") || !found {
		return frame{}, false
	}
	return frame{file: file, function: function}, true
}
