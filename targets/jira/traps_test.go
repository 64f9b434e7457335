package jira

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/jira/jirasim"
)

const (
	done, already   = targets.Done, targets.Already
	stale, refusal  = targets.Stale, targets.Refused
	ada, bob        = "ada@example.com", "bob@example.com"
	post, deleteOne = http.MethodPost, http.MethodDelete
)

func outcomes(o ...targets.Outcome) []targets.Outcome { return o }

// TestTraps plays what is Jira's own. In the end every operation of the adapter's was
// held against Atlassian's description.
func TestTraps(t *testing.T) {
	spec := described(t)
	for name, play := range map[string]func(*testing.T, *vendorspec.Spec){
		"400 to what is so already":       alreadySo,
		"addresses that are hidden":       hiddenAddresses,
		"the inactive, apps, customers":   notPeople,
		"a role through a group":          throughGroups,
		"projects that are looked at":     someProjects,
		"groups of an identity provider":  foreignGroups,
		"a list that moves":               movingList,
		"a group is replaced by namesake": namesake,
		"one account costs one look":      cheapLooks,
		"the probe":                       probes,
	} {
		t.Run(name, func(t *testing.T) { play(t, spec) })
	}
	want := []string{
		"DELETE /rest/api/3/group/user", "DELETE /rest/api/3/project/{projectIdOrKey}/role/{id}", "GET /rest/api/3/group/bulk",
		"GET /rest/api/3/group/member", "GET /rest/api/3/project/search", "GET /rest/api/3/project/{projectIdOrKey}/role",
		"GET /rest/api/3/project/{projectIdOrKey}/role/{id}", "GET /rest/api/3/user", "GET /rest/api/3/user/search",
		"GET /rest/api/3/users/search", "POST /rest/api/3/group/user", "POST /rest/api/3/project/{projectIdOrKey}/role/{id}",
	}
	if d := cmp.Diff(want, spec.Seen()); d != "" {
		t.Errorf("operations that were checked (-want +got):\n%s", d)
	}
}

func alreadySo(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{Entitlements: allKinds}, jirasim.Options{})
	r.site.Edit(func(s *jirasim.Site) { s.User(ada); s.Group("eng"); s.Actors("OPS", "Developers") })
	for _, e := range []string{"group/eng", "project-role/OPS/Developers"} {
		r.expect(t, []targets.Op{op(targets.Add, ada, e), op(targets.Add, ada, e)}, outcomes(done, already), post, post)
		r.expect(t, []targets.Op{op(targets.Remove, ada, e), op(targets.Remove, ada, e)}, outcomes(done, already), deleteOne, deleteOne)
	}
	// 400 for another reason is no success.
	r.Transport.Plant(sim.Fault{Writes: true, Status: 400, Body: `{"errorMessages":["no licence is left"]}`})
	r.expect(t, []targets.Op{op(targets.Add, ada, "group/eng"), op(targets.Add, ada, "project-role/OPS/Developers")}, outcomes(refusal, refusal))
	r.Transport.Heal()
	gone := op(targets.Add, "", "group/eng")
	gone.Account.ID = "712020:gone"
	r.expect(t, []targets.Op{gone}, outcomes(stale), post)
	gone = op(targets.Remove, "", "project-role/OPS/Developers")
	gone.Account.ID = "712020:gone"
	r.expect(t, []targets.Op{gone}, outcomes(stale), deleteOne)
	r.expect(t, []targets.Op{op(targets.Add, ada, "project-role/OPS/Nobody"), op(targets.Add, ada, "project-role/NONE/Developers"),
		op(targets.Add, ada, "project-role/Developers")}, outcomes(stale, stale, refusal))
}

func hiddenAddresses(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, jirasim.Options{Hide: true})
	var id string
	r.site.Edit(func(s *jirasim.Site) { id = s.User(ada).AccountID; s.Group("eng") })
	r.expect(t, []targets.Op{op(targets.Add, ada, "group/eng"), op(targets.Add, id, "group/eng")}, outcomes(stale, done), post)
	r.holds(t, targets.Query{}, id+" group/eng")
	r.holds(t, targets.Query{Accounts: []targets.Account{{Name: id}}}, id+" group/eng")
}

func notPeople(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{Entitlements: allKinds}, jirasim.Options{})
	r.site.Edit(func(s *jirasim.Site) {
		s.User(ada).Active = false
		app, customer := s.User("app@example.com"), s.User("customer@example.com")
		app.Type, customer.Type = "app", "customer"
		s.Group("eng").Members = []string{s.User(ada).AccountID, app.AccountID, customer.AccountID}
		s.Actors("OPS", "Developers").Users = []string{app.AccountID}
	})
	r.holds(t, targets.Query{}, ada+" group/eng")
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{})
	if err != nil || len(s.Accounts) != 1 || s.Accounts[0].Active || s.Accounts[0].Attributes.First(identity.AttrEmail) != ada {
		t.Errorf("accounts: %+v, %v", s.Accounts, err)
	}
}

func throughGroups(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{Entitlements: allKinds}, jirasim.Options{})
	r.site.Edit(func(s *jirasim.Site) {
		s.Group("eng").Members = []string{s.User(ada).AccountID, s.User(bob).AccountID}
		in := s.Actors("OPS", "Developers")
		in.Groups, in.Users = []string{s.Group("eng").ID}, []string{s.User(bob).AccountID}
	})
	all := []string{ada + " group/eng", ada + " project-role/OPS/Developers (indirect)", bob + " group/eng", bob + " project-role/OPS/Developers"}
	r.holds(t, targets.Query{}, all...)
	r.holds(t, targets.Query{Accounts: []targets.Account{{Name: ada}}}, all[:2]...)
	r.expect(t, []targets.Op{op(targets.Remove, ada, "project-role/OPS/Developers")}, outcomes(already), deleteOne)
	r.holds(t, targets.Query{}, all...)
}

func someProjects(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{Entitlements: []string{kindRole}, Projects: []string{"OPS"}}, jirasim.Options{})
	r.site.Edit(func(s *jirasim.Site) {
		s.Actors("OPS", "Developers").Users = []string{s.User(ada).AccountID}
		s.Actors("WEB", "Developers").Users = []string{s.User(ada).AccountID}
	})
	r.holds(t, targets.Query{}, ada+" project-role/OPS/Developers")
	r.expect(t, []targets.Op{op(targets.Remove, ada, "project-role/WEB/Developers")}, outcomes(refusal))
}

func foreignGroups(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{ReadOnly: []string{"okta-*", "all staff"}}, jirasim.Options{})
	r.site.Edit(func(s *jirasim.Site) { s.User(ada); s.Group("okta-eng"); s.Group("all staff"); s.Group("eng") })
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, e := range s.Entitlements {
		got[e.Address.ID] = e.ReadOnly
	}
	if d := cmp.Diff(map[string]bool{"okta-eng": true, "all staff": true, "eng": false}, got); d != "" {
		t.Errorf("read only (-want +got):\n%s", d)
	}
	r.expect(t, []targets.Op{op(targets.Add, ada, "group/okta-eng"), op(targets.Add, ada, "group/eng")}, outcomes(refusal, done), post)
}

// Somebody is taken out while a list is read: the rest moves up, past the page that
// comes next. Nobody is missing for that.
func movingList(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, jirasim.Options{})
	var first string
	r.site.Edit(func(s *jirasim.Site) {
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			u := s.User(name)
			s.Group("eng").Members = append(s.Group("eng").Members, u.AccountID)
		}
		first = s.User("a").AccountID
	})
	r.Transport.Plant(sim.Fault{Method: http.MethodGet, Path: "/group/member", After: 1, Times: 1, Hit: func() {
		r.site.Edit(func(s *jirasim.Site) { s.Group("eng").Members = s.Group("eng").Members[1:] })
	}})
	r.holds(t, targets.Query{}, "b group/eng", "c group/eng", "d group/eng", "e group/eng", "f group/eng", "g group/eng")
	r.Transport.Heal()
	// One that never stands still is an error, and no short list.
	r.Transport.Plant(sim.Fault{Method: http.MethodGet, Path: "/group/member", Hit: func() {
		r.site.Edit(func(s *jirasim.Site) {
			if g := s.Group("eng"); g.Members[0] == first {
				g.Members = g.Members[1:]
			} else {
				g.Members = append([]string{first}, g.Members...)
			}
		})
	}})
	end, err := r.Read(t.Context(), targets.Query{}, &targets.State{})
	if err == nil || end.Complete || identity.KindOf(err) != identity.Incomplete {
		t.Errorf("a list that never stands still: complete %v, %v", end.Complete, err)
	}
}

// A name that stands for another group by now does not reach the one before.
func namesake(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, jirasim.Options{})
	r.site.Edit(func(s *jirasim.Site) { s.User(ada); s.Group("eng").Name = "engineering" })
	r.expect(t, []targets.Op{op(targets.Add, ada, "group/eng")}, outcomes(stale))
	r.site.Edit(func(s *jirasim.Site) { s.Group("eng") })
	r.expect(t, []targets.Op{op(targets.Add, ada, "group/eng")}, outcomes(done), post)
	r.holds(t, targets.Query{}, ada+" group/eng")
}

func cheapLooks(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, jirasim.Options{})
	var id string
	r.site.Edit(func(s *jirasim.Site) {
		id = s.User(ada).AccountID
		for _, name := range []string{"a", "b", "c"} {
			s.Group(name).Members = []string{id}
		}
	})
	before := r.Calls()
	r.holds(t, targets.Query{Accounts: []targets.Account{{ID: id}}}, ada+" group/a", ada+" group/b", ada+" group/c")
	if n := r.Calls() - before; n != 2 { // the account with its groups, the names of groups
		t.Errorf("%d requests for one account", n)
	}
	before = r.Calls()
	add := op(targets.Remove, "", "group/a")
	add.Account.ID = id
	r.expect(t, []targets.Op{add}, outcomes(done), deleteOne)
	if n := r.Calls() - before; n != 2 {
		t.Errorf("%d requests for one change", n)
	}
}

func probes(t *testing.T, spec *vendorspec.Spec) {
	for name, c := range map[string]struct {
		how    jirasim.Options
		failed []string
	}{
		"an administrator": {jirasim.Options{}, nil},
		"hidden addresses": {jirasim.Options{Hide: true}, []string{"addresses"}},
		"no administrator": {jirasim.Options{Plain: true}, []string{"read members of groups", "change members of groups", "read roles of OPS"}},
	} {
		r := newRig(t, spec, Config{Entitlements: allKinds}, c.how)
		r.site.Edit(func(s *jirasim.Site) { s.User(ada); s.Group("eng"); s.Actors("OPS", "Developers") })
		report, err := r.Probe(t.Context())
		if err != nil || !report.Reachable {
			t.Errorf("%s: reachable %v, %v", name, report.Reachable, err)
		}
		var failed []string
		for _, f := range report.Findings {
			if !f.OK {
				failed = append(failed, f.Check)
				if f.Remedy == "" {
					t.Errorf("%s: %s fails without a remedy", name, f.Check)
				}
			}
		}
		if d := cmp.Diff(c.failed, failed); d != "" {
			t.Errorf("%s: failed checks (-want +got):\n%s", name, d)
		}
	}
}

func TestValidate(t *testing.T) {
	token, err := secret.New("env:TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config Config
		want   []string
	}{
		"a token":  {Config{Email: ada, Token: token}, nil},
		"all":      {Config{Token: token, Entitlements: allKinds, Projects: []string{"OPS"}, ReadOnly: []string{"okta-*"}, PageSize: 50}, nil},
		"no token": {Config{}, []string{"token:"}},
		"nonsense": {Config{Email: "ada", Token: token, Entitlements: []string{"team"}, Projects: []string{"o p"}, ReadOnly: []string{"["}, PageSize: 51},
			[]string{"email:", "entitlements[0]:", "projects[0]:", "read_only[0]:", "page_size:"}},
	} {
		c.config.URL = site
		var got []string
		for _, fault := range c.config.Validate() {
			key, _, _ := strings.Cut(fault.Error(), " ")
			got = append(got, key)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if _, err := (&Config{}).open(targets.Env{Name: "t", Map: []targets.Mapping{{To: "title", From: "title"}}}, simOptions()); identity.KindOf(err) != identity.Invalid {
		t.Errorf("a field that Jira does not have: %v", err)
	}
}
