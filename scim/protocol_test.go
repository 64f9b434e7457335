package scim_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/scim"
	"birthright/tokens"
)

// routes are all the routes there are; each must refuse a request without a
// valid token before it does anything else.
var routes = []struct{ method, path string }{
	{"GET", ""}, {"GET", "/"}, {"POST", "/.search"}, {"POST", "/Bulk"}, {"GET", "/Me"}, {"PATCH", "/Me"},
	{"GET", "/ServiceProviderConfig"}, {"GET", "/ResourceTypes"}, {"GET", "/ResourceTypes/User"},
	{"GET", "/Schemas"}, {"GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"},
	{"GET", "/Users"}, {"POST", "/Users"}, {"POST", "/Users/.search"},
	{"GET", "/Users/u1"}, {"PUT", "/Users/u1"}, {"PATCH", "/Users/u1"}, {"DELETE", "/Users/u1"},
	{"GET", "/Groups"}, {"POST", "/Groups"}, {"POST", "/Groups/.search"},
	{"GET", "/Groups/g1"}, {"PUT", "/Groups/g1"}, {"PATCH", "/Groups/g1"}, {"DELETE", "/Groups/g1"},
	{"GET", "/nonsense"}, {"GET", "/Users/%2e%2e/Schemas"}, {"GET", "/users"}, {"GET", "/Users%2Fu1"}, {"TRACE", "/Users"},
	{"GET", "//Users"}, {"GET", "/Users;x"}, {"GET", "/Users/%00"}, {"GET", "/Users/%ff"}, {"OPTIONS", "/Users"}, {"HEAD", "/Users"},
}

func TestEveryRouteNeedsAToken(t *testing.T) {
	d := open(t, scim.Limits{})
	d.user("ada")
	revoked, expired := d.makeToken("okta", tokens.ScopeSCIM), d.makeToken("okta", tokens.ScopeSCIM)
	id, _ := tokens.Parse(revoked)
	token := d.memory.tokens[id]
	token.RevokedAt = d.now
	d.memory.tokens[id] = token
	id, _ = tokens.Parse(expired)
	token = d.memory.tokens[id]
	token.ExpiresAt = d.now
	d.memory.tokens[id] = token
	unknown, _, _ := tokens.New(strings.NewReader(strings.Repeat("x", 100)), "okta", tokens.ScopeSCIM, d.now, 0)

	bad := map[string]string{
		"none": "", "empty": "Bearer ", "malformed": "Bearer abc", "basic": "Basic " + d.token, "bare": d.token,
		"unknown": "Bearer " + unknown, "revoked": "Bearer " + revoked, "expired": "Bearer " + expired,
		"cut off": "Bearer " + d.token[:len(d.token)-1], "longer": "Bearer " + d.token + "A", "two": "Bearer " + d.token + " " + d.token,
		"other source gone": "Bearer " + d.makeToken("removed-source", tokens.ScopeSCIM),
	}
	for name, header := range bad {
		for _, route := range routes {
			r := d.send(route.method, scim.Prefix+route.path, "", "Authorization", header)
			if route.method == "HEAD" {
				if r.status != 401 {
					t.Errorf("%s: HEAD %s: %d", name, route.path, r.status)
				}
				continue
			}
			r.want(401)
			if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s: %s %s: no WWW-Authenticate", name, route.method, route.path)
			}
		}
	}
	if strings.Contains(d.log.String(), d.token[25:]) {
		t.Error("the log holds the secret of a token")
	}
	d.send("GET", scim.Prefix+"/Users", "", "Authorization", "Bearer "+d.makeToken("okta", tokens.ScopeAPI)).want(403)
	d.send("GET", scim.Prefix+"/Users", "", "Authorization", "bearer  "+d.token).want(200)
}

func TestTwoAuthorizationHeadersAreRefused(t *testing.T) {
	d := open(t, scim.Limits{})
	r, _ := http.NewRequest("GET", d.server.URL+"/scim/v2/Users", nil)
	r.Header["Authorization"] = []string{"Bearer " + d.token, "Bearer " + d.token}
	response, err := d.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 401 {
		t.Errorf("status %d, want 401", response.StatusCode)
	}
}

func TestTokenUseIsNotedOnceAMinute(t *testing.T) {
	d := open(t, scim.Limits{})
	for range 5 {
		d.send("GET", "/scim/v2/Users", "").want(200)
	}
	if d.memory.touched != 1 {
		t.Errorf("touched %d times, want once", d.memory.touched)
	}
	d.now = d.now.Add(time.Minute)
	d.send("GET", "/scim/v2/Users", "").want(200)
	if d.memory.touched != 2 {
		t.Errorf("touched %d times after a minute, want twice", d.memory.touched)
	}
	d.now = d.now.Add(24 * time.Hour)
	d.send("GET", "/scim/v2/Users", "").want(401)
}

func TestUnknownPathsAndMethods(t *testing.T) {
	d := open(t, scim.Limits{})
	d.user("ada")
	for _, path := range []string{"/nonsense", "/users", "/Users/u1/x", "/Users/u1/x/y", "/Users%2Fu1", "/Users//", "/Users;x", "/Users/%00",
		"/Users/%ff", "/Users/nobody", "/Groups/nobody", "/Schemas/nonsense", "/ResourceTypes/Nonsense", "/Users/u1%2F", "/ServiceProviderConfig/x", "/Bulk/x"} {
		d.send("GET", "/scim/v2"+path, "").want(404)
	}
	for path, allow := range map[string]string{
		"/Users": "GET, POST", "/Users/u1": "DELETE, GET, PATCH, PUT", "/Users/.search": "POST", "/ServiceProviderConfig": "GET",
		"/Schemas": "GET", "/ResourceTypes/User": "GET", "/Bulk": "POST", "/.search": "POST",
	} {
		r := d.send("TRACE", "/scim/v2"+path, "").want(405)
		if got := r.header.Get("Allow"); got != allow {
			t.Errorf("%s: Allow %q, want %q", path, got, allow)
		}
	}
	for _, route := range []struct{ method, path string }{{"GET", "/Me"}, {"PUT", "/Me"}, {"POST", "/Me"}, {"PATCH", "/Me"}, {"DELETE", "/Me"}} {
		d.send(route.method, "/scim/v2"+route.path, "").want(501)
	}
	for _, path := range []string{"/Users/", "/Users/u1/", "/ServiceProviderConfig/"} {
		d.send("GET", "/scim/v2"+path, "").want(200)
	}
	if r := d.send("HEAD", "/scim/v2/Users/u1", ""); r.status != 200 || r.text != "" {
		t.Errorf("HEAD: %d %q", r.status, r.text)
	}
}

func TestMediaTypesAndSizes(t *testing.T) {
	d := open(t, scim.Limits{UserBody: 1000, GroupBody: 2000})
	body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"NAME"}`
	for i, kind := range []string{"application/scim+json", "application/json", "application/json; charset=UTF-8", "Application/SCIM+JSON", ""} {
		d.send("POST", "/scim/v2/Users", strings.Replace(body, "NAME", string(rune('a'+i)), 1), "Content-Type", kind).want(201)
	}
	for _, kind := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=latin1", "/;"} {
		d.send("POST", "/scim/v2/Users", body, "Content-Type", kind).want(415)
	}
	d.send("POST", "/scim/v2/Users", body, "Content-Encoding", "gzip").want(415)
	for _, accept := range []string{"", "*/*", "application/*", "text/html, application/json;q=0.5", "application/scim+json"} {
		d.send("GET", "/scim/v2/Users", "", "Accept", accept).want(200)
	}
	d.send("GET", "/scim/v2/Users", "", "Accept", "text/html").want(406)

	long := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + strings.Repeat("x", 1000) + `"}`
	d.send("POST", "/scim/v2/Users", long).want(413)
	d.send("PUT", "/scim/v2/Users/u1", long).want(413)
	d.send("PATCH", "/scim/v2/Users/u1", long).want(413)
	d.send("POST", "/scim/v2/Users/.search", long).want(413)
	d.send("POST", "/scim/v2/Groups", strings.Replace(long, ":User", ":Group", 1)).want(400) // under its own limit
	d.send("POST", "/scim/v2/Groups", long+long).want(413)
}

func TestFailuresTellNothing(t *testing.T) {
	cases := []struct {
		fault  error
		status int
	}{
		{errors.New("secret inside"), 500},
		{&identity.Error{Kind: identity.Unavailable, Err: errors.New("secret inside")}, 503},
		{&identity.Error{Kind: identity.Throttled, Err: errors.New("secret inside")}, 429},
		{&identity.Error{Kind: identity.Denied, Err: errors.New("secret inside")}, 403},
		{&identity.Error{Kind: identity.Held, Err: errors.New("secret inside")}, 409},
		{&identity.Error{Kind: identity.Invalid, Err: errors.New("secret inside")}, 400},
	}
	for _, c := range cases {
		d := open(t, scim.Limits{})
		id := d.user("ada")
		d.memory.fault = c.fault
		r := d.send("GET", "/scim/v2/Users/"+id, "").want(c.status)
		if strings.Contains(r.text, "secret") || !strings.Contains(d.log.String(), "secret inside") {
			t.Errorf("%v: answer %s\nlog %s", c.fault, r.text, d.log.String())
		}
	}
	d := open(t, scim.Limits{})
	d.memory.crash = true
	r := d.send("GET", "/scim/v2/Users", "").want(500)
	if strings.Contains(r.text, "planted") || !strings.Contains(d.log.String(), "planted") {
		t.Errorf("panic: answer %s", r.text)
	}
}

func TestDiscovery(t *testing.T) {
	d := open(t, scim.Limits{Page: 50})
	c := d.send("GET", "/scim/v2/ServiceProviderConfig", "").want(200)
	for feature, want := range map[string]bool{"patch": true, "filter": true, "bulk": true, "sort": true, "etag": true, "changePassword": false} {
		if got := c.at(feature, "supported"); got != want {
			t.Errorf("%s supported: %v, want %v", feature, got, want)
		}
	}
	if c.at("filter", "maxResults") != 50.0 || c.at("authenticationSchemes", 0, "type") != "oauthbearertoken" {
		t.Errorf("config: %s", c.text)
	}
	if c.at("authenticationSchemes", 1, "type") != "oauth2" || c.at("authenticationSchemes", 1, "name") == "" || c.at("authenticationSchemes", 1, "primary") != nil ||
		c.at("authenticationSchemes", 1, "documentationUri") != d.server.URL+"/.well-known/oauth-authorization-server" {
		t.Errorf("second scheme: %s", c.text)
	}
	for _, path := range []string{"/ResourceTypes", "/Schemas"} {
		all := d.send("GET", "/scim/v2"+path+"?startIndex=2&count=1&attributes=id", "").want(200)
		list, _ := all.at("Resources").([]any)
		if float64(len(list)) != all.at("totalResults") || len(list) < 2 {
			t.Errorf("%s: %d of %v", path, len(list), all.at("totalResults"))
		}
		for i := range list {
			id, _ := all.at("Resources", i, "id").(string)
			one := d.send("GET", "/scim/v2"+path+"/"+id, "").want(200)
			if at := one.at("meta", "location"); at != d.server.URL+"/scim/v2"+path+"/"+id {
				t.Errorf("%s/%s: location %v", path, id, at)
			}
		}
		d.send("GET", "/scim/v2"+path+`?filter=id+eq+"x"`, "").want(403)
	}
	own := d.send("GET", "/scim/v2/Schemas/urn:birthright:params:scim:schemas:extension:1.0:User", "").want(200)
	if own.at("attributes", 0, "name") != "team" || own.at("attributes", 1, "name") != "location" || own.at("attributes", 0, "type") != "string" {
		t.Errorf("own schema: %s", own.text)
	}
	user := d.send("GET", "/scim/v2/ResourceTypes/User", "").want(200)
	if user.at("schema") != "urn:ietf:params:scim:schemas:core:2.0:User" || user.at("endpoint") != "/Users" || user.at("schemaExtensions", 1, "schema") == nil {
		t.Errorf("user type: %s", user.text)
	}
}
