package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"strings"
	"testing"

	"birthright/app"
	"birthright/config"
	"birthright/identity"
)

// where starts the program with nothing but a configuration.
func where(t *testing.T, cfg *config.Config) string {
	t.Helper()
	_, url := serving(t, app.Options{Config: cfg})
	return url
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// keyOf is the algorithm and the name of the key that a hub publishes.
func keyOf(t *testing.T, url string) (alg, kid string) {
	t.Helper()
	_, body := get(t, url+"/signals/jwks.json")
	var set struct{ Keys []struct{ Alg, Kid string } }
	if err := json.Unmarshal([]byte(body), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s: %v", body, err)
	}
	return set.Keys[0].Alg, set.Keys[0].Kid
}

const signalsOf = "signals: {%, receivers: [{name: siem, delivery: poll, audience: siem}]}\n"

func hubWith(signals string) string {
	return hubConfig + strings.Replace(signalsOf, "%, ", signals, 1)
}

// Without a receiver there is nothing to fetch; with one, the hub's own key is
// made once and kept, for each algorithm, and the issuer is where it listens.
func TestSigningKeyIsKept(t *testing.T) {
	files := map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy}
	if status, _ := get(t, where(t, folder(t, files))+"/signals/jwks.json"); status != http.StatusNotFound {
		t.Errorf("without receivers: %d", status)
	}
	files["hub.yaml"] = hubWith("")
	cfg := folder(t, files)
	url := where(t, cfg)
	alg, kid := keyOf(t, url)
	if again, name := keyOf(t, where(t, cfg)); alg != "ES256" || again != alg || name != kid {
		t.Errorf("%s %s, then %s %s", alg, kid, again, name)
	}
	if _, body := get(t, url+"/.well-known/ssf-configuration"); !strings.Contains(body, `"issuer":"`+url+`"`) {
		t.Errorf("%s does not name %s as the issuer", body, url)
	}
	cfg.Signals.Algorithm = "RS256"
	if again, name := keyOf(t, where(t, cfg)); again != "RS256" || name == kid {
		t.Errorf("RSA: %s %s", again, name)
	}
}

func TestSigningKeyOfTheOperator(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"hub.yaml": hubWith(`signing_key: "file:key.pem", `), "policy.yaml": hubPolicy,
		"key.pem": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
	first, second := folder(t, files), folder(t, files)
	_, kid := keyOf(t, where(t, first))
	if _, name := keyOf(t, where(t, second)); name != kid || kid == "" {
		t.Errorf("the key is called %q and %q", kid, name)
	}
	files["key.pem"] = "no key"
	a, err := app.Open(t.Context(), app.Options{Config: folder(t, files)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Start(t.Context()); identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "signing key") {
		t.Errorf("started with no key: %v", err)
	}
}
