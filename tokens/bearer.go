package tokens

import "strings"

// Bearer returns the one bearer token among the Authorization headers of a
// request. ErrMissing is that there is no such header, ErrMalformed that it is
// another kind, or more than one.
func Bearer(headers []string) (string, error) {
	if len(headers) == 0 {
		return "", ErrMissing
	}
	scheme, plain, ok := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", ErrMalformed
	}
	return strings.TrimLeft(plain, " "), nil
}
