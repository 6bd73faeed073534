package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"blurt/scanner/finding"
)

// drfInventory reads what Django REST framework says of an API by itself: its
// browsable pages, and the metadata with which it answers OPTIONS.
func drfInventory() Detector {
	return Detector{
		Name:  "drf_inventory",
		Rules: []string{"api-inventory"},
		Hints: []string{"Django REST framework</title>", `"renders":["`, `"renders": ["`},
		Run:   runDRFInventory,
	}
}

func runDRFInventory(in Input) Output {
	list := itemList{in: in}
	var what string
	var span Span
	switch formOf(in.Got) {
	case htmlForm:
		what, span = browsablePage(&list)
	case dataForm:
		what, span = optionsMetadata(&list)
	}
	if what == "" {
		return Output{}
	}
	return Output{
		Hits: []Hit{{
			Rule: "api-inventory", Category: finding.APIInventory, Confidence: finding.Firm, Key: "django-rest-framework", PerOrigin: true,
			Message: "Django REST framework " + what + ".", Items: list.items, Excerpt: span,
		}},
		Products: []Product{{Name: "django", Role: Framework, Why: "Django REST framework"}, {Name: "djangorestframework", Role: Framework, Why: "its API pages"}},
	}
}

// browsablePage reads the HTML that the framework renders for people.
func browsablePage(list *itemList) (string, Span) {
	body := list.in.Got.Body
	_, rest, found := bytes.Cut(head(body, 64<<10), []byte("<title>"))
	title, _, ended := bytes.Cut(rest, []byte(" – Django REST framework</title>"))
	at := bytes.Index(body, []byte(`<div class="response-info"`))
	if !found || !ended || len(title) > 200 || at < 0 || !bytes.Contains(body, []byte(`<div class="request-info"`)) {
		return "", Span{}
	}
	list.add(Item{Category: finding.APIInventory, Name: "view", Value: string(title), Location: "title"})
	list.add(Item{Category: finding.APIInventory, Name: "methods", Value: list.in.Got.Field("Allow"), Location: "field Allow"})
	return "shows its browsable API: " + short(string(title)), Span{at, min(len(body), at+400)}
}

// optionsMetadata reads the JSON with the fields that each method takes.
func optionsMetadata(list *itemList) (string, Span) {
	body := list.in.Got.Body
	var data struct {
		Name    string   `json:"name"`
		Renders []string `json:"renders"`
		Parses  []string `json:"parses"`
		Actions map[string]map[string]struct {
			Type     string `json:"type"`
			Required bool   `json:"required"`
		} `json:"actions"`
	}
	if !strings.EqualFold(list.in.Asked.Method, "OPTIONS") || len(body) > maxObjects || json.Unmarshal(body, &data) != nil || data.Name == "" || len(data.Renders) == 0 || len(data.Parses) == 0 {
		return "", Span{}
	}
	list.add(Item{Category: finding.APIInventory, Name: "view", Value: data.Name, Location: "name"})
	fields := 0
	for _, method := range slices.Sorted(maps.Keys(data.Actions)) {
		for _, name := range slices.Sorted(maps.Keys(data.Actions[method])) {
			value := data.Actions[method][name].Type
			if data.Actions[method][name].Required {
				value += ", required"
			}
			list.add(Item{Category: finding.APIInventory, Name: method + " " + name, Value: value, Location: "actions"})
			fields++
		}
	}
	list.add(Item{Category: finding.APIInventory, Name: "media types", Value: strings.Join(data.Parses, ", "), Location: "parses"})
	return fmt.Sprintf("describes its view %s to OPTIONS, with %d fields", short(data.Name), fields), Span{0, min(len(body), 400)}
}
