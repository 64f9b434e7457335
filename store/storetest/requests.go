package storetest

import (
	"errors"
	"fmt"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/store"
)

// wish is a request with something in every field.
func wish(user int64, group string) *grants.Request {
	return &grants.Request{
		Kind: grants.KindRequest, UserN: user, User: fmt.Sprint("user", user), ByN: 9, By: "user:max", Group: group, Reason: "Look at 100% of it",
		Ticket: "OPS-1", Start: epoch.Add(time.Hour), Duration: 90 * time.Minute, Created: epoch, ExpiresAt: epoch.Add(72 * time.Hour), Revision: 1, Terms: "t1",
		RemindAt: epoch.Add(24 * time.Hour),
	}
}

func (h *Hub) ask(requests ...*grants.Request) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.AddRequests(h.Context(), requests, event("request.created")) })
}

func (h *Hub) saveRequest(r *grants.Request) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.SaveRequests(h.Context(), []*grants.Request{r}) })
}

// requested are the IDs of what a filter selects.
func (h *Hub) requested(f store.RequestFilter) (ids []string) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		found, err := tx.Requests(h.Context(), f)
		for _, r := range found {
			ids = append(ids, r.ID)
		}
		return err
	})
	return ids
}

var requestCases = []Case{
	{
		Name: "a request comes back as it was kept",
		Why:  "what was approved must be what was asked for, to the second",
		Run: func(h *Hub) {
			a, b := wish(1, "prod"), wish(1, "logs")
			h.ask(a, b)
			h.same("numbered", []string{a.ID, b.ID, b.Batch}, []string{"r1", "r2", "r1"})
			h.pass(time.Minute)
			a.Outcome, a.DecidedAt, a.DecidedBy, a.Note, a.Auto, a.Escalated = grants.Approved, epoch.Add(time.Minute), "user:olga", "go\x00", "true", 1
			a.Review, a.Extends, a.Revision = grants.Review{At: epoch.Add(time.Hour), By: "user:otto", Verdict: grants.Justified, Note: "fine"}, 4, 2
			h.saveRequest(a)
			a.Note = "go\uFFFD"
			h.view(func(tx *store.Tx) error {
				got, err := tx.RequestByID(h.Context(), "R1")
				h.must(err)
				h.same("by id", got, *a)
				got, err = tx.RequestByN(h.Context(), b.N)
				h.must(err)
				h.same("by number", got, *b)
				several, err := tx.RequestsByN(h.Context(), []int64{b.N, 77, a.N})
				h.same("by numbers", several, []grants.Request{*a, *b})
				_, none := tx.RequestByID(h.Context(), "r77")
				h.is(none, identity.NotFound)
				return err
			})
		},
	},
	{
		Name: "requests are found by what one knows of them, newest first, page by page",
		Why:  "an approver with a thousand requests looks for one",
		Run: func(h *Hub) {
			other := wish(2, "logs")
			other.ByN, other.Reason, other.Ticket, other.Kind = 2, "Plain", "OPS_2", grants.KindBreakGlass
			h.ask(wish(1, "prod"), other)
			h.pass(time.Hour)
			h.ask(wish(3, "prod"))
			denied := wish(1, "logs")
			h.ask(denied)
			denied.Outcome, denied.Note = grants.Denied, "Use the replica"
			h.saveRequest(denied)
			given := wish(4, "prod")
			given.Outcome, given.Auto, given.Created = grants.Approved, "oncall('x')", epoch.Add(-time.Hour)
			given.N, given.ID, given.Batch, given.Ticket = 77, "r77", "r77", ""
			h.saveRequest(given)
			h.update(func(tx *store.Tx) error {
				h.must(tx.AddVote(h.Context(), grants.Vote{RequestN: 4, ByN: 5, By: "user:dan"}))
				h.must(tx.AddVote(h.Context(), grants.Vote{RequestN: 2, ByN: 5, By: "user:dan", Approve: true}))
				return tx.AddVote(h.Context(), grants.Vote{RequestN: 1, By: "operator:root", Approve: true})
			})
			for _, tt := range []struct {
				f    store.RequestFilter
				want []string
			}{
				{store.RequestFilter{}, []string{"r77", "r4", "r3", "r2", "r1"}},
				{store.RequestFilter{Limit: 2, BeforeN: 77}, []string{"r4", "r3"}},
				{store.RequestFilter{Limit: 2, BeforeN: 3}, []string{"r2", "r1"}},
				{store.RequestFilter{UserN: 1}, []string{"r4", "r1"}},
				{store.RequestFilter{ByN: 2}, []string{"r2"}},
				{store.RequestFilter{UserN: 3, ByN: 2}, []string{"r3", "r2"}},
				{store.RequestFilter{Group: "logs"}, []string{"r4", "r2"}},
				{store.RequestFilter{Kind: grants.KindBreakGlass}, []string{"r2"}},
				{store.RequestFilter{Outcomes: []string{""}}, []string{"r3", "r2", "r1"}},
				{store.RequestFilter{Outcomes: []string{"", grants.Denied}, UserN: 1}, []string{"r4", "r1"}},
				{store.RequestFilter{Text: "PLAIN"}, []string{"r2"}},
				{store.RequestFilter{Text: "100%"}, []string{"r77", "r4", "r3", "r1"}},
				{store.RequestFilter{Text: "the REPLICA"}, []string{"r4"}},
				{store.RequestFilter{Text: "ops_"}, []string{"r2"}},
				{store.RequestFilter{Text: "user3"}, []string{"r3"}},
				{store.RequestFilter{From: epoch.Add(time.Hour)}, []string{"r4", "r3"}},
				{store.RequestFilter{From: epoch, To: epoch.Add(time.Hour)}, []string{"r2", "r1"}},
				{store.RequestFilter{To: epoch}, []string{"r77"}},
				{store.RequestFilter{Ticket: "OPS-1"}, []string{"r4", "r3", "r1"}},
				{store.RequestFilter{Ticket: "OPS_2"}, []string{"r2"}},
				{store.RequestFilter{Ticket: "OPS"}, nil},
				{store.RequestFilter{Decider: store.Decider{UserN: 5}}, []string{"r4", "r2"}},
				{store.RequestFilter{Decider: store.Decider{UserN: 5}, Group: "logs", UserN: 2}, []string{"r2"}},
				{store.RequestFilter{Decider: store.Decider{Actor: "operator:root"}}, []string{"r1"}},
				{store.RequestFilter{Decider: store.Decider{Actor: "user:dan"}}, nil},
				{store.RequestFilter{Decider: store.Decider{Policy: true}}, []string{"r77"}},
			} {
				h.same(fmt.Sprintf("%+v", tt.f), h.requested(tt.f), tt.want)
			}
		},
	},
	{
		Name: "requests are due when they expire or somebody must be reminded",
		Why:  "one that is forgotten waits for ever",
		Run: func(h *Hub) {
			due := func(limit int) (ids []string) {
				h.view(func(tx *store.Tx) error {
					found, err := tx.RequestsDue(h.Context(), limit)
					for _, r := range found {
						ids = append(ids, r.ID)
					}
					return err
				})
				return ids
			}
			reminded, expiring, both, decided := wish(1, "a"), wish(2, "b"), wish(3, "c"), wish(4, "d")
			reminded.RemindAt, expiring.ExpiresAt, expiring.RemindAt = epoch.Add(time.Hour), epoch.Add(time.Hour), time.Time{}
			both.RemindAt, both.ExpiresAt = epoch.Add(time.Hour), epoch.Add(time.Hour)
			decided.Outcome, decided.RemindAt, decided.ExpiresAt = grants.Denied, time.Time{}, epoch
			h.ask(reminded, expiring, both, decided)
			h.pass(time.Hour - time.Microsecond)
			h.same("a moment before", due(9), []string(nil))
			h.pass(time.Microsecond)
			h.same("due", due(9), []string{"r1", "r2", "r3"})
			h.same("a page of it", due(2), []string{"r1", "r2"})
			reminded.RemindAt = epoch.Add(2 * time.Hour)
			h.saveRequest(reminded)
			h.same("after it was reminded of", due(9), []string{"r2", "r3"})
		},
	},
	{
		Name: "a broken glass waits to be looked at",
		Why:  "an emergency that nobody examines is a back door",
		Run: func(h *Hub) {
			glass := func() (ids []string) {
				h.view(func(tx *store.Tx) error {
					found, err := tx.GlassToReview(h.Context())
					for _, r := range found {
						ids = append(ids, r.ID)
					}
					return err
				})
				return ids
			}
			one, two := wish(1, "a"), wish(2, "a")
			one.Kind, two.Kind = grants.KindBreakGlass, grants.KindBreakGlass
			h.ask(one, wish(3, "a"), two)
			h.same("both", glass(), []string{"r1", "r3"})
			one.Review = grants.Review{At: epoch, By: "user:otto", Verdict: grants.Abuse}
			h.saveRequest(one)
			h.same("one", glass(), []string{"r3"})
		},
	},
	{
		Name: "votes come back in the order in which they were given",
		Why:  "what the votes come to depends on who was first",
		Run: func(h *Hub) {
			yes := grants.Vote{RequestN: 1, ByN: 5, By: "user:dan", For: 4, Stage: 1, Approve: true, Note: "ok", At: epoch, Revision: 2, Terms: "t"}
			no := grants.Vote{RequestN: 1, ByN: 0, By: "operator:root", Note: "no\x00", At: epoch.Add(-time.Hour), Revision: 1, Terms: "t"}
			other := yes
			other.RequestN = 2
			h.update(func(tx *store.Tx) error {
				for _, v := range []grants.Vote{yes, other, no} {
					h.must(tx.AddVote(h.Context(), v, event("request.voted")))
				}
				return nil
			})
			no.Note = "no\uFFFD"
			h.view(func(tx *store.Tx) error {
				got, err := tx.Votes(h.Context(), []int64{1})
				h.must(err)
				h.same("of one", got, []grants.Vote{yes, no})
				got, err = tx.Votes(h.Context(), []int64{2, 1})
				h.must(err)
				h.same("of two", got, []grants.Vote{yes, other, no})
				got, err = tx.Votes(h.Context(), nil)
				h.same("of none", len(got), 0)
				return err
			})
		},
	},
	{
		Name: "delegations are in force, or will be, until they end or are taken back",
		Why:  "who decides in another's place a day too long decides what is not theirs",
		Run: func(h *Hub) {
			hand := func(from, to int64, start, end time.Duration) grants.Delegation {
				d := grants.Delegation{FromN: from, From: fmt.Sprint("user", from), ToN: to, To: fmt.Sprint("user", to), Start: epoch.Add(start), End: epoch.Add(end), Reason: "away"}
				h.update(func(tx *store.Tx) error { return tx.SaveDelegation(h.Context(), &d, event("delegation.made")) })
				return d
			}
			of := func(read func(tx *store.Tx) ([]grants.Delegation, error)) (ids []string) {
				h.view(func(tx *store.Tx) error {
					found, err := read(tx)
					for _, d := range found {
						ids = append(ids, d.ID)
					}
					return err
				})
				return ids
			}
			from := func(n int64) []string {
				return of(func(tx *store.Tx) ([]grants.Delegation, error) { return tx.DelegationsFrom(h.Context(), n) })
			}
			to := func(n int64) []string {
				return of(func(tx *store.Tx) ([]grants.Delegation, error) { return tx.DelegationsTo(h.Context(), n) })
			}
			ahead := hand(1, 2, time.Hour, 2*time.Hour)
			now := hand(1, 3, 0, time.Hour)
			h.same("ids", []string{ahead.ID, now.ID}, []string{"d1", "d2"})
			h.same("when", now.Created, epoch)
			h.same("of one, by start", from(1), []string{"d2", "d1"})
			h.same("to one", to(3), []string{"d2"})
			h.same("to nobody", to(1), []string(nil))
			ahead.RevokedAt = epoch
			h.update(func(tx *store.Tx) error { return tx.SaveDelegation(h.Context(), &ahead) })
			h.same("taken back", from(1), []string{"d2"})
			h.pass(time.Hour)
			h.same("over", from(1), []string(nil))
			h.view(func(tx *store.Tx) error {
				got, err := tx.DelegationByID(h.Context(), "d1")
				h.must(err)
				h.same("as it was kept", got, ahead)
				_, none := tx.DelegationByID(h.Context(), "d7")
				h.is(none, identity.NotFound)
				return nil
			})
			h.same("all there were", of(func(tx *store.Tx) ([]grants.Delegation, error) { return tx.Delegations(h.Context()) }), []string{"d2", "d1"})
		},
	},
	{
		Name: "a notice stays until it is passed on",
		Why:  "an approver who never hears of a request never answers it",
		Run: func(h *Hub) {
			rows := []store.NoticeRow{
				{Kind: "request.waiting", RequestN: 1, Users: []int64{3, 4}, Data: map[string]any{"actor": "user:ada"}},
				{Kind: "grant.active", GrantN: 2, Users: []int64{}},
			}
			h.update(func(tx *store.Tx) error { return tx.AddNotices(h.Context(), rows, event("request.created")) })
			h.same("numbered", rows[1].N-rows[0].N, int64(1))
			err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
				h.must(tx.AddNotices(h.Context(), []store.NoticeRow{{Kind: "request.denied"}}))
				return errPlanned
			})
			h.same("of what did not happen", errors.Is(err, errPlanned), true)
			read := func(limit int) (found []store.NoticeRow) {
				h.view(func(tx *store.Tx) (err error) { found, err = tx.Notices(h.Context(), limit); return err })
				return found
			}
			h.same("all", read(9), rows)
			h.same("oldest", read(1), rows[:1])
			h.update(func(tx *store.Tx) error { return tx.DropNotices(h.Context(), []int64{rows[0].N}) })
			h.same("left", read(9), rows[1:])
		},
	},
	{
		Name: "how usual a group is among colleagues is counted among the active ones of the same team, without oneself",
		Why:  "an approver who is told wrong numbers approves what nobody should have",
		Run: func(h *Hub) {
			person := func(name, department, team string, state identity.State) *identity.User {
				a := identity.Attributes{identity.AttrDepartment: {department}, identity.AttrTeam: {team}}
				return &identity.User{UserName: name, State: state, Attributes: a}
			}
			users := []*identity.User{
				person("ada", "Engineering", "Shop", identity.Active), person("bob", "Engineering", "Shop", identity.Active), person("cid", "Engineering", "Shop", identity.Active),
				person("dee", "Engineering", "Shop", identity.Left), person("eve", "Engineering", "Other", identity.Active), person("fay", "", "", identity.Active),
			}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveUsers(h.Context(), users))
				n, err := tx.GroupNumbers(h.Context(), []string{"prod"}, true)
				h.must(err)
				var in []store.MembershipRow
				for _, i := range []int{0, 1, 3, 4} {
					in = append(in, store.MembershipRow{UserN: users[i].N, GroupN: n["prod"], CausesN: 1})
				}
				h.must(tx.ChangeMemberships(h.Context(), in, nil))
				ada, fay := [2]int64{users[0].N, n["prod"]}, [2]int64{users[5].N, n["prod"]}
				got, err := tx.PeersOf(h.Context(), [][2]int64{ada, fay, {users[2].N, 99}})
				h.same("peers", got, map[[2]int64]store.Peers{ada: {All: 2, Have: 1}, {users[2].N, 99}: {All: 2}})
				return err
			})
		},
	},
	{
		Name: "how often requests ended in each way, of whom and for what",
		Why:  "who was denied yesterday and asks again today is to be seen by who decides",
		Run: func(h *Hub) {
			ended := func(user int64, outcome string, after time.Duration) *grants.Request {
				return &grants.Request{UserN: user, Group: "prod", Outcome: outcome, DecidedAt: epoch.Add(after)}
			}
			h.ask(ended(1, grants.Denied, time.Minute), ended(1, grants.Denied, time.Hour), ended(1, grants.Approved, 0), ended(1, "", 0), ended(2, grants.Denied, 0))
			h.view(func(tx *store.Tx) error {
				got, err := tx.AskedBefore(h.Context(), []int64{1}, []string{"prod", "other"})
				h.same("before", got, []store.Asked{
					{UserN: 1, Group: "prod", Outcome: grants.Approved, Times: 1, Last: epoch},
					{UserN: 1, Group: "prod", Outcome: grants.Denied, Times: 2, Last: epoch.Add(time.Hour)},
				})
				return err
			})
		},
	},
}
