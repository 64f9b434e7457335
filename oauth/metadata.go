package oauth

import (
	"encoding/json"
	"net/http"

	"birthright/tokens"
)

// describe returns what serves the description of the authorization server (RFC
// 8414), which never changes while the hub runs.
func describe(publicURL string) (http.HandlerFunc, error) {
	body, err := json.Marshal(map[string]any{
		"issuer":                                issuer(publicURL),
		"token_endpoint":                        TokenEndpoint(publicURL),
		"token_endpoint_auth_methods_supported": []string{methodBasic, methodPost, methodKey},
		"token_endpoint_auth_signing_alg_values_supported": algorithms,
		"grant_types_supported":                            []string{grantClientCredentials},
		"response_types_supported":                         []string{}, // there is no authorization endpoint
		"scopes_supported":                                 []string{tokens.ScopeSCIM},
	})
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	}, err
}
