package ldapdn

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold prepares one value, such as a login name, for comparison as directories
// do (RFC 4518): without case, in one composition, with single inner spaces.
func Fold(v string) string {
	// Folding alone swaps the cases of some scripts; lower case settles that.
	folded := strings.ToLower(cases.Fold().String(norm.NFKC.String(v)))
	return strings.Join(strings.Fields(norm.NFKC.String(folded)), " ")
}
