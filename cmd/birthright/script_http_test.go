package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// let VARIABLE PATH makes a value of the last output, which is JSON, an
// environment variable.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: let VARIABLE PATH")
	}
	var value any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &value); err != nil {
		ts.Fatalf("standard output is no JSON: %v", err)
	}
	text, found := lookUp(value, strings.Split(args[1], "."))
	if !found || text == "" {
		ts.Fatalf("there is no %s", args[1])
	}
	ts.Setenv(args[0], text)
}

// request STATUS METHOD URL [bearer=TOKEN] [user=NAME password=TEXT] [form=FORM | scim=JSON | type=MEDIA-TYPE body=TEXT]
// makes an HTTP request that must be answered with that status; the body is in
// the file "answer". `request until` tries again until it is.
func request(ts *testscript.TestScript, neg bool, args []string) {
	again := len(args) > 0 && args[0] == "until"
	if again {
		args = args[1:]
	}
	if neg || len(args) < 3 {
		ts.Fatalf("usage: request [until] STATUS METHOD URL [NAME=VALUE…]")
	}
	try := func() error {
		status, body, err := send(args[1], args[2], args[3:])
		if err == nil && strconv.Itoa(status) != args[0] {
			err = fmt.Errorf("%s %s: %d, want %s: %s", args[1], args[2], status, args[0], body)
		}
		return errors.Join(err, os.WriteFile(ts.MkAbs("answer"), body, 0o600))
	}
	if again {
		eventually(ts, try)
		return
	}
	ts.Check(try())
}

func send(method, address string, options []string) (status int, body []byte, err error) {
	given := map[string]string{}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		given[name] = value
	}
	r, err := http.NewRequest(method, address, strings.NewReader(given["form"]+given["scim"]))
	if err != nil {
		return 0, nil, err
	}
	if given["form"] != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if given["scim"] != "" {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	if given["type"] != "" {
		r.Header.Set("Content-Type", given["type"])
		r.Body = io.NopCloser(strings.NewReader(given["body"]))
		r.ContentLength = int64(len(given["body"]))
	}
	if given["bearer"] != "" {
		r.Header.Set("Authorization", "Bearer "+given["bearer"])
	}
	if given["user"] != "" {
		r.SetBasicAuth(given["user"], given["password"])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// keypair NAME makes a pair of keys: NAME.jwks has the public half, NAME.key the
// private one.
func keypair(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keypair NAME")
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	ts.Check(err)
	set := fmt.Sprintf(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":%q}]}`, base64.RawURLEncoding.EncodeToString(public))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".jwks"), []byte(set), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".key"), private.Seed(), 0o600))
}

// assertion VARIABLE NAME CLIENT AUDIENCE makes a form with an assertion that the
// key pair NAME signed.
func assertion(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: assertion VARIABLE NAME CLIENT AUDIENCE")
	}
	claims, err := json.Marshal(map[string]any{
		"iss": args[2], "sub": args[2], "aud": args[3], "jti": rand.Text(), "exp": time.Now().Add(time.Minute).Unix(),
	})
	ts.Check(err)
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	seed := ts.ReadFile(args[1] + ".key")
	signature := ed25519.Sign(ed25519.NewKeyFromSeed([]byte(seed)), []byte(text))
	ts.Setenv(args[0], "grant_type=client_credentials&"+url.Values{
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {text + "." + base64.RawURLEncoding.EncodeToString(signature)},
	}.Encode())
}
