package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/identity"
	"birthright/store"
)

// Nobody decides for themselves through a group that they control: olga owns the keepers,
// who decide on the vault, and the scouts, who decide on the keepers with her.
const vaultPolicy = `
groups:
  - {name: scouts, owners: ["user:olga", "user:otto"], access: ["app:role/scout"], request: {}}
  - {name: keepers, owners: ["user:olga", "user:otto", "group:scouts"], access: ["app:role/keep"], request: {extend: {approve: true, max: 16h}, break_glass: {max: 1h}}}
  - {name: vault, owners: ["group:keepers"], access: ["app:role/vault"], request: {}}
`

// vault is the office of that policy.
type vault struct {
	*desktest.Office
	t *testing.T
}

func openVault(t *testing.T) vault {
	o := desktest.Open(t, vaultPolicy)
	o.Join("olga", "otto", "fred", "gina")
	o.Full()
	return vault{o, t}
}

// lets has somebody approve that another is in a group for a time, and returns the grant.
func (v vault) lets(who, in, group string, d time.Duration) string {
	v.Helper()
	made, err := v.Ask(v.t.Context(), v.As(in), desk.Wish{Groups: []string{group}, For: d})
	v.Must(err)
	answer, err := v.Approve(v.t.Context(), v.As(who), made[0].ID, "")
	v.Must(err)
	v.Work()
	same(v.t, in+" in "+group, v.GrantState(answer.Request.Grant), "active")
	return answer.Request.Grant
}

// decides sees whether somebody may decide on what olga asks of the vault.
func (v vault) decides(who string, may bool) {
	v.Helper()
	made, err := v.Ask(v.t.Context(), v.As("olga"), desk.Wish{Groups: []string{"vault"}})
	v.Must(err)
	_, err = v.Approve(v.t.Context(), v.As(who), made[0].ID, "")
	if may {
		v.Must(err)
		return
	}
	if identity.KindOf(err) != identity.Denied || !strings.Contains(err.Error(), "only by the approval of those who ask for it or would get it") {
		v.t.Errorf("%s decides on what olga asks for: %v", who, err)
	}
}

func TestWhoWasLetInByWhoAsksDoesNotDecide(t *testing.T) {
	v := openVault(t)
	v.lets("olga", "gina", "keepers", time.Hour)
	v.decides("gina", false)
}

func TestWhoWasLetInByOthersDecides(t *testing.T) {
	v := openVault(t)
	v.lets("otto", "gina", "keepers", time.Hour)
	v.decides("gina", true)
}

func TestWhoWasLetInByADelegateOfWhoAsksDoesNotDecide(t *testing.T) {
	v := openVault(t)
	_, err := v.Delegate(t.Context(), v.As("olga"), desk.Delegation{To: "fred", End: v.Now().Add(time.Hour)})
	v.Must(err)
	v.lets("fred", "gina", "keepers", time.Hour)
	v.decides("gina", false)
}

func TestWhoWasLetInByAFriendOfWhoAsksDoesNotDecide(t *testing.T) {
	v := openVault(t)
	v.lets("olga", "fred", "scouts", time.Hour)
	v.lets("fred", "gina", "keepers", 2*time.Hour)
	v.decides("gina", false)
}

func TestWhoWasLetInByAFriendThatOthersLetInDecides(t *testing.T) {
	v := openVault(t)
	v.lets("otto", "fred", "scouts", time.Hour)
	v.lets("fred", "gina", "keepers", 3*time.Hour)
	v.Pass(90 * time.Minute) // fred is no scout any more, and was one
	v.Work()
	v.decides("gina", true)
}

func TestAFriendWhoIsNoScoutAnyMoreLetsNobodyIn(t *testing.T) {
	v := openVault(t)
	v.lets("olga", "fred", "scouts", time.Hour)
	v.lets("fred", "gina", "keepers", 3*time.Hour)
	v.Pass(90 * time.Minute)
	v.Work()
	v.decides("gina", false)
}

// Others let gina in for an hour, and olga for longer: in that hour gina decides, and after
// it not.
func TestWhoWasKeptInByWhoAsksDoesNotDecide(t *testing.T) {
	v := openVault(t)
	grant := v.lets("otto", "gina", "keepers", time.Hour)
	longer, err := v.Extend(t.Context(), v.As("gina"), grant, 8*time.Hour, "more")
	v.Must(err)
	_, err = v.Approve(t.Context(), v.As("olga"), longer.Request.ID, "")
	v.Must(err)
	v.Work()
	made, err := v.Ask(t.Context(), v.As("olga"), desk.Wish{Groups: []string{"vault"}, Start: v.Now().Add(2 * time.Hour)})
	v.Must(err)
	answer, err := v.Approve(t.Context(), v.As("gina"), made[0].ID, "")
	v.Must(err)
	v.Pass(3 * time.Hour)
	v.Work()
	same(t, "what gina approved in time", v.GrantState(answer.Request.Grant), "failed")
	v.decides("gina", false)
}

// Who breaks the glass of a group decides in it on others, and is audited; not on themselves.
func TestWhoBrokeTheGlassDecidesOnOthers(t *testing.T) {
	v := openVault(t)
	_, err := v.BreakGlass(t.Context(), v.As("gina"), desk.Wish{Groups: []string{"keepers"}, Reason: "fire"})
	v.Must(err)
	v.Work()
	v.decides("gina", true)
}

const laterPolicy = `
groups:
  - name: lab
    owners: ["user:olga", "user:otto"]
    access: ["app:role/lab"]
    request:
      allow: user.department == "Engineering"
      auto_approve: user.title == "Lead"
      auto_max: 2h
      extend: {approve: true, max: 10h}
`

// later has somebody get the lab in an hour, and returns the grant.
func later(t *testing.T, o *desktest.Office, who string) string {
	t.Helper()
	made, err := o.Ask(t.Context(), o.As(who), desk.Wish{Groups: []string{"lab"}, Start: o.Now().Add(time.Hour)})
	o.Must(err)
	if made[0].State == "pending" {
		answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
		o.Must(err)
		return answer.Request.Grant
	}
	return made[0].Grant
}

// What was approved is looked at again when it begins: whoever is to get it may be another by
// then, and so may the policy.
func TestWhatWasApprovedIsLookedAtAgainWhenItBegins(t *testing.T) {
	outer := laterPolicy + `
  - {name: vault, contains: [lab], access: ["app:role/vault"]}
`
	for _, tt := range []struct {
		name, who string
		change    func(o *desktest.Office)
		state     string
		why       string
	}{
		{"nothing changes", "ada", func(*desktest.Office) {}, "active", ""},
		{"nothing changes, by the policy", "lea", func(*desktest.Office) {}, "active", ""},
		{"another department", "ada", func(o *desktest.Office) { o.Change("ada", "department", "Sales") }, "failed", `the policy asks that user.department == "Engineering"`},
		{"another department, by the policy", "lea", func(o *desktest.Office) { o.Change("lea", "department", "Sales") }, "failed", `user.department == "Engineering"`},
		{"no lead any more", "lea", func(o *desktest.Office) { o.Change("lea", "title", "Engineer") }, "failed", `the policy asks that user.title == "Lead"`},
		{"it carries more", "ada", func(o *desktest.Office) {
			o.SetPolicy(strings.Replace(laterPolicy, `"app:role/lab"`, `"app:role/lab", "app:role/vault"`, 1))
		}, "failed", "the policy of the group was changed"},
		{"it carries more, by the policy", "lea", func(o *desktest.Office) {
			o.SetPolicy(strings.Replace(laterPolicy, `"app:role/lab"`, `"app:role/lab", "app:role/vault"`, 1))
		}, "failed", "the policy that approved it was changed"},
		{"it is in a group that carries more", "ada", func(o *desktest.Office) { o.SetPolicy(outer) }, "failed", "the policy of the group was changed"},
		{"it is in a group that carries more, by the policy", "lea", func(o *desktest.Office) { o.SetPolicy(outer) }, "failed", "the policy that approved it was changed"},
		{"an approver left", "ada", func(o *desktest.Office) { o.Leave("olga") }, "failed", "olga's approval does not count any more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := desktest.Open(t, laterPolicy)
			o.Join("ada department=Engineering", "lea department=Engineering title=Lead", "olga", "otto")
			o.Full()
			grant := later(t, o, tt.who)
			o.Work()
			tt.change(o)
			o.Pass(61 * time.Minute)
			o.Work()
			g, err := o.Grant(t.Context(), desk.Operator("operator:test"), grant)
			o.Must(err)
			if g.State != tt.state || !strings.Contains(g.Reason, tt.why) {
				t.Errorf("%s: %q", g.State, g.Reason)
			}
		})
	}
}

// The longest time that the policy gives by itself is so for all that it gives of a grant.
func TestManyExtensionsAreNoWayAroundTheLimitOfThePolicy(t *testing.T) {
	o := desktest.Open(t, laterPolicy)
	o.Join("lea department=Engineering title=Lead", "olga", "otto")
	o.Full()
	made, err := o.Ask(t.Context(), o.As("lea"), desk.Wish{Groups: []string{"lab"}, For: time.Hour})
	o.Must(err)
	o.Work()
	for _, want := range []string{"approved", "approved", "pending"} {
		longer, err := o.Extend(t.Context(), o.As("lea"), made[0].Grant, 30*time.Minute, "more")
		o.Must(err)
		same(t, "half an hour more", longer.Request.State, want)
	}
}

// However many own a group, all of them hear of a broken glass.
func TestEveryOwnerHearsOfABrokenGlass(t *testing.T) {
	o := desktest.Open(t, `
groups:
  - {name: all, owners: ["user:olga"]}
  - {name: lab, owners: ["group:all"], access: ["app:role/lab"], request: {break_glass: {max: 1h}}}
rules:
  - {name: everybody, when: 'true', groups: [all]}
`)
	var crowd []string
	for i := range 230 {
		crowd = append(crowd, fmt.Sprintf("u%03d", i))
	}
	o.Join(crowd...)
	o.Full()
	_, err := o.Ask(t.Context(), o.As("u001"), desk.Wish{Groups: []string{"lab"}}) // whoever decides is a panel of fewer
	o.Must(err)
	_, err = o.BreakGlass(t.Context(), o.As("u000"), desk.Wish{Groups: []string{"lab"}, Reason: "fire"})
	o.Must(err)
	told := 0
	o.Must(o.DB.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Notices(t.Context(), 0)
		for _, row := range rows {
			if row.Kind == grants.NoticeGlass {
				told = len(row.Users)
			}
		}
		return err
	}))
	same(t, "told", told, 230)
}

// A broken glass is no history that anybody approved.
func TestABrokenGlassIsNoHistoryOfApprovals(t *testing.T) {
	o := desktest.Open(t, `
groups:
  - {name: lab, owners: ["user:olga"], access: ["app:role/lab"], request: {auto_approve: request.approvedBefore > 0, break_glass: {max: 1h}}}
`)
	o.Join("ada", "olga")
	o.Full()
	_, err := o.BreakGlass(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"lab"}, Reason: "fire"})
	o.Must(err)
	o.Work()
	o.Pass(2 * time.Hour)
	o.Work()
	ask := func() (desk.Request, error) {
		made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"lab"}})
		if err != nil {
			return desk.Request{}, err
		}
		return made[0], nil
	}
	r, err := ask()
	o.Must(err)
	same(t, "after a broken glass", r.State, "pending")
	_, err = o.Approve(t.Context(), o.As("olga"), r.ID, "")
	o.Must(err)
	o.Work()
	o.Pass(2 * time.Hour)
	o.Work()
	r, err = ask()
	o.Must(err)
	same(t, "after an approval", r.State, "approved")
}

// Whoever has answered is not reminded to.
func TestOnlyThoseAreRemindedWhoHaveNotDecided(t *testing.T) {
	o := desktest.Open(t, `
groups:
  - {name: lab, owners: ["user:olga", "user:otto"], access: ["app:role/lab"], request: {approve: [{by: owners, count: 2, remind_after: 30m}]}}
`)
	o.Join("ada", "olga", "otto")
	o.Full()
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"lab"}})
	o.Must(err)
	_, err = o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Pass(31 * time.Minute)
	o.Work()
	same(t, "reminded", told(t, o, "request.reminder"), []string{"otto"})
}

// Whoever may not ask for others any more does not change what they asked for them.
func TestWhoMayNotAskAnyMoreChangesNothing(t *testing.T) {
	o := desktest.Open(t, `
groups:
  - {name: lab, owners: ["user:olga"], access: ["app:role/lab"], request: {for_others: [manager], auto_approve: request.duration <= duration("1h")}}
`)
	o.Join("ada manager=max", "max", "olga")
	o.Full()
	made, err := o.Ask(t.Context(), o.As("max"), desk.Wish{User: "ada", Groups: []string{"lab"}, For: 2 * time.Hour})
	o.Must(err)
	same(t, "state", made[0].State, "pending")
	o.Change("ada", "manager", "olga")
	_, err = o.Amend(t.Context(), o.As("max"), made[0].ID, desk.Amendment{For: time.Hour})
	same(t, "by who is no manager any more", identity.KindOf(err), identity.Denied)
}

// told returns whom the notices of a kind are for, by name.
func told(t *testing.T, o *desktest.Office, kind string) (names []string) {
	t.Helper()
	o.Must(o.DB.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Notices(t.Context(), 0)
		for _, row := range rows {
			for _, n := range row.Users {
				if u, err := tx.UserByN(t.Context(), n); err == nil && row.Kind == kind {
					names = append(names, u.UserName)
				}
			}
		}
		return err
	}))
	return names
}
