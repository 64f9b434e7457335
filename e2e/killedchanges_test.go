package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// TestKilledWhileChanged kills the hub again and again while eight clients change
// users and one group, between the commit and the answer too: each sends again what
// had no answer, and in the end everything was done exactly once.
func TestKilledWhileChanged(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killWhileChanged(t, newPushWorld(t, setup{push: true}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killWhileChanged(t, newPushWorld(t, setup{push: true, database: shared.postgres.EmptyURL(t)}))
	})
}

// change is one request of a client. Sent once more it may be answered with another
// status, if it was carried out the first time.
type change struct {
	method, path string
	body         object
	done, again  int
	sent         bool
}

func killWhileChanged(t *testing.T, w *world) {
	const clients, each = 8, 3
	token := w.token(t)
	s := w.serve(t)
	group := s.make(t, token, "Groups", object{"schemas": []string{groupSchema}, "displayName": "all"})
	var ids []string
	queues := make([][]*change, clients)
	for i := range clients * each {
		id := s.mustPush(t, token, invented(i))
		leaves := s.make(t, token, "Groups", object{"schemas": []string{groupSchema}, "displayName": fmt.Sprint("leaves ", i)})
		ids = append(ids, id)
		q := &queues[i%clients]
		*q = append(*q,
			&change{method: "PATCH", path: "Groups/" + group, body: patched(object{"op": "add", "path": "members", "value": []object{{"value": id}}}), done: 204, again: 204},
			&change{method: "PATCH", path: "Users/" + id, body: patched(object{"op": "add", "path": "emails", "value": []object{{"value": "second@x.com", "type": "home"}}}), done: 200, again: 200},
			&change{method: "DELETE", path: "Groups/" + leaves, done: 204, again: 404},
		)
	}

	kills, unanswered := 0, 0
	for ; left(queues) > 0; s = w.serve(t) {
		var answered atomic.Int64
		var dead sync.Once
		var all sync.WaitGroup
		for i := range queues {
			all.Go(func() {
				for len(queues[i]) > 0 && s.change(t, token, queues[i][0]) {
					queues[i] = queues[i][1:]
					if answered.Add(1) == 18 {
						dead.Do(s.kill)
					}
				}
			})
		}
		all.Wait()
		dead.Do(s.kill)
		kills++
		for _, q := range queues {
			if len(q) > 0 && q[0].sent {
				unanswered++
			}
		}
	}

	status, answer := send(t, http.MethodGet, s.url+"/scim/v2/Groups/"+group, token, nil)
	members, _ := answer["members"].([]any)
	meta, _ := answer["meta"].(map[string]any)
	if want := fmt.Sprintf(`W/"%d"`, 1+len(ids)); status != http.StatusOK || len(members) != len(ids) || meta["version"] != want {
		t.Errorf("the group has %d members and version %v, want %d and %s", len(members), meta["version"], len(ids), want)
	}
	for _, id := range ids {
		_, answer := send(t, http.MethodGet, s.url+"/scim/v2/Users/"+id, token, nil)
		emails, _ := answer["emails"].([]any)
		if meta, _ := answer["meta"].(map[string]any); len(emails) != 2 || meta["version"] != `W/"2"` {
			t.Errorf("user %s has %d addresses and version %v, want 2 and one change", id, len(emails), meta["version"])
		}
	}
	t.Logf("killed %d times, with %d requests without an answer", kills, unanswered)
	s.stop(t)
	// What a killed program left open, the next run completes: before that, the log
	// has intents without an outcome, if the last one was stopped too soon for it.
	var got runs
	w.mustJSON(t, exitDone, "sync", &got)
	w.proven(t)
}

const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"

func patched(operation object) object {
	return object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []object{operation}}
}

func left(queues [][]*change) (n int) {
	for _, q := range queues {
		n += len(q)
	}
	return n
}

// make creates a resource that cannot fail and returns its id.
func (s *serving) make(t *testing.T, token, endpoint string, body object) string {
	t.Helper()
	status, answer := send(t, http.MethodPost, s.url+"/scim/v2/"+endpoint, token, body)
	id, _ := answer["id"].(string)
	if status != http.StatusCreated {
		t.Fatalf("create in %s: status %d: %v", endpoint, status, answer)
	}
	return id
}

// change sends c and reports whether it was answered.
func (s *serving) change(t *testing.T, token string, c *change) (answered bool) {
	t.Helper()
	status, answer := send(t, c.method, s.url+"/scim/v2/"+c.path, token, c.body)
	if status != 0 && status != c.done && !(c.sent && status == c.again) {
		t.Errorf("%s %s: status %d: %v", c.method, c.path, status, answer)
	}
	c.sent = true
	return status != 0
}
