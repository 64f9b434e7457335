package targettest

import (
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// endCases ask of a target that helps access end what it promises.
func endCases() []Case {
	return []Case{
		{
			Name: "an end is set, moved and cleared", Why: "an extension that does not reach the target ends access early; an end that is not cleared takes away what is permanent by now",
			needs: []need{hasPeople, expires}, run: endMoves,
		},
		{
			Name: "what has an end ends by itself", Why: "a back-stop is for the day on which the hub is not there",
			needs: []need{hasPeople, expires, canWait}, run: endComes,
		},
		{
			Name: "sessions end", Why: "whoever is logged in when access goes keeps it until somebody ends that too, and nobody else is to be thrown out",
			needs: []need{hasPeople, canLogIn}, run: sessionsEnd,
		},
	}
}

// endOf returns when the target says that the account of that name loses e, and
// whether it holds it at all.
func (p Peer) endOf(t testing.TB, name string, e identity.Entitlement) (end time.Time, held bool) {
	t.Helper()
	s := p.read(t)
	for _, a := range s.Assignments {
		for _, account := range s.Accounts {
			if account.ID == a.AccountID && p.fold(account.Name) == p.fold(name) && a.Entitlement == e && !a.Indirect {
				return a.NotAfter, true
			}
		}
	}
	return time.Time{}, false
}

func endMoves(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	p.converge(t, newWant().account("ada").account("bob").gives(eng, "bob"))
	noon := time.Now().UTC().Truncate(time.Hour).Add(24 * time.Hour)
	for _, end := range []time.Time{noon, noon.Add(8 * time.Hour), noon.Add(time.Hour), {}, noon} {
		for round, want := range []targets.Outcome{targets.Done, targets.Already} {
			op := targets.Op{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: eng, NotAfter: end}
			r := p.one(t, op)
			if !r.Outcome.OK() || round == 0 && r.Outcome != want {
				t.Errorf("an end at %s, time %d: %s, want %s", end, round+1, told(r), want)
			}
			if got, held := p.endOf(t, "ada", eng); !held || !got.Equal(end) {
				t.Errorf("an end at %s reads back as %s, held %v", end, got, held)
			}
		}
	}
	if got, held := p.endOf(t, "bob", eng); !held || !got.IsZero() {
		t.Errorf("bob, who was given it for ever: held %v, until %s", held, got)
	}
}

func endComes(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	p.converge(t, newWant().account("ada").account("bob").account("eve").gives(eng, "eve"))
	noon := time.Now().UTC().Truncate(time.Hour).Add(24 * time.Hour)
	for name, end := range map[string]time.Time{"ada": noon, "bob": noon.Add(time.Hour)} {
		if r := p.one(t, targets.Op{Action: targets.Add, Account: targets.Account{Name: name}, Entitlement: eng, NotAfter: end}); !r.Outcome.OK() {
			t.Fatalf("an end for %s: %s", name, told(r))
		}
	}
	held := func(when string, ada, bob bool) {
		t.Helper()
		for name, want := range map[string]bool{"ada": ada, "bob": bob, "eve": true} {
			if _, got := p.endOf(t, name, eng); got != want {
				t.Errorf("%s: %s holds it %v, want %v", when, name, got, want)
			}
		}
	}
	p.Advance(t, noon.Add(-time.Minute))
	held("before any end", true, true)
	p.Advance(t, noon.Add(time.Minute))
	held("after the first end", false, true)
	if r := p.one(t, targets.Op{Action: targets.Remove, Account: targets.Account{Name: "ada"}, Entitlement: eng}); !r.Outcome.OK() {
		t.Errorf("removing what ended by itself: %s", told(r))
	}
	p.Advance(t, noon.Add(2*time.Hour))
	held("after the second end", false, false)
}

func sessionsEnd(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	s := p.converge(t, newWant().account("ada").account("bob").gives(eng, "ada", "bob"))
	accounts := map[string]targets.Account{}
	for _, a := range s.Accounts {
		accounts[p.fold(a.Name)] = a
	}
	ada, bob := accounts[p.fold("ada")], accounts[p.fold("bob")]
	end := func(what string, want int, e identity.Entitlement, of ...targets.Account) {
		t.Helper()
		got, err := p.Target.(targets.SessionEnder).EndSessions(t.Context(), of, e)
		if err != nil || got != want {
			t.Errorf("%s: %d ended, error %v; want %d", what, got, err, want)
		}
	}
	end("nothing is open", 0, eng, ada)
	first, second, others := p.Login(t, "ada"), p.Login(t, "ada"), p.Login(t, "bob")
	if !first() || !second() || !others() {
		t.Fatal("a session that was opened does not go on")
	}
	end("two of ada's", 2, eng, ada)
	if first() || second() || !others() {
		t.Errorf("ada's sessions go on: %v and %v; bob's: %v", first(), second(), others())
	}
	end("again", 0, eng, ada)
	end("of nobody", 0, eng)
	end("of an account that is not there", 0, eng, targets.Account{Name: "nobody"})
	end("all of an account's, with another's that has none", 1, identity.Entitlement{}, ada, bob)
	if others() {
		t.Error("bob's session goes on")
	}
}
