package desk_test

import (
	"testing"
	"time"

	requests "birthright/grants/desk"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/desk"
)

func engineering(w desk.Wish) desk.Wish {
	w.Scope.Groups = []string{"engineering"}
	return w
}

func TestAReviewerWhoLeftIsReplaced(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{Fallback: []string{"user:boss"}}))
	h.is(h.decide("boss", c, desk.Choice{What: reviews.Kept}, "ada engineering"), identity.Denied, "not for you")
	h.Leave("lead")
	h.Suspend("deputy")
	h.Must(h.decide("boss", c, desk.Choice{What: reviews.Kept}, "ada engineering"))
	h.is(h.decide("deputy", c, desk.Choice{What: reviews.Kept}, "bob engineering"), identity.Denied, "suspended")
	h.tick(2 * time.Minute)
	h.same("asked", told(h.items(c)), []string{"ada engineering [] decided keep", "bob engineering [boss] waiting", "cid engineering [boss] waiting"})
	waits, err := h.R.Waiting(h.Context(), h.As("boss"), desk.ItemQuery{})
	h.Must(err)
	h.same("waits for boss", told(waits), []string{"bob engineering [boss] waiting", "cid engineering [boss] waiting"})
}

func TestTheOnlyOwnerWhoIsLeftIsNotAskedAboutThemselves(t *testing.T) {
	h := staffed(t)
	h.Join("dee department=Engineering")
	h.SetPolicy(`
groups:
  - {name: engineering, owners: ["user:dee", "user:lead"]}
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}
`)
	h.Full()
	h.Work()
	c := h.start(engineering(desk.Wish{}))
	h.same("both", h.item(c, "dee engineering").Reviewers, []string{"lead"})
	h.Leave("lead")
	h.tick(2 * time.Minute)
	h.same("the only one", h.item(c, "dee engineering").Reviewers, []string{"root"})
	h.same("of others", h.item(c, "ada engineering").Reviewers, []string{"dee"})
	h.is(h.decide("dee", c, desk.Choice{What: reviews.Kept}, "dee engineering"), identity.Denied, "nobody decides on their own")
	h.Must(h.decide("root", c, desk.Choice{What: reviews.Kept}, "dee engineering"))
}

func TestADelegateDecides(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{Stages: []reviews.Stage{{Reviewers: []string{"user:lead"}}}}))
	_, err := h.Office.Delegate(h.Context(), h.As("lead"), requests.Delegation{To: "ada", End: h.Now().Add(day)})
	h.Must(err)
	h.is(h.decide("ada", c, desk.Choice{What: reviews.Kept}, "ada engineering"), identity.Denied, "nobody decides on their own")
	h.Must(h.decide("ada", c, desk.Choice{What: reviews.Kept}, "bob engineering"))
	item := h.item(c, "bob engineering")
	if d := item.Decided[0]; d.For == d.ByN {
		t.Errorf("the decision %+v does not say in whose place", d)
	}
	waits, err := h.R.Waiting(h.Context(), h.As("ada"), desk.ItemQuery{Campaign: c.ID})
	h.Must(err)
	h.same("waits for the delegate", told(waits), []string{"cid engineering [lead] waiting"})
	h.Pass(2 * day)
	h.is(h.decide("ada", c, desk.Choice{What: reviews.Kept}, "cid engineering"), identity.Denied, "not for you")
}

func TestSomebodyElseIsToDecide(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{}))
	h.notices()
	to := desk.Choice{What: reviews.Reassign, Reason: "knows better", To: "seller"}
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Reassign, Reason: "x", To: "ada"}, "ada engineering"), identity.Conflict, "their own")
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Reassign, Reason: "x", To: "nobody"}, "ada engineering"), identity.NotFound, "no user")
	h.Must(h.decide("lead", c, to, "ada engineering", "bob engineering"))
	h.same("told", h.notices(reviews.NoticeAssigned), []string{"campaign.assigned seller items=2"})
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering"), identity.Denied, "not for you")
	h.Must(h.decide("seller", c, desk.Choice{What: reviews.Kept}, "ada engineering"))
	h.Leave("seller")
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "bob engineering"))
}

func TestAllOrNothing(t *testing.T) {
	h := staffed(t)
	c := h.start(desk.Wish{Scope: reviews.Scope{Groups: []string{"engineering", "sales"}}})
	err := h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering", "seller sales", "bob engineering")
	h.is(err, identity.Denied, "seller, sales")
	h.is(h.decide("lead", c, desk.Choice{What: reviews.Kept, Items: []string{"i999"}}), identity.NotFound, "i999")
	h.same("nothing", h.state(c).Progress.Waiting, 4)
	out, err := h.R.Decide(h.Context(), h.As("lead"), c.ID, desk.Choice{What: reviews.Kept, Like: &desk.ItemQuery{Group: "engineering"}})
	h.Must(err)
	h.same("like that", out.Changed, 3)
	_, err = h.R.Decide(h.Context(), h.As("lead"), c.ID, desk.Choice{What: reviews.Kept, Like: &desk.ItemQuery{Group: "engineering"}})
	h.is(err, identity.NotFound, "nothing like that")
	again, err := h.R.Decide(h.Context(), h.As("lead"), c.ID, desk.Choice{What: reviews.Kept, Items: []string{out.Items[0].ID}})
	h.Must(err)
	h.same("said before", again.Changed, 0)
	_, err = h.R.Decide(h.Context(), h.As("lead"), c.ID, desk.Choice{What: reviews.Revoked, Reason: "x", Items: []string{out.Items[0].ID}, Seen: map[string]int{out.Items[0].ID: 0}})
	h.is(err, identity.Conflict, "since you looked")
}

func TestWhatIsGoneIsVoid(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{}))
	h.Leave("ada")
	h.Change("bob", identity.AttrDepartment, "Art")
	h.whole()
	out, err := h.R.Decide(h.Context(), h.As("lead"), c.ID, desk.Choice{What: reviews.Kept, Items: []string{h.item(c, "bob engineering").ID}})
	h.Must(err)
	h.same("void", told(out.Items), []string{"bob engineering [] void void"})
	h.tick(2 * time.Minute)
	item := h.item(c, "ada engineering")
	h.same("left", []string{item.State, item.Reason}, []string{reviews.Voided, "there was nothing left to decide on: ada is left"})
	h.SetPolicy("groups: [{name: other}]\n")
	h.whole()
	h.tick(2 * time.Minute)
	item = h.item(c, "cid engineering")
	h.same("no group", []string{item.State, item.Reason}, []string{reviews.Voided, "there was nothing left to decide on: the policy has no group engineering any more"})
}

func TestWhoIsRenamedIsStillTheOne(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{Stages: []reviews.Stage{{Reviewers: []string{"user:lead"}}}}))
	h.Change("lead", identity.AttrUserName, "boss-of-all")
	h.Change("ada", identity.AttrUserName, "ada.king")
	item := h.item(c, "ada engineering")
	h.same("names", []string{item.User, item.Name, item.Reviewers[0]}, []string{"ada", "ada.king", "boss-of-all"})
	h.Must(h.decide("boss-of-all", c, desk.Choice{What: reviews.Revoked, Reason: "no"}, "ada engineering"))
	h.whole()
	h.tick(2 * time.Minute)
	h.same("gone", h.item(c, "ada engineering").State, reviews.Gone)
}

func TestTime(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{For: 10 * day, Grace: 3 * day, End: reviews.EndRevoke}))
	h.notices()
	asked := []string{reviews.NoticeReminder, reviews.NoticeEscalated}
	h.tick(4 * day)
	h.same("nothing yet", h.notices(asked...), []string{})
	h.tick(day + time.Minute)
	h.same("half way", h.notices(asked...), []string{"campaign.reminder lead items=3 late=false", "campaign.reminder deputy items=3 late=false"})
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering"))
	h.tick(2 * day)
	h.tick(2 * day)
	h.same("three days and one day before", len(h.notices(asked...)), 4)
	h.tick(day)
	h.same("late", h.state(c).State, reviews.Overdue)
	h.same("others too", h.notices(asked...), []string{
		"campaign.escalated boss items=2", "campaign.reminder lead items=2 late=true", "campaign.reminder deputy items=2 late=true",
	})
	h.Must(h.decide("boss", c, desk.Choice{What: reviews.Kept}, "bob engineering"))
	h.tick(day)
	h.same("every day", h.notices(asked...), []string{"campaign.reminder boss items=1 late=true", "campaign.reminder lead items=1 late=true", "campaign.reminder deputy items=1 late=true"})
	h.tick(2 * day)
	h.same("the end", told(h.items(c)), []string{"ada engineering [] decided keep", "bob engineering [] decided keep", "cid engineering [] leaving revoke"})
	h.whole()
	h.tick(2 * time.Minute)
	h.same("gone", h.Holds("group/engineering"), []string{"ada", "bob"})
	h.same("completed", h.state(c).State, reviews.Completed)
}

func TestWhatIsFrozenIsAskedAboutAgain(t *testing.T) {
	h := staffed(t)
	asked, err := h.Office.Ask(h.Context(), h.As("bob"), requests.Wish{Groups: []string{"prod"}, For: 4 * time.Hour, Reason: "x"})
	h.Must(err)
	_, err = h.Office.Approve(h.Context(), h.As("lead"), asked[0].ID, "")
	h.Must(err)
	h.Work()
	given, err := h.Office.Grants(h.Context(), h.As("bob"), requests.Query{})
	h.Must(err)
	c := h.start(desk.Wish{Scope: reviews.Scope{Groups: []string{"prod"}}, End: reviews.EndFreeze, For: time.Hour, Grace: -1})
	h.same("advice", h.item(c, "bob prod").Because, "it was given for a time and ends by itself")
	h.tick(time.Hour + time.Minute)
	h.same("frozen", told(h.items(c)), []string{"bob prod [] decided freeze", "cid prod [] decided freeze"})
	h.same("stays", h.Holds("role/prod"), []string{"bob", "cid"})
	_, err = h.Office.Extend(h.Context(), h.As("bob"), given[0].ID, time.Hour, "more")
	h.is(err, identity.Conflict, "frozen")
	all, err := h.R.List(h.Context(), h.operator(), desk.CampaignQuery{States: []string{reviews.Open}})
	h.Must(err)
	h.same("asked again", []string{all[0].Name, all[0].Kind, all[0].Previous}, []string{"autumn (follow-up)", reviews.KindFollowUp, c.ID})
	h.Must(h.decide("lead", all[0], desk.Choice{What: reviews.Kept}, "bob prod"))
	_, err = h.Office.Extend(h.Context(), h.As("bob"), given[0].ID, time.Hour, "more")
	h.Must(err)
}

func TestWhatNothingExplains(t *testing.T) {
	h := staffed(t)
	h.byHand("seller", "app:group/engineering")
	h.byHand("robot", "app:role/prod")
	h.Full()
	c := h.start(desk.Wish{Scope: reviews.Scope{Surplus: true}})
	h.same("items", told(h.items(c)), []string{"seller app:group/engineering [deputy lead] waiting", "robot app:role/prod [lead] waiting"})
	h.same("advice", h.item(c, "robot app:role/prod").Advice, reviews.Revoked)
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Revoked, Reason: "nobody's"}, "seller app:group/engineering", "robot app:role/prod"))
	h.whole()
	h.whole()
	h.tick(2 * time.Minute)
	h.same("gone", told(h.items(c)), []string{"seller app:group/engineering [] gone revoke", "robot app:role/prod [] gone revoke"})
	h.same("the app", h.Holds("role/prod"), []string{"cid"})
	_, err := h.R.Start(h.Context(), h.As("root"), desk.Wish{Name: "again", Scope: reviews.Scope{Surplus: true}})
	h.is(err, identity.Conflict, "nothing explains")
}

func TestWhatWasKeptIsNotAskedAgain(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{}))
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Kept}, "ada engineering"))
	_, err := h.R.Close(h.Context(), h.As("root"), c.ID, "enough")
	h.Must(err)
	h.Join("eve department=Engineering")
	h.Work()
	next := h.start(engineering(desk.Wish{Scope: reviews.Scope{ChangedSince: c.ID}}))
	h.same("new or not looked at", told(h.items(next)), []string{
		"bob engineering [deputy lead] waiting", "cid engineering [deputy lead] waiting", "eve engineering [deputy lead] waiting",
	})
}

func TestNothingToLookAt(t *testing.T) {
	h := staffed(t)
	w := desk.Wish{Name: "x", Scope: reviews.Scope{Groups: []string{"none"}}}
	_, err := h.R.Start(h.Context(), h.As("root"), w)
	h.is(err, identity.Conflict, "no group is called none")
	w.AllowEmpty = true
	c, err := h.R.Start(h.Context(), h.As("root"), w)
	h.Must(err)
	h.same("over", c.State, reviews.Completed)
	_, err = h.R.Start(h.Context(), h.As("lead"), w)
	h.is(err, identity.Denied, "administrator")
	for what, bad := range map[string]desk.Wish{
		"a campaign needs a name": {},
		"names no reviewers":      {Name: "x", Stages: []reviews.Stage{{Reviewers: []string{"friends"}}}},
		"none of keep":            {Name: "x", End: "maybe"},
		"no user":                 {Name: "x", Fallback: []string{"user:nobody"}},
		"target \"moon\"":         {Name: "x", Scope: reviews.Scope{Targets: []string{"moon"}}},
		"condition of the scope":  {Name: "x", Scope: reviews.Scope{People: "user.department =="}},
	} {
		_, err := h.R.Preview(h.Context(), h.As("root"), bad)
		h.is(err, identity.Invalid, what)
	}
}

func TestACloseThatIsKilledGoesOn(t *testing.T) {
	h := staffed(t)
	c := h.start(engineering(desk.Wish{End: reviews.EndRevoke, AtClose: true}))
	h.Must(h.decide("lead", c, desk.Choice{What: reviews.Revoked, Reason: "no"}, "ada engineering"))
	h.whole()
	h.same("not yet", h.Holds("group/engineering"), []string{"ada", "bob", "cid"})
	for looks := 1; ; looks++ {
		h.Kill(looks)
		_, _ = h.R.Close(h.Context(), h.operator(), c.ID, "enough")
		if !h.Killed() {
			break
		}
		h.Restart()
		h.wire()
	}
	h.tick(time.Minute)
	h.whole()
	h.tick(2 * time.Minute)
	h.same("gone", h.Holds("group/engineering"), []string{})
	h.same("progress", h.state(c).Progress, desk.Progress{Items: 3, Revoked: 3, Gone: 3})
}
