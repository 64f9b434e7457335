package directory

import (
	"strings"

	"birthright/identity"
)

// Key returns the match key of whoever has this value of one attribute, as
// Correlation.Keys gives it to records where a rule names that attribute alone;
// "" for a value that is empty.
func Key(attribute, value string) string {
	if value = Fold(value); value == "" {
		return ""
	}
	return strings.ToLower(identity.CanonicalAttribute(attribute)) + "=" + value
}
