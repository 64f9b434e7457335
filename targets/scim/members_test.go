package scim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/scim/scimsim"

	"github.com/google/go-cmp/cmp"
)

// staff makes n users and returns them as accounts.
func staff(t testing.TB, app *scimsim.Server, n int) []targets.Account {
	t.Helper()
	out := make([]targets.Account, n)
	for i := range out {
		name := fmt.Sprintf("p%03d", i)
		out[i] = targets.Account{Name: name, ID: post(t, app, "/Users", resource{"schemas": []string{schemaUser}, "userName": name})}
	}
	return out
}

func each(action targets.Action, group string, accounts []targets.Account) []targets.Op {
	var ops []targets.Op
	for _, a := range accounts {
		ops = append(ops, targets.Op{Action: action, Account: a, Entitlement: ent(group)})
	}
	return ops
}

func TestRequestsAreFew(t *testing.T) {
	app := serve(t, scimsim.Options{MaxMembers: 100})
	people := staff(t, app, 250)
	for _, g := range []string{"eng", "ops"} {
		post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": g})
	}
	target, _ := open(t, app.URL(), func(c *Config) { c.PageSize, c.MaxMembers = 100, 100 })
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		ops  []targets.Op
		want map[string]int
	}{
		// The two groups take turns, so that only grouping can save requests.
		{"500 additions to two groups", mixed(each(targets.Add, "eng", people), each(targets.Add, "ops", people)),
			map[string]int{"PATCH Groups": 6}},
		{"one addition", each(targets.Add, "eng", people[:1]), map[string]int{"PATCH Groups": 1}},
		{"one removal", each(targets.Remove, "eng", people[:1]), map[string]int{"GET Groups": 1, "PATCH Groups": 1}},
		{"a removal that is true", each(targets.Remove, "eng", people[:1]), map[string]int{"GET Groups": 2, "GET Users": 1}},
		{"200 removals", each(targets.Remove, "eng", people[50:]), map[string]int{"GET Groups": 1, "PATCH Groups": 2}},
		{"disable", []targets.Op{{Action: targets.DisableAccount, Account: people[0]}}, map[string]int{"PATCH Users": 1}},
		{"delete", []targets.Op{{Action: targets.DeleteAccount, Account: people[0]}}, map[string]int{"DELETE Users": 1}},
		{"create", []targets.Op{{Action: targets.CreateAccount, Account: titled("new", "x")}}, map[string]int{"POST Users": 1}},
		{"create with memberships", []targets.Op{
			{Action: targets.CreateAccount, Account: titled("new2", "x")},
			{Action: targets.Add, Account: targets.Account{Name: "new2"}, Entitlement: ent("eng")},
			{Action: targets.CreateAccount, Account: titled("new3", "x")},
			{Action: targets.Add, Account: targets.Account{Name: "new3"}, Entitlement: ent("eng")},
		}, map[string]int{"POST Users": 2, "PATCH Groups": 1}},
	} {
		app.ResetRequests()
		for _, r := range target.Apply(t.Context(), c.ops) {
			if !r.Outcome.OK() {
				t.Fatalf("%s: %s %v", c.name, r.Outcome, r.Err)
			}
		}
		if d := cmp.Diff(c.want, app.Requests()); d != "" {
			t.Errorf("%s: requests (-want +got)\n%s", c.name, d)
		}
	}
	app.ResetRequests()
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"GET Users": 3, "GET Groups": 1}, app.Requests()); d != "" {
		t.Errorf("a whole read (-want +got)\n%s", d)
	}
}

// mixed interleaves two lists of equal length.
func mixed(a, b []targets.Op) []targets.Op {
	var out []targets.Op
	for i := range a {
		out = append(out, a[i], b[i])
	}
	return out
}

func TestOneBadMemberKeepsNobodyWaiting(t *testing.T) {
	app := serve(t, scimsim.Options{})
	people := staff(t, app, 40)
	post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
	target, _ := open(t, app.URL(), func(c *Config) { c.MaxMembers = 100 })
	raw(t, app, "DELETE", "/Users/"+people[7].ID, nil)
	raw(t, app, "DELETE", "/Users/"+people[30].ID, nil)
	for i, r := range target.Apply(t.Context(), each(targets.Add, "eng", people)) {
		want := targets.Done
		if i == 7 || i == 30 {
			want = targets.Stale
		}
		if r.Outcome != want {
			t.Errorf("%s: %s, want %s: %v", people[i].Name, r.Outcome, want, r.Err)
		}
	}
	if n := len(app.Members("eng")); n != 38 {
		t.Errorf("%d members, want 38", n)
	}
}

func TestServerTakesFewerMembersThanWeSend(t *testing.T) {
	for _, status := range []int{413, 400} {
		app := serve(t, scimsim.Options{MaxMembers: 4, TooManyStatus: status})
		people := staff(t, app, 30)
		post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
		target, _ := open(t, app.URL(), func(c *Config) { c.MaxMembers = 100 })
		for _, action := range []targets.Action{targets.Add, targets.Remove} {
			for i, r := range target.Apply(t.Context(), each(action, "eng", people)) {
				if r.Outcome != targets.Done {
					t.Errorf("%d: %s %s: %s %v", status, action, people[i].Name, r.Outcome, r.Err)
				}
			}
		}
	}
}

func TestGroupThatIsGone(t *testing.T) {
	for _, opt := range []scimsim.Options{{}, {NoPatch: true}} {
		app := serve(t, opt)
		people := staff(t, app, 8)
		id := post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
		target, _ := open(t, app.URL(), nil)
		if _, err := targets.ReadState(t.Context(), target, targets.Query{}); err != nil {
			t.Fatal(err)
		}
		raw(t, app, "DELETE", "/Groups/"+id, nil)
		for _, action := range []targets.Action{targets.Add, targets.Remove} {
			for _, r := range target.Apply(t.Context(), each(action, "eng", people)) {
				if r.Outcome != targets.Stale || identity.KindOf(r.Err) != identity.NotFound {
					t.Errorf("%s: %s %v", action, r.Outcome, r.Err)
				}
			}
		}
		// Made anew under another id, it is found again.
		post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
		if got := outcomes(target.Apply(t.Context(), each(targets.Add, "eng", people[:2]))); got != "done done" {
			t.Errorf("after it was made anew: %s", got)
		}
	}
}

func TestGroupsOfOneName(t *testing.T) {
	app := serve(t, scimsim.Options{SameNames: true})
	people := staff(t, app, 2)
	for i := range 2 {
		post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "twin", "members": []resource{{"value": people[i].ID}}})
	}
	target, _ := open(t, app.URL(), nil)
	s, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil || len(s.Entitlements) != 1 || !s.Entitlements[0].ReadOnly || len(s.Assignments) != 2 {
		t.Errorf("read: %+v, %v", s, err)
	}
	r := target.Apply(t.Context(), each(targets.Add, "twin", people[:1]))[0]
	if r.Outcome != targets.Refused || identity.KindOf(r.Err) != identity.Conflict {
		t.Errorf("add: %s %v", r.Outcome, r.Err)
	}
}

func TestRenamedGroupDoesNotGetSomebodyElsesMembers(t *testing.T) {
	app := serve(t, scimsim.Options{})
	people := staff(t, app, 1)
	id := post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
	target, _ := open(t, app.URL(), nil)
	now := target.now()
	target.now = func() time.Time { return now }
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); err != nil {
		t.Fatal(err)
	}
	raw(t, app, "PATCH", "/Groups/"+id, patch(patchOp{Op: "replace", Path: "displayName", Value: "board"}))
	post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": "eng"})
	now = now.Add(groupIDLife)
	if got := outcomes(target.Apply(t.Context(), each(targets.Add, "eng", people))); got != "done" {
		t.Fatal(got)
	}
	if len(app.Members("board")) != 0 || len(app.Members("eng")) != 1 {
		t.Errorf("board %v, eng %v", app.Members("board"), app.Members("eng"))
	}
}

func TestRemovalNamesItsMember(t *testing.T) {
	target, _ := open(t, "http://127.0.0.1:1", nil)
	body := fmt.Sprintf("%+v", target.memberOps(targets.Remove, []change{{id: `a"b`}, {id: "c"}}))
	if !strings.Contains(body, `members[value eq "a\"b"]`) || strings.Contains(body, "Value:[") {
		t.Errorf("%s", body)
	}
}

func TestGroupsAreCreatedOnlyIfAllowed(t *testing.T) {
	app := serve(t, scimsim.Options{})
	target, _ := open(t, app.URL(), func(c *Config) { c.Groups.Create = false })
	r := target.Apply(t.Context(), []targets.Op{{Action: targets.CreateEntitlement, Entitlement: ent("new")}})[0]
	if r.Outcome != targets.Refused || !strings.Contains(r.Err.Error(), "groups: {create: true}") {
		t.Errorf("%s %v", r.Outcome, r.Err)
	}
	if target.Capabilities().CreateEntitlements || app.Requests()["POST Groups"] != 0 {
		t.Error("groups are created all the same")
	}
}
