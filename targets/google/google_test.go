package google

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/google/googlesim"

	"github.com/google/go-cmp/cmp"
)

// everything configures all that the kind can.
func everything(c *Config, _ *googlesim.Options) {
	c.Drives = Drives{GroupDomain: "example.com", Create: true}
	c.Files = []string{"plan"}
}

func ada() targets.Account { return targets.Account{Name: "ada" + domain, Active: true} }

func ent(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: kind, ID: id}
}

// do applies ops one by one and writes their outcomes.
func (r *rig) do(t testing.TB, ops ...targets.Op) string {
	t.Helper()
	var out []string
	for _, op := range ops {
		res := r.target.Apply(t.Context(), []targets.Op{op})[0]
		out = append(out, string(res.Outcome))
		if !res.Outcome.OK() {
			t.Log(res.Err)
		}
	}
	return strings.Join(out, " ")
}

func (r *rig) read(t testing.TB, q targets.Query) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// held writes who holds what, indirect in brackets, with an end where there is one.
func (r *rig) held(t testing.TB, q targets.Query) []string {
	t.Helper()
	s := r.read(t, q)
	names := map[string]string{}
	for _, a := range s.Accounts {
		names[a.ID] = strings.TrimSuffix(a.Name, domain)
	}
	var out []string
	for _, a := range s.Assignments {
		text := names[a.AccountID] + " " + a.Entitlement.Kind + "/" + a.Entitlement.ID
		if a.Indirect {
			text = "(" + text + ")"
		}
		if !a.NotAfter.IsZero() {
			text += " until " + a.NotAfter.Format("15:04")
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func same[V any](t testing.TB, what string, got, want V) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func add(a targets.Account, e identity.Entitlement) targets.Op {
	return targets.Op{Action: targets.Add, Account: a, Entitlement: e}
}

func remove(a targets.Account, e identity.Entitlement) targets.Op {
	return targets.Op{Action: targets.Remove, Account: a, Entitlement: e}
}

// Every operation that we use is one that Google describes, and asked for as it says.
func TestEveryOperationIsDescribed(t *testing.T) {
	r := newRig(t, everything)
	r.seed(t, targets.State{Entitlements: []targets.Entitlement{{Address: ent(kindDrive, "Plans@reader")}, {Address: ent(kindFile, "plan@reader")}}})
	soon := add(ada(), ent(kindFile, "plan@reader"))
	soon.NotAfter = r.Clock.Now().Add(time.Hour)
	later := soon
	later.NotAfter = soon.NotAfter.Add(time.Hour)
	off := targets.Op{Action: targets.DisableAccount, Account: ada()}
	renamed := targets.Op{Action: targets.UpdateAccount, Account: targets.Account{Name: "ada" + domain, Attributes: identity.Attributes{"title": {"Chief"}}}}
	got := r.do(t, targets.Op{Action: targets.CreateAccount, Account: ada()}, renamed,
		targets.Op{Action: targets.CreateEntitlement, Entitlement: ent(kindGroup, "eng"+domain)},
		add(ada(), ent(kindGroup, "eng"+domain)), add(ada(), ent(kindDrive, "Plans@writer")), soon, later, off)
	same(t, "outcomes", got, "done done done done done done done done")
	same(t, "held", r.held(t, targets.Query{}), []string{"ada drive/Plans@writer", "ada file/plan@reader until " + later.NotAfter.Format("15:04"), "ada group/eng@example.com"})
	same(t, "taken", r.do(t, remove(ada(), ent(kindGroup, "eng"+domain)), remove(ada(), ent(kindDrive, "Plans@writer")),
		remove(ada(), ent(kindFile, "plan@reader")), targets.Op{Action: targets.DeleteAccount, Account: ada()}), "done done done done")
	const d, f = "/admin/directory/v1/", "/files/{fileId}/permissions"
	same(t, "operations of the Directory API", r.system.directory.Seen(), []string{
		"DELETE " + d + "groups/{groupKey}/members/{memberKey}", "DELETE " + d + "users/{userKey}",
		"GET " + d + "groups", "GET " + d + "groups/{groupKey}/members", "GET " + d + "users", "GET " + d + "users/{userKey}",
		"POST " + d + "groups", "POST " + d + "groups/{groupKey}/members", "POST " + d + "users", "PUT " + d + "users/{userKey}",
	})
	same(t, "operations of the Drive API", r.system.drive.Seen(), []string{
		"DELETE " + f + "/{permissionId}", "GET /drives", "GET " + f, "PATCH " + f + "/{permissionId}", "POST " + f,
	})
}

// post sends a request past the target's own sense.
func (r *rig) post(t testing.TB, path string, body map[string]string) {
	t.Helper()
	if err := r.target.call(t.Context(), httpkit.Request{Method: http.MethodPost, Path: path}, body, nil); err != nil {
		t.Fatal(err)
	}
}

// Groups in groups, in a circle, and a group with everybody: all of it is seen and told
// apart, whether the groups are read or one account is looked up.
func TestNestedGroups(t *testing.T) {
	r := newRig(t, nil)
	groups := []string{"inner" + domain, "outer" + domain, "all" + domain}
	s := targets.State{Accounts: []targets.Account{ada(), {Name: "bob" + domain, Active: true}}}
	for _, g := range groups {
		s.Entitlements = append(s.Entitlements, targets.Entitlement{Address: ent(kindGroup, g)})
	}
	s.Assignments = []targets.Assignment{{AccountID: "ada" + domain, Entitlement: ent(kindGroup, groups[0])}, {AccountID: "bob" + domain, Entitlement: ent(kindGroup, groups[1])}}
	r.seed(t, s)
	r.post(t, "/groups/"+groups[1]+"/members", map[string]string{"email": groups[0], "role": "MEMBER"})
	r.post(t, "/groups/"+groups[0]+"/members", map[string]string{"email": groups[1], "role": "MEMBER"})
	r.post(t, "/groups/"+groups[2]+"/members", map[string]string{"id": "C0simulated", "role": "MEMBER"})
	want := []string{
		"(ada group/all@example.com)", "(ada group/outer@example.com)", "(bob group/all@example.com)", "(bob group/inner@example.com)",
		"ada group/inner@example.com", "bob group/outer@example.com",
	}
	same(t, "all", r.held(t, targets.Query{}), want)
	same(t, "one by one", r.held(t, targets.Query{Accounts: s.Accounts}), want)
	before, _ := r.Transport.Calls()
	r.read(t, targets.Query{Accounts: s.Accounts[:1], Entitlements: []identity.Entitlement{ent(kindGroup, groups[0])}})
	if after, _ := r.Transport.Calls(); after-before > 6 {
		t.Errorf("looking one account up took %d requests", after-before)
	}
	same(t, "what is held through another", r.do(t, remove(ada(), ent(kindGroup, groups[1]))), "already")
	same(t, "nothing was fought", r.held(t, targets.Query{}), want)
}

// A group that was just made is not known everywhere: that is waited for.
func TestNewGroupsTakeAWhile(t *testing.T) {
	r := newRig(t, func(c *Config, o *googlesim.Options) { everything(c, o); o.Lag = 4 * time.Second })
	r.seed(t, targets.State{Accounts: []targets.Account{ada()}, Entitlements: []targets.Entitlement{{Address: ent(kindDrive, "Plans@reader")}}})
	same(t, "made", r.do(t, targets.Op{Action: targets.CreateEntitlement, Entitlement: ent(kindGroup, "new"+domain)}), "done")
	for _, op := range []targets.Op{add(ada(), ent(kindGroup, "new"+domain)), add(ada(), ent(kindDrive, "Plans@writer"))} {
		res := r.target.Apply(t.Context(), []targets.Op{op})[0]
		if res.Outcome != targets.Throttled || !res.RetryAt.After(r.Clock.Now()) {
			t.Errorf("%s: %+v", op.Entitlement, res)
		}
		r.Clock.Advance(res.RetryAt.Sub(r.Clock.Now()))
		same(t, "later", r.do(t, op, op), "done already")
	}
}

// Google says with 403 that there was too much: a change comes back later, a read waits.
func TestTooMuchIsNoRefusal(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, targets.State{Accounts: []targets.Account{ada()}, Entitlements: []targets.Entitlement{{Address: ent(kindGroup, "eng"+domain)}}})
	a := r.read(t, targets.Query{}).Accounts[0]
	for _, reason := range []string{"userRateLimitExceeded", "quotaExceeded", "rateLimitExceeded"} {
		body := `{"error":{"code":403,"message":"` + reason + `","errors":[{"domain":"usageLimits","reason":"` + reason + `"}]}}`
		r.Transport.Plant(sim.Fault{Status: 403, Body: body, Times: 1})
		same(t, reason, r.do(t, add(a, ent(kindGroup, "eng"+domain))), "throttled")
		r.Clock.Advance(time.Minute)
		r.Transport.Heal()
		r.Transport.Plant(sim.Fault{Status: 403, Body: body, Times: 2})
		r.read(t, targets.Query{})
		r.Transport.Heal()
	}
	r.Transport.Plant(sim.Fault{Status: 403, Body: `{"error":{"code":403,"message":"no","errors":[{"reason":"forbidden"}]}}`, Times: 1})
	same(t, "a real refusal", r.do(t, add(a, ent(kindGroup, "eng"+domain))), "refused")
}

// The limits that Google has are kept: nothing is refused for being too much.
func TestLimitsAreKept(t *testing.T) {
	r := newRig(t, func(_ *Config, o *googlesim.Options) { o.PerMinute = 2400 })
	s := targets.State{Accounts: []targets.Account{ada()}, Entitlements: []targets.Entitlement{{Address: ent(kindGroup, "eng"+domain)}}}
	r.seed(t, s)
	a, began, refusals := r.read(t, targets.Query{}).Accounts[0], r.Clock.Now(), 0
	for range 3000 {
		res := r.target.Apply(t.Context(), []targets.Op{add(a, ent(kindGroup, "eng"+domain))})[0]
		if f := httpkit.AsFailure(res.Err); f != nil && f.Status != 0 {
			refusals++
		}
	}
	if took := r.Clock.Now().Sub(began); refusals > 0 || took < time.Minute {
		t.Errorf("3000 changes: %d refusals, in %s", refusals, took)
	}
}

// Who is on a shared drive by hand is shown and left; ours are in the role's group,
// which survives the drive's new name and is no group of its own.
func TestSharedDrives(t *testing.T) {
	r := newRig(t, everything)
	bob := targets.Account{Name: "bob" + domain, Active: true}
	r.seed(t, targets.State{Accounts: []targets.Account{ada(), bob}, Entitlements: []targets.Entitlement{{Address: ent(kindDrive, "Q3: Plans@reader")}}})
	drives, err := r.target.listDrives(t.Context())
	if err != nil || len(drives) != 1 {
		t.Fatal(drives, err)
	}
	id, direct := drives[0].ID, map[string]string{"type": "user", "role": "reader", "emailAddress": bob.Name}
	q := url.Values{"supportsAllDrives": {"true"}, "useDomainAdminAccess": {"true"}}
	if err := r.target.driveCall(t.Context(), httpkit.Request{Method: "POST", Path: "/files/" + id + "/permissions", Query: q}, direct, nil); err != nil {
		t.Fatal(err)
	}
	reader := ent(kindDrive, "Q3: Plans@reader")
	same(t, "given", r.do(t, add(ada(), reader), add(ada(), reader)), "done already")
	want := []string{"(bob drive/Q3: Plans@reader)", "ada drive/Q3: Plans@reader"}
	same(t, "all", r.held(t, targets.Query{}), want)
	same(t, "one by one", r.held(t, targets.Query{Accounts: []targets.Account{ada(), bob}}), want)
	same(t, "bob's own is not ours to take", r.do(t, remove(bob, reader)), "already")
	for _, e := range r.read(t, targets.Query{}).Entitlements {
		if e.Address.Kind == kindGroup {
			t.Errorf("%s is managed as the drive's", e.Address)
		}
	}
	name := r.target.roleGroup(id, "Q3: Plans", "reader")
	if !strings.HasPrefix(name, "drive-q3-plans-") || !strings.HasSuffix(name, "-reader@example.com") {
		t.Errorf("the group is called %s", name)
	}
	if !r.target.standsFor(name, id, "reader") || r.target.standsFor(name, id+"x", "reader") || r.target.standsFor(name, id, "writer") {
		t.Error("the group stands for the wrong drive or role")
	}
	same(t, "directly in its group", r.do(t, add(ada(), ent(kindGroup, name))), "refused")
	same(t, "a role that is none", r.do(t, add(ada(), ent(kindDrive, "Q3: Plans@owner"))), "refused")
}

// Two drives of one name cannot be told apart by it.
func TestDrivesOfOneName(t *testing.T) {
	r := newRig(t, everything)
	r.seed(t, targets.State{Accounts: []targets.Account{ada()}, Entitlements: []targets.Entitlement{{Address: ent(kindDrive, "Plans@reader")}}})
	r.system.Twin("Plans")
	for _, e := range r.read(t, targets.Query{}).Entitlements {
		if !e.ReadOnly {
			t.Errorf("%s is not read-only", e.Address)
		}
	}
	r.target.drives = nil
	same(t, "given", r.do(t, add(ada(), ent(kindDrive, "Plans@reader"))), "refused")
}

// Drive keeps one role for each user: a higher one has the lower with it.
func TestRolesOnAFile(t *testing.T) {
	r := newRig(t, everything)
	r.seed(t, targets.State{Accounts: []targets.Account{ada()}, Entitlements: []targets.Entitlement{{Address: ent(kindFile, "plan@reader")}}})
	reader, writer := ent(kindFile, "plan@reader"), ent(kindFile, "plan@writer")
	end := r.Clock.Now().Add(8 * time.Hour)
	raised := add(ada(), writer)
	raised.NotAfter = end
	same(t, "raised", r.do(t, add(ada(), reader), raised, raised, add(ada(), reader), remove(ada(), reader)), "done done already already already")
	same(t, "held", r.held(t, targets.Query{}), []string{"(ada file/plan@commenter)", "(ada file/plan@reader)", "ada file/plan@writer until " + end.Format("15:04")})
	for _, wrong := range []time.Time{r.Clock.Now(), r.Clock.Now().Add(366 * 24 * time.Hour)} {
		op := raised
		op.NotAfter = wrong
		same(t, "an end at "+wrong.String(), r.do(t, op), "refused")
	}
	r.Clock.Advance(9 * time.Hour)
	same(t, "after its end", r.held(t, targets.Query{}), nil)
	same(t, "a file that nobody listed", r.do(t, add(ada(), ent(kindFile, "other@reader"))), "stale")
}

// A new name does not make another account, and the old one goes on leading to it.
func TestRenamesAndAliases(t *testing.T) {
	r := newRig(t, nil)
	r.seed(t, targets.State{Accounts: []targets.Account{ada()}, Entitlements: []targets.Entitlement{{Address: ent(kindGroup, "eng"+domain)}}})
	a := r.read(t, targets.Query{}).Accounts[0]
	a.Name = "ada.king" + domain
	same(t, "renamed", r.do(t, targets.Op{Action: targets.UpdateAccount, Account: a}), "done")
	same(t, "by the old name", r.do(t, add(ada(), ent(kindGroup, "eng"+domain))), "done")
	same(t, "held", r.held(t, targets.Query{}), []string{"ada.king group/eng@example.com"})
	res := r.target.Apply(t.Context(), []targets.Op{{Action: targets.CreateAccount, Account: ada()}})[0]
	if res.Outcome != targets.Stale || identity.KindOf(res.Err) != identity.Conflict || res.AccountID != a.ID {
		t.Errorf("a new ada: %+v", res)
	}
	same(t, "a group's address for a user's", r.do(t, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: "eng" + domain, Active: true}}), "refused")
}

// By default the address comes from the person's e-mail address, and a new one renames.
func TestNamesComeFromTheAddress(t *testing.T) {
	r := newRig(t, func(c *Config, _ *googlesim.Options) { c.Users.Address = "" })
	want := r.target.Normalise(targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"Ada@Example.com"}}})
	same(t, "made", r.do(t, targets.Op{Action: targets.CreateAccount, Account: want}), "done")
	got := r.read(t, targets.Query{}).Accounts[0]
	want.ID = got.ID
	same(t, "account", got, want)
	want = r.target.Normalise(targets.Account{ID: got.ID, Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"king@example.com"}}})
	same(t, "renamed", r.do(t, targets.Op{Action: targets.UpdateAccount, Account: want}), "done")
	same(t, "account", r.read(t, targets.Query{}).Accounts[0], want)
	same(t, "no address at all", r.do(t, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: "bob", Active: true}}), "refused")
}

// What of a user is not ours goes back as it was.
func TestOthersFieldsStay(t *testing.T) {
	target := &Target{}
	target.fields, _ = parseMap(nil)
	u := user{"id": "1", "primaryEmail": "ada@example.com", "name": map[string]any{"givenName": "Ada", "familyName": "King", "fullName": "Ada King"},
		"organizations": []any{map[string]any{"title": "Board", "type": "unknown"}, map[string]any{"primary": true, "title": "Countess", "costCenter": "7"}},
		"externalIds":   []any{map[string]any{"type": "account", "value": "x"}, map[string]any{"type": "organization", "value": "1815"}}}
	got, err := target.difference(u, targets.Account{Name: "ada@example.com", Attributes: identity.Attributes{"givenName": {"Ada"}, "familyName": {"King"}, "title": {"Engineer"}}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what is written", got, user{
		"organizations": []any{map[string]any{"title": "Board", "type": "unknown"}, map[string]any{"primary": true, "title": "Engineer", "costCenter": "7"}},
		"externalIds":   []any{map[string]any{"type": "account", "value": "x"}},
	})
}

// Drive keeps only the last of permission changes of one file that come at once: there
// is one at a time, and those of other files do not wait for it.
func TestOneWriterForEachFile(t *testing.T) {
	r := newRig(t, func(c *Config, _ *googlesim.Options) { c.Files = []string{"plan", "memo"} })
	s := targets.State{Entitlements: []targets.Entitlement{{Address: ent(kindFile, "plan@reader")}, {Address: ent(kindFile, "memo@reader")}}}
	for _, name := range []string{"ada", "bob", "eve"} {
		s.Accounts = append(s.Accounts, targets.Account{Name: name + domain, Active: true})
	}
	r.seed(t, s)
	r.read(t, targets.Query{})
	writing, free := make(chan struct{}), make(chan struct{})
	r.Transport.Plant(sim.Fault{Method: http.MethodPost, Path: "/files/plan/", Times: 1, Hit: func() { close(writing); <-free }})
	results := make(chan string, 2)
	go func() { results <- r.do(t, add(s.Accounts[0], ent(kindFile, "plan@reader"))) }()
	<-writing // ada's permission is on its way
	go func() { results <- r.do(t, add(s.Accounts[1], ent(kindFile, "plan@reader"))) }()
	same(t, "of another file", r.do(t, add(s.Accounts[2], ent(kindFile, "memo@reader"))), "done")
	same(t, "meanwhile", r.held(t, targets.Query{}), []string{"eve file/memo@reader"})
	if len(results) > 0 {
		t.Error("one is done before the first is")
	}
	close(free)
	same(t, "outcomes", <-results+" "+<-results, "done done")
	same(t, "held", r.held(t, targets.Query{}), []string{"ada file/plan@reader", "bob file/plan@reader", "eve file/memo@reader"})
}
