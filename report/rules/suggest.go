package rules

// Suggest returns the known id that is nearest to a mistyped one, or an empty
// string when none is near.
func (c *Catalogue) Suggest(id string) string {
	const longest = 64
	if len(id) > longest {
		return ""
	}
	best, nearest := "", len(id)/3+2
	for _, rule := range c.rules {
		if d := distance(id, rule.ID); d < nearest {
			best, nearest = rule.ID, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
