package googlesim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// token gives a token for an assertion that was signed with the right key, for scopes
// that were allowed. Scopes that were not fail the whole request, as Google has it.
func (s *System) token(w http.ResponseWriter, r *http.Request) {
	claims, err := s.assertion(r)
	if err != nil {
		reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": err.Error()})
		return
	}
	scopes := strings.Fields(claims.Scope)
	for _, scope := range scopes {
		if s.opt.Scopes != nil && !slices.Contains(s.opt.Scopes, scope) {
			reply(w, http.StatusUnauthorized, map[string]string{"error": "unauthorized_client",
				"error_description": "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."})
			return
		}
	}
	token := fmt.Sprintf("ya29.simulated-%d", len(s.tokens)+1)
	s.tokens[token] = scopes
	reply(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3599})
}

type claims struct {
	Iss   string `json:"iss"`
	Sub   string `json:"sub"`
	Scope string `json:"scope"`
}

// assertion checks the signature (RS256) of what was sent.
func (s *System) assertion(r *http.Request) (c claims, err error) {
	if err := r.ParseForm(); err != nil {
		return c, err
	}
	signed, sig, _ := cutLast(r.PostForm.Get("assertion"), '.')
	_, payload, _ := strings.Cut(signed, ".")
	raw, err := base64.RawURLEncoding.DecodeString(sig)
	if err != nil {
		return c, err
	}
	body, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return c, err
	}
	if s.opt.Key != nil {
		sum := sha256.Sum256([]byte(signed))
		if err := rsa.VerifyPKCS1v15(s.opt.Key, crypto.SHA256, sum[:], raw); err != nil {
			return c, errors.New("invalid JWT signature")
		}
	}
	if err := json.Unmarshal(body, &c); err != nil || c.Sub == "" {
		return c, errors.New("invalid email or user ID")
	}
	return c, nil
}

func cutLast(text string, sep byte) (before, after string, found bool) {
	at := strings.LastIndexByte(text, sep)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}

// covers are the scopes by which a part of the API may be read, and written.
var covers = []struct {
	path  string
	read  []string
	write []string
}{
	{"/members", []string{"group", "group.readonly", "group.member", "group.member.readonly"}, []string{"group", "group.member"}},
	{"/groups", []string{"group", "group.readonly"}, []string{"group"}},
	{"/users", []string{"user", "user.readonly"}, []string{"user"}},
}

// authorised checks the token and whether its scopes cover the request.
func (s *System) authorised(w http.ResponseWriter, r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	scopes, known := s.tokens[token]
	if !known {
		fail(w, http.StatusUnauthorized, "authError", "Request had invalid authentication credentials.")
		return false
	}
	need := []string{"https://www.googleapis.com/auth/drive"}
	if strings.HasPrefix(r.URL.Path, "/admin/") {
		need = nil
		for _, c := range covers {
			if !strings.Contains(r.URL.Path, c.path) {
				continue
			}
			names := c.read
			if r.Method != http.MethodGet {
				names = c.write
			}
			for _, n := range names {
				need = append(need, "https://www.googleapis.com/auth/admin.directory."+n)
			}
			break
		}
	}
	if !slices.ContainsFunc(need, func(n string) bool { return slices.Contains(scopes, n) }) {
		fail(w, http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.")
		return false
	}
	return true
}
