package e2e

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

// TestKilledInTheChurn kills a hub again and again while people come and go:
// whoever left has nothing open anywhere, and whoever came has everything,
// whatever the hub was just doing for them.
func TestKilledInTheChurn(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killInTheChurn(t, newPushWorld(t, setup{push: true}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killInTheChurn(t, newPushWorld(t, setup{push: true, database: shared.postgres.EmptyURL(t)}))
	})
}

func killInTheChurn(t *testing.T, w *world) {
	c := &churn{world: w, token: w.token(t), ids: map[string]string{}}
	random := rand.New(rand.NewPCG(5, 6))
	for range 5 {
		s := w.serve(t)
		time.AfterFunc(time.Duration(60+random.IntN(700))*time.Millisecond, s.kill)
		for c.turn(t, s) {
		}
	}
	s := w.serve(t)
	c.turn(t, s) // what had no answer is asked again
	took := eventually(t, 20*time.Second, func() string {
		return difference(c.ever(w.company.inApp(), readApp(w.app))) +
			difference(c.ever(w.company.inDirectory(), readDirectory(t, w.directory, w.base)))
	})
	t.Logf("killed 5 times; %d people came and %d of them left; right %v after the last start",
		len(w.company.people)+len(w.company.left), len(w.company.left), took)
	s.stop(t)
	w.settled(t)
	w.proven(t)
}

// churn pushes people who come, and every third time one who goes.
type churn struct {
	*world
	token string
	came  int
	ids   map[string]string // of those who are here, by uid
	// leaving is somebody whose deletion had no answer yet.
	leaving string
}

// turn makes one step and reports whether the hub answered. One that was not
// answered is made again with the next hub.
func (c *churn) turn(t *testing.T, s *serving) (answered bool) {
	t.Helper()
	if c.leaving != "" {
		return c.goes(t, s)
	}
	p := invented(c.came)
	status, id := s.push(t, c.token, p)
	if status == 0 {
		return false
	}
	if status != http.StatusCreated && status != http.StatusConflict { // done before, and not answered
		t.Fatalf("push of %s: status %d", p.uid, status)
	}
	c.came++
	c.company.people[p.uid] = p
	if id == "" {
		return true // the provider does not know the id: this one stays
	}
	c.ids[p.uid] = id
	if c.came%3 == 0 {
		c.leaving = p.uid // while the hub is still busy with them
		return c.goes(t, s)
	}
	return true
}

func (c *churn) goes(t *testing.T, s *serving) (answered bool) {
	t.Helper()
	status, _ := send(t, http.MethodDelete, s.url+"/scim/v2/Users/"+c.ids[c.leaving], c.token, nil)
	if status == 0 {
		return false
	}
	if status != http.StatusNoContent && status != http.StatusNotFound {
		t.Fatalf("deletion of %s: status %d", c.leaving, status)
	}
	c.company.leave(c.leaving)
	c.leaving = ""
	return true
}

// ever drops from what should be there what need never have been: accounts of
// people who left before they got one, and groups that nobody is in.
func (c *churn) ever(want, got holdings) (holdings, holdings) {
	for name, a := range want.Accounts {
		if _, there := got.Accounts[name]; !a.Active && !there {
			delete(want.Accounts, name)
		}
	}
	for name, members := range want.Groups {
		if _, there := got.Groups[name]; len(members) == 0 && !there {
			delete(want.Groups, name)
		}
	}
	return want, got
}
