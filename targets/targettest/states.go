package targettest

import (
	"testing"

	"birthright/identity"
	"birthright/targets"
)

// stateCases ask for the plain life of accounts and what they hold.
func stateCases() []Case {
	return []Case{
		{
			Name: "empty reads as empty", Why: "an empty result is a claim about the world: it must be made, and be true",
			run: func(t testing.TB, p Peer) {
				s := p.read(t)
				if n := len(s.Accounts) + len(s.Entitlements) + len(s.Assignments); n != 0 {
					t.Errorf("a fresh target shows %d things", n)
				}
			},
		},
		{
			Name: "joiner, mover, leaver", Why: "this is the product",
			needs: []need{hasPeople}, run: joinerMoverLeaver,
		},
		{
			Name: "everything in one call", Why: "the engine sends a new account and its memberships together; the account has no id yet",
			needs: []need{hasPeople},
			run: func(t testing.TB, p Peer) {
				w := newWant().account("ada").account("bob").gives(p.entitlement("eng"), "ada", "bob").gives(p.entitlement("ops"), "bob")
				p.convergeAtOnce(t, w)
				p.convergeAtOnce(t, w.without("ada"))
			},
		},
		{
			Name: "attributes change and come back", Why: "a value that is set but not read back plans the same change for ever",
			needs: []need{hasPeople, canUpdate, hasValues}, run: attributesChange,
		},
		{
			Name: "an update keeps what is held", Why: "a new title must not cost anybody their access",
			needs: []need{hasPeople, canUpdate, hasValues},
			run: func(t testing.TB, p Peer) {
				w := newWant().account("ada", p.value(0), "one").gives(p.entitlement("eng"), "ada")
				p.converge(t, w)
				p.converge(t, w.clone().account("ada", p.value(0), "two"))
			},
		},
		{
			Name: "rename keeps account and access", Why: "people marry; a rename that makes a second account leaves access behind on the first",
			needs: []need{hasPeople, canUpdate, explicit}, run: rename,
		},
		{
			Name: "disable and enable", Why: "a suspended person must be out at once and come back as they were",
			needs: []need{hasPeople, canToggle}, run: disableAndEnable,
		},
		{
			Name: "leave and return", Why: "a rehired person's account must work, whatever was left of the first one",
			needs: []need{hasPeople},
			run: func(t testing.TB, p Peer) {
				w := newWant().account("ada").account("bob").gives(p.entitlement("eng"), "ada", "bob")
				p.converge(t, w)
				p.converge(t, w.without("ada"))
				p.converge(t, w)
			},
		},
		{
			Name: "deleting what is gone is done", Why: "a leaver deleted by hand must not fail for ever",
			needs: []need{canCreate, canDelete},
			run: func(t testing.TB, p Peer) {
				s := p.converge(t, newWant().account("ada"))
				p.converge(t, newWant())
				if r := p.one(t, targets.Op{Action: targets.DeleteAccount, Account: s.Accounts[0]}); r.Outcome != targets.Already {
					t.Errorf("deleting again: %s, want already", told(r))
				}
			},
		},
		{
			Name: "creating a taken name is no success", Why: "an account that somebody else made must be adopted by a decision, not by accident",
			needs: []need{canCreate, hasValues}, run: takenName,
		},
	}
}

func joinerMoverLeaver(t testing.TB, p Peer) {
	eng, ops := p.entitlement("eng"), p.entitlement("ops")
	joined := newWant().account("ada").account("bob").account("eve").gives(eng, "ada", "bob").gives(ops)
	p.converge(t, joined)
	moved := joined.clone().gives(ops, "bob", "eve")
	delete(moved.holds[eng], "bob")
	p.converge(t, moved)
	left := moved.without("bob")
	s := p.converge(t, left)
	for _, a := range s.Assignments {
		for _, account := range s.Accounts {
			if account.ID == a.AccountID && account.Name == "bob" {
				t.Errorf("bob left and still holds %s", a.Entitlement)
			}
		}
	}
	p.converge(t, left.without("ada").without("eve"))
}

func attributesChange(t testing.TB, p Peer) {
	for i := range p.Target.Capabilities().Attributes {
		name := p.value(i)
		first, second := "one", "two"
		if name == identity.AttrEmail {
			first, second = "one@example.com", "two@example.com"
		}
		for _, w := range []want{
			newWant().account("ada", name, first), newWant().account("ada", name, second),
			newWant().account("ada"), newWant().account("ada", name, first),
		} {
			s := p.converge(t, w)
			wanted := p.normal(w.accounts["ada"]).Attributes[name]
			got := s.Accounts[0].Attributes[name]
			if len(wanted) != len(got) || len(got) > 0 && wanted[0] != got[0] {
				t.Errorf("%s: reads back as %q, want %q", name, got, wanted)
			}
		}
	}
}

func rename(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	before := p.converge(t, newWant().account("ada").account("bob").gives(eng, "ada", "bob"))
	var ada targets.Account
	for _, a := range before.Accounts {
		if p.fold(a.Name) == p.fold("ada") {
			ada = a
		}
	}
	wanted := p.normal(targets.Account{ID: ada.ID, Name: "ada.lovelace", Active: true})
	r := p.one(t, targets.Op{Action: targets.UpdateAccount, Account: wanted})
	if !r.Outcome.OK() {
		t.Fatalf("rename: %s", told(r))
	}
	after := p.settled(t, newWant().account("ada.lovelace").account("bob").gives(eng, "ada.lovelace", "bob"))
	if len(after.Accounts) != 2 {
		t.Errorf("%d accounts after a rename, want 2", len(after.Accounts))
	}
	for _, a := range after.Accounts {
		if p.fold(a.Name) == p.fold("ada.lovelace") && a.ID != r.AccountID {
			t.Errorf("the renamed account has id %q, but the result said %q", a.ID, r.AccountID)
		}
	}
	taken := wanted
	taken.Name, taken.ID = "bob", r.AccountID
	if r := p.one(t, targets.Op{Action: targets.UpdateAccount, Account: taken}); r.Outcome.OK() {
		t.Errorf("renaming onto bob: %s, want a refusal", r.Outcome)
	}
	p.settled(t, newWant().account("ada.lovelace").account("bob").gives(eng, "ada.lovelace", "bob"))
}

func disableAndEnable(t testing.TB, p Peer) {
	w := newWant().account("ada", p.value(0), "one").gives(p.entitlement("eng"), "ada")
	p.converge(t, w)
	off := w.clone()
	ada := off.accounts["ada"]
	ada.Active = false
	off.accounts["ada"] = ada
	for _, step := range []want{off, w, off} {
		s := p.converge(t, step)
		if s.Accounts[0].Active != step.accounts["ada"].Active {
			t.Errorf("active reads back as %v", s.Accounts[0].Active)
		}
	}
}

func takenName(t testing.TB, p Peer) {
	p.converge(t, newWant().account("ada", p.value(0), "one"))
	again := newWant().account("ada", p.value(0), "two").accounts["ada"]
	if r := p.one(t, targets.Op{Action: targets.CreateAccount, Account: again}); r.Outcome.OK() {
		t.Errorf("creating another ada: %s, want a conflict", r.Outcome)
	} else if identity.KindOf(r.Err) != identity.Conflict {
		t.Errorf("creating another ada: %s, want kind conflict", told(r))
	}
	p.settled(t, newWant().account("ada", p.value(0), "one"))
}
