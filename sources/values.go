package sources

import (
	"fmt"
	"strings"
	"time"

	"birthright/identity"
)

// Normalise returns value in the one form that the hub expects of attribute:
// "true" or "false" for active and onLeave, RFC 3339 for startDate and endDate.
// Values of other attributes, and empty ones, stay as they are.
func Normalise(attribute, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	switch attribute {
	case identity.AttrActive, identity.AttrOnLeave:
		return normaliseBool(attribute, value)
	case identity.AttrStartDate, identity.AttrEndDate:
		return normaliseDate(attribute, value)
	default:
		return value, nil
	}
}

func normaliseBool(attribute, value string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "true", "t", "yes", "y", "1", "on", "active", "enabled":
		return "true", nil
	case "false", "f", "no", "n", "0", "off", "inactive", "disabled":
		return "false", nil
	}
	return "", fmt.Errorf("%s is %q: write true or false", attribute, value)
}

// dateForms are the forms understood. A date without a time stays one: the
// lifecycle decides when a day begins. Forms whose day and month could be
// exchanged are refused rather than guessed.
var dateForms = [...]struct{ read, write string }{
	{time.DateOnly, time.DateOnly},
	{time.RFC3339Nano, time.RFC3339Nano},
	{"20060102", time.DateOnly},
	// LDAP's GeneralizedTime.
	{"20060102150405Z0700", time.RFC3339Nano},
	{"20060102150405.999Z0700", time.RFC3339Nano},
	{"200601021504Z0700", time.RFC3339Nano},
}

func normaliseDate(attribute, value string) (string, error) {
	text := strings.TrimSpace(value)
	for _, form := range dateForms {
		if t, err := time.Parse(form.read, text); err == nil {
			return t.UTC().Format(form.write), nil
		}
	}
	return "", fmt.Errorf("%s is %q: write a date like 2026-03-31 or a time like 2026-03-31T18:00:00Z", attribute, value)
}
