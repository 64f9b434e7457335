package targettest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"birthright/targets"

	"github.com/google/go-cmp/cmp"
)

// Trouble is what a request can meet.
type Trouble string

// The troubles.
const (
	ThrottledUntil Trouble = "throttled until"   // told to wait, and for how long
	Throttled      Trouble = "throttled"         // told to wait
	Unavailable    Trouble = "unavailable"       // 503
	Broken         Trouble = "broken"            // 500
	CutBefore      Trouble = "cut before effect" // the connection ends, nothing was done
	LostReply      Trouble = "lost reply"        // the same after it was done
	CutAnswer      Trouble = "cut answer"        // done, and the answer ends in its middle
	Denied         Trouble = "denied"            // refused for want of a right
	Webpage        Trouble = "web page"          // success, from something that is not the system
	PageAgain      Trouble = "page again"        // a read is answered with the page before
)

// Troubles are all of them.
var Troubles = []Trouble{ThrottledUntil, Throttled, Unavailable, Broken, CutBefore, LostReply, CutAnswer, Denied, Webpage, PageAgain}

// plantedCases ask what becomes of a single request's trouble, wherever it comes.
func plantedCases() []Case {
	return []Case{
		{
			Name: "told to wait", Why: "what is not done must be tried again, at the time that the system said",
			needs: []need{hasPeople, canPlant}, long: true, run: toldToWait,
		},
		{
			Name: "trouble at every request of a read", Why: "half a picture, or a page twice, must never pass for the whole",
			needs: []need{hasPeople, canPlant}, long: true, run: everyRead,
		},
		{
			Name: "trouble at every request of a change", Why: "a fault comes when it comes: going on must end where it should, with nothing doubled and nothing called done that is not",
			needs: []need{hasPeople, canPlant}, long: true, run: everyFault,
		},
	}
}

func toldToWait(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	base := newWant().account("ada").account("bob").gives(eng, "ada")
	for _, trouble := range []Trouble{ThrottledUntil, Throttled} {
		s := p.converge(t, base)
		bob, _ := find(s, p, "bob")
		op := targets.Op{Action: targets.Add, Account: bob, Entitlement: eng}
		for at := 0; ; at++ {
			p.converge(t, base)
			before := p.Requests()
			p.Plant(t, at, trouble)
			r := p.one(t, op)
			hit := p.Requests()-before > at
			p.Heal(t)
			if !hit {
				break
			}
			if r.Outcome != targets.Throttled && !r.Outcome.OK() { // a read may have waited
				t.Errorf("%s at request %d: %s, want throttled or done", trouble, at, told(r))
			}
			if r.Outcome == targets.Throttled && trouble == ThrottledUntil && !r.RetryAt.After(time.Time{}) {
				t.Errorf("%s at request %d: the result does not say until when", trouble, at)
			}
			if !p.one(t, op).Outcome.OK() {
				t.Errorf("%s at request %d: not done when tried again", trouble, at)
			}
		}
		p.converge(t, base.clone().gives(eng, "bob"))
	}
}

// find returns the account of that name.
func find(s targets.State, p Peer, name string) (targets.Account, bool) {
	for _, a := range s.Accounts {
		if p.fold(a.Name) == p.fold(name) {
			return a, true
		}
	}
	return targets.Account{Name: name}, false
}

func everyRead(t testing.TB, p Peer) {
	w := newWant().gives(p.entitlement("ops"))
	for _, n := range people(2*sizeOr3(p.Page) + 1) {
		w.account(n).gives(p.entitlement("eng"), n)
	}
	whole := p.converge(t, w)
	for _, trouble := range Troubles {
		for at := 0; ; at++ {
			before := p.Requests()
			p.Plant(t, at, trouble)
			var s targets.State
			end, err := p.Target.Read(t.Context(), targets.Query{}, &s)
			hit := p.Requests()-before > at
			p.Heal(t)
			s.Sort()
			if err == nil && end.Complete {
				if d := cmp.Diff(whole, s); d != "" {
					t.Fatalf("%s at request %d: a read that claims to be whole is not (-whole +read):\n%s", trouble, at, d)
				}
			}
			if err != nil && !kinded(err) {
				t.Errorf("%s at request %d: error without a kind: %v", trouble, at, err)
			}
			if !hit {
				break
			}
		}
	}
	p.settled(t, w)
}

// everyFault plays a story with each trouble at each of its requests.
func everyFault(t testing.TB, p Peer) {
	eng, ops := p.entitlement("eng"), p.entitlement("ops")
	base := newWant().account("ada").account("bob").account("leaver").gives(eng, "ada", "leaver").gives(ops, "bob", "leaver")
	final := newWant().account("ada").account("bob", p.value(0), "one").account("joiner").gives(eng, "ada", "bob", "joiner").gives(ops, "bob")
	if !p.Target.Capabilities().UpdateAccounts {
		final.account("bob")
	}
	p.provide(t, final)
	for _, trouble := range Troubles {
		for at := 0; ; at++ {
			p.converge(t, base)
			if !p.faultAt(t, trouble, at, final) {
				break
			}
		}
	}
}

// faultAt goes for what is wanted with one trouble on the way; false once that is
// beyond the end.
func (p Peer) faultAt(t testing.TB, trouble Trouble, at int, final want) bool {
	t.Helper()
	p.provide(t, final) // whoever a target can delete and not make was just deleted
	phases := p.differ(p.read(t), final)
	ids, done := map[string]string{}, []string{}
	before := p.Requests()
	p.Plant(t, at, trouble)
	for _, phase := range phases {
		ops := named(phase, ids, p)
		for i, r := range p.apply(t, ops) {
			if r.Outcome.OK() {
				learn(ids, ops[i], r, p)
				done = append(done, describe(ops[i]))
			}
		}
	}
	hit := p.Requests()-before > at
	p.Heal(t)
	for _, phase := range p.differ(p.read(t), final) {
		for _, op := range phase {
			if slices.Contains(done, describe(op)) {
				t.Fatalf("%s at request %d: %s was called done and is not", trouble, at, describe(op))
			}
		}
	}
	for range 3 {
		for _, phase := range p.differ(p.read(t), final) {
			p.apply(t, named(phase, map[string]string{}, p))
		}
	}
	s := p.settled(t, final)
	seen := map[string]bool{}
	for _, a := range s.Accounts {
		if key := p.fold(a.Name); seen[key] {
			t.Fatalf("%s at request %d: %q is there twice", trouble, at, a.Name)
		} else {
			seen[key] = true
		}
	}
	held := map[string]bool{}
	for _, a := range s.Assignments {
		if key := fmt.Sprint(a.AccountID, a.Entitlement, a.Indirect); held[key] {
			t.Fatalf("%s at request %d: %s is held twice", trouble, at, a.Entitlement)
		} else {
			held[key] = true
		}
	}
	return hit
}
