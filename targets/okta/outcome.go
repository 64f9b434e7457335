package okta

import (
	"encoding/json"
	"fmt"
	"strings"

	"birthright/internal/httpkit"
)

// causes returns what Okta's answer says was wrong in particular.
func causes(err error) []string {
	f := httpkit.AsFailure(err)
	if f == nil {
		return nil
	}
	var in struct {
		ErrorCauses []struct {
			ErrorSummary string `json:"errorSummary"`
		} `json:"errorCauses"`
	}
	if json.Unmarshal(f.Body, &in) != nil {
		return nil
	}
	var out []string
	for _, c := range in.ErrorCauses {
		if c.ErrorSummary != "" {
			out = append(out, c.ErrorSummary)
		}
	}
	return out
}

// because adds the particulars of a refusal, which Okta's summary leaves out.
func because(err error) error {
	said := causes(err)
	if len(said) == 0 {
		return err
	}
	text := []rune(strings.Join(said, "; "))
	return fmt.Errorf("%w: %s", err, string(text[:min(len(text), 300)]))
}

// isTaken reports whether Okta refuses because somebody has the name.
func isTaken(err error) bool {
	for _, c := range causes(err) {
		if strings.Contains(c, "already exists in the current organization") {
			return true
		}
	}
	return false
}
