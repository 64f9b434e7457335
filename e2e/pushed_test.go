package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestPush has an identity provider push to a running hub: what it says is on
// both targets within a second, without any schedule. It measures, and so runs
// before the tests that run side by side.
func TestPush(t *testing.T) {
	w := newPushWorld(t, setup{push: true})
	token := w.token(t)
	s := w.serve(t)
	w.ready(t)

	ada := invented(0)
	w.company.people[ada.uid] = ada
	id := s.mustPush(t, token, ada)
	joined := w.converges(t, time.Second)

	w.company.change(ada.uid, func(p *person) { p.department = "Sales" })
	w.patchSource(t, s, token, id, object{"op": "replace", "path": enterprise + ":department", "value": "Sales"})
	moved := w.converges(t, time.Second)

	w.patchSource(t, s, token, id, object{"op": "replace", "path": "active", "value": false})
	suspended := eventually(t, time.Second, func() string {
		if members := w.app.Members("dept-sales"); len(members) > 0 {
			return fmt.Sprintf("the application has %v in the group", members)
		}
		if members := readDirectory(t, w.directory, w.base).Groups["dept-sales"]; len(members) > 0 {
			return fmt.Sprintf("the directory has %v in the group", members)
		}
		if a := readApp(w.app).Accounts[ada.uid]; a.Active {
			return "the account in the application is active"
		}
		return ""
	})

	w.patchSource(t, s, token, id, object{"op": "replace", "path": "active", "value": true})
	w.converges(t, time.Second)
	if status, _ := send(t, http.MethodDelete, s.url+"/scim/v2/Users/"+id, token, nil); status != http.StatusNoContent {
		t.Fatalf("delete: status %d", status)
	}
	w.company.leave(ada.uid)
	left := w.converges(t, time.Second)
	t.Logf("on both targets after: joined %v, moved %v, suspended %v, left %v", joined, moved, suspended, left)

	s.stop(t)
	w.settled(t)
	w.proven(t)
}

// newPushWorld is a world whose people come by SCIM: nobody is there at first.
func newPushWorld(t *testing.T, s setup) *world {
	t.Helper()
	w := newWorld(t, s)
	clear(w.company.people)
	return w
}

func (w *world) patchSource(t *testing.T, s *serving, token, id string, operation object) {
	t.Helper()
	status, answer := send(t, http.MethodPatch, s.url+"/scim/v2/Users/"+id, token, object{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []object{operation},
	})
	if status != http.StatusOK {
		t.Fatalf("patch: status %d: %v", status, answer)
	}
}

// TestKilledWhilePushedTo kills the hub while eight clients push 200 people:
// whoever was answered 201 is there after a restart, and on both targets.
func TestKilledWhilePushedTo(t *testing.T) {
	t.Parallel()
	const people, clients, killAfter = 200, 8, 90
	w := newPushWorld(t, setup{push: true})
	token := w.token(t)
	s := w.serve(t)
	w.ready(t)

	var acknowledged sync.Map
	var count, next atomic.Int64
	var killed sync.Once
	var pushing sync.WaitGroup
	for range clients {
		pushing.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= people {
					return
				}
				status, _ := s.push(t, token, invented(int(i)))
				if status == 0 {
					return // the hub is gone
				}
				if status != http.StatusCreated {
					t.Errorf("push of %d: status %d", i, status)
					return
				}
				acknowledged.Store(int(i), true)
				if count.Add(1) == killAfter {
					killed.Do(s.kill)
				}
			}
		})
	}
	pushing.Wait()
	if n := count.Load(); n < killAfter || n == people {
		t.Fatalf("%d people were acknowledged before the hub died, want some and not all", n)
	}

	s = w.serve(t)
	var users []struct{ UserName string }
	w.mustJSON(t, exitDone, "user list", &users)
	known := map[string]bool{}
	for _, u := range users {
		known[u.UserName] = true
	}
	for i := range people {
		p := invented(i)
		if _, told := acknowledged.Load(i); told && !known[p.uid] {
			t.Errorf("%s was acknowledged and is lost", p.uid)
		}
		if known[p.uid] {
			w.company.people[p.uid] = p
		}
	}
	took := w.converges(t, 15*time.Second)
	t.Logf("killed after %d acknowledgements; %d people are there; both targets were right %v after the restart", count.Load(), len(users), took)

	// The provider tries the rest again: who is there already is a conflict.
	for i := range people {
		want := http.StatusCreated
		if known[invented(i).uid] {
			want = http.StatusConflict
		}
		if status, _ := s.push(t, token, invented(i)); status != want {
			t.Fatalf("push of %d again: status %d, want %d", i, status, want)
		}
		w.company.people[invented(i).uid] = invented(i)
	}
	w.converges(t, 10*time.Second)
	s.stop(t)
	w.settled(t)
	w.proven(t)
}

// TestTargetDownWhileServing takes targets down under a running hub: what they
// are owed shows, outlives a restart, and is done when they answer again.
func TestTargetDownWhileServing(t *testing.T) {
	t.Parallel()
	w := newPushWorld(t, setup{push: true, second: true})
	token := w.token(t)
	s := w.serve(t)
	w.ready(t)
	ids := map[string]string{}
	for i := range 6 {
		p := invented(i)
		w.company.people[p.uid] = p
		ids[p.uid] = s.mustPush(t, token, p)
	}
	w.converges(t, 10*time.Second)

	w.app.Down()
	if err := w.directory.Kill(); err != nil {
		t.Fatal(err)
	}
	joiner, leaver := invented(6), invented(0).uid
	w.company.people[joiner.uid] = joiner
	s.mustPush(t, token, joiner)
	if status, _ := send(t, http.MethodDelete, s.url+"/scim/v2/Users/"+ids[leaver], token, nil); status != http.StatusNoContent {
		t.Fatalf("delete: status %d", status)
	}
	w.company.leave(leaver)
	w.overdue(t, s, 2)

	s.stop(t)
	s = w.serve(t)
	w.overdue(t, s, 2)

	if err := w.app.Up(); err != nil {
		t.Fatal(err)
	}
	app := eventually(t, 20*time.Second, func() string { return difference(w.company.inApp(), readApp(w.app)) })
	if err := w.directory.Restart(); err != nil {
		t.Fatal(err)
	}
	directory := eventually(t, 30*time.Second, func() string {
		return difference(w.company.inDirectory(), readDirectory(t, w.directory, w.base))
	})
	w.overdue(t, s, 0)
	t.Logf("done %v after the application answered again, and %v after the directory did", app, directory)
	s.stop(t)
	w.settled(t)
	w.proven(t)
}

// overdue waits until `target list` and /metrics both say that each target is
// owed changes for n people.
func (w *world) overdue(t *testing.T, s *serving, n int) {
	t.Helper()
	eventually(t, 20*time.Second, func() string {
		for _, name := range []string{"directory", "app"} {
			if v := w.target(t, name); v.Overdue != n || n > 0 && v.LastError == "" {
				return fmt.Sprintf("target list: %+v, want %d overdue, with the error", v, n)
			}
			sample := fmt.Sprintf("birthright_overdue_changes{target=%q}", name)
			if got := s.metric(t, sample); got != fmt.Sprint(n) {
				return fmt.Sprintf("/metrics: %s is %q, want %d", sample, got, n)
			}
			oldest := s.metric(t, strings.Replace(sample, "changes", "oldest_seconds", 1))
			if (oldest == "0") != (n == 0) {
				return fmt.Sprintf("/metrics: the oldest overdue change on %s is %q s old, with %d overdue", name, oldest, n)
			}
		}
		return ""
	})
}
