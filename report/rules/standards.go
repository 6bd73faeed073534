package rules

import "fmt"

// Standards names the entries of the standards that rules refer to.
type Standards struct {
	OWASP2023 map[string]string `yaml:"owasp_2023"` // OWASP API Security Top 10 2023, all ten
	OWASP2019 map[string]string `yaml:"owasp_2019"` // OWASP API Security Top 10 2019, all ten
	CWE       map[string]string `yaml:"cwe"`        // the weaknesses that rules use
	PCIDSS    map[string]string `yaml:"pci_dss"`    // PCI DSS 4.0.1, in our own words
}

func (s Standards) check(r *Rule) error {
	for _, list := range []struct {
		name  string
		ids   []string
		known map[string]string
	}{
		{"owasp_2023", r.OWASP2023, s.OWASP2023},
		{"owasp_2019", r.OWASP2019, s.OWASP2019},
		{"cwe", r.CWE, s.CWE},
		{"pci_dss", r.PCIDSS, s.PCIDSS},
	} {
		for _, id := range list.ids {
			if list.known[id] == "" {
				return fmt.Errorf("%s: standards.yaml has no entry %q", list.name, id)
			}
		}
	}
	return nil
}
