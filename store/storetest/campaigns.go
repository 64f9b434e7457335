package storetest

import (
	"time"

	"birthright/identity"
	"birthright/reviews"
	"birthright/store"
)

// campaign keeps one with some items, each about a group or a target of some user.
func (h *Hub) campaign(items ...reviews.Item) (c reviews.Campaign) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		c = reviews.Campaign{
			Name: "autumn", Kind: reviews.KindPeriodic, Scope: reviews.Scope{Groups: []string{"a*"}, Risk: "high"},
			Stages: []reviews.Stage{{Reviewers: []string{"owners"}}}, Fallback: []string{"user:boss"}, Owner: "user:root", By: "user:root",
			End: reviews.EndFreeze, Due: epoch.Add(time.Hour), CloseAt: epoch.Add(2 * time.Hour), Previous: "c9",
		}
		h.must(tx.AddCampaign(h.Context(), &c))
		h.must(tx.AddItems(h.Context(), &c, items))
		return tx.SaveCampaign(h.Context(), &c, event("campaign.started"))
	})
	return c
}

func (h *Hub) found(tx *store.Tx, f store.ItemFilter) (out []string) {
	h.Helper()
	items, err := tx.Items(h.Context(), f)
	h.must(err)
	for _, i := range items {
		out = append(out, i.ID)
	}
	return out
}

var campaignCases = []Case{
	{
		Name: "campaigns and items are kept as they were",
		Why:  "what people decided on is evidence: it must be what they saw",
		Run: func(h *Hub) {
			causes := []identity.Cause{{Kind: identity.CauseRule, Name: "r"}}
			access := identity.Entitlement{Target: "app", Kind: "group", ID: "a:b/c"}
			want := []reviews.Item{
				{UserN: 7, User: "ada", Group: "admins", Causes: causes, Since: epoch, Risk: "high", Advice: reviews.Kept, Because: "x", Alike: 3, Peers: 9, PanelN: 4},
				{UserN: identity.FirstStranger, User: "bot", Entitlement: access, Account: "bot", Since: epoch, AtLeast: true, LastUsed: epoch, PanelN: 5},
			}
			c := h.campaign(want...)
			for i := range want {
				want[i].N, want[i].ID, want[i].CampaignN, want[i].Campaign = c.FirstN+int64(i), []string{"i1", "i2"}[i], c.N, "c1"
			}
			h.view(func(tx *store.Tx) error {
				got, err := tx.CampaignByID(h.Context(), "C1")
				h.must(err)
				h.same("the campaign", got, c)
				items, err := tx.Items(h.Context(), store.ItemFilter{Campaign: &c})
				h.must(err)
				h.same("the items", items, want)
				_, err = tx.CampaignByID(h.Context(), "c2")
				h.is(err, identity.NotFound)
				_, err = tx.CampaignByID(h.Context(), "x")
				h.is(err, identity.NotFound)
				return nil
			})
		},
	},
	{
		Name: "items are found by how they are, and only their fate changes",
		Why:  "a decision that also changed what was known at the start would change the evidence",
		Run: func(h *Hub) {
			c := h.campaign(
				reviews.Item{UserN: 1, User: "ada", Group: "a", PanelN: 1, Advice: reviews.Kept},
				reviews.Item{UserN: 2, User: "bob", Group: "a", PanelN: 1, Advice: reviews.Revoked},
				reviews.Item{UserN: 1, User: "ada", Group: "b", PanelN: 2, Advice: reviews.Kept},
				reviews.Item{UserN: 3, User: "cid", Entitlement: identity.Entitlement{Target: "app", Kind: "g", ID: "x"}, PanelN: 2},
			)
			other := h.campaign(reviews.Item{UserN: 1, User: "ada", Group: "a", PanelN: 3})
			h.update(func(tx *store.Tx) error {
				items, err := tx.Items(h.Context(), store.ItemFilter{IDs: []string{"i1", "i2"}})
				h.must(err)
				items[0].Outcome, items[0].At, items[0].By, items[0].Reason, items[0].Action, items[0].Duration = reviews.Revoked, epoch, "user:x", "no", "v1", time.Hour
				items[0].User, items[0].Group = "changed", "changed"
				items[1].Outcome, items[1].Stage = reviews.Frozen, 1
				h.must(tx.SaveItems(h.Context(), []*reviews.Item{&items[0], &items[1]}, event("decided")))
				return tx.SetReviewers(h.Context(), []int64{2, 3}, []reviews.Reviewer{{PanelN: 2, UserN: 9}, {PanelN: 3, UserN: 8}})
			})
			h.view(func(tx *store.Tx) error {
				for name, x := range map[string]struct {
					f    store.ItemFilter
					want []string
				}{
					"one campaign": {store.ItemFilter{Campaign: &other}, []string{"i5"}},
					"leaving":      {store.ItemFilter{Campaign: &c, Leaving: true}, []string{"i1"}},
					"carried":      {store.ItemFilter{Campaign: &c, Leaving: true, Uncarried: true}, nil}, // what was done about it has an ID
					"frozen":       {store.ItemFilter{UserN: 2, Group: "a", Frozen: true}, []string{"i2"}},
					"waiting":      {store.ItemFilter{Campaign: &c, Outcomes: []string{""}}, []string{"i3", "i4"}},
					"for somebody": {store.ItemFilter{For: []int64{9}}, []string{"i3", "i4"}},
					"by state":     {store.ItemFilter{Campaign: &c, States: []string{reviews.Leaving, reviews.Decided}}, []string{"i1", "i2"}},
					"no state":     {store.ItemFilter{States: []string{"x"}}, nil},
					"not theirs":   {store.ItemFilter{Campaign: &c, States: []string{reviews.Waiting}, NotUserN: 1}, []string{"i4"}},
					"for others":   {store.ItemFilter{For: []int64{8, 10}}, []string{"i5"}},
					"access":       {store.ItemFilter{Access: true}, []string{"i4"}},
					"address":      {store.ItemFilter{Ent: "app:g/x"}, []string{"i4"}},
					"group":        {store.ItemFilter{Campaign: &c, Group: "a"}, []string{"i1", "i2"}},
					"advice":       {store.ItemFilter{Advice: reviews.Revoked}, []string{"i2"}},
					"a page":       {store.ItemFilter{AfterN: 2, Limit: 2}, []string{"i3", "i4"}},
				} {
					h.same(name, h.found(tx, x.f), x.want)
				}
				items, err := tx.Items(h.Context(), store.ItemFilter{IDs: []string{"i1"}})
				h.must(err)
				h.same("kept", []string{items[0].User, items[0].Group, items[0].Reason, items[0].Duration.String()}, []string{"ada", "a", "no", "1h0m0s"})
				tally, err := tx.TallyItems(h.Context(), c.N)
				h.must(err)
				h.same("tally", tally, []store.ItemTally{{CampaignN: c.N, Count: 2}, {CampaignN: c.N, Outcome: reviews.Frozen, Count: 1}, {CampaignN: c.N, Outcome: reviews.Revoked, Count: 1}})
				return nil
			})
			h.update(func(tx *store.Tx) error { return tx.ThawItems(h.Context(), 2, "a") })
			h.view(func(tx *store.Tx) error {
				h.same("thawed", len(h.found(tx, store.ItemFilter{UserN: 2, Frozen: true})), 0)
				return nil
			})
		},
	},
	{
		Name: "a panel is numbered once, and finds what waits for whom",
		Why:  "what waits for somebody is looked up whenever they look",
		Run: func(h *Hub) {
			c := h.campaign(reviews.Item{UserN: 1, Group: "a", PanelN: 1}, reviews.Item{UserN: 2, Group: "a", PanelN: 1}, reviews.Item{UserN: 9, Group: "b", PanelN: 2})
			panels := []*reviews.Panel{{CampaignN: c.N, Rungs: [][]string{{"user:a"}, {"group:b"}}}, {CampaignN: c.N, Rungs: [][]string{{"person:9"}}}}
			h.update(func(tx *store.Tx) error {
				h.must(tx.NumberPanels(h.Context(), panels))
				again := []*reviews.Panel{{CampaignN: c.N, Rungs: [][]string{{"person:9"}}}, {CampaignN: c.N, Rungs: [][]string{{"user:c"}}}, {CampaignN: c.N, Rungs: [][]string{{"user:c"}}}}
				h.must(tx.NumberPanels(h.Context(), again))
				h.same("numbers", []int64{panels[0].N, panels[1].N, again[0].N, again[1].N, again[2].N}, []int64{2, 1, 1, 3, 3})
				return tx.SetReviewers(h.Context(), []int64{1, 2}, []reviews.Reviewer{{PanelN: 1, UserN: 9}, {PanelN: 1, UserN: 1}, {PanelN: 2, UserN: 9}, {PanelN: 2, UserN: 9}})
			})
			h.view(func(tx *store.Tx) error {
				loads, err := tx.LoadsOf(h.Context(), c.N)
				h.must(err)
				h.same("loads, without their own", loads, map[int64]int{9: 2, 1: 1})
				of, err := tx.ReviewersOf(h.Context(), []int64{1})
				h.must(err)
				h.same("reviewers", of, []reviews.Reviewer{{PanelN: 1, UserN: 1}, {PanelN: 1, UserN: 9}})
				kept, err := tx.PanelsOf(h.Context(), c.N)
				h.must(err)
				h.same("panels", kept[:2], []reviews.Panel{*panels[1], *panels[0]})
				return nil
			})
			h.update(func(tx *store.Tx) error { return tx.DropReviewers(h.Context(), c.N) })
			h.view(func(tx *store.Tx) error {
				of, err := tx.ReviewersOf(h.Context(), []int64{1, 2})
				h.must(err)
				h.same("nobody", len(of), 0)
				return nil
			})
		},
	},
	{
		Name: "items whose membership is gone are found",
		Why:  "nobody should be asked about what is gone, and what was revoked is only done once it is",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				numbers, err := tx.GroupNumbers(h.Context(), []string{"a"}, true)
				h.must(err)
				return tx.ChangeMemberships(h.Context(), []store.MembershipRow{{UserN: 1, GroupN: numbers["a"], Since: 1}}, nil)
			})
			c := h.campaign(reviews.Item{UserN: 1, Group: "a"}, reviews.Item{UserN: 2, Group: "a"}, reviews.Item{UserN: 3, Group: "never"}, reviews.Item{UserN: 4, Entitlement: identity.Entitlement{Target: "t", Kind: "k", ID: "i"}})
			h.update(func(tx *store.Tx) error {
				items, err := tx.Items(h.Context(), store.ItemFilter{IDs: []string{"i3"}})
				h.must(err)
				items[0].Outcome = reviews.Revoked
				return tx.SaveItems(h.Context(), []*reviews.Item{&items[0]})
			})
			h.view(func(tx *store.Tx) error {
				for leaving, want := range map[bool]string{false: "i2", true: "i3"} {
					lapsed, err := tx.LapsedItems(h.Context(), &c, leaving, 0, 10)
					h.must(err)
					if len(lapsed) != 1 || lapsed[0].ID != want {
						h.Errorf("leaving %t: got %v, want %s", leaving, lapsed, want)
					}
				}
				return nil
			})
		},
	},
	{
		Name: "decisions are kept in order and never lost",
		Why:  "who decided what, when and why is the evidence of a review",
		Run: func(h *Hub) {
			c := h.campaign(reviews.Item{UserN: 1, Group: "a"})
			said := []reviews.Decision{
				{ItemN: 1, CampaignN: c.N, ByN: 3, By: "user:x", For: 4, What: reviews.Reassign, Reason: "r", To: 5},
				{ItemN: 1, CampaignN: c.N, Stage: 1, ByN: 5, By: "user:y", For: 5, What: reviews.Shortened, Reason: "s", Duration: time.Hour},
			}
			h.update(func(tx *store.Tx) error {
				return tx.AddDecisions(h.Context(), said, event("decided"), event("decided"))
			})
			h.same("filled in", []int64{said[0].N, said[1].N}, []int64{1, 2})
			h.view(func(tx *store.Tx) error {
				on, err := tx.DecisionsOn(h.Context(), []int64{1})
				h.must(err)
				h.same("on the item", on, said)
				in, err := tx.DecisionsIn(h.Context(), c.N)
				h.must(err)
				h.same("in the campaign", in, said)
				work, err := tx.TallyDecisions(h.Context(), c.N)
				h.must(err)
				h.same("who did how much", work, []store.DecisionTally{{By: "user:x", What: reviews.Reassign, Count: 1, Last: said[0].At}, {By: "user:y", What: reviews.Shortened, Count: 1, Last: said[1].At}})
				for n, want := range map[int64][]int64{3: {c.N}, 4: nil} {
					of, err := tx.CampaignsOf(h.Context(), []int64{n}, n)
					h.must(err)
					h.same("campaigns of", of, want)
				}
				for n, want := range map[int64]bool{3: true, 4: false} {
					got, err := tx.HasDecided(h.Context(), c.N, n)
					h.must(err)
					h.same("has decided", got, want)
				}
				return nil
			})
		},
	},
	{
		Name: "campaigns that are over are not looked at any more",
		Why:  "what time brings is looked at every few seconds",
		Run: func(h *Hub) {
			first, second := h.campaign(), h.campaign()
			h.update(func(tx *store.Tx) error {
				first.CompletedAt, first.ClosedAt, first.ClosedBy, first.CloseReason = tx.Now(), tx.Now(), "user:x", "done"
				first.RemindAt, first.EscalatedAt, first.SweptAt, first.SettledAt = epoch, epoch, epoch, epoch
				return tx.SaveCampaign(h.Context(), &first, event("completed"))
			})
			h.view(func(tx *store.Tx) error {
				live, err := tx.LiveCampaigns(h.Context())
				h.must(err)
				h.same("live", live, []reviews.Campaign{second})
				all, err := tx.Campaigns(h.Context())
				h.must(err)
				h.same("all", all, []reviews.Campaign{second, first})
				return nil
			})
		},
	},
}
