package desk_test

import (
	"testing"
	"time"

	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/desk"
)

func TestOwnersDecideAndWhatIsRevokedGoesAndIsVerified(t *testing.T) {
	h := staffed(t)
	c := h.start(desk.Wish{Scope: reviews.Scope{Groups: []string{"eng*"}}})
	h.same("items", told(h.items(c)), []string{"ada engineering [deputy lead] waiting", "bob engineering [deputy lead] waiting", "cid engineering [deputy lead] waiting"})
	h.same("told", h.notices(reviews.NoticeStarted), []string{"campaign.started lead items=3", "campaign.started deputy items=3"})

	h.is(h.decide("ada", c, desk.Choice{What: reviews.Kept}, "bob engineering"), identity.Denied, "not for you")
	h.is(h.decide("ada", c, desk.Choice{What: reviews.Kept}, "ada engineering"), identity.Denied, "nobody decides on their own access")
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Revoked}, "ada engineering"), identity.Invalid, "needs a reason")
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "bob engineering"))
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Revoked, Reason: "moved on"}, "ada engineering"))
	h.same("overruled", h.notices(reviews.NoticeOverruled), []string{"campaign.overruled lead rule=engineers group=engineering"})
	h.same("leaving", h.item(c, "ada engineering").State, reviews.Leaving)
	h.whole()
	h.same("on the app", h.Holds("group/engineering"), []string{"bob", "cid"})
	h.tick(time.Minute + time.Second)
	h.same("seen", told(h.items(c)), []string{"ada engineering [] gone revoke", "bob engineering [] decided keep", "cid engineering [deputy lead] waiting"})
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering"), identity.Conflict, "carried out")

	closed, err := h.R.Close(h.Context(), h.As("root"), c.ID, "enough")
	h.Must(err)
	h.same("progress", closed.Progress, desk.Progress{Items: 3, Kept: 2, Revoked: 1, Gone: 1})
	h.same("state", closed.State, reviews.Completed)
	h.same("closed", h.notices(reviews.NoticeClosed), []string{"campaign.closed root"})
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "cid engineering"), identity.Conflict, "closed")
	h.Full()
	h.same("stays away", h.Holds("group/engineering"), []string{"bob", "cid"})
}

func TestADecisionCanBeChangedUntilItIsCarriedOut(t *testing.T) {
	h := staffed(t)
	c := h.start(desk.Wish{Scope: reviews.Scope{Groups: []string{"engineering"}}})
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Revoked, Reason: "wrong one"}, "ada engineering"))
	h.is(h.decide("deputy", c, desk.Choice{What: reviews.Kept}, "ada engineering"), identity.Conflict, "lead decided")
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering"))
	h.whole()
	h.same("kept", h.Holds("group/engineering"), []string{"ada", "bob", "cid"})
	h.Must(h.decide("deputy", c, desk.Choice{What: reviews.Revoked, Reason: "no", Change: true}, "ada engineering"))
	h.whole()
	h.same("revoked", h.Holds("group/engineering"), []string{"bob", "cid"})
	h.same("said", len(h.item(c, "ada engineering").Decided), 3)
}

func TestStandingAccessIsShortened(t *testing.T) {
	h := staffed(t)
	c := h.start(desk.Wish{Scope: reviews.Scope{Risk: "high"}})
	item := h.item(c, "cid prod")
	h.same("advice", item.Advice, reviews.Shortened)
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Shortened, Reason: "when needed", For: 9 * time.Hour}, "cid prod"), identity.Conflict, "8h")
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Shortened, Reason: "when needed", For: 2 * time.Hour}, "cid prod"))
	h.whole()
	h.same("has it still", h.Holds("role/prod"), []string{"cid"})
	h.tick(2 * time.Minute)
	h.same("verified", h.item(c, "cid prod").State, reviews.Gone)
	h.tick(2 * time.Hour)
	h.whole()
	h.same("has it no more", h.Holds("role/prod"), []string{})
}

func TestEveryStageMustKeep(t *testing.T) {
	h := staffed(t)
	stages := []reviews.Stage{{Reviewers: []string{"manager"}}, {Reviewers: []string{"owners"}}}
	c := h.start(desk.Wish{Scope: reviews.Scope{Groups: []string{"engineering"}}, Stages: stages})
	h.same("first", told(h.items(c)), []string{"ada engineering [lead] waiting", "bob engineering [lead] waiting", "cid engineering [deputy] waiting"})
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering", "bob engineering"))
	h.same("second", told(h.items(c)), []string{"ada engineering [deputy lead] waiting", "bob engineering [deputy lead] waiting", "cid engineering [deputy] waiting"})
	h.Must(h.decide("deputy", c, desk.Choice{What: reviews.Revoked, Reason: "no"}, "ada engineering", "cid engineering"))
	h.same("ended", told(h.items(c)), []string{"ada engineering [] leaving revoke", "bob engineering [deputy lead] waiting", "cid engineering [] leaving revoke"})
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "bob engineering"))
	h.same("kept", h.item(c, "bob engineering").Outcome, reviews.Kept)
}

func TestNobodyIsAskedAboutThemselves(t *testing.T) {
	h := staffed(t)
	w := desk.Wish{Name: "x", Scope: reviews.Scope{Groups: []string{"sales", "everyone"}, People: `user.userName in ["seller", "boss", "root"]`}}
	f, err := h.R.Preview(h.Context(), h.As("root"), w)
	h.Must(err)
	h.same("preview", []int{f.Items, f.People, f.Own, f.Nobody}, []int{4, 3, 2, 2})
	c := h.start(w)
	h.same("items", told(h.items(c)), []string{"root everyone [boss] waiting", "boss everyone [root] waiting", "seller everyone [boss] waiting", "seller sales [root] waiting"})
}
