package delivery

import (
	"net/http"
	"net/url"
	"strings"
)

// Where things are, below the public URL.
const (
	pollPath     = "/signals/poll/"
	keysPath     = "/signals/jwks.json"
	metadataPath = "/.well-known/ssf-configuration"
)

// metadata says what receivers need to know (OpenID Shared Signals Framework 1.0,
// section on transmitter metadata). Streams are made in the hub's configuration,
// so there are no endpoints for that.
type metadata struct {
	SpecVersion string              `json:"spec_version"`
	Issuer      string              `json:"issuer"`
	JWKS        string              `json:"jwks_uri"`
	Delivery    []string            `json:"delivery_methods_supported"`
	Schemes     []map[string]string `json:"authorization_schemes"`
	Subjects    string              `json:"default_subjects"`
}

// Mount adds what receivers ask for to mux.
func (t *Transmitter) Mount(mux *http.ServeMux) {
	mux.HandleFunc("POST "+pollPath+"{receiver}", t.poll)
	mux.HandleFunc("GET "+keysPath, t.keys)
	mux.HandleFunc("GET "+metadataPath, t.describe)
	mux.HandleFunc("GET "+metadataPath+"/{path...}", t.describe)
}

// keys serves the public key. Receivers may keep it for a few minutes: a new key
// has a new name, which tells them to ask again.
func (t *Transmitter) keys(w http.ResponseWriter, q *http.Request) {
	set, err := t.Key.JWKS()
	if err != nil {
		t.fail(w, q, err)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(set)
}

// describe serves the metadata under the path that follows from the issuer: the
// issuer's own path comes after the well-known one.
func (t *Transmitter) describe(w http.ResponseWriter, q *http.Request) {
	if u, err := url.Parse(t.Issuer); err != nil || q.PathValue("path") != strings.Trim(u.Path, "/") {
		http.NotFound(w, q)
		return
	}
	respond(w, http.StatusOK, metadata{
		SpecVersion: "1_0", Issuer: t.Issuer, JWKS: strings.TrimRight(t.PublicURL, "/") + keysPath,
		Delivery: []string{"urn:ietf:rfc:8935", "urn:ietf:rfc:8936"},
		Schemes:  []map[string]string{{"spec_urn": "urn:ietf:rfc:6750"}}, Subjects: "ALL",
	})
}
