package scim_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"birthright/scim"
	"birthright/sources"
	"birthright/tokens"
)

// door is a front door over a memory directory, with a client for it.
type door struct {
	t      testing.TB
	memory *memory
	server *httptest.Server
	now    time.Time
	log    bytes.Buffer
	token  string // of source okta
	other  string // of source entra
}

func open(t testing.TB, limits scim.Limits, mappings ...sources.Mapping) *door {
	t.Helper()
	d, h := handler(t, limits, mappings...)
	d.server = httptest.NewServer(h)
	t.Cleanup(d.server.Close)
	return d
}

// handler makes a door that no socket leads to.
func handler(t testing.TB, limits scim.Limits, mappings ...sources.Mapping) (*door, http.Handler) {
	t.Helper()
	d := &door{t: t, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	d.memory = newMemory(func() time.Time { return d.now })
	okta, faults := scim.NewSource("okta", "", mappings)
	entra, _ := scim.NewSource("entra", "", nil)
	strict, _ := scim.NewSource("strict", scim.ProfileRFC, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	h := scim.New(scim.Options{
		Directory: d.memory, Intake: d.memory, Tokens: d.memory, Sources: []*scim.Source{okta, entra, strict}, Key: []byte("key"),
		Limits: limits, Now: func() time.Time { return d.now },
		Log: slog.New(slog.NewTextHandler(&d.log, nil)),
	})
	d.token, d.other = d.makeToken("okta", tokens.ScopeSCIM), d.makeToken("entra", tokens.ScopeSCIM)
	return d, h
}

func (d *door) makeToken(source, scope string) string {
	plain, token, err := tokens.New(rand.Reader, source, scope, d.now, 24*time.Hour)
	if err != nil {
		d.t.Fatal(err)
	}
	d.memory.tokens[token.ID] = token
	return plain
}

// reply is what came back.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   map[string]any
	text   string
}

// send makes a request; headers are name, value, name, value …
func (d *door) send(method, path, body string, headers ...string) reply {
	d.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, d.server.URL+path, reader)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Del(headers[i]); headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := d.server.Client().Do(r)
	if err != nil {
		d.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	out := reply{t: d.t, status: response.StatusCode, header: response.Header, text: string(data)}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &out.body); err != nil {
			d.t.Fatalf("%s %s: the body is not a JSON object: %v\n%s", method, path, err, data)
		}
		if got := response.Header.Get("Content-Type"); got != "application/scim+json" {
			d.t.Errorf("%s %s: content type %q", method, path, got)
		}
	}
	return out
}

// want checks the status, and for an error the shape of its body.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.text)
	}
	if status >= 400 {
		schemas, _ := r.body["schemas"].([]any)
		if len(schemas) != 1 || schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" || r.body["detail"] == "" ||
			r.body["status"] != itoa(status) {
			r.t.Fatalf("not a SCIM error body: %s", r.text)
		}
	}
	return r
}

func (r reply) wantError(status int, scimType string) reply {
	r.t.Helper()
	r.want(status)
	if got, _ := r.body["scimType"].(string); got != scimType {
		r.t.Errorf("scimType %q, want %q: %s", got, scimType, r.text)
	}
	return r
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// at follows keys and list indexes into the body.
func (r reply) at(path ...any) any {
	r.t.Helper()
	var v any = r.body
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func (r reply) id() string {
	r.t.Helper()
	id, _ := r.body["id"].(string)
	if id == "" {
		r.t.Fatalf("no id: %s", r.text)
	}
	return id
}

// names lists one attribute of the resources of a list.
func (r reply) names(attribute string) string {
	var out []string
	list, _ := r.body["Resources"].([]any)
	for _, one := range list {
		name, _ := one.(map[string]any)[attribute].(string)
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func (d *door) user(name string) string {
	d.t.Helper()
	return d.send("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`"}`).want(201).id()
}

func (d *door) group(name string, members ...string) string {
	d.t.Helper()
	list := []map[string]string{}
	for _, m := range members {
		list = append(list, map[string]string{"value": m})
	}
	text, _ := json.Marshal(list)
	return d.send("POST", "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+name+`","members":`+string(text)+`}`).want(201).id()
}

// patch wraps operations in a PATCH body.
func patchBody(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
}
