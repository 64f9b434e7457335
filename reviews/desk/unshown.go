package desk

import (
	"time"

	"birthright/identity"
	"birthright/reviews"
)

// Campaign is the campaign that programs read so, without its numbers inside the hub.
func (v ShownCampaign) Campaign() Campaign {
	c := reviews.Campaign{
		ID: v.ID, Name: v.Name, Kind: v.Kind, Scope: v.Scope, Fallback: v.Fallback, Owner: v.Owner, By: v.By, End: v.Undecided, AtClose: v.AtClose,
		Created: v.Created, Due: v.Due, CloseAt: v.CloseAt, ClosedAt: since(v.ClosedAt), ClosedBy: v.ClosedBy, CloseReason: v.Reason, Previous: v.Previous, Items: v.Progress.Items,
	}
	for _, stage := range v.Stages {
		c.Stages = append(c.Stages, reviews.Stage{Reviewers: stage})
	}
	return Campaign{Campaign: c, State: v.State, Progress: v.Progress}
}

// Item is the item that programs read so, without its numbers inside the hub.
func (v ShownItem) Item() Item {
	i := reviews.Item{
		ID: v.ID, Campaign: v.Campaign, User: v.User, Group: v.Group, Account: v.Account, Causes: v.Causes, Since: since(v.Since), AtLeast: v.SinceAtLeast, LastUsed: since(v.LastUsed),
		Alike: v.PeersHolding, Peers: v.Peers, Risk: v.Risk, Advice: v.Recommendation, Because: v.Because, Stage: v.Stage - 1, Decisions: v.Decisions,
		Outcome: v.Decision, At: since(v.DecidedAt), By: v.DecidedBy, Reason: v.Reason, GoneAt: since(v.GoneAt),
	}
	i.Entitlement, _ = identity.ParseEntitlement(v.Entitlement) // none where it is about a group
	return Item{Item: i, State: v.State, Name: v.User, UserState: v.UserState, Reviewers: v.Reviewers, Mine: v.Mine}
}

// Report is the report that programs read so.
func (v ShownReport) Report() Report {
	out := Report{Campaign: v.Campaign.Campaign(), Items: make([]Item, len(v.Items))}
	for _, w := range v.Reviewers {
		out.Reviewers = append(out.Reviewers, Work{w.User, w.Kept, w.Revoked, w.Shortened, w.Passed, w.First, w.Last, w.AtOnce})
	}
	for i := range v.Items {
		out.Items[i] = v.Items[i].Item()
	}
	return out
}

// since is no time for nil.
func since(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
