package ad_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/sambatest"
	"birthright/internal/trust"
	"birthright/targets"
	"birthright/targets/ad"

	goldap "github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

// names returns the accounts of a read by id.
func names(s targets.State) map[string]string {
	out := map[string]string{}
	for _, a := range s.Accounts {
		out[a.ID] = a.Name
	}
	return out
}

// held returns what a read shows as "account group", with a * where it is indirect.
func held(s targets.State) []string {
	var out []string
	of := names(s)
	for _, a := range s.Assignments {
		text := of[a.AccountID] + " " + a.Entitlement.ID
		if a.Indirect {
			text += " *"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func account(t testing.TB, s targets.State, name string) targets.Account {
	t.Helper()
	for _, a := range s.Accounts {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no account %q", name)
	return targets.Account{}
}

func TestANewAccountIsWhole(t *testing.T) {
	r := start(t, nil)
	r.target = r.open(t, r.secured())
	op := on(targets.CreateAccount, "ada", "")
	op.Account.Attributes = identity.Attributes{}
	op.Account.Attributes.Set(identity.AttrDisplayName, "Ada Lovelace")
	r.must(t, op)
	for attribute, want := range map[string]string{
		"sAMAccountName": "ada", "userPrincipalName": "ada@example.com", "cn": "ada", "displayName": "Ada Lovelace", "userAccountControl": "512",
	} {
		if got := r.values(t, r.personDN("ada"), attribute); !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q, want %q", attribute, got, want)
		}
	}
	if got := r.values(t, r.personDN("ada"), "pwdLastSet"); slices.Equal(got, []string{"0"}) {
		t.Error("the account has no password")
	}
	off := on(targets.CreateAccount, "bob", "")
	off.Account.Active = false
	r.must(t, off)
	if got := r.values(t, r.personDN("bob"), "userAccountControl"); !slices.Equal(got, []string{"514"}) {
		t.Errorf("an account made inactive has userAccountControl %q", got)
	}
}

func TestDisablingKeepsTheOtherBits(t *testing.T) {
	both(t, func(r *rig) { r.config.Users.DisabledOU = "OU=leavers," + r.people() }, func(t *testing.T, r *rig) {
		r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"), on(targets.Add, "ada", "eng"))
		r.set(t, r.personDN("ada"), "userAccountControl", "66048") // and the password never expires
		left := "CN=ada,OU=leavers," + r.people()
		r.must(t, on(targets.DisableAccount, "ada", ""))
		if got := r.values(t, left, "userAccountControl"); !slices.Equal(got, []string{"66050"}) {
			t.Errorf("disabled: %q", got)
		}
		if s := r.read(t); account(t, s, "ada").Active || !slices.Equal(held(s), []string{"ada eng"}) {
			t.Errorf("disabled: active %v, holds %q", account(t, s, "ada").Active, held(s))
		}
		if result := r.one(t, on(targets.DisableAccount, "ada", "")); result.Outcome != targets.Already {
			t.Errorf("disabled again: %s", result.Outcome)
		}
		r.must(t, on(targets.EnableAccount, "ada", ""))
		if got := r.values(t, r.personDN("ada"), "userAccountControl"); !slices.Equal(got, []string{"66048"}) {
			t.Errorf("enabled: %q", got)
		}
	})
}

func TestAccountsLiveWhereTheirAttributesSay(t *testing.T) {
	both(t, func(r *rig) { r.config.Users.OU = "OU={department}," + r.people() }, func(t *testing.T, r *rig) {
		for _, name := range []string{"Sales, EMEA", "IT"} {
			r.entry(t, "OU="+goldap.EscapeDN(name)+","+r.people(), "objectClass", "organizationalUnit")
		}
		op := on(targets.CreateAccount, "ada", "")
		of := func(department string) {
			op.Account.Attributes = identity.Attributes{}
			op.Account.Attributes.Set(identity.AttrDepartment, department)
		}
		at := func() string {
			t.Helper()
			e, err := r.admin.Search(goldap.NewSearchRequest(r.base, goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false, "(sAMAccountName=ada)", []string{"1.1"}, nil))
			if err != nil || len(e.Entries) != 1 {
				t.Fatalf("looking for ada: %v, error %v", e, err)
			}
			return strings.TrimSuffix(e.Entries[0].DN, ","+r.people())
		}
		check := func(want string) {
			t.Helper()
			if got := at(); got != want {
				t.Errorf("ada is at %s, want %s", got, want)
			}
		}
		of("Sales, EMEA")
		r.must(t, op)
		check(`CN=ada,OU=Sales\, EMEA`)
		op.Action = targets.UpdateAccount
		of("IT")
		r.must(t, op)
		check("CN=ada,OU=IT")
		of("")
		r.must(t, op)
		check("CN=ada")
		of("IT")
		r.must(t, op)
		// Who was put elsewhere by hand stays there while the department does.
		if err := r.admin.ModifyDN(goldap.NewModifyDNRequest("CN=ada,OU=IT,"+r.people(), "CN=ada", true, "OU=leavers,"+r.people())); err != nil {
			t.Fatal(err)
		}
		op.Account.Attributes.Set(identity.AttrTitle, "Countess")
		r.must(t, op)
		check("CN=ada,OU=leavers")
		of("Nowhere")
		op.Action, op.Account.Name = targets.CreateAccount, "bob"
		if result := r.one(t, op); result.Outcome != targets.Refused || !strings.Contains(fmt.Sprint(result.Err), "make OU=Nowhere,") {
			t.Errorf("without a place: %s: %v", result.Outcome, result.Err)
		}
	})
}

func TestRenamesBetweenReadAndWriteDoNoHarm(t *testing.T) {
	both(t, nil, func(t *testing.T, r *rig) {
		r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"), on(targets.Add, "ada", "eng"))
		before := account(t, r.read(t), "ada")
		for _, dn := range []string{r.personDN("ada"), r.groupDN("eng")} {
			if err := r.admin.ModifyDN(goldap.NewModifyDNRequest(dn, "CN=another name", true, "OU=leavers,"+r.people())); err != nil {
				if err := r.admin.ModifyDN(goldap.NewModifyDNRequest(dn, "CN=yet another", true, r.groups())); err != nil {
					t.Fatal(err)
				}
			}
		}
		s := r.read(t)
		if diff := cmp.Diff([]string{"ada eng"}, held(s)); diff != "" || account(t, s, "ada").ID != before.ID {
			t.Errorf("after a rename (-want +got):\n%s", diff)
		}
		op := on(targets.Remove, "", "eng")
		op.Account = before
		r.must(t, op)
		if got := held(r.read(t)); len(got) > 0 {
			t.Errorf("still held: %q", got)
		}
	})
}

// A name that changes while the groups of an account are looked for must not look
// like an account without groups.
func TestARenameDuringAReadIsNoLoss(t *testing.T) {
	both(t, nil, func(t *testing.T, r *rig) {
		r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"), on(targets.Add, "ada", "eng"))
		moved := false
		sink := &renaming{State: new(targets.State), once: func() {
			moved = true
			if err := r.admin.ModifyDN(goldap.NewModifyDNRequest(r.personDN("ada"), "CN=ada", true, "OU=leavers,"+r.people())); err != nil {
				t.Error(err)
			}
		}}
		_, err := r.target.Read(t.Context(), targets.Query{Accounts: []targets.Account{{Name: "ada"}}}, sink)
		if !moved || identity.KindOf(err) != identity.Incomplete {
			t.Errorf("the account moved (%v), the read said %v and %q", moved, err, held(*sink.State))
		}
	})
}

// renaming is a sink that does something as the first account arrives.
type renaming struct {
	*targets.State
	once func()
}

// Account remembers a.
func (r *renaming) Account(a targets.Account) error {
	r.once()
	return r.State.Account(a)
}

func TestThePrimaryGroupIsNotFought(t *testing.T) {
	both(t, nil, func(t *testing.T, r *rig) {
		r.group(t, "staff")
		r.group(t, "everybody", r.groupDN("staff"))
		r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.Add, "ada", "staff"))
		// A primary group is not deleted before its members are.
		t.Cleanup(func() {
			if err := r.admin.Del(goldap.NewDelRequest(r.personDN("ada"), nil)); err != nil {
				t.Error(err)
			}
		})
		sid := []byte(r.values(t, r.groupDN("staff"), "objectSid")[0])
		rid := int(sid[len(sid)-4]) | int(sid[len(sid)-3])<<8 | int(sid[len(sid)-2])<<16
		r.set(t, r.personDN("ada"), "primaryGroupID", fmt.Sprint(rid)) // which takes the link away
		want := []string{"ada everybody *", "ada staff *"}
		whole := r.read(t)
		if diff := cmp.Diff(want, held(whole)); diff != "" {
			t.Errorf("whole read (-want +got):\n%s", diff)
		}
		some, err := targets.ReadState(t.Context(), r.target, targets.Query{Accounts: []targets.Account{{Name: "ada"}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, held(some)); diff != "" {
			t.Errorf("read of ada (-want +got):\n%s", diff)
		}
		if result := r.one(t, on(targets.Add, "ada", "staff")); result.Outcome != targets.Already {
			t.Errorf("adding: %s: %v", result.Outcome, result.Err)
		}
		if result := r.one(t, on(targets.Remove, "ada", "staff")); result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Conflict {
			t.Errorf("removing: %s: %v", result.Outcome, result.Err)
		}
	})
}

func TestWhatTheDomainRestsOnIsNotChanged(t *testing.T) {
	both(t, func(r *rig) {
		r.config.Users.BaseDN, r.config.Groups.BaseDN = sambatest.Suffix, sambatest.Suffix
		r.config.Users.OU, r.config.Groups.OU = r.people(), r.groups()
	}, func(t *testing.T, r *rig) {
		r.must(t, on(targets.CreateAccount, "ada", ""))
		s := r.read(t)
		for _, e := range s.Entitlements {
			if e.Address.ID == "Domain Admins" && !e.ReadOnly {
				t.Error("Domain Admins is not shown as read only")
			}
		}
		for _, op := range []targets.Op{
			on(targets.Add, "ada", "Domain Admins"), on(targets.DisableAccount, "Administrator", ""), on(targets.DeleteAccount, "krbtgt", ""),
			on(targets.UpdateAccount, "Administrator", ""), on(targets.Remove, "Administrator", "Domain Admins"),
		} {
			if result := r.one(t, op); result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Denied {
				t.Errorf("%s %s %s: %s: %v", op.Action, op.Account.Name, op.Entitlement.ID, result.Outcome, result.Err)
			}
		}
		allowed := r.config
		allowed.Critical = true
		r.target = r.open(t, allowed)
		r.must(t, on(targets.Add, "ada", "Domain Admins"), on(targets.Remove, "ada", "Domain Admins"))
	})
}

func TestMachinesAreNoPeople(t *testing.T) {
	both(t, nil, func(t *testing.T, r *rig) {
		r.person(t, "ada")
		r.entry(t, r.personDN("pc1"), "objectClass", "computer", "sAMAccountName", "pc1$")
		r.entry(t, r.personDN("svc1"), "objectClass", "msDS-ManagedServiceAccount", "sAMAccountName", "svc1$")
		r.entry(t, r.personDN("card"), "objectClass", "contact")
		r.group(t, "eng", r.personDN("ada"), r.personDN("pc1"), r.personDN("svc1"), r.personDN("card"))
		s := r.read(t)
		if len(s.Accounts) != 1 || !slices.Equal(held(s), []string{"ada eng"}) {
			t.Errorf("%d accounts, held %q", len(s.Accounts), held(s))
		}
		if result := r.one(t, on(targets.DeleteAccount, "pc1$", "")); result.Outcome != targets.Already {
			t.Errorf("deleting a computer: %s", result.Outcome)
		}
		if got := r.values(t, r.groupDN("eng"), "member"); len(got) != 4 {
			t.Errorf("members are now %q", got)
		}
	})
}

func TestStrangersOfOtherDomainsStay(t *testing.T) {
	r := start(t, nil)
	const foreign = "CN=S-1-5-21-1-2-3-1234,CN=ForeignSecurityPrincipals," + sambatest.Suffix
	r.group(t, "local")
	r.set(t, r.groupDN("local"), "groupType", "-2147483640") // universal first: global does not become local at once
	r.set(t, r.groupDN("local"), "groupType", "-2147483644")
	r.set(t, r.groupDN("local"), "member", "<SID=S-1-5-21-1-2-3-1234>")
	t.Cleanup(func() { _ = r.admin.Del(goldap.NewDelRequest(foreign, nil)) })
	r.must(t, on(targets.CreateAccount, "ada", ""), on(targets.Add, "ada", "local"))
	if s := r.read(t); len(s.Accounts) != 1 || !slices.Equal(held(s), []string{"ada local"}) {
		t.Errorf("%d accounts, held %q", len(s.Accounts), held(s))
	}
	r.must(t, on(targets.Remove, "ada", "local"))
	if got := r.values(t, r.groupDN("local"), "member"); !slices.Equal(got, []string{foreign}) {
		t.Errorf("members are now %q", got)
	}
}

func TestAccountsByTheirPrincipalName(t *testing.T) {
	both(t, func(r *rig) { r.config.Users.Name = "userPrincipalName" }, func(t *testing.T, r *rig) {
		const long = "maximiliane.sonnenschein@example.com"
		r.must(t, on(targets.CreateAccount, "ada@example.com", ""), on(targets.CreateAccount, long, ""),
			on(targets.CreateEntitlement, "", "eng"), on(targets.Add, "ADA@example.com", "eng"))
		if got := held(r.read(t)); !slices.Equal(got, []string{"ada@example.com eng"}) {
			t.Errorf("held: %q", got)
		}
		for dn, want := range map[string]string{r.personDN("ada"): "ada", r.personDN("maximiliane.sonnensc"): "maximiliane.sonnensc"} {
			if got := r.values(t, dn, "sAMAccountName"); !slices.Equal(got, []string{want}) {
				t.Errorf("sAMAccountName is %q, want %q", got, want)
			}
		}
		op := on(targets.UpdateAccount, "", "")
		op.Account = account(t, r.read(t), "ada@example.com")
		op.Account.Name = "ada.l@example.com"
		r.must(t, op)
		if got := r.values(t, r.personDN("ada.l"), "sAMAccountName"); !slices.Equal(got, []string{"ada.l"}) {
			t.Errorf("renamed: sAMAccountName is %q", got)
		}
		for _, bad := range []string{"ada", "@example.com", "a@b@c", "a b@example.com", "ada@", "a/b@example.com"} {
			if result := r.one(t, on(targets.CreateAccount, bad, "")); result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Invalid {
				t.Errorf("%q: %s: %v", bad, result.Outcome, result.Err)
			}
		}
	})
}

func TestTakenNamesAreRefused(t *testing.T) {
	both(t, nil, func(t *testing.T, r *rig) {
		r.entry(t, "CN=elsewhere,"+r.base, "objectClass", "user", "sAMAccountName", "ada")
		r.entry(t, r.personDN("bob"), "objectClass", "user", "sAMAccountName", "robert", "userAccountControl", "544")
		for _, name := range []string{"ada", "bob"} {
			if result := r.one(t, on(targets.CreateAccount, name, "")); result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Conflict {
				t.Errorf("%s: %s: %v", name, result.Outcome, result.Err)
			}
		}
	})
}

func TestGroupsByOtherNames(t *testing.T) {
	both(t, nil, func(t *testing.T, r *rig) {
		r.entry(t, r.groupDN("Engineering"), "objectClass", "group", "sAMAccountName", "eng")
		r.must(t, on(targets.CreateAccount, "ada", ""))
		guid := ""
		for name, wanted := range map[string]string{"sAMAccountName": "eng", "cn": "Engineering", "objectGUID": ""} {
			c := r.config
			c.Groups.Name, c.Groups.Create = name, false
			target := r.open(t, c)
			s, err := targets.ReadState(t.Context(), target, targets.Query{})
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Entitlements) != 1 || wanted != "" && s.Entitlements[0].Address.ID != wanted {
				t.Fatalf("by %s: %v", name, s.Entitlements)
			}
			if name == "objectGUID" {
				guid = s.Entitlements[0].Address.ID
			}
			for _, action := range []targets.Action{targets.Add, targets.Remove} {
				op := on(action, "ada", s.Entitlements[0].Address.ID)
				if result := target.Apply(t.Context(), []targets.Op{op})[0]; result.Outcome != targets.Done {
					t.Errorf("by %s: %s: %s: %v", name, action, result.Outcome, result.Err)
				}
			}
		}
		if len(guid) != 36 {
			t.Errorf("objectGUID is %q", guid)
		}
	})
}

func TestEncryptedConnections(t *testing.T) {
	r := start(t, nil)
	r.person(t, "ada")
	authority := trust.TLS{CAFile: server.CAFile}
	for name, c := range map[string]struct {
		change func(*ad.Config)
		want   string // "" means that it works
	}{
		"ldaps":          {func(c *ad.Config) { c.URL, c.TLS = server.TLSURL, authority }, ""},
		"StartTLS":       {func(c *ad.Config) { c.URL, c.StartTLS, c.TLS = server.URL, true, authority }, ""},
		"untrusted":      {func(c *ad.Config) { c.URL = server.TLSURL }, "set tls.ca_file"},
		"wrong password": {func(c *ad.Config) { c.BindPassword = ref(t, "wrong-word") }, "check bind_dn and bind_password"},
	} {
		t.Run(name, func(t *testing.T) {
			conf := r.config
			c.change(&conf)
			_, err := targets.ReadState(t.Context(), r.open(t, conf), targets.Query{})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
