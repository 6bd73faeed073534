package detect

import (
	"testing"

	"blurt/scanner/wire"
)

func TestWhatTheScanSentIsKnownAgain(t *testing.T) {
	const body = "MIICKDCCAc6gAwIBAgINAL/CyLm6u3xoNGP6zDAKBggqhkjOPQQDAjBsMSIwIAYD"
	in := Input{Exchange: &wire.Exchange{Asked: wire.Request{Fields: []wire.Field{
		{Name: "X-SSL-Client-Cert", Value: "-----BEGIN%20CERTIFICATE-----%0A" + "MIICKDCCAc6gAwIBAgINAL%2FCyLm6u3xoNGP6zDAKBggqhkjOPQQDAjBsMSIwIAYD" + "%0A"},
	}}}}
	list := itemList{in: in}
	for value, want := range map[string]bool{
		"'-----BEGIN CERTIFICATE-----\\n" + body + "\\n'": true,
		body[:40]: true,
		body[:20]: false, // too little to be sure
		"'sk_live_51HfakeFakeFakeFakeFakeFakeFakeFakeFake'":                    false,
		"MIICKDCCAc6gAwIBAgINAL/CyLm6u3xoNGP6zDAKBggqhkjOPQQDAjBsMSIwIAYDXXXX": false,
		"": false,
	} {
		if list.isOurs(value) != want {
			t.Errorf("%q: %v", value, !want)
		}
	}
}
