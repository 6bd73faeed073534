package finding_test

import (
	"encoding/json"
	"testing"

	"blurt/scanner/finding"
)

func FuzzRaw(f *testing.F) {
	f.Add("plain")
	f.Add("base64:x")
	f.Add("\xff\x00\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		written, err := json.Marshal(finding.Raw(text))
		if err != nil {
			t.Fatal(err)
		}
		var back finding.Raw
		if err := json.Unmarshal(written, &back); err != nil || string(back) != text {
			t.Errorf("%q comes back as %q from %s: %v", text, back, written, err)
		}
		_ = back.UnmarshalText([]byte(text)) // must not fail in any other way than by an error
	})
}
