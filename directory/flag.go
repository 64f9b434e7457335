package directory

import (
	"fmt"
	"strings"
)

// parseFlag reads a yes or no.
func parseFlag(value string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "true", "1", "yes", "y", "t":
		return true, nil
	case "false", "0", "no", "n", "f":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", value)
}
