package scim_test

import (
	"fmt"
	"strings"
	"testing"

	"birthright/scim"
)

func bulkBody(rest string, operations ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]` + rest + `,"Operations":[` + strings.Join(operations, ",") + `]}`
}

func post(bulkID, path, data string) string {
	return `{"method":"POST","path":"` + path + `","bulkId":"` + bulkID + `","data":` + data + `}`
}

// statuses lists what became of the operations.
func (r reply) statuses() string {
	var out []string
	list, _ := r.at("Operations").([]any)
	for _, one := range list {
		out = append(out, fmt.Sprint(one.(map[string]any)["status"]))
	}
	return strings.Join(out, " ")
}

func TestBulk(t *testing.T) {
	d := open(t, scim.Limits{})
	ada := d.user("ada")
	r := d.send("POST", "/scim/v2/Bulk", bulkBody(``,
		post("a", "/Users", userHead+`,"userName":"bob"}`),
		post("b", "/Users", userHead+`,"userName":"cyd"}`),
		post("g", "/Groups", groupHead+`,"displayName":"eng","members":[{"value":"bulkId:b"},{"value":"`+ada+`"},{"value":"bulkId:later"}]}`),
		post("later", "/Users", userHead+`,"userName":"dan"}`),
		`{"method":"patch","path":"/Users/`+ada+`","version":"W/\"1\"","data":`+patchBody(`{"op":"add","path":"title","value":"Dr"}`)+`}`,
		`{"method":"PATCH","path":"/Groups/bulkId:g","data":`+patchBody(`{"op":"remove","path":"members[value eq \"bulkId:b\"]"}`)+`}`,
		`{"method":"PUT","path":"/Users/bulkId:a","data":`+userHead+`,"userName":"bobby","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:b"}}}}`,
		`{"method":"DELETE","path":"/Users/bulkId:later"}`,
	)).want(200)
	if got := r.statuses(); got != "201 201 201 201 200 204 200 204" {
		t.Fatalf("statuses %s: %s", got, r.text)
	}
	if r.at("schemas", 0) != "urn:ietf:params:scim:api:messages:2.0:BulkResponse" || r.at("Operations", 0, "bulkId") != "a" || r.at("Operations", 0, "method") != "POST" ||
		r.at("Operations", 0, "version") != `W/"1"` || r.at("Operations", 4, "version") != `W/"2"` || r.at("Operations", 0, "response") != nil {
		t.Errorf("answer: %s", r.text)
	}
	group := fmt.Sprint(r.at("Operations", 2, "location"))
	if got := d.memberIDs(group[strings.LastIndexByte(group, '/')+1:]); got != ada {
		t.Errorf("members %s, want %s", got, ada)
	}
	bob := fmt.Sprint(r.at("Operations", 0, "location"))
	cyd := fmt.Sprint(r.at("Operations", 1, "location"))
	now := d.send("GET", strings.TrimPrefix(bob, d.server.URL), "").want(200)
	if now.at("userName") != "bobby" || now.at("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager", "value") != cyd[strings.LastIndexByte(cyd, '/')+1:] {
		t.Errorf("bob: %s", now.text)
	}
}

func TestBulkInCircles(t *testing.T) {
	d := open(t, scim.Limits{})
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	person := func(name, manager string) string {
		return userHead + `,"userName":"` + name + `","` + enterprise + `":{"manager":{"value":"bulkId:` + manager + `"}}}`
	}
	r := d.send("POST", "/scim/v2/Bulk", bulkBody(``,
		post("a", "/Users", person("ada", "b")), post("b", "/Users", person("bob", "c")), post("c", "/Users", person("cyd", "a")), post("s", "/Users", person("sue", "s")),
		post("x", "/Groups", groupHead+`,"displayName":"x","members":[{"value":"bulkId:y"},{"value":"bulkId:a"}]}`),
		post("y", "/Groups", groupHead+`,"displayName":"y","members":[{"value":"bulkId:x"}]}`),
	)).want(200)
	if got := r.statuses(); got != "201 201 201 201 201 201" {
		t.Fatalf("statuses %s: %s", got, r.text)
	}
	id := func(i int) string {
		location := fmt.Sprint(r.at("Operations", i, "location"))
		return location[strings.LastIndexByte(location, '/')+1:]
	}
	for i, manager := range []int{1, 2, 0, 3} {
		one := d.send("GET", "/scim/v2/Users/"+id(i), "").want(200)
		if one.at(enterprise, "manager", "value") != id(manager) || one.at("meta", "version") != r.at("Operations", i, "version") {
			t.Errorf("user %d: %s; answered %v", i, one.text, r.at("Operations", i))
		}
	}
	if got, want := d.memberIDs(id(4)), id(5)+" "+id(0); got != want {
		t.Errorf("members of x: %s, want %s", got, want)
	}
	if got := d.memberIDs(id(5)); got != id(4) {
		t.Errorf("members of y: %s", got)
	}
}

func TestBulkFailures(t *testing.T) {
	d := open(t, scim.Limits{BulkOperations: 12, BulkBody: 10_000})
	d.user("ada")
	bad := []string{
		post("1", "/Users", userHead+`,"userName":"ada"}`),                                        // 409
		post("2", "/Users", userHead+`}`),                                                         // 400
		post("3", "/Nonsense", userHead+`,"userName":"x"}`),                                       // 400
		`{"method":"GET","path":"/Users/u1"}`,                                                     // 400
		`{"method":"PUT","path":"/Users/none","data":` + userHead + `,"userName":"x"}}`,           // 404
		`{"method":"DELETE","path":"/Users/u1","version":"W/\"7\""}`,                              // 412
		post("4", "/Groups", groupHead+`,"displayName":"g","members":[{"value":"bulkId:2"}]}`),    // 409
		post("5", "/Groups", groupHead+`,"displayName":"g","members":[{"value":"bulkId:none"}]}`), // 400
		post("1", "/Users", userHead+`,"userName":"twice"}`),                                      // 400
		`{"method":"PUT","path":"/Users/u1","data":7}`,                                            // 400
		`{"method":"POST","path":"/Users","data":` + userHead + `,"userName":"nobulkid"}}`,        // taken
		post("6", "/Users", userHead+`,"userName":"fine"}`),
	}
	r := d.send("POST", "/scim/v2/Bulk", bulkBody(``, bad...)).want(200)
	if got := r.statuses(); got != "409 400 400 400 404 412 409 400 400 400 400 201" {
		t.Errorf("statuses %s: %s", got, r.text)
	}
	if r.at("Operations", 0, "response", "scimType") != "uniqueness" || r.at("Operations", 0, "response", "status") != "409" || r.at("Operations", 0, "location") != nil ||
		r.at("Operations", 4, "location") != d.server.URL+"/scim/v2/Users/none" {
		t.Errorf("failures: %s", r.text)
	}
	if got := d.send("GET", "/scim/v2/Users", "").want(200).names("userName"); got != "ada fine" {
		t.Errorf("users afterwards: %s", got)
	}
	stopped := d.send("POST", "/scim/v2/Bulk", bulkBody(`,"failOnErrors":2`, bad[1], bad[4], post("7", "/Users", userHead+`,"userName":"never"}`))).want(200)
	if got := stopped.statuses(); got != "400 404" {
		t.Errorf("after two errors: %s", got)
	}
	d.send("POST", "/scim/v2/Bulk", bulkBody(``, append(bad, bad...)...)).want(413)
	d.send("POST", "/scim/v2/Bulk", bulkBody(``, post("8", "/Users", userHead+`,"userName":"`+strings.Repeat("x", 10_000)+`"}`))).want(413)
	for _, body := range []string{`{}`, bulkBody(``), bulkBody(``, `7`), bulkBody(`,"failOnErrors":"x"`, bad[0]), `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}`} {
		d.send("POST", "/scim/v2/Bulk", body).want(400)
	}
	d.send("GET", "/scim/v2/Bulk", "").want(405)
}

// Many new people at once are carried out together, and keep their places.
func TestBulkOfMany(t *testing.T) {
	d := open(t, scim.Limits{})
	var operations []string
	for i := range 100 {
		operations = append(operations, post(fmt.Sprint(i), "/Users", fmt.Sprintf(`%s,"userName":"u%d"}`, userHead, i%90)))
	}
	r := d.send("POST", "/scim/v2/Bulk", bulkBody(``, operations...)).want(200)
	for i := range 100 {
		want := "201"
		if i >= 90 {
			want = "409"
		}
		if r.at("Operations", i, "bulkId") != fmt.Sprint(i) || r.at("Operations", i, "status") != want {
			t.Errorf("operation %d: %v, want %s", i, r.at("Operations", i), want)
		}
	}
}
