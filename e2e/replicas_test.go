package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestReplicas runs two hubs on one PostgreSQL. Both are pushed to; they share
// what follows and do nothing twice, and when one dies the other goes on.
func TestReplicas(t *testing.T) {
	t.Parallel()
	const people = 120
	w := newPushWorld(t, setup{push: true, database: shared.postgres.EmptyURL(t)})
	token := w.token(t)
	replicas := []*serving{w.serve(t), w.serve(t)}
	w.ready(t)
	w.app.ResetRequests()

	w.pushAll(t, token, 0, people, replicas...)
	took := w.converges(t, 20*time.Second)
	if posts := w.app.Requests()["POST Users"]; posts != people {
		t.Errorf("the application was asked to make %d accounts for %d people", posts, people)
	}
	if posts := w.app.Requests()["POST Groups"]; posts != 5 {
		t.Errorf("the application was asked to make %d groups of 5 departments", posts)
	}
	w.onlyOnce(t, people)
	shares := []int{changesBy(replicas[0]), changesBy(replicas[1])}
	t.Logf("right %v after the last push; changes by replica: %v", took, shares)
	if shares[0] == 0 || shares[1] == 0 {
		t.Errorf("the work was not shared: %v changes", shares)
	}

	// One replica dies in the middle of the work; the other does all of it.
	w.pushAll(t, token, people, people+20, replicas[0])
	replicas[0].kill()
	w.pushAll(t, token, people+20, people+40, replicas[1])
	t.Logf("right %v after one replica died", w.converges(t, 20*time.Second))
	replicas[1].stop(t)
	w.settled(t)
	w.proven(t)
}

// pushAll pushes the people of a range, some clients at once, to the replicas in turn.
func (w *world) pushAll(t *testing.T, token string, from, to int, replicas ...*serving) {
	t.Helper()
	const clients = 4
	faults := make(chan string, clients)
	for client := range clients {
		go func() {
			for i := from + client; i < to; i += clients {
				if status, _ := replicas[i/clients%len(replicas)].push(t, token, invented(i)); status != 201 {
					faults <- fmt.Sprintf("push of %d: status %d", i, status)
					return
				}
			}
			faults <- ""
		}()
	}
	for range clients {
		if fault := <-faults; fault != "" {
			t.Fatal(fault)
		}
	}
	for i := from; i < to; i++ {
		p := invented(i)
		w.company.people[p.uid] = p
	}
}

// onlyOnce checks in the log that each of n accounts was made once on each
// target, and put into its group once.
func (w *world) onlyOnce(t *testing.T, n int) {
	t.Helper()
	done := map[string]int{}
	for _, e := range w.proven(t) {
		action, _ := e.Detail["action"].(string)
		if e.Action == "change.outcome" && strings.HasPrefix(e.Subject, "user:") {
			done[fmt.Sprintf("%v %s", e.Detail["target"], action)]++
		}
	}
	for _, what := range []string{"app create-account", "app add", "directory create-account", "directory add"} {
		if done[what] != n {
			t.Errorf("the log has %d times %q, want %d", done[what], what, n)
		}
	}
}

// changesBy counts the changes that a hub tells of in its log.
func changesBy(s *serving) int { return strings.Count(s.said(), "msg=change ") }
