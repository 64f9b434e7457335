package github

import (
	"testing"

	"birthright/identity"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/github/githubsim"
)

func repoRig(t *testing.T, spec *vendorspec.Spec, kinds ...string) *rig {
	r := newRig(t, spec, Config{Entitlements: append(kinds, kindRepo)}, githubsim.Options{})
	r.members(t, []string{"ada", "bob"}, "eng")
	r.org.Edit(func(o *githubsim.Organisation) { o.Repo("api") })
	return r
}

// direct gives somebody a level of the repository, by hand.
func (r *rig) direct(login, level string) {
	r.org.Edit(func(o *githubsim.Organisation) { o.Repo("api").Direct[o.User(login).ID] = level })
}

func levelsOfRepo(t *testing.T, spec *vendorspec.Spec) {
	r := repoRig(t, spec)
	const put, remove = "PUT /repos/acme/api/collaborators/ada", "DELETE /repos/acme/api/collaborators/ada"
	push, admin := op(targets.Add, named("ada"), "repo/api@push"), op(targets.Add, named("ada"), "repo/api@admin")
	noPush, noAdmin := op(targets.Remove, named("ada"), "repo/api@push"), op(targets.Remove, named("ada"), "repo/api@admin")
	r.expect(t, []targets.Op{push, push}, outcomes(done, already), put)
	r.holds(t, "ada repo/api@push")
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{Entitlements: []identity.Entitlement{at("repo/api@push"), at("repo/none@push")}})
	if err != nil || len(s.Entitlements) != 1 || len(s.Assignments) != 1 {
		t.Errorf("one level alone: %+v, %v", s, err)
	}
	r.expect(t, []targets.Op{noPush, admin}, outcomes(done, done), put) // at no time without
	r.holds(t, "ada repo/api@admin")
	r.expect(t, []targets.Op{push, noAdmin}, outcomes(done, already), put)
	r.expect(t, []targets.Op{noAdmin, noPush, noPush}, outcomes(already, done, already), remove)
	r.direct("ada", "admin") // by hand; what the hub gave was push
	r.expect(t, []targets.Op{noPush}, outcomes(done), remove)
	r.direct("ada", "Release Manager")
	r.holds(t, "ada repo/api@Release Manager")
	r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "repo/api@Release Manager")}, outcomes(done), remove)
	r.expect(t, []targets.Op{op(targets.Add, named("ada"), "repo/none@push"), op(targets.Add, named("eve"), "repo/api@push")}, outcomes(stale, stale))
}

// GitHub shows what all access comes to: a level that is no more than what somebody
// has otherwise is not taken for their own.
func levelOfOnesOwn(t *testing.T, spec *vendorspec.Spec) {
	r := repoRig(t, spec, kindTeam)
	r.org.Edit(func(o *githubsim.Organisation) {
		o.Team("eng").Members[o.User("ada").ID] = "member"
		o.Repo("api").Teams["eng"] = "push"
	})
	r.direct("ada", "pull")
	r.direct("bob", "pull")
	r.holds(t, "ada repo/api@pull (indirect)", "ada repo/api@push (indirect)", "ada repo/api@triage (indirect)", "ada team/eng", "bob repo/api@pull")
	r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "repo/api@push")}, outcomes(refusal))
	r.direct("ada", "admin")
	r.holds(t, "ada repo/api@admin", "ada team/eng", "bob repo/api@pull")
	r.org.Edit(func(o *githubsim.Organisation) { o.SetBase("read") })
	r.holds(t, "ada repo/api@admin", "ada team/eng", "bob repo/api@pull (indirect)")
	r.org.Edit(func(o *githubsim.Organisation) { o.SetBase("none"); o.SetRole("bob", "admin") })
	r.holds(t, "ada repo/api@admin", "ada team/eng", "bob repo/api@admin (indirect)", "bob repo/api@maintain (indirect)",
		"bob repo/api@pull (indirect)", "bob repo/api@push (indirect)", "bob repo/api@triage (indirect)")
	r.direct("ada", "push") // and a leaver loses both, in either order
	r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "repo/api@push"), op(targets.Remove, named("ada"), "team/eng")}, outcomes(done, done),
		"DELETE /orgs/acme/teams/eng/memberships/ada", "DELETE /repos/acme/api/collaborators/ada")
}

func outsideCollaborators(t *testing.T, spec *vendorspec.Spec) {
	r := repoRig(t, spec)
	r.direct("outsider", "pull")
	r.org.Edit(func(o *githubsim.Organisation) { o.Repo("web") })
	who := targets.Account{ID: r.id("outsider"), Name: "outsider"}
	r.holds(t, "outsider repo/api@pull")
	const web = "/repos/acme/web/"
	push, triage := op(targets.Add, who, "repo/web@push"), op(targets.Add, who, "repo/web@triage")
	r.expect(t, []targets.Op{push, push}, outcomes(pending, pending), "PUT "+web+"collaborators/outsider")
	r.holds(t, "outsider repo/api@pull")
	if got := r.do(t, triage); got[0] != pending {
		t.Errorf("another level: %v", got)
	}
	if sent := r.sent(); len(sent) != 1 || sent[0][:6] != "PATCH " {
		t.Errorf("another level of an open invitation: sent %q", sent)
	}
	if got := r.do(t, op(targets.Remove, who, "repo/web@triage"), op(targets.Remove, who, "repo/web@triage")); got[0] != done || got[1] != already {
		t.Errorf("taking it back twice: %v", got)
	}
	r.sent()
	r.expect(t, []targets.Op{op(targets.Add, who, "repo/api@push")}, outcomes(done), "PUT /repos/acme/api/collaborators/outsider")
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{Accounts: []targets.Account{who}})
	if err != nil || len(s.Accounts) != 1 || len(s.Assignments) != 1 {
		t.Errorf("read alone: %+v, %v", s, err)
	}
	r.expect(t, []targets.Op{op(targets.DeleteAccount, who), op(targets.DeleteAccount, who)}, outcomes(done, already),
		"DELETE /orgs/acme/outside_collaborators/outsider")
	r.holds(t)
}
