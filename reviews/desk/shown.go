package desk

import (
	"cmp"
	"time"

	"birthright/identity"
	"birthright/reviews"
)

// ShownCampaign is a campaign as programs read it.
type ShownCampaign struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Kind      string        `json:"kind"`
	State     string        `json:"state"`
	Scope     reviews.Scope `json:"scope"`
	Stages    [][]string    `json:"stages"`
	Fallback  []string      `json:"fallback"`
	Owner     string        `json:"owner"`
	By        string        `json:"started_by"`
	Undecided string        `json:"undecided"`
	AtClose   bool          `json:"at_close"`
	Created   time.Time     `json:"created_at"`
	Due       time.Time     `json:"due_at"`
	CloseAt   time.Time     `json:"closes_at"`
	ClosedAt  *time.Time    `json:"closed_at"`
	ClosedBy  string        `json:"closed_by"`
	Reason    string        `json:"close_reason"`
	Previous  string        `json:"follows"`
	Progress  Progress      `json:"progress"`
}

// Shown is the campaign as programs read it.
func (c *Campaign) Shown() ShownCampaign {
	v := ShownCampaign{
		ID: c.ID, Name: c.Name, Kind: c.Kind, State: c.State, Scope: c.Scope, Stages: [][]string{}, Fallback: append([]string{}, c.Fallback...), Owner: c.Owner, By: c.By, Undecided: c.End,
		AtClose: c.AtClose, Created: c.Created, Due: c.Due, CloseAt: c.CloseAt, ClosedBy: c.ClosedBy, Reason: c.CloseReason, Previous: c.Previous, Progress: c.Progress,
	}
	for _, stage := range c.Stages {
		v.Stages = append(v.Stages, stage.Reviewers)
	}
	if !c.ClosedAt.IsZero() {
		v.ClosedAt = &c.ClosedAt
	}
	return v
}

// ShownItem is an item as programs read it.
type ShownItem struct {
	ID             string           `json:"id"`
	Campaign       string           `json:"campaign"`
	State          string           `json:"state"`
	User           string           `json:"user"`
	UserState      string           `json:"user_state"`
	Group          string           `json:"group"`
	Entitlement    string           `json:"entitlement"`
	Account        string           `json:"account"`
	Causes         []identity.Cause `json:"causes"`
	Since          *time.Time       `json:"since"`
	SinceAtLeast   bool             `json:"since_at_least"`
	LastUsed       *time.Time       `json:"last_used"`
	Risk           string           `json:"risk"`
	Peers          int              `json:"peers"`
	PeersHolding   int              `json:"peers_holding"`
	Recommendation string           `json:"recommendation"`
	Because        string           `json:"because"`
	Stage          int              `json:"stage"`
	Reviewers      []string         `json:"reviewers"`
	Decision       string           `json:"decision"`
	DecidedBy      string           `json:"decided_by"`
	DecidedAt      *time.Time       `json:"decided_at"`
	Reason         string           `json:"reason"`
	GoneAt         *time.Time       `json:"gone_at"`
	Decisions      int              `json:"decisions"`
	Mine           bool             `json:"mine"`
}

// Shown is the item as programs read it.
func (i *Item) Shown() ShownItem {
	v := ShownItem{
		ID: i.ID, Campaign: i.Campaign, State: i.State, User: cmp.Or(i.Name, i.User), UserState: i.UserState, Group: i.Group, Account: i.Account,
		Causes: append([]identity.Cause{}, i.Causes...), SinceAtLeast: i.AtLeast, Risk: i.Risk, Peers: i.Peers, PeersHolding: i.Alike, Recommendation: i.Advice, Because: i.Because,
		Stage: i.Stage + 1, Reviewers: append([]string{}, i.Reviewers...), Decision: i.Outcome, DecidedBy: i.By, Reason: i.Reason, Decisions: i.Decisions, Mine: i.Mine,
		Since: known(i.Since), LastUsed: known(i.LastUsed), DecidedAt: known(i.At), GoneAt: known(i.GoneAt),
	}
	if !i.Entitlement.IsZero() {
		v.Entitlement = i.Entitlement.String()
	}
	return v
}

// ShownWork is what one reviewer did, as programs read it.
type ShownWork struct {
	User      string    `json:"user"`
	Kept      int       `json:"kept"`
	Revoked   int       `json:"revoked"`
	Shortened int       `json:"shortened"`
	Passed    int       `json:"passed_on"`
	First     time.Time `json:"first_at"`
	Last      time.Time `json:"last_at"`
	AtOnce    int       `json:"most_at_once"`
}

// ShownReport is a report as programs read it.
type ShownReport struct {
	Campaign  ShownCampaign `json:"campaign"`
	Reviewers []ShownWork   `json:"reviewers"`
	Items     []ShownItem   `json:"items"`
}

// Shown is the report as programs read it.
func (r *Report) Shown() ShownReport {
	out := ShownReport{Campaign: r.Campaign.Shown(), Reviewers: []ShownWork{}, Items: make([]ShownItem, len(r.Items))}
	for _, w := range r.Reviewers {
		out.Reviewers = append(out.Reviewers, ShownWork{w.User, w.Kept, w.Revoked, w.Shortened, w.Moved, w.First, w.Last, w.AtOnce})
	}
	for i := range r.Items {
		out.Items[i] = r.Items[i].Shown()
	}
	return out
}

// known is nil for a time that is not.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
