package ldap_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/slapdtest"
	"birthright/targets"
	"birthright/targets/ldap"
	"birthright/targets/targettest/ldaptest"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

const placeholder = "cn=birthright-placeholder," + groupsDN

func TestThePlaceholderComesAndGoesWithTheLastMember(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.must(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.CreateAccount, "bob", ""))
	steps := []struct {
		op   targets.Op
		want []string
	}{
		{on(targets.CreateEntitlement, "", "eng"), []string{placeholder}},
		{on(targets.Add, "ada", "eng"), []string{personDN("ada")}},
		{on(targets.Add, "bob", "eng"), []string{personDN("ada"), personDN("bob")}},
		{on(targets.Remove, "ada", "eng"), []string{personDN("bob")}},
		{on(targets.Remove, "bob", "eng"), []string{placeholder}},
		{on(targets.Add, "bob", "eng"), []string{personDN("bob")}},
		{on(targets.DeleteAccount, "bob", ""), []string{placeholder}},
	}
	for _, step := range steps {
		r.must(t, step.op)
		if diff := cmp.Diff(step.want, r.values(t, groupDN("eng"), "member")); diff != "" {
			t.Errorf("after %s %s (-want +got):\n%s", step.op.Action, step.op.Account.Name, diff)
		}
		for _, a := range r.read(t).Assignments {
			if a.AccountID == "" {
				t.Errorf("the placeholder is reported as an assignment: %v", a)
			}
		}
	}
}

func TestAGroupOfUniqueNamesIsEmptiedToo(t *testing.T) {
	r := start(t, slapdtest.Options{}, func(c *ldap.Config) { c.Groups.ObjectClass = "groupOfUniqueNames" })
	r.must(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.Add, "ada", "eng"))
	r.must(t, on(targets.Remove, "ada", "eng"))
	if diff := cmp.Diff([]string{placeholder}, r.values(t, groupDN("eng"), "uniqueMember")); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestManyMembersTravelTogether(t *testing.T) {
	r := start(t, slapdtest.Options{}, func(c *ldap.Config) { c.PageSize = 1000 })
	const n = 620
	ops := []targets.Op{on(targets.CreateEntitlement, "", "eng")}
	for i := range n {
		ops = append(ops, on(targets.CreateAccount, fmt.Sprintf("p%04d", i), ""))
	}
	r.must(t, ops...)
	before := r.proxy.Writes()
	ops = nil
	for i := range n {
		ops = append(ops, on(targets.Add, fmt.Sprintf("p%04d", i), "eng"))
	}
	r.must(t, ops...)
	if sent := r.proxy.Writes() - before; sent != 2 {
		t.Errorf("%d members took %d requests, want 2", n, sent)
	}
	before = r.proxy.Writes()
	// One is gone by hand, the others are true already: three requests, not 620.
	request := goldap.NewModifyRequest(groupDN("eng"), nil)
	request.Delete("member", []string{personDN("p0007")})
	if err := r.conn(t).Modify(request); err != nil {
		t.Fatal(err)
	}
	outcomes := map[targets.Outcome]int{}
	for _, result := range r.must(t, ops...) {
		outcomes[result.Outcome]++
	}
	if diff := cmp.Diff(map[targets.Outcome]int{targets.Done: 1, targets.Already: n - 1}, outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if sent := r.proxy.Writes() - before; sent > 3 {
		t.Errorf("they took %d requests, want 3 at most", sent)
	}
}

func TestOneBadValueIsRefusedAlone(t *testing.T) {
	r := start(t, slapdtest.Options{}, func(c *ldap.Config) {
		c.Groups.ObjectClass, c.Groups.Create = "posixGroup", false
	})
	r.entry(t, groupDN("eng"), "objectClass", "posixGroup", "cn", "eng", "gidNumber", "1000")
	names := []string{"ada", "bob", "паша", "eve", "zoe"}
	var ops []targets.Op
	for _, n := range names {
		ops = append(ops, on(targets.CreateAccount, n, ""), on(targets.Add, n, "eng"))
	}
	for i, result := range r.target.Apply(t.Context(), ops) {
		// memberUid holds ASCII only.
		want := targets.Done
		if ops[i].Action == targets.Add && ops[i].Account.Name == "паша" {
			want = targets.Refused
		}
		if result.Outcome != want {
			t.Errorf("%s %s: %s (%v), want %s", ops[i].Action, ops[i].Account.Name, result.Outcome, result.Err, want)
		}
	}
	if got := len(r.read(t).Assignments); got != 4 {
		t.Errorf("%d assignments, want 4", got)
	}
	r.must(t, on(targets.Remove, "ada", "eng"), on(targets.Remove, "bob", "eng"), on(targets.Remove, "eve", "eng"), on(targets.DeleteAccount, "zoe", ""))
	if got := r.values(t, groupDN("eng"), "memberUid"); len(got) != 0 {
		t.Errorf("members %q are left in the emptied group", got)
	}
}

func TestMembershipsFollowARenameAndEndWithTheEntry(t *testing.T) {
	for name, overlays := range map[string]bool{"server that keeps DNs in step": true, "server that does not": false} {
		t.Run(name, func(t *testing.T) {
			r := start(t, slapdtest.Options{MemberOf: overlays}, nil)
			r.must(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateEntitlement, "", "ops"), on(targets.CreateAccount, "ada", ""),
				on(targets.Add, "ada", "eng"), on(targets.Add, "ada", "ops"))
			id := r.read(t).Accounts[0].ID
			rename := on(targets.UpdateAccount, "countess, ada", "")
			rename.Account.ID = id
			r.must(t, rename)
			for _, g := range []string{"eng", "ops"} {
				got := r.values(t, groupDN(g), "member")
				if len(got) != 1 || !strings.Contains(got[0], "countess") {
					t.Errorf("%s has the members %q", g, got)
				}
			}
			s := r.read(t)
			if len(s.Accounts) != 1 || s.Accounts[0].ID != id || len(s.Assignments) != 2 {
				t.Errorf("after the rename: %d accounts, id %q (was %q), %d assignments", len(s.Accounts), s.Accounts[0].ID, id, len(s.Assignments))
			}
			r.must(t, targets.Op{Action: targets.DeleteAccount, Account: targets.Account{ID: id}})
			for _, g := range []string{"eng", "ops"} {
				if diff := cmp.Diff([]string{placeholder}, r.values(t, groupDN(g), "member")); diff != "" {
					t.Errorf("%s after the deletion (-want +got):\n%s", g, diff)
				}
			}
		})
	}
}

func TestANewEntryInheritsNoMemberships(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.person(t, "bob")
	r.group(t, "admins", personDN("ada"), personDN("bob")) // ada is long gone
	r.must(t, on(targets.CreateAccount, "ada", ""))
	if diff := cmp.Diff([]string{personDN("bob")}, r.values(t, groupDN("admins"), "member")); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestNestingIsFollowedInCirclesToo(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.person(t, "ada")
	r.person(t, "bob")
	r.group(t, "inner", personDN("ada"), groupDN("outer"))
	r.group(t, "middle", groupDN("inner"))
	r.group(t, "outer", groupDN("middle"), personDN("bob"), "cn=elsewhere,dc=example,dc=com")
	got := map[string]bool{}
	s := r.read(t)
	for _, a := range s.Assignments {
		got[nameOf(s, a.AccountID)+" "+a.Entitlement.ID] = a.Indirect
	}
	want := map[string]bool{
		"ada inner": false, "ada middle": true, "ada outer": true, "bob outer": false, "bob inner": true, "bob middle": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("assignments, and whether indirect (-want +got):\n%s", diff)
	}
	one, err := targets.ReadState(t.Context(), r.target, targets.Query{Accounts: []targets.Account{{Name: "ada"}}})
	if err != nil {
		t.Fatal(err)
	}
	got = map[string]bool{}
	for _, a := range one.Assignments {
		got["ada "+a.Entitlement.ID] = a.Indirect
	}
	for key := range want {
		if strings.HasPrefix(key, "bob") {
			delete(want, key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ada alone (-want +got):\n%s", diff)
	}
}

func nameOf(s targets.State, id string) string {
	i := slices.IndexFunc(s.Accounts, func(a targets.Account) bool { return a.ID == id })
	return s.Accounts[i].Name
}

func TestGroupsOfTheSameNameAreReadAndNotChanged(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.person(t, "ada")
	r.entry(t, "ou=sub,"+groupsDN, "objectClass", "organizationalUnit", "ou", "sub")
	r.group(t, "eng", personDN("ada"))
	r.entry(t, "cn=eng,ou=sub,"+groupsDN, "objectClass", "groupOfNames", "cn", "eng", "member", personDN("ada"))
	s := r.read(t)
	if len(s.Entitlements) != 1 || !s.Entitlements[0].ReadOnly {
		t.Errorf("entitlements %v, want one that is read-only", s.Entitlements)
	}
	result := r.target.Apply(t.Context(), []targets.Op{on(targets.Remove, "ada", "eng")})[0]
	if result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Conflict {
		t.Errorf("%s: %v, want refused as a conflict", result.Outcome, result.Err)
	}
}

func TestSpellingIsTheGroups(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.person(t, "ada")
	r.group(t, "Eng", personDN("ada"))
	result := r.target.Apply(t.Context(), []targets.Op{on(targets.Add, "ada", "eng")})[0]
	if result.Outcome != targets.Stale || !strings.Contains(fmt.Sprint(result.Err), `"Eng"`) {
		t.Errorf("%s: %v, want stale with the right spelling", result.Outcome, result.Err)
	}
}

func TestASizeLimitIsNoShortList(t *testing.T) {
	r := start(t, slapdtest.Options{PagedTotal: 4}, nil)
	for i := range 6 {
		r.person(t, fmt.Sprintf("p%d", i))
	}
	c := r.config
	c.BindDN, c.BindPassword = r.server.ReaderDN, ref(t, r.server.ReaderPassword)
	_, err := targets.ReadState(t.Context(), r.open(t, c), targets.Query{})
	if identity.KindOf(err) != identity.Incomplete || !strings.Contains(err.Error(), "size limit") {
		t.Errorf("error %v, want one of kind incomplete that tells of the limit", err)
	}
}

func ref(t testing.TB, value string) secret.Ref {
	t.Helper()
	s, err := secret.New(value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnAccountOutsideTheFilterIsNotAdopted(t *testing.T) {
	r := start(t, slapdtest.Options{}, func(c *ldap.Config) { c.Users.Filter = "(&(objectClass=inetOrgPerson)(employeeType=hub))" })
	r.person(t, "ada")
	for _, name := range []string{"ada", "bob"} {
		result := r.target.Apply(t.Context(), []targets.Op{on(targets.CreateAccount, name, "")})[0]
		if result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Conflict {
			t.Errorf("%s: %s: %v, want refused as a conflict", name, result.Outcome, result.Err)
		}
	}
}

func TestWhatIsNotMappedIsLeftAlone(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.entry(t, personDN("ada"), "objectClass", "inetOrgPerson", "uid", "ada", "uid", "alias", "cn", "Ada", "sn", "L", "telephoneNumber", "1", "mail", "b@x.org", "mail", "a@x.org")
	s := r.read(t)
	want := identity.Attributes{identity.AttrDisplayName: {"Ada"}, identity.AttrFamilyName: {"L"}, identity.AttrEmail: {"a@x.org", "b@x.org"}}
	if s.Accounts[0].Name != "ada" {
		t.Errorf("name %q, want that of the entry's DN", s.Accounts[0].Name)
	}
	if diff := cmp.Diff(want, s.Accounts[0].Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	update := targets.Op{Action: targets.UpdateAccount, Account: targets.Account{ID: s.Accounts[0].ID, Name: "ada"}}
	r.must(t, update)
	for attribute, want := range map[string][]string{"telephoneNumber": {"1"}, "uid": {"ada", "alias"}, "mail": nil, "cn": {"ada"}, "sn": {"ada"}} {
		if got := r.values(t, personDN("ada"), attribute); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", attribute, got, want)
		}
	}
}

func TestTheServerIsStoppedInMidRun(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.must(t, on(targets.CreateEntitlement, "", "eng"))
	r.proxy.Plant(ldaptest.Fault{Writes: true, Times: 1, Verdict: ldaptest.LoseReply})
	results := r.target.Apply(t.Context(), []targets.Op{
		on(targets.CreateAccount, "ada", ""), on(targets.CreateAccount, "bob", ""), on(targets.Add, "ada", "eng"),
	})
	want := []targets.Outcome{targets.Unknown, targets.Unreachable, targets.Unreachable}
	for i, result := range results {
		if result.Outcome != want[i] || identity.KindOf(result.Err) != identity.Unavailable {
			t.Errorf("op %d: %s (%v), want %s", i, result.Outcome, result.Err, want[i])
		}
	}
	r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateAccount, "bob", ""), on(targets.Add, "ada", "eng"))
	if s := r.read(t); len(s.Accounts) != 2 || len(s.Assignments) != 1 {
		t.Errorf("%d accounts and %d assignments, want 2 and 1", len(s.Accounts), len(s.Assignments))
	}
}
