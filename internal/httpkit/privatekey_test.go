package httpkit_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
)

// The assertion is signed by the client's key, for this endpoint, for some minutes.
func TestPrivateKeyJWT(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	ref, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	var form url.Values
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			body, _ := io.ReadAll(r.Body)
			form, _ = url.ParseQuery(string(body))
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"short-lived","token_type":"Bearer","expires_in":3600}`)
			return
		}
		if r.Header.Get("Authorization") != "Bearer short-lived" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	now := time.Now()
	client, err := httpkit.New(httpkit.Options{
		Base: server.URL, Now: func() time.Time { return now },
		Auth: httpkit.PrivateKeyJWT{TokenPath: "/token", ClientID: "app", Key: ref, KeyID: "k1", Scopes: []string{"one", "two"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Do(t.Context(), httpkit.Request{Method: http.MethodGet, Path: "/x"}); err != nil {
		t.Fatal(err)
	}
	if form.Get("grant_type") != "client_credentials" || form.Get("scope") != "one two" || !strings.HasSuffix(form.Get("client_assertion_type"), ":jwt-bearer") {
		t.Errorf("asked with %v", form)
	}
	token, err := jwt.ParseSigned(form.Get("client_assertion"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := token.Claims(&key.PublicKey, &claims); err != nil {
		t.Fatal(err)
	}
	err = claims.Validate(jwt.Expected{Issuer: "app", Subject: "app", AnyAudience: jwt.Audience{server.URL + "/token"}, Time: now})
	if err != nil || claims.ID == "" || claims.Expiry.Time().After(now.Add(10*time.Minute)) || token.Headers[0].KeyID != "k1" {
		t.Errorf("claims %+v, key id %q, %v", claims, token.Headers[0].KeyID, err)
	}
}
