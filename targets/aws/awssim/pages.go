package awssim

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// page returns what of all a request asks for, and the token for what follows, which
// is good for the same list only.
func page[E any](s *System, list string, in input, all []E) ([]E, string, *fault) {
	size := s.opt.Page
	if most, ok := in["MaxResults"].(float64); ok {
		if most < 1 || most > 100 {
			return nil, "", refuse("ValidationException", "1 validation error detected: Value at 'maxResults' failed to satisfy constraint")
		}
		size = min(size, int(most))
	}
	from, f := s.from(list, in.text("NextToken"))
	if f != nil {
		return nil, "", f
	}
	from = min(from, len(all))
	to := min(from+size, len(all))
	if to == len(all) {
		return all[from:], "", nil
	}
	return all[from:to], token(list, to), nil
}

func token(list string, at int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + "/" + strconv.Itoa(at)))
}

func (s *System) from(list, token string) (int, *fault) {
	if token == "" {
		return 0, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	at, ok := strings.CutPrefix(string(data), list+"/")
	n, wrong := strconv.Atoi(at)
	if err != nil || !ok || wrong != nil {
		return 0, refuse("ValidationException", "The token is not valid for this list.")
	}
	return n, nil
}

// paged is an answer with a list in it.
func paged[E any](s *System, name string, list string, in input, all []E, show func(E) any) (output, *fault) {
	part, next, f := page(s, list, in, all)
	if f != nil {
		return nil, f
	}
	shown := []any{}
	for _, e := range part {
		shown = append(shown, show(e))
	}
	out := output{name: shown}
	if next != "" {
		out["NextToken"] = next
	}
	return out, nil
}
