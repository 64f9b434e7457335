package oauth

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// mostBody is how many bytes a request may have: a form with an assertion has
// one or two thousand.
const mostBody = 64 << 10

// form holds the parameters of a request, each of which may come once. One
// without a value counts as left out.
type form map[string]string

// readForm reads the form that a request consists of.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return nil, &refusal{status: http.StatusMethodNotAllowed, code: invalidRequest, text: "Tokens are asked for with POST."}
	}
	if kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" ||
		parameters["charset"] != "" && !strings.EqualFold(parameters["charset"], "utf-8") || r.Header.Get("Content-Encoding") != "" {
		return nil, badRequest("The body must be a form: application/x-www-form-urlencoded, in UTF-8.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		return nil, tooLong(err)
	}
	if misplaced(r.URL.RawQuery) {
		return nil, badRequest("Parameters belong into the body, not into the URL, where they end up in logs.")
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badRequest("The form cannot be read: escape it.")
	}
	f := form{}
	for name, all := range values {
		if len(all) > 1 {
			return nil, badRequest("A parameter is there twice.")
		}
		f[name] = all[0]
	}
	return f, nil
}

// misplaced reports whether the query of the URL has what the form should. What
// else stands there is nobody's business.
func misplaced(query string) bool {
	values, err := url.ParseQuery(query)
	return err != nil || slices.ContainsFunc([]string{
		"grant_type", "scope", "client_id", "client_secret", "client_assertion", "client_assertion_type",
	}, values.Has)
}
