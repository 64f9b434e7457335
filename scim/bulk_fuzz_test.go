package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/scim"
)

func fuzzBulk(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[` + operations + `]}`
}

// FuzzBulk sends anything to Bulk: each operation that was tried has one result,
// none is a fault of ours, and what is there afterwards is sound.
func FuzzBulk(f *testing.F) {
	post := func(id, path, data string) string {
		return `{"method":"POST","path":"` + path + `","bulkId":"` + id + `","data":{` + data + `}}`
	}
	f.Add([]byte(fuzzBulk(post("a", "/Users", userURN+`,"userName":"c"`) + "," + post("b", "/Groups", groupURN+`,"displayName":"n","members":[{"value":"bulkId:a"},{"value":"bulkId:b"}]`))))
	f.Add([]byte(fuzzBulk(post("b", "/Groups", groupURN+`,"displayName":"n","members":[{"value":"bulkId:c"}]`) + "," + post("c", "/Groups", groupURN+`,"displayName":"m","members":[{"value":"bulkId:b"}]`))))
	f.Add([]byte(fuzzBulk(`{"method":"PUT","path":"/Users/u1","version":"W/\"1\"","data":{` + userURN + `,"userName":"ada","title":"x"}},{"method":"delete","path":"/Users/u2"},{"method":"PATCH","path":"/Groups/bulkId:z","data":{}}`)))
	f.Add([]byte(strings.Replace(fuzzBulk(post("a", "/Users", userURN)+","+post("a", "/Users", userURN+`,"userName":"ada"`)+`,7`), `"Operations"`, `"failOnErrors":1,"Operations"`, 1)))
	f.Add([]byte(fuzzBulk(`{"method":"PATCH","path":"/Groups/g3","bulkId":"p","data":` + patchBody(`{"op":"remove","path":"members[value eq \"bulkId:a\"]"},{"op":"add","value":{"members":"bulkId:p"}}`) + `},` + post("a", "/Users", userURN+`,"userName":"bulkId:a"`))))
	in := within(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		in.again()
		r, err := http.NewRequest("POST", "http://hub"+scim.Prefix+"/Bulk", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		before := in.state()
		w := in.ask(r)
		answer := object(t, w)
		if w.Code >= 500 || w.Code >= 400 && (answer["detail"] == nil || in.state() != before) {
			t.Fatalf("%s\n%d %s\n%s", body, w.Code, w.Body, in.log.String())
		}
		if w.Code == http.StatusOK {
			checkResults(t, string(body), answer)
		}
		in.sound(t, string(body))
	})
}

// checkResults requires that each result says how it went.
func checkResults(t *testing.T, body string, answer map[string]any) {
	t.Helper()
	results, _ := answer["Operations"].([]any)
	for _, one := range results {
		result, _ := one.(map[string]any)
		status, _ := result["status"].(string)
		response, _ := result["response"].(map[string]any)
		failed := status >= "400"
		if len(status) != 3 || status >= "500" || failed != (response["detail"] != nil) || !failed && result["location"] == nil {
			t.Fatalf("%s\nresult %v", body, result)
		}
	}
	if len(results) == 0 {
		t.Fatalf("%s\nno operation was tried: %s", body, fmt.Sprint(answer))
	}
}

// New users and groups that refer to each other in any way, forward, in circles
// and to themselves, are all made, and each group has the members that were meant.
func TestBulkReferences(t *testing.T) {
	in := within(t)
	rapid.Check(t, func(t *rapid.T) {
		in.again()
		n := rapid.IntRange(1, 7).Draw(t, "operations")
		meant := map[string][]string{} // members by bulkId of the group
		var operations []string
		for i := range n {
			id := fmt.Sprint("b", i)
			if rapid.Bool().Draw(t, "user") {
				operations = append(operations, `{"method":"POST","path":"/Users","bulkId":"`+id+`","data":{`+userURN+`,"userName":"`+id+`"}}`)
				continue
			}
			members := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n, func(i int) int { return i }).Draw(t, "members")
			meant[id] = nil
			var list []string
			for _, m := range members {
				meant[id] = append(meant[id], fmt.Sprint("b", m))
				list = append(list, fmt.Sprintf(`{"value":"bulkId:b%d"}`, m))
			}
			operations = append(operations, `{"method":"POST","path":"/Groups","bulkId":"`+id+`","data":{`+groupURN+`,"displayName":"`+id+`","members":[`+strings.Join(list, ",")+`]}}`)
		}
		body := fuzzBulk(strings.Join(operations, ","))
		r, err := http.NewRequest("POST", "http://hub"+scim.Prefix+"/Bulk", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		w := in.ask(r)
		var answer struct {
			Operations []struct{ BulkID, Location, Status, Version string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Operations) != n {
			t.Fatalf("%s\n%s", body, w.Body)
		}
		ids := map[string]string{}
		for i, result := range answer.Operations {
			if result.BulkID != fmt.Sprint("b", i) || result.Status != "201" {
				t.Fatalf("%s\noperation %d: %+v", body, i+1, result)
			}
			ids[result.BulkID] = result.Location[strings.LastIndexByte(result.Location, '/')+1:]
			if version := in.version(ids[result.BulkID]); result.Version != version {
				t.Fatalf("%s\n%s has the version %s and is told as %s", body, result.BulkID, version, result.Version)
			}
		}
		for group, members := range meant {
			want := map[string]bool{}
			for _, m := range members {
				want[ids[m]] = true
			}
			if diff := cmp.Diff(want, in.memory.members[ids[group]]); diff != "" {
				t.Fatalf("%s\nmembers of %s: %s", body, group, diff)
			}
		}
	})
}

// version is the entity tag of what has an id.
func (in inside) version(id string) string {
	if r, ok := in.memory.records[id]; ok {
		return fmt.Sprintf(`W/"%d"`, r.Version)
	}
	return fmt.Sprintf(`W/"%d"`, in.memory.groups[id].Version)
}

// One bulkId may be the beginning of another.
func TestBulkReferencesInFilters(t *testing.T) {
	in := within(t)
	post := func(id string) string {
		return `{"method":"POST","path":"/Users","bulkId":"` + id + `","data":{` + userURN + `,"userName":"n` + id + `"}},`
	}
	in.must(t, http.StatusOK, "POST", "/Bulk", "", fuzzBulk(post("1")+post("12")+
		`{"method":"PATCH","path":"/Groups/g3","data":`+patchBody(`{"op":"add","path":"members","value":[{"value":"bulkId:1"},{"value":"bulkId:12"}]}`)+`},`+
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{`+groupURN+`,"displayName":"new"}},`+
		`{"method":"PATCH","path":"/Groups/bulkId:g","data":`+patchBody(`{"op":"replace","path":"displayName","value":"renamed"}`)+`},`+
		`{"method":"PATCH","path":"/Groups/g3","data":`+patchBody(`{"op":"remove","path":"members[value eq \"bulkId:1\" or value eq \"bulkId:12\"]"}`)+`}`))
	if got := in.memory.members["g3"]; len(got) != 1 || !got["u1"] {
		t.Errorf("members are %v, want u1 alone", got)
	}
	if g := in.memory.groups["g7"]; g.Name != "renamed" {
		t.Errorf("the new group is %q", g.Name)
	}
}

// Groups that refer to each other cannot both be whole at first. What somebody else
// makes of the first one meanwhile stays.
func TestBulkKeepsWhatOthersDid(t *testing.T) {
	in := within(t)
	in.memory.between = func() { // once the first group is there
		in.memory.between = nil
		in.must(t, http.StatusNoContent, "PATCH", "/Groups/g5", "", patchBody(`{"op":"add","path":"members","value":[{"value":"u2"}]},{"op":"replace","path":"displayName","value":"renamed"}`))
	}
	answer := in.must(t, http.StatusOK, "POST", "/Bulk", "", fuzzBulk(
		`{"method":"POST","path":"/Groups","bulkId":"a","data":{`+groupURN+`,"displayName":"a","members":[{"value":"bulkId:b"}]}},`+
			`{"method":"POST","path":"/Groups","bulkId":"b","data":{`+groupURN+`,"displayName":"b","members":[{"value":"u1"},{"value":"bulkId:a"}]}},`+
			`{"method":"POST","path":"/Users","bulkId":"c","data":{`+userURN+`,"userName":"c","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":{"value":"bulkId:c"}}}}`))
	if diff := cmp.Diff(map[string]bool{"u1": true, "u2": true, "g6": true}, in.memory.members["g5"]); diff != "" || in.memory.groups["g5"].Name != "renamed" {
		t.Errorf("%s is %q with the members %s", answer, in.memory.groups["g5"].Name, diff)
	}
	user := in.must(t, http.StatusOK, "GET", "/Users/u7", "", "")
	want := map[string]any{"department": "d", "manager": map[string]any{"value": "u7"}}
	if diff := cmp.Diff(want, user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]); diff != "" {
		t.Errorf("the user that is his own manager: %s", diff)
	}
}
