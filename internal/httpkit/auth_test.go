package httpkit

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"birthright/identity"
)

// issuer is a system with a token endpoint: it takes requests with the last token
// that it gave out.
type issuer struct {
	key      *rsa.PublicKey
	lifetime int
	given    int
	revoked  bool
	asked    []string // what was posted for tokens
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/token":
		_ = r.ParseForm()
		i.asked = append(i.asked, r.PostForm.Encode())
		if r.PostForm.Get("client_secret") == "wrong" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"client_secret wrong is not ours"}`)
			return
		}
		i.given++
		i.revoked = false
		_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":%d}`, i.given, i.lifetime)
	case "/app/installations/77/access_tokens":
		i.asked = append(i.asked, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		i.given++
		i.revoked = false
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, `{"token":"token-%d","expires_at":"2099-01-01T00:00:00Z"}`, i.given)
	default:
		if i.revoked || r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", i.given) {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, `{}`)
	}
}

// keyFile writes a new RSA key.
func keyFile(t *testing.T) (path string, public *rsa.PublicKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	path = filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, &key.PublicKey
}

func TestTokensAreGotKeptAndReplaced(t *testing.T) {
	file, public := keyFile(t)
	for name, make := range map[string]func(base string) Auth{
		"client credentials": func(base string) Auth {
			return ClientCredentials{TokenURL: base + "/token", ClientID: "hub", ClientSecret: ref(t, canary), Scopes: []string{"a", "b"}}
		},
		"signed assertion": func(base string) Auth {
			return JWTBearer{TokenURL: base + "/token", Issuer: "hub@acme", Subject: "admin@acme", Key: ref(t, "file:"+file), Scopes: []string{"a"}}
		},
		"app installation": func(string) Auth {
			return AppInstallation{AppID: "5", InstallationID: "77", Key: ref(t, "file:"+file)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			system := &issuer{key: public, lifetime: 3600}
			s := server(t, system.ServeHTTP)
			now := time.Now()
			c := client(t, Options{Base: s.URL, Auth: make(s.URL), Now: func() time.Time { return now }})
			ask := func() error { _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/x"}); return err }
			for range 3 {
				if err := ask(); err != nil {
					t.Fatal(err)
				}
			}
			if system.given != 1 {
				t.Errorf("%d tokens for three requests", system.given)
			}
			system.revoked = true
			if err := ask(); AsFailure(err).Kind() != identity.Denied {
				t.Errorf("a revoked token: %v", err)
			}
			if err := ask(); err != nil || system.given != 2 {
				t.Errorf("after a revoked token: %v, %d tokens", err, system.given)
			}
			if name != "app installation" { // whose tokens tell their end themselves
				now = now.Add(3600*time.Second - early/2)
				if err := ask(); err != nil || system.given != 3 {
					t.Errorf("shortly before its end: %v, %d tokens", err, system.given)
				}
			}
		})
	}
}

func TestAssertionsSayWhoWeAre(t *testing.T) {
	file, public := keyFile(t)
	system := &issuer{lifetime: 3600}
	s := server(t, system.ServeHTTP)
	read := func(signed string) (jwt.Claims, map[string]any) {
		token, err := jwt.ParseSigned(signed, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		var claims jwt.Claims
		var all map[string]any
		if err := token.Claims(public, &claims, &all); err != nil {
			t.Fatal(err)
		}
		return claims, all
	}
	google := JWTBearer{TokenURL: s.URL + "/token", Issuer: "hub@acme", Subject: "admin@acme", Key: ref(t, "file:"+file), Scopes: []string{"a", "b"}}
	if _, err := client(t, Options{Base: s.URL, Auth: google}).Do(t.Context(), Request{Method: "GET", Path: "/x"}); err != nil {
		t.Fatal(err)
	}
	form := system.asked[0]
	_, assertion, _ := strings.Cut(form, "assertion=")
	assertion, _, _ = strings.Cut(assertion, "&")
	claims, all := read(assertion)
	if claims.Issuer != "hub@acme" || claims.Subject != "admin@acme" || all["scope"] != "a b" || !claims.Audience.Contains(s.URL+"/token") {
		t.Errorf("%v %v", claims, all)
	}
	app := AppInstallation{AppID: "5", InstallationID: "77", Key: ref(t, "file:"+file)}
	if _, err := client(t, Options{Base: s.URL, Auth: app}).Do(t.Context(), Request{Method: "GET", Path: "/x"}); err != nil {
		t.Fatal(err)
	}
	claims, _ = read(system.asked[1])
	if claims.Issuer != "5" || claims.Expiry.Time().Sub(claims.IssuedAt.Time()) > 10*time.Minute {
		t.Errorf("%v", claims)
	}
}

func TestCredentialsThatAreNoGood(t *testing.T) {
	system := &issuer{lifetime: 3600}
	s := server(t, system.ServeHTTP)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no key: "+canary), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		auth Auth
		kind identity.Kind
		says string
	}{
		"refused client": {ClientCredentials{TokenURL: s.URL + "/token", ClientID: "hub", ClientSecret: ref(t, "wrong")}, identity.Denied, "invalid_client: client_secret [secret] is not ours"},
		"no endpoint":    {ClientCredentials{TokenURL: "http://127.0.0.1:1/token", ClientID: "hub", ClientSecret: ref(t, canary)}, identity.Unavailable, "token endpoint"},
		"no secret":      {ClientCredentials{TokenURL: s.URL + "/token", ClientID: "hub", ClientSecret: ref(t, "file:/nowhere")}, identity.Invalid, "no such file"},
		"no key":         {JWTBearer{TokenURL: s.URL + "/token", Key: ref(t, "file:"+text)}, identity.Invalid, "private key in PEM"},
		"no app key":     {AppInstallation{AppID: "5", InstallationID: "77", Key: ref(t, "file:"+text)}, identity.Invalid, "private key in PEM"},
		"not installed":  {AppInstallation{AppID: "5", InstallationID: "78", Key: ref(t, "file:"+mustKey(t))}, identity.Denied, "installed there"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, Options{Base: s.URL, Auth: c.auth}).Do(t.Context(), Request{Method: "POST", Path: "/x"})
			f := AsFailure(err)
			if f == nil || f.Sent || f.Kind() != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("kind %s: %v", f.Kind(), err)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("tells the secret: %v", err)
			}
		})
	}
}

func mustKey(t *testing.T) string { path, _ := keyFile(t); return path }

func TestBasic(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": user + ":" + password + " " + r.Header.Get("Authorization")})
	})
	w := client(t, Options{Base: s.URL, Auth: Basic("ada@acme", ref(t, canary))})
	_, err := w.Do(context.Background(), Request{Method: "GET", Path: "/"})
	if text := err.Error(); !strings.Contains(text, "ada@acme:[secret] Basic [secret]") {
		t.Error(text)
	}
}
