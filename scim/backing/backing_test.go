package backing_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/intake"
	"birthright/internal/pgtest"
	"birthright/scim"
	"birthright/scim/backing"
	"birthright/store"
	"birthright/store/storetest"
	"birthright/tokens"
)

var postgres = pgtest.New(func(ctx context.Context, url string) error {
	_, err := store.Migrate(ctx, url, store.Options{})
	return err
})

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// hub is the real thing behind the door, on a database of its own.
type hub struct {
	t      *testing.T
	url    string
	db     *store.DB
	server *httptest.Server
	token  string
}

// onEach runs a test on both databases.
func onEach(t *testing.T, test func(t *testing.T, h *hub)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, start(t, "sqlite:"+storetest.SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) { test(t, start(t, postgres.URL(t))) })
}

func start(t *testing.T, url string) *hub {
	t.Helper()
	h := &hub{t: t, url: url}
	h.open()
	t.Cleanup(h.close)
	plain, token, err := tokens.New(rand.Reader, "okta", tokens.ScopeSCIM, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	h.save(token)
	h.token = plain
	return h
}

func (h *hub) save(token tokens.Token) {
	h.t.Helper()
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error { return tx.SaveToken(h.t.Context(), store.TokenRow(token)) })
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) open() {
	h.t.Helper()
	db, err := store.Open(context.Background(), h.url, store.Options{Migrate: true, Index: scim.NewIndex([]string{"okta"})})
	if err != nil {
		h.t.Fatal(err)
	}
	okta, faults := scim.NewSource("okta", "", nil)
	if len(faults) > 0 {
		h.t.Fatal(faults)
	}
	in := intake.New(db, intake.Options{Correlate: [][]string{{"email"}}, Sources: []string{"okta"}, MaxMissingPercent: 10})
	behind := backing.New(db, in)
	h.db = db
	h.server = httptest.NewServer(scim.New(scim.Options{Directory: behind, Intake: behind, Tokens: behind, Sources: []*scim.Source{okta}}))
}

func (h *hub) close() {
	h.server.Close()
	if err := h.db.Close(); err != nil {
		h.t.Error(err)
	}
}

// send makes a request and returns the body if the status is as wanted.
func (h *hub) send(method, path, body string, status int) map[string]any {
	h.t.Helper()
	r, err := http.NewRequest(method, h.server.URL+"/scim/v2"+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.Header.Set("Content-Type", "application/scim+json")
	response, err := h.server.Client().Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if response.StatusCode != status {
		h.t.Errorf("%s %s: status %d, want %d: %s", method, path, response.StatusCode, status, data)
	}
	var out map[string]any
	if len(data) > 0 {
		if err := json.Unmarshal(data, &out); err != nil {
			h.t.Errorf("%s %s: %v: %s", method, path, err, data)
		}
	}
	return out
}

func (h *hub) user(name string) string {
	h.t.Helper()
	r := h.send("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`","active":true,
		"emails":[{"value":"`+name+`@x.com","type":"work","primary":true},{"value":"`+name+`@home.org","type":"home"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engines","division":"Analysis"}}`, 201)
	id, _ := r["id"].(string)
	return id
}

func (h *hub) patch(path, operations string, status int) map[string]any {
	h.t.Helper()
	return h.send("PATCH", path, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operations+`]}`, status)
}

func (h *hub) found(path, filter string) []string {
	h.t.Helper()
	r := h.send("GET", path+"?excludedAttributes=members&filter="+url.QueryEscape(filter), "", 200)
	list, _ := r["Resources"].([]any)
	ids := []string{}
	for _, one := range list {
		ids = append(ids, one.(map[string]any)["id"].(string))
	}
	return ids
}

func (h *hub) members(group string) []string {
	h.t.Helper()
	r := h.send("GET", "/Groups/"+group, "", 200)
	list, _ := r["members"].([]any)
	ids := []string{}
	for _, one := range list {
		ids = append(ids, one.(map[string]any)["value"].(string))
	}
	slices.Sort(ids)
	return ids
}

// believed returns the user that the directory has under a name.
func (h *hub) believed(name string) (u identity.User, err error) {
	err = h.db.View(h.t.Context(), func(tx *store.Tx) error {
		u, err = tx.UserByName(h.t.Context(), name)
		return err
	})
	return u, err
}

func TestUsersReachTheDirectory(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		ada := h.user("ada")
		u, err := h.believed("ada")
		if err != nil || u.State != identity.Active || u.Attributes.First("team") != "Analysis" || u.Attributes.First("department") != "Engines" {
			t.Fatalf("user: %+v, %v", u, err)
		}
		h.send("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA"}`, 409)
		h.patch("/Users/"+ada, `{"op":"Replace","path":"active","value":"False"},{"op":"add","path":"title","value":"Dr"}`, 200)
		if u, _ = h.believed("ada"); u.State != identity.Suspended || u.Attributes.First("title") != "Dr" {
			t.Errorf("after deactivation: %+v", u)
		}
		before := h.send("GET", "/Users/"+ada, "", 200)
		h.patch("/Users/"+ada, `{"op":"add","path":"title","value":"Dr"}`, 200)
		if after := h.send("GET", "/Users/"+ada, "", 200); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("the same PATCH again changed %v to %v", before, after)
		}

		h.server.Close() // what was answered is on disk
		if err := h.db.Close(); err != nil {
			t.Fatal(err)
		}
		h.open()
		if after := h.send("GET", "/Users/"+ada, "", 200); after["title"] != "Dr" {
			t.Errorf("after a restart: %v", after)
		}
		h.send("DELETE", "/Users/"+ada, "", 204)
		h.send("GET", "/Users/"+ada, "", 404)
		h.send("DELETE", "/Users/"+ada, "", 404)
		if u, _ = h.believed("ada"); u.State != identity.Left {
			t.Errorf("after deletion: %+v", u)
		}
		if again := h.user("ada"); again == ada || again == "" {
			t.Errorf("came back as %q", again)
		}
		if u, _ = h.believed("ada"); u.State != identity.Active {
			t.Errorf("after the return: %+v", u)
		}
	})
}

func TestFiltersOnTheStore(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		ada, bob := h.user("ada"), h.user("bob")
		for filter, want := range map[string][]string{
			`userName eq "ADA"`:                            {ada},
			`id eq "` + bob + `"`:                          {bob},
			`id eq "nobody"`:                               {},
			`emails.value eq "BOB@x.com"`:                  {bob},
			`emails[type eq "work"].value eq "ada@x.com"`:  {ada},
			`emails[type eq "home"].value eq "ada@x.com"`:  {},
			`emails[type eq "home"].value eq "b@home.org"`: {},
			`emails eq "bob@home.org"`:                     {bob},
			`active eq true and userName sw "a"`:           {ada},
			`department eq "engines"`:                      {ada, bob},
			`userName eq "\u0001'\"; --"`:                  {},
			`externalId eq ""`:                             {},
		} {
			if got := h.found("/Users", filter); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", filter, got, want)
			}
		}
		page := h.send("GET", "/Users?startIndex=2&count=1", "", 200)
		if page["totalResults"] != 2.0 || page["itemsPerPage"] != 1.0 {
			t.Errorf("page: %v", page)
		}
	})
}

func TestGroupsOnTheStore(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		ada, bob := h.user("ada"), h.user("bob")
		group := func(name, members string) string {
			r := h.send("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+name+`","members":[`+members+`]}`, 201)
			id, _ := r["id"].(string)
			return id
		}
		inner := group("inner", `{"value":"`+bob+`"}`)
		eng := group("eng", `{"value":"`+ada+`"},{"value":"`+inner+`"}`)
		if got, want := h.members(eng), sorted(ada, inner); !slices.Equal(got, want) {
			t.Errorf("members %v, want %v", got, want)
		}
		if u, _ := h.believed("bob"); !slices.Equal(u.Groups, []string{"eng", "inner"}) {
			t.Errorf("bob's groups: %v", u.Groups)
		}
		for filter, want := range map[string][]string{
			`displayName eq "ENG"`:                                  {eng},
			`id eq "` + eng + `" and members eq "` + ada + `"`:      {eng},
			`id eq "` + eng + `" and members eq "` + bob + `"`:      {},
			`members eq "` + inner + `"`:                            {eng},
			`members eq "` + ada + `" or members eq "` + bob + `"`:  {inner, eng},
			`members eq "nobody"`:                                   {},
			`id eq "` + inner + `" and not (members eq "nobody")`:   {inner},
			`displayName co "n" and not (displayName eq "nothing")`: {inner, eng},
		} {
			if got := h.found("/Groups", filter); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", filter, got, want)
			}
		}
		h.patch("/Groups/"+eng, `{"op":"replace","value":{"displayName":"engineers"}},{"op":"Remove","path":"members","value":[{"value":"`+ada+`"}]},
			{"op":"add","path":"members","value":[{"value":"`+bob+`"}]}`, 204)
		if got, want := h.members(eng), sorted(bob, inner); !slices.Equal(got, want) {
			t.Errorf("members %v, want %v", got, want)
		}
		user := h.send("GET", "/Users/"+bob, "", 200)
		if groups, _ := user["groups"].([]any); len(groups) != 2 {
			t.Errorf("groups of bob: %v", user["groups"])
		}
		h.patch("/Groups/"+eng, `{"op":"add","path":"members","value":[{"value":"nobody"}]}`, 400)
		h.patch("/Groups/"+eng, `{"op":"replace","path":"displayName","value":"lost"},{"op":"remove","path":"displayName"}`, 400)
		h.send("DELETE", "/Users/"+bob, "", 204)
		if got := h.members(eng); !slices.Equal(got, []string{inner}) {
			t.Errorf("members after bob went: %v", got)
		}
		h.send("PUT", "/Groups/"+eng, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"engineers"}`, 200)
		if got := h.members(eng); len(got) != 0 {
			t.Errorf("members after a PUT without any: %v", got)
		}
		h.send("DELETE", "/Groups/"+eng, "", 204)
		h.send("GET", "/Groups/"+eng, "", 404)
	})
}

func TestTokensOfTheStore(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		h.send("GET", "/Users", "", 200)
		id, _ := tokens.Parse(h.token)
		behind := backing.New(h.db, nil)
		token, err := behind.Token(t.Context(), id)
		if err != nil || token.LastUsed.IsZero() {
			t.Fatalf("token %+v, %v: its use was not noted", token, err)
		}
		token.RevokedAt = time.Now()
		h.save(token)
		h.send("GET", "/Users", "", 401)
		if _, err := behind.Token(t.Context(), "none"); identity.KindOf(err) != identity.NotFound {
			t.Errorf("unknown token: %v", err)
		}
	})
}

func sorted(ids ...string) []string { return slices.Sorted(slices.Values(ids)) }
