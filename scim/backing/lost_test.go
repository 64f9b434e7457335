package backing_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// people makes many users with one request, and returns their ids.
func (h *hub) people(n int) []string {
	h.t.Helper()
	operations := make([]string, n)
	for i := range operations {
		operations[i] = fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"%d","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"many%d"}}`, i, i)
	}
	answer := h.send("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[`+strings.Join(operations, ",")+`]}`, 200)
	results, _ := answer["Operations"].([]any)
	ids := []string{}
	for _, one := range results {
		location, _ := one.(map[string]any)["location"].(string)
		ids = append(ids, location[strings.LastIndexByte(location, '/')+1:])
	}
	return ids
}

func references(ids []string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = `{"value":"` + id + `"}`
	}
	return strings.Join(list, ",")
}

// A hundred clients change one group at the same moment: each adds a member of its
// own, every third takes one out as well, and every tenth gives the group another
// name besides. All of that is so afterwards.
func TestNoMemberIsLost(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		const clients = 100
		ids := h.people(2 * clients)
		own, before := ids[:clients], ids[clients:]
		group, _ := h.send("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"all","members":[`+references(before)+`]}`, 201)["id"].(string)
		want := slices.Clone(own)
		var all sync.WaitGroup
		for i, id := range own {
			operations := `{"op":"add","path":"members","value":[` + references([]string{id}) + `]}`
			if i%3 == 0 {
				operations += `,{"op":"remove","path":"members[value eq \"` + before[i] + `\"]"}`
			} else {
				want = append(want, before[i])
			}
			if i%10 == 0 {
				operations += fmt.Sprintf(`,{"op":"replace","path":"displayName","value":"all %d"}`, i)
			}
			all.Go(func() { h.patch("/Groups/"+group, operations, 204) })
		}
		all.Wait()
		if got := h.members(group); !slices.Equal(got, sorted(want...)) {
			t.Errorf("%d members, want %d", len(got), len(want))
		}
		meta, _ := h.send("GET", "/Groups/"+group+"?attributes=meta", "", 200)["meta"].(map[string]any)
		if want := fmt.Sprintf(`W/"%d"`, clients+1); meta["version"] != want {
			t.Errorf("version %v after %d changes, want %s", meta["version"], clients, want)
		}
	})
}

// Many clients add to one user at the same moment: everything is there afterwards.
func TestNoAddressIsLost(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		const clients = 50
		ada := h.user("ada")
		var all sync.WaitGroup
		for i := range clients {
			all.Go(func() {
				h.patch("/Users/"+ada, fmt.Sprintf(`{"op":"add","path":"emails","value":[{"value":"%d@x.com","type":"other"}]},{"op":"add","path":"urn:x:y:Z:n%d","value":%d}`, i, i, i), 200)
			})
		}
		all.Wait()
		after := h.send("GET", "/Users/"+ada, "", 200)
		emails, _ := after["emails"].([]any)
		own, _ := after["urn:x:y:Z"].(map[string]any)
		if len(emails) != clients+2 || len(own) != clients {
			t.Errorf("%d addresses and %d attributes, want %d and %d", len(emails), len(own), clients+2, clients)
		}
	})
}

// Many clients create the same user at the same moment: there is one, and it is told
// to one of them.
func TestOneNameIsOneUser(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		const clients = 20
		made := make(chan string, clients)
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				s := stage{hub: h}
				r := request{method: "POST", body: map[string]any{"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "ada"}}
				s.do(t, &r)
				if id, _ := r.answer["id"].(string); r.status == 201 {
					made <- id
				} else if r.status != 409 || r.answer["scimType"] != "uniqueness" {
					t.Errorf("%s", r)
				}
			})
		}
		all.Wait()
		close(made)
		var ids []string
		for id := range made {
			ids = append(ids, id)
		}
		if found := h.found("/Users", `userName eq "ADA"`); len(ids) != 1 || !slices.Equal(found, ids) {
			t.Errorf("%v were made, and %v are there", ids, found)
		}
	})
}

// Many clients that read first and insist on what they read: one of each round
// gets through, nobody overwrites what he has not seen.
func TestOnlyOneInsists(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		ada := h.user("ada")
		const clients, rounds = 8, 3
		for round := range rounds {
			var all sync.WaitGroup
			done := make(chan string, clients)
			for i := range clients {
				all.Go(func() {
					title := fmt.Sprintf("%d of %d", i, round)
					r := request{method: "PATCH", ifMatch: fmt.Sprintf(`W/"%d"`, round+1), body: patchOf(map[string]any{"op": "replace", "path": "title", "value": title})}
					s := stage{hub: h, user: ada}
					if s.do(t, &r); r.status == 200 {
						done <- title
					} else if r.status != 412 {
						t.Errorf("%s", r)
					}
				})
			}
			all.Wait()
			close(done)
			var titles []string
			for title := range done {
				titles = append(titles, title)
			}
			if now := h.send("GET", "/Users/"+ada, "", 200)["title"]; len(titles) != 1 || now != titles[0] {
				t.Errorf("%v got through, and the title is %v", titles, now)
			}
		}
	})
}
