package github

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/github/githubsim"
)

const (
	done, already, pending   = targets.Done, targets.Already, targets.Pending
	stale, refusal, throttle = targets.Stale, targets.Refused, targets.Throttled
)

func outcomes(o ...targets.Outcome) []targets.Outcome { return o }

// TestTraps plays what is GitHub's own. In the end every operation of the adapter's
// was held against GitHub's description.
func TestTraps(t *testing.T) {
	spec := described(t)
	for name, play := range map[string]func(*testing.T, *vendorspec.Spec){
		"invited by login":            invitedByLogin,
		"invited by address":          invitedByAddress,
		"an invitation lapses":        invitationLapses,
		"a stranger of the same name": strangerOfThatName,
		"a login changes hands":       loginChangesHands,
		"maintainers":                 maintainersOfTeams,
		"owners":                      ownersOfOrg,
		"levels of a repository":      levelsOfRepo,
		"a level of one's own":        levelOfOnesOwn,
		"outside collaborators":       outsideCollaborators,
		"members of child teams":      childTeams,
		"who else owns a team":        foreignTeams,
		"a team is renamed":           renamedTeam,
		"told to wait by 403":         secondaryLimit,
		"too many invitations":        tooManyInvitations,
		"the rest is for removals":    restForRemovals,
		"what has not changed":        notModified,
		"a page that comes again":     pageAgain,
		"names from single sign-on":   samlNames,
		"an app":                      asApp,
		"an invitation is taken back": takenBack,
		"the probe":                   probes,
	} {
		t.Run(name, func(t *testing.T) { play(t, spec) })
	}
	want := []string{
		"DELETE /orgs/{org}/invitations/{invitation_id}", "DELETE /orgs/{org}/memberships/{username}",
		"DELETE /orgs/{org}/outside_collaborators/{username}", "DELETE /orgs/{org}/teams/{team_slug}/memberships/{username}",
		"DELETE /repos/{owner}/{repo}/collaborators/{username}", "DELETE /repos/{owner}/{repo}/invitations/{invitation_id}",
		"GET /orgs/{org}", "GET /orgs/{org}/invitations", "GET /orgs/{org}/invitations/{invitation_id}/teams", "GET /orgs/{org}/members",
		"GET /orgs/{org}/memberships/{username}", "GET /orgs/{org}/outside_collaborators", "GET /orgs/{org}/repos", "GET /orgs/{org}/teams",
		"GET /orgs/{org}/teams/{team_slug}", "GET /orgs/{org}/teams/{team_slug}/external-groups", "GET /orgs/{org}/teams/{team_slug}/members",
		"GET /orgs/{org}/teams/{team_slug}/memberships/{username}", "GET /orgs/{org}/teams/{team_slug}/team-sync/group-mappings",
		"GET /repos/{owner}/{repo}", "GET /repos/{owner}/{repo}/collaborators", "GET /repos/{owner}/{repo}/invitations",
		"GET /repos/{owner}/{repo}/teams", "GET /user/{account_id}", "PATCH /repos/{owner}/{repo}/invitations/{invitation_id}",
		"POST /orgs/{org}/invitations", "PUT /orgs/{org}/memberships/{username}", "PUT /orgs/{org}/teams/{team_slug}/memberships/{username}",
		"PUT /repos/{owner}/{repo}/collaborators/{username}",
	}
	if d := cmp.Diff(want, spec.Seen()); d != "" {
		t.Errorf("operations that were checked (-want +got):\n%s", d)
	}
}

// members has people in the organisation and teams there.
func (r *rig) members(t testing.TB, people []string, teams ...string) {
	t.Helper()
	r.org.Edit(func(o *githubsim.Organisation) {
		for _, p := range people {
			o.SetRole(p, "member")
		}
		for _, slug := range teams {
			o.Team(slug)
		}
	})
}

// id returns the number of a login.
func (r *rig) id(login string) (id string) {
	r.org.Edit(func(o *githubsim.Organisation) { id = accountID(o.User(login).ID) })
	return id
}

func invitedByLogin(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{}, targets.Mapping{To: "login", From: "githubLogin"})
	r.members(t, []string{"bob"}, "eng", "ops")
	ada := targets.Account{Name: "a.lovelace", Active: true, Attributes: identity.Attributes{"githubLogin": {"ada"}}}
	joins := []targets.Op{op(targets.CreateAccount, ada), op(targets.Add, ada, "team/eng"), op(targets.Add, ada, "team/eng@maintainer")}
	const put = "PUT /orgs/acme/memberships/ada"
	r.expect(t, joins, outcomes(pending, pending, pending), put, "PUT /orgs/acme/teams/eng/memberships/ada")
	r.open(t, map[string][]string{"ada": {"eng"}})
	r.holds(t) // nobody has anything yet
	r.expect(t, joins, outcomes(pending, pending, pending))
	if !r.org.Accept("ada", "ada") {
		t.Fatal("no invitation")
	}
	r.expect(t, joins, outcomes(already, already, done), "PUT /orgs/acme/teams/eng/memberships/ada")
	r.holds(t, "ada team/eng", "ada team/eng@maintainer")

	eve := targets.Account{Name: "eve", Active: true, Attributes: identity.Attributes{"githubLogin": {"eve"}}}
	r.do(t, op(targets.CreateAccount, eve), op(targets.Add, eve, "team/eng"), op(targets.Add, eve, "team/ops"))
	r.sent()
	r.expect(t, []targets.Op{op(targets.Remove, eve, "team/eng")}, outcomes(done), "DELETE /orgs/acme/teams/eng/memberships/eve")
	r.open(t, map[string][]string{"eve": {"ops"}})
	if got := r.do(t, op(targets.Remove, eve, "team/ops")); !slices.Equal(got, outcomes(done)) {
		t.Errorf("taking the last team back: %v", got)
	}
	r.open(t, nil) // whoever has lost everything does not come in by an old mail
	gone := targets.Account{Name: "gone", Attributes: identity.Attributes{"githubLogin": {"no-such-login"}}}
	if got := r.do(t, op(targets.CreateAccount, gone)); !slices.Equal(got, outcomes(refusal)) {
		t.Errorf("inviting a login that is not there: %v", got)
	}
	nobody := targets.Account{Name: "unknown"}
	if got := r.do(t, op(targets.CreateAccount, nobody)); !slices.Equal(got, outcomes(refusal)) {
		t.Errorf("inviting somebody of whom nothing is known: %v", got)
	}
}

func invitedByAddress(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{}, targets.Mapping{To: "email", From: "email"})
	r.members(t, []string{"bob"}, "eng", "ops")
	ada := targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"ada@example.com"}}}
	joins := []targets.Op{op(targets.CreateAccount, ada), op(targets.Add, ada, "team/eng"), op(targets.Add, ada, "team/ops")}
	r.expect(t, joins, outcomes(pending, pending, pending), "POST /orgs/acme/invitations")
	r.open(t, map[string][]string{"ada@example.com": {"eng", "ops"}})
	r.expect(t, joins, outcomes(pending, pending, pending))
	if got := r.do(t, op(targets.Remove, ada, "team/eng")); !slices.Equal(got, outcomes(done)) {
		t.Errorf("taking a team of an invitation back: %v", got)
	}
	r.open(t, nil)
	r.do(t, joins...)
	if !r.org.Accept("ada@example.com", "al") {
		t.Fatal("no invitation")
	}
	r.holds(t, "al team/eng", "al team/ops")
	r.org.Edit(func(o *githubsim.Organisation) { o.User("al").Email = "ada@example.com" })
	res := r.Apply(t.Context(), joins[:1])[0]
	if res.Outcome != refusal || identity.KindOf(res.Err) != identity.Conflict {
		t.Errorf("inviting somebody who is there under another login: %s, %v", res.Outcome, res.Err)
	}
}

// Somebody leaves who has not come yet, and of whom the hub has seen no account.
func takenBack(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{}, byUserName, targets.Mapping{To: "email", From: "email"})
	eve := targets.Account{Attributes: identity.Attributes{"email": {"eve@example.com"}}}
	mail := newRig(t, spec, Config{}, githubsim.Options{}, targets.Mapping{To: "email", From: "email"})
	eve.Name = "eve"
	for _, r := range []*rig{r, mail} {
		if got := r.do(t, op(targets.CreateAccount, eve), op(targets.DeleteAccount, eve), op(targets.DeleteAccount, eve)); !slices.Equal(got, outcomes(pending, done, already)) {
			t.Errorf("inviting and taking it back twice: %v", got)
		}
		r.open(t, nil)
	}
}

func invitationLapses(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{}, byUserName)
	r.members(t, nil, "eng")
	joins := []targets.Op{op(targets.CreateAccount, named("ada")), op(targets.Add, named("ada"), "team/eng")}
	r.do(t, joins...)
	r.sent()
	r.Clock.Advance(6 * 24 * time.Hour)
	r.expect(t, joins, outcomes(pending, pending))
	r.Clock.Advance(2 * 24 * time.Hour)
	r.expect(t, joins, outcomes(pending, pending), "PUT /orgs/acme/memberships/ada", "PUT /orgs/acme/teams/eng/memberships/ada")
}

// The hub's ada has no login that is known; the organisation's ada is somebody else.
func strangerOfThatName(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{}, targets.Mapping{To: "email", From: "email"})
	r.members(t, []string{"ada"}, "eng")
	ours := targets.Account{Name: "ada", Attributes: identity.Attributes{"email": {"ada@example.com"}}}
	r.expect(t, []targets.Op{op(targets.Add, ours, "team/eng"), op(targets.Remove, ours, "team/eng"), op(targets.DeleteAccount, ours)},
		outcomes(stale, stale, already))
	r.holds(t)
}

func loginChangesHands(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.members(t, []string{"ada", "bob"}, "eng")
	ada := targets.Account{ID: r.id("ada"), Name: "ada"}
	r.org.Edit(func(o *githubsim.Organisation) {
		o.User("ada").Login = "ada-lovelace"
		o.User("bob").Login = "ada"
	})
	r.expect(t, []targets.Op{op(targets.Add, ada, "team/eng")}, outcomes(done), "PUT /orgs/acme/teams/eng/memberships/ada-lovelace")
	r.holds(t, "ada-lovelace team/eng")
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{Accounts: []targets.Account{ada}})
	if err != nil || len(s.Accounts) != 1 || s.Accounts[0].Name != "ada-lovelace" || len(s.Assignments) != 1 {
		t.Errorf("read by an old name: %+v, %v", s, err)
	}
}

func maintainersOfTeams(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.members(t, []string{"ada", "bob"}, "eng")
	r.org.Edit(func(o *githubsim.Organisation) {
		o.SetRole("root", "admin")
		o.Team("eng").Members[o.User("root").ID] = "member"
	})
	const put = "PUT /orgs/acme/teams/eng/memberships/ada"
	role, member := op(targets.Add, named("ada"), "team/eng@maintainer"), op(targets.Add, named("ada"), "team/eng")
	r.expect(t, []targets.Op{role}, outcomes(refusal)) // the membership would outlive the role
	r.expect(t, []targets.Op{role, member}, outcomes(done, done), put, put)
	r.expect(t, []targets.Op{member, role}, outcomes(already, already)) // nobody is made less by being a member
	r.holds(t, "ada team/eng", "ada team/eng@maintainer", "root team/eng", "root team/eng@maintainer (indirect)")
	r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "team/eng@maintainer")}, outcomes(done), put)
	r.expect(t, []targets.Op{op(targets.Remove, named("root"), "team/eng@maintainer")}, outcomes(refusal))
	r.do(t, role)
	r.sent()
	r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "team/eng"), op(targets.Remove, named("ada"), "team/eng@maintainer")},
		outcomes(done, already), "DELETE /orgs/acme/teams/eng/memberships/ada")
	r.holds(t, "root team/eng", "root team/eng@maintainer (indirect)")
}

func ownersOfOrg(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{Entitlements: []string{kindTeam, kindOrg}}, githubsim.Options{}, byUserName)
	r.members(t, []string{"ada"}, "eng")
	r.org.Edit(func(o *githubsim.Organisation) { o.SetRole("root", "admin") })
	r.holds(t, "ada org/member", "root org/member", "root org/owner")
	const put = "PUT /orgs/acme/memberships/ada"
	ada := targets.Account{ID: r.id("ada"), Name: "ada"}
	r.expect(t, []targets.Op{op(targets.Add, ada, "org/member"), op(targets.Add, ada, "org/owner"), op(targets.Add, ada, "org/owner")},
		outcomes(already, done, already), put)
	r.expect(t, []targets.Op{op(targets.Remove, ada, "org/owner"), op(targets.Remove, ada, "org/owner")}, outcomes(done, already), put)
	r.expect(t, []targets.Op{op(targets.Add, named("eve"), "org/owner")}, outcomes(stale)) // invited by nobody
	r.expect(t, []targets.Op{op(targets.CreateAccount, named("eve")), op(targets.Add, named("eve"), "org/member"), op(targets.Add, named("eve"), "org/owner")},
		outcomes(pending, pending, pending), "PUT /orgs/acme/memberships/eve")
	if got := r.do(t, op(targets.Remove, named("eve"), "org/member")); !slices.Equal(got, outcomes(done)) {
		t.Errorf("withdrawing an invitation: %v", got)
	}
	r.open(t, nil)
	r.sent()
	r.expect(t, []targets.Op{op(targets.Remove, ada, "org/member"), op(targets.Remove, ada, "org/member"), op(targets.DeleteAccount, ada)},
		outcomes(done, already, already), "DELETE /orgs/acme/memberships/ada")
	r.holds(t, "root org/member", "root org/owner")
}
