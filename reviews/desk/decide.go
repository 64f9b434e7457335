package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// mostAtOnce bounds how many items one call decides on.
const mostAtOnce = 10_000

// Decide takes a decision on one or many items of a campaign: on all of them, or on none,
// and then the error has Faults that name each item that is at fault. An item of which
// nothing is left is void, which is no fault.
func (d *Desk) Decide(ctx context.Context, a approval.Actor, campaignID string, w Choice) (out Outcome, err error) {
	w.Reason = strings.TrimSpace(w.Reason)
	if err := w.proper(); err != nil {
		return out, err
	}
	err = d.update(ctx, a, func(s *session) error {
		c, err := s.tx.CampaignByID(s.ctx, campaignID)
		if err != nil {
			return err
		}
		if !c.Decides(s.now) {
			return conflict("what was revoked can be asked for anew", "campaign %s is closed since %s", c.ID, moment(closedAt(&c)))
		}
		r := round{session: s, c: &c, choice: w}
		if err := r.load(); err != nil {
			return err
		}
		if err := r.weigh(); err != nil {
			return err
		}
		if err := r.apply(); err != nil {
			return err
		}
		out.Changed = len(r.decided)
		out.Items, err = s.describeItems(r.items)
		return err
	})
	return out, err
}

func closedAt(c *reviews.Campaign) time.Time {
	if c.ClosedAt.IsZero() {
		return c.CloseAt
	}
	return c.ClosedAt
}

// proper refuses a choice that cannot be right, whatever it is about.
func (w *Choice) proper() error {
	switch {
	case !slices.Contains(reviews.Choices(), w.What):
		return wrong("decision", "", "%q is none of %s", w.What, strings.Join(reviews.Choices(), ", "))
	case w.Reason == "" && w.What != reviews.Kept:
		return wrong("reason", "--reason TEXT", "to %s needs a reason", w.What)
	case w.What == reviews.Reassign && w.To == "":
		return wrong("to", "--to USER", "say who is to decide instead")
	case len(w.Items) == 0 && w.Like == nil:
		return wrong("items", "", "say what to decide on")
	case len(w.Items) > mostAtOnce:
		return wrong("items", "", "at most %d items are decided on at once", mostAtOnce)
	}
	return nil
}

// round is one decision on some items.
type round struct {
	*session
	c      *reviews.Campaign
	choice Choice
	items  []reviews.Item
	said   map[int64][]reviews.Decision // so far, by item
	held   map[membership]bool          // which of the memberships are there
	to     identity.User                // of reassign

	voided  []*reviews.Item
	decided []*reviews.Item
	fors    map[int64]int64 // in whose place, by item
}

type membership struct {
	userN int64
	group string
}

// load reads the items, and what is known about them.
func (r *round) load() (err error) {
	f := store.ItemFilter{Campaign: r.c, IDs: lower(r.choice.Items), Limit: mostAtOnce + 1}
	if r.choice.Like != nil {
		if f, err = r.filter(*r.choice.Like, r.c); err != nil {
			return err
		}
		f.Limit = mostAtOnce + 1
		if len(f.States) == 0 && !r.choice.Change {
			f.Outcomes = []string{""}
		}
		if r.Actor.UserN != 0 {
			f.For = r.voices(r.Actor.UserN)
		}
	}
	if r.items, err = r.tx.Items(r.ctx, f); err != nil {
		return err
	}
	if r.choice.Like != nil && r.Actor.UserN != 0 {
		r.items = slices.DeleteFunc(r.items, func(i reviews.Item) bool { return i.UserN == r.Actor.UserN })
	}
	switch {
	case len(r.items) > mostAtOnce:
		return conflict("decide on them in parts", "more than %d items are like that", mostAtOnce)
	case len(r.items) == 0 && r.choice.Like != nil:
		return &identity.Error{Kind: identity.NotFound, Op: "decide", Err: fmt.Errorf("nothing like that waits for %s", strings.TrimPrefix(r.Actor.Name, "user:"))}
	}
	if err := r.all(); err != nil {
		return err
	}
	if err := r.loadSaid(); err != nil {
		return err
	}
	if r.held, err = r.memberships(r.items); err != nil {
		return err
	}
	return r.reassigned()
}

func lower(ids []string) []string {
	if ids == nil {
		return nil
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.ToLower(strings.TrimSpace(id))
	}
	return out
}

// all sees that every item was found.
func (r *round) all() error {
	var faults Faults
	for _, id := range lower(r.choice.Items) {
		if !slices.ContainsFunc(r.items, func(i reviews.Item) bool { return i.ID == id }) {
			faults = append(faults, Fault{Item: id, What: "?", Why: "campaign " + r.c.ID + " has no such item"})
		}
	}
	if len(faults) > 0 {
		return &identity.Error{Kind: identity.NotFound, Op: "decide", Err: faults}
	}
	return nil
}

func (r *round) loadSaid() error {
	ns := make([]int64, len(r.items))
	for i := range r.items {
		ns[i] = r.items[i].N
	}
	rows, err := r.tx.DecisionsOn(r.ctx, ns)
	r.said = map[int64][]reviews.Decision{}
	for _, d := range rows {
		r.said[d.ItemN] = append(r.said[d.ItemN], d)
	}
	return err
}

// reassigned finds who is to decide instead.
func (r *round) reassigned() error {
	if r.choice.What != reviews.Reassign {
		return nil
	}
	u, known := r.User(r.Named(r.choice.To))
	switch {
	case !known:
		return &identity.Error{Kind: identity.NotFound, Field: "to", Err: fmt.Errorf("there is no user %q", r.choice.To)}
	case u.State != identity.Active:
		return conflict("", "%s is %s and cannot decide", u.UserName, u.State)
	}
	r.to = u
	return nil
}

// weigh says of every item whether the decision can be taken.
func (r *round) weigh() error {
	var faults Faults
	kind := identity.Conflict
	r.fors = map[int64]int64{}
	for i := range r.items {
		item := &r.items[i]
		why, denied := r.weighOne(item)
		if why == "" {
			continue
		}
		if denied {
			kind = identity.Denied
		}
		faults = append(faults, Fault{Item: item.ID, What: item.User + ", " + item.What(), Why: why})
	}
	if len(faults) > 0 {
		return &identity.Error{Kind: kind, Op: "decide", Err: faults, Hint: "nothing was decided"}
	}
	return nil
}

// weighOne says why an item cannot be decided on, "" where it can or need not be.
func (r *round) weighOne(item *reviews.Item) (why string, denied bool) {
	stand := r.stand(r.c, item)
	relation := campaign.Relation{Own: item.UserN == r.Actor.UserN && r.Actor.UserN != 0, Reviewer: len(stand.For) > 0}
	if why := campaign.May(r.Actor, campaign.Decide, relation); why != "" {
		if r.saidBefore(item) {
			return "", false
		}
		if stand.Why != "" {
			why = stand.Why
		}
		return why, true
	}
	gone := r.isGone(item)
	switch {
	case item.Outcome == reviews.Void:
		return "", false
	case item.Takes() && (gone || !item.GoneAt.IsZero()) && r.choice.What != item.Outcome:
		return "it is carried out: it can be asked for anew", false
	case gone && !item.Takes():
		r.voided = append(r.voided, item)
		return "", false
	}
	if seen, told := r.choice.Seen[item.ID]; told && seen != item.Decisions {
		return "it was decided on since you looked at it", false
	}
	if why, already := r.repeats(item); why != "" || already {
		return why, false
	}
	if why := r.possible(item); why != "" {
		return why, false
	}
	r.fors[item.N] = first(stand.For)
	r.decided = append(r.decided, item)
	return "", false
}

// saidBefore reports whether the actor has said the same in the stage before: a second
// click, after the first had the next stage asked.
func (r *round) saidBefore(item *reviews.Item) bool {
	said := r.said[item.N]
	for i := len(said) - 1; i >= 0; i-- {
		if d := said[i]; d.What != reviews.Reassign && d.Stage == item.Stage-1 {
			return d.By == r.Actor.Name && d.What == r.choice.What
		}
	}
	return false
}

func first(ns []int64) int64 {
	if len(ns) == 0 {
		return 0
	}
	return ns[0]
}

// isGone reports whether nothing is left of what an item is about.
func (r *round) isGone(item *reviews.Item) bool {
	return item.Group != "" && !r.held[membership{item.UserN, item.Group}]
}

// repeats reports whether an item is decided as the actor wants it, or why it cannot be
// decided on again.
func (r *round) repeats(item *reviews.Item) (why string, already bool) {
	if item.Outcome == "" {
		return "", false
	}
	if r.choice.What == reviews.Reassign {
		return "it is decided: " + item.Outcome, false
	}
	if item.Outcome == r.choice.What && (r.choice.For == 0 || item.Duration == r.choice.For) {
		return "", true
	}
	if item.By != r.Actor.Name && !r.choice.Change {
		return fmt.Sprintf("%s decided at %s: %s. To decide anew must be asked for", strings.TrimPrefix(item.By, "user:"), moment(item.At), item.Outcome), false
	}
	return "", false
}

// possible says why what was chosen cannot be of an item.
func (r *round) possible(item *reviews.Item) string {
	switch r.choice.What {
	case reviews.Reassign:
		switch r.to.N {
		case item.UserN:
			return "nobody decides on their own access"
		case r.Actor.UserN:
			return "you decide already"
		}
	case reviews.Shortened:
		policy := r.engine.Request(item.Group)
		if item.Group == "" || policy == nil {
			return "it cannot be asked for, so that nothing can be given for a time: keep it, or revoke it"
		}
		if r.choice.For < 0 || r.choice.For > policy.Longest() || r.choice.For > 0 && r.choice.For < time.Second {
			return item.Group + " can be had for " + duration.Format(policy.Longest()) + " at most"
		}
		if u, known := r.User(item.UserN); !known || u.State != identity.Active {
			return "only who is active can be given anything"
		}
	}
	return ""
}

// apply writes the decisions down and does what follows.
func (r *round) apply() error {
	if err := r.void(r.voided, "there is nothing left to decide on: "); err != nil {
		return err
	}
	rows := make([]reviews.Decision, len(r.decided))
	events := make([]audit.Event, len(r.decided))
	for i, item := range r.decided {
		rows[i] = reviews.Decision{
			ItemN: item.N, CampaignN: r.c.N, Stage: item.Stage, ByN: r.Actor.UserN, By: r.Actor.Name, For: r.fors[item.N],
			What: r.choice.What, Reason: r.choice.Reason, To: r.to.N,
		}
		if r.choice.What == reviews.Shortened {
			rows[i].Duration = r.lasting(item)
		}
		events[i] = r.decisionEvent(item, &rows[i])
	}
	if err := r.tx.AddDecisions(r.ctx, rows, events...); err != nil {
		return err
	}
	for i, item := range r.decided {
		item.Decisions++
		r.said[item.N] = append(r.said[item.N], rows[i])
	}
	if r.choice.What == reviews.Reassign {
		return r.handOver()
	}
	return r.conclude()
}

func (r *round) lasting(item *reviews.Item) time.Duration {
	if r.choice.For > 0 {
		return r.choice.For
	}
	return r.engine.Request(item.Group).Usual()
}

func (r *round) decisionEvent(item *reviews.Item, d *reviews.Decision) audit.Event {
	detail := map[string]any{"campaign": r.c.ID, "item": item.ID, "what": item.What(), "decision": d.What, "reason": d.Reason, "stage": d.Stage + 1}
	if d.For != d.ByN {
		if u, known := r.User(d.For); known {
			detail["for"] = u.UserName
		}
	}
	if d.Duration > 0 {
		detail["duration"] = duration.Format(d.Duration)
	}
	if d.To != 0 {
		detail["to"] = r.to.UserName
	}
	return r.event("review.decided", subjectOf(item), detail)
}
