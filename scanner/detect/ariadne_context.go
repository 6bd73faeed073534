package detect

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"blurt/scanner/finding"
)

// addContext lists the local variables that Ariadne's debug mode puts beside the
// stack of an error of GraphQL.
func (l *itemList) addContext() {
	body := l.in.Got.Body
	if formOf(l.in.Got) != dataForm || len(body) > maxObjects || !bytes.Contains(body, []byte(`"context":{`)) {
		return
	}
	var answer struct {
		Errors []struct {
			Extensions struct {
				Exception struct {
					Context map[string]string `json:"context"`
				} `json:"exception"`
			} `json:"extensions"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	for _, e := range answer.Errors[:min(len(answer.Errors), 20)] {
		context := e.Extensions.Exception.Context
		for _, name := range slices.Sorted(maps.Keys(context)) {
			item := Item{Category: finding.Traceback, Name: name, Value: context[name], Location: "extensions.exception.context"}
			l.classify(&item)
			l.add(item)
		}
	}
}
