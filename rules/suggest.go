package rules

import (
	"fmt"

	"birthright/internal/strictyaml"
)

// didYouMean returns " (did you mean PREFIXNAME?)" for the candidate nearest to
// name, and nothing where none is near.
func didYouMean(prefix, name string, candidates []string) string {
	best := strictyaml.Nearest(name, candidates)
	if best == "" || best == name {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s%s?)", prefix, best)
}
