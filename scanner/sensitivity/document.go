package sensitivity

import (
	"slices"
	"strings"
)

// Operation is what an API description says of one method of a path.
type Operation struct {
	// Method is in upper case.
	Method string
	// Public says that the description leaves the operation open on purpose.
	Public bool
	// Demands names the security schemes that it demands, as "mutualTLS or http
	// bearer"; MutualTLS says that none of them does without a client certificate.
	Demands   string
	MutualTLS bool
	// Refuses are those of the statuses 401 and 403 that it lists.
	Refuses []string
	// Answers and Takes are members of the schemas of what it gives out and of what
	// it takes.
	Answers, Takes []Member
	// Tags and Text are its tags, and its summary and description.
	Tags []string
	Text string
	// Marks are extensions that call it internal, personal or secret.
	Marks []string
}

// Document is what an API description says of an endpoint, ready to be weighed.
type Document struct {
	// Given says that the caller handed the description in; else the server did.
	Given bool
	// Method is that of the operation, in upper case.
	Method string
	// Public, MutualTLS and Demands are as in Operation.
	Public, MutualTLS bool
	Demands           string

	answers       string   // why what it gives out is worth protecting
	takes         string   // why what it takes is
	hints, public []string // what the words say for one or the other
}

// maxMembers bounds the members that a reason names.
const maxMembers = 4

// NewDocument weighs what an API description says of an endpoint: of the
// operation that is asked for, and of what other ones of the same path take.
func NewDocument(o Operation, given bool) *Document {
	d := &Document{Given: given, Method: o.Method, Public: o.Public, MutualTLS: o.MutualTLS, Demands: o.Demands}
	if names := telling(o.Answers); names != "" {
		d.answers = "the schema of its answer has " + names
	}
	if names := telling(o.Takes); names != "" {
		d.takes = "the schema of what it takes has " + names
	}
	for _, mark := range o.Marks {
		if mark = plainWords(mark, maxName); mark != "" {
			d.hints = append(d.hints, "the document marks it with "+mark)
		}
	}
	d.readTags(o.Tags)
	d.readText(o.Text)
	if len(o.Refuses) > 0 && o.Demands == "" && !o.Public {
		d.hints = append(d.hints, "the document lists "+strings.Join(o.Refuses, " and ")+" among its answers")
	}
	return d
}

// telling names the members that are worth protecting, or none: one that tells
// of a person needs a second one.
func telling(members []Member) string {
	var strong, weak []string
	for _, m := range members {
		name := m.shown()
		switch m.Kind() {
		case Strong:
			if !slices.Contains(strong, name) {
				strong = append(strong, name)
			}
		case Weak:
			if !slices.Contains(weak, name) {
				weak = append(weak, name)
			}
		}
	}
	if len(strong) == 0 && len(weak) < 2 {
		return ""
	}
	all := append(strong, weak...)
	return strings.Join(all[:min(len(all), maxMembers)], ", ")
}

func (d *Document) readTags(tags []string) {
	for _, tag := range tags {
		tag = plainWords(tag, maxName)
		if strings.EqualFold(tag, "public") {
			d.public = append(d.public, "the document tags it "+tag)
			continue
		}
		for _, word := range wordsOf(tag) {
			if about, found := topic(word); found {
				d.hints = append(d.hints, "the document tags it "+tag+": "+about)
				return
			}
		}
	}
}

// readText looks for phrases in a summary or description that leave no doubt.
func (d *Document) readText(text string) {
	lower := strings.ToLower(text)
	for _, phrase := range [...]string{"internal use", "internal only", "administrators only", "admins only", "admin only", "requires admin",
		"client certificate", "mutual tls", "mtls", "personal data", "personally identifiable", "confidential", "not for public use"} {
		if strings.Contains(lower, phrase) {
			d.hints = append(d.hints, "the document speaks of it with the words \""+phrase+"\"")
			break
		}
	}
	for _, phrase := range [...]string{"no authentication required", "no authentication is required", "does not require authentication", "publicly accessible",
		"public endpoint"} {
		if strings.Contains(lower, phrase) {
			d.public = append(d.public, "the document speaks of it with the words \""+phrase+"\"")
			break
		}
	}
}

// reasons returns what speaks for protecting the endpoint and for leaving it
// open. isPublic says that its name is one that is open in most systems: a
// password is what a login takes.
func (d *Document) reasons(isPublic bool) (high, public []string) {
	if d == nil {
		return nil, nil
	}
	if d.Demands != "" {
		high = append(high, "the document demands "+d.Demands)
	}
	if d.answers != "" {
		high = append(high, d.answers)
	}
	if d.takes != "" && !isPublic && !d.Public {
		high = append(high, d.takes)
	}
	high = append(high, d.hints...)
	if d.Public {
		public = append(public, "the document leaves it open on purpose (security: [])")
	}
	return high, append(public, d.public...)
}

// settles says what the document alone decides: that the answer is worth
// protecting, or that the endpoint is open on purpose.
func (d *Document) settles() (Level, bool) {
	switch {
	case d == nil:
		return "", false
	case d.answers != "" && !d.Public:
		return High, true
	case d.Public && d.answers == "":
		return Public, true
	}
	return "", false
}
