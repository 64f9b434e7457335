package scim_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"birthright/scim"
	"birthright/tokens"
)

// What a source that is held to the RFCs may not say, and any other may.
func TestProfiles(t *testing.T) {
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	for _, c := range []struct{ operations, scimType string }{
		{`{"op":"replace","path":"active","value":"False"}`, "invalidValue"},
		{`{"op":"replace","path":"` + enterprise + `:manager","value":"u1"}`, "invalidValue"},
		{`{"op":"replace","path":"` + enterprise + `:manager","value":[{"value":"u1"}]}`, "invalidValue"},
		{`{"op":"add","path":"emails","value":{"value":"a@x.com"}}`, "invalidValue"},
		{`{"op":"add","path":"roles","value":["{\"value\":\"Admin\"}"]}`, "invalidValue"},
		{`{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@x.com"}`, "noTarget"},
		{`{"op":"replace","value":{"id":"x","title":"Dr"}}`, "mutability"},
		{`{"op":"replace","value":{"nonsense":"x","title":"Dr"}}`, "invalidPath"},
		{`{"op":"Replace","path":"title","value":"Dr"}`, ""},
		{`{"op":"replace","value":{"title":"Dr","name.givenName":"A"}}`, "invalidValue"},
		{`{"op":"replace","value":{"title":"Dr","name":{"givenName":"A"}}}`, ""},
	} {
		d := open(t, scim.Limits{})
		lenient := d.user("ada")
		d.send("PATCH", "/scim/v2/Users/"+lenient, patchBody(c.operations)).want(200)
		d.token = d.makeToken("strict", tokens.ScopeSCIM)
		strict := d.user("ada")
		r := d.send("PATCH", "/scim/v2/Users/"+strict, patchBody(c.operations))
		if c.scimType == "" {
			r.want(200)
			continue
		}
		r.wantError(400, c.scimType)
	}
}

// Okta means what the RFC says where a value is not there; Entra means to make it,
// and whoever is not known may be Entra.
func TestDialectsAreRecognised(t *testing.T) {
	absent := patchBody(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@x.com"}`)
	for _, c := range []struct {
		agent, path string
		status      int
	}{
		{"Okta SCIM Client 1.0.0", "", 400}, {"Microsoft Entra", "", 200}, {"anything", "", 200}, {"Okta SCIM Client 1.0.0", "?aadOptscim062020", 200},
	} {
		d := open(t, scim.Limits{})
		id := d.user("ada")
		d.send("PATCH", "/scim/v2/Users/"+id+c.path, absent, "User-Agent", c.agent).want(c.status)
	}
	d := open(t, scim.Limits{}) // once recognised, a source is known
	id := d.user("ada")
	d.send("GET", "/scim/v2/Users?count=1", "", "User-Agent", "Okta SCIM Client 1.0.0").want(200)
	d.send("PATCH", "/scim/v2/Users/"+id, absent, "User-Agent", "Go-http-client").wantError(400, "noTarget")
}

func TestPeopleComeBack(t *testing.T) {
	d := open(t, scim.Limits{})
	make := func(rest string) reply {
		t.Helper()
		return d.send("POST", "/scim/v2/Users", userHead+`,"userName":"Ada"`+rest+`}`)
	}
	id := make(`,"externalId":"1","title":"Dr"`).want(201).id()
	make(``).wantError(409, "uniqueness")
	d.send("PATCH", "/scim/v2/Users/"+id, patchBody(`{"op":"replace","value":{"active":false}}`)).want(200)
	make(`,"externalId":"2"`).wantError(409, "uniqueness") // somebody else
	make(`,"active":false`).wantError(409, "uniqueness")   // not a return
	back := make(`,"externalId":"1","active":true`).want(201)
	if back.id() != id || back.at("title") != nil || back.at("active") != true || back.header.Get("Location") != d.server.URL+"/scim/v2/Users/"+id {
		t.Errorf("came back as %s", back.text)
	}
	d.token = d.makeToken("strict", tokens.ScopeSCIM)
	make(`,"active":false`).want(201)
	make(``).wantError(409, "uniqueness")
}

func TestExtensionsAreLearned(t *testing.T) {
	d := open(t, scim.Limits{})
	const urn = "urn:okta:acme:1.0:user:custom"
	id := d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ada","`+urn+`":{"squad":"Blue","shoe":39.5,"hats":["top"],"left":true}}`).want(201).id()
	d.send("PATCH", "/scim/v2/Users/"+id, patchBody(`{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:badge","value":"7"},
		{"op":"replace","value":{"`+urn+`:squad":"Red"}}`)).want(200)
	one := d.send("GET", "/scim/v2/Schemas/"+urn, "").want(200)
	var got []string
	for i := range len(one.at("attributes").([]any)) {
		got = append(got, fmt.Sprint(one.at("attributes", i, "name"), " ", one.at("attributes", i, "type"), " ", one.at("attributes", i, "multiValued")))
	}
	if want := "hats string true, left boolean false, shoe decimal false, squad string false"; strings.Join(got, ", ") != want {
		t.Errorf("learned %v, want %s", got, want)
	}
	if r := d.send("GET", "/scim/v2/ResourceTypes/User", "").want(200); !strings.Contains(r.text, urn) {
		t.Errorf("resource type: %s", r.text)
	}
	if r := d.send("GET", "/scim/v2/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "").want(200); !strings.Contains(r.text, `"badge"`) {
		t.Errorf("enterprise: %s", r.text)
	}
	for filter, want := range map[string]string{
		urn + `:squad eq "red"`: "ada", urn + `:shoe gt 39`: "ada", urn + `:hats co "o"`: "ada", urn + `:left eq false`: "", urn + ` pr`: "ada",
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:badge eq "7"`: "ada",
	} {
		if got := d.send("GET", "/scim/v2/Users?filter="+escape(filter), "").want(200).names("userName"); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
	if a := d.memory.records[id].Attributes; a.First("squad") != "Red" || a.First(urn+":squad") != "Red" || a.First("shoe") != "39.5" || a.First("badge") != "7" {
		t.Errorf("attributes for policies: %v", a)
	}
	d.token = d.other
	d.send("GET", "/scim/v2/Schemas/"+urn, "").want(404) // another source's
}

// An extension's attribute does not become one that the hub acts upon by its name.
func TestExtensionsCannotPretend(t *testing.T) {
	d := open(t, scim.Limits{})
	id := d.send("POST", "/scim/v2/Users", userHead+`,"userName":"ada","urn:x:y:Z":{"department":"Payments","Active":false,"userName":"root","squad":"A"},"urn:x:y:AA":{"squad":"B"}}`).want(201).id()
	a := d.memory.records[id].Attributes
	if a.First("department") != "" || a.First("active") != "" || a.First("userName") != "ada" || a.First("urn:x:y:Z:department") != "Payments" || a.First("squad") != "B" || a.First("urn:x:y:Z:squad") != "A" {
		t.Errorf("attributes: %v", a)
	}
}

// A request whose body trickles in holds its own place and nobody else's.
func TestTooManyAtOnce(t *testing.T) {
	d := open(t, scim.Limits{InFlight: 1})
	body, feed := io.Pipe()
	slow, err := http.NewRequest("POST", d.server.URL+"/scim/v2/Users", body)
	if err != nil {
		t.Fatal(err)
	}
	slow.Header.Set("Authorization", "Bearer "+d.token)
	done := make(chan int)
	go func() {
		response, err := d.server.Client().Do(slow)
		if err != nil {
			t.Error(err)
			done <- 0
			return
		}
		response.Body.Close()
		done <- response.StatusCode
	}()
	if _, err := feed.Write([]byte(userHead)); err != nil { // it is on its way
		t.Fatal(err)
	}
	refused := d.send("GET", "/scim/v2/Users", "")
	for refused.status == 200 { // it is not in yet
		refused = d.send("GET", "/scim/v2/Users", "")
	}
	if refused.want(429); refused.header.Get("Retry-After") == "" {
		t.Errorf("no word on when: %v", refused.header)
	}
	mine := d.token
	d.token = d.other
	d.send("GET", "/scim/v2/Users", "").want(200) // another source does not notice
	d.token = mine
	if _, err := feed.Write([]byte(`,"userName":"ada"}`)); err != nil {
		t.Fatal(err)
	}
	feed.Close()
	if status := <-done; status != 201 {
		t.Errorf("the slow request was answered with %d", status)
	}
	d.send("GET", "/scim/v2/Users", "").want(200)
}
