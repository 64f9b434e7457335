package targettest

import (
	"testing"
	"time"

	"birthright/targets"

	"github.com/google/go-cmp/cmp"
)

// lastUse asks for times of last use that are zero or past, and the same on every read.
func lastUse(t testing.TB, p Peer) {
	used := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	if p.Uses {
		p.Seed(t, targets.State{Accounts: []targets.Account{{Name: "ada", Active: true, LastUsed: used}}})
	}
	w := newWant().account("ada").account("bob").gives(p.entitlement("eng"), "ada", "bob")
	p.converge(t, w)
	s := p.read(t)
	for _, a := range s.Accounts {
		switch {
		case !a.LastUsed.IsZero() && !p.Target.Capabilities().LastUsed:
			t.Errorf("%s was used at %v, although last use is not declared", a.Name, a.LastUsed)
		case a.LastUsed.After(time.Now().Add(time.Minute)):
			t.Errorf("%s was used at %v, which is to come", a.Name, a.LastUsed)
		case p.Uses && p.fold(a.Name) == p.fold("ada") && !a.LastUsed.Equal(used):
			t.Errorf("%s was used at %v and is read as %v", a.Name, used, a.LastUsed)
		}
	}
	if d := cmp.Diff(s, p.read(t)); d != "" {
		t.Errorf("two reads differ:\n%s", d)
	}
}
