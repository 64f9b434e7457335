package tokens

import "strings"

// Bearer returns the one bearer token among the Authorization headers of a
// request, and "" where there is no such header. What is none, or more than one,
// is ErrMalformed.
func Bearer(headers []string) (string, error) {
	if len(headers) == 0 {
		return "", nil
	}
	scheme, plain, ok := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", ErrMalformed
	}
	return strings.TrimLeft(plain, " "), nil
}
