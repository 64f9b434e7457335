package notify

import (
	"context"
	"time"
	_ "time/tzdata" // people's zones, also where the machine has none

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/store"
)

// Test is the kind of a message that somebody sends to try a channel.
const Test = "test"

// Story is what happened, as it was when it was told.
type Story struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	// Actor is who did it, as the audit log writes it.
	Actor      string        `json:"actor"`
	Request    *desk.Request `json:"request"`
	Grant      *desk.Grant   `json:"grant"`
	Delegation *Delegation   `json:"delegation,omitempty"`
	// Data is what is told of a campaign or a report.
	Data Data `json:"data,omitempty"`
}

// Delegation is who decides in whose place.
type Delegation struct {
	ID     string    `json:"id"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Reason string    `json:"reason"`
}

// story gathers what a notice tells of.
func (s *Service) story(ctx context.Context, row store.NoticeRow) (Story, error) {
	out := Story{Kind: row.Kind, At: row.Created}
	out.Actor, _ = row.Data["actor"].(string)
	if aboutReview(row.Kind) {
		out.Data = row.Data
	}
	var request grants.Request
	var grant grants.Grant
	err := s.Store.View(ctx, func(tx *store.Tx) (err error) {
		if row.RequestN != 0 {
			if request, err = tx.RequestByN(ctx, row.RequestN); err != nil {
				return err
			}
		}
		if row.GrantN != 0 {
			if grant, err = tx.GrantByN(ctx, row.GrantN); err != nil {
				return err
			}
		}
		out.Delegation, err = delegation(ctx, tx, row)
		return err
	})
	if err != nil {
		return out, err
	}
	if request.ID != "" {
		if out.Request, err = s.request(ctx, request.ID); err != nil {
			return out, err
		}
	}
	if grant.ID != "" {
		g, err := s.Desk.Grant(ctx, hub, grant.ID)
		if err != nil {
			return out, err
		}
		out.Grant = &g
	}
	return out, nil
}

var hub = desk.Operator("hub")

func (s *Service) request(ctx context.Context, id string) (*desk.Request, error) {
	r, err := s.Desk.Request(ctx, hub, id)
	return &r, err
}

// delegation finds what a notice of one tells of: it was made in the same transaction.
func delegation(ctx context.Context, tx *store.Tx, row store.NoticeRow) (*Delegation, error) {
	if row.Kind != grants.NoticeDelegation || len(row.Users) == 0 {
		return nil, nil //nolint:nilnil // most notices tell of none
	}
	found, err := tx.DelegationsTo(ctx, row.Users[0])
	for _, d := range found {
		if d.Created.Equal(row.Created) {
			return &Delegation{ID: d.ID, From: d.From, To: d.To, Start: d.Start, End: d.End, Reason: d.Reason}, err
		}
	}
	return nil, err
}

// recipient is how a person is reached; false for one who left.
func recipient(u identity.User) (Recipient, bool) {
	zone, err := time.LoadLocation(u.Attributes.First(identity.AttrTimezone))
	if err != nil || u.Attributes.First(identity.AttrTimezone) == "Local" {
		zone = time.UTC
	}
	return Recipient{UserN: u.N, Name: u.UserName, Email: u.Attributes.First(identity.AttrEmail), Zone: zone}, u.State != identity.Left
}
