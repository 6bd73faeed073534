package detect

import (
	"bytes"
	"regexp"

	"blurt/scanner/finding"
)

// djangoStart reads the page that Django shows in place of a project's own where
// that has no routes yet and DEBUG is on: every error there will be a technical
// page.
func djangoStart() Detector {
	return Detector{
		Name:  "django_start",
		Rules: []string{"django-debug-404"},
		Hints: []string{"The install worked successfully! Congratulations!", "Congratulations on your first Django-powered page."},
		Run:   runDjangoStart,
	}
}

// startPages are the releases' pages by what stands in each beside the greeting.
var startPages = [...][2]string{
	{"<title>The install worked successfully! Congratulations!</title>", "DEBUG=True</a> is in your settings file and"},                                 // 3.0 and later
	{"<title>Django: the Web framework for perfectionists with deadlines.</title>", "DEBUG=True</a> is in your settings file and"},                      // 2.0 to 2.2
	{"<title>Welcome to Django</title>", "because you have <code>DEBUG = True</code> in your Django settings file and you haven't configured any URLs"}, // up to 1.11
}

var startVersion = regexp.MustCompile(`docs\.djangoproject\.com/en/(\d{1,2}\.\d{1,2})/ref/settings/#debug"`)

func runDjangoStart(in Input) Output {
	body := head(in.Got.Body, maxErrorPage)
	if formOf(in.Got) != htmlForm {
		return Output{}
	}
	for _, page := range startPages {
		at := bytes.Index(body, []byte(page[1]))
		if at < 0 || !bytes.Contains(head(body, 1<<10), []byte(page[0])) {
			continue
		}
		product := Product{Name: "django", Role: Framework, Why: "start page"}
		list := itemList{in: in}
		list.add(Item{Category: finding.DebugPage, Name: "DEBUG", Value: "True", Location: "start page"})
		message := "Django answers with the start page of a project without routes, which it has only with DEBUG on."
		if m := startVersion.FindSubmatch(body); m != nil {
			product.Version = string(m[1])
			list.add(Item{Category: finding.VersionBanner, Name: "django", Value: product.Version, Location: "start page"})
			message = "Django " + product.Version + message[len("Django"):]
		}
		return Output{
			Hits: []Hit{{
				Rule: "django-debug-404", Category: finding.DebugPage, Message: message, Confidence: finding.Firm, Items: list.items,
				Excerpt: Span{at, at + len(page[1])}, Key: "start page", PerOrigin: true,
			}},
			Products: []Product{product},
		}
	}
	return Output{}
}
