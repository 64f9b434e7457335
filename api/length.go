package api

import (
	"fmt"
	"time"

	"birthright/identity"
	"birthright/internal/duration"
)

// length reads how long something is to last; "" is 0.
func length(field, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := duration.Parse(text)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%q is no time to have anything", text)
	}
	if err != nil {
		return 0, &identity.Error{Kind: identity.Invalid, Field: field, Err: err}
	}
	return d, nil
}
