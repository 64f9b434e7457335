package salesforcesim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
)

// TokenPath is where tokens are given.
const TokenPath = "/services/oauth2/token"

// token gives a token to the connected app, by client credentials.
func (o *Org) token(w http.ResponseWriter, r *http.Request) {
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	known := id == o.opt.ClientID && subtle.ConstantTimeCompare([]byte(secret), []byte(o.opt.ClientSecret)) == 1
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodPost || r.PostFormValue("grant_type") != "client_credentials" || !known {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_client","error_description":"invalid client credentials"}`)
		return
	}
	answer(w, row{"access_token": o.issued(), "token_type": "Bearer", "instance_url": "https://" + r.Host, "issued_at": "0"})
}

// issued is the token of the connected app.
func (o *Org) issued() string {
	sum := sha256.Sum256([]byte(o.opt.ClientID + "\x00" + o.opt.ClientSecret))
	return "00D!" + hex.EncodeToString(sum[:12])
}
