package desk

import (
	"context"
	"time"

	"birthright/audit"
	requests "birthright/grants/desk"
	"birthright/reviews"
	"birthright/store"
)

const (
	// sweepEvery is how often a campaign is compared with the world, and sweepItem how
	// much later for each of its items: a big one is not compared all the time.
	sweepEvery = time.Minute
	sweepItem  = time.Millisecond
)

// Tick does what time brings: reviewers are reminded, others are asked too, campaigns
// close, and what was revoked is seen to be gone.
func (d *Desk) Tick(ctx context.Context) error {
	var live []reviews.Campaign
	err := d.Store.View(ctx, func(tx *store.Tx) (err error) {
		live, err = tx.LiveCampaigns(ctx)
		return err
	})
	for i := 0; err == nil && i < len(live); i++ {
		err = d.tick(ctx, live[i].ID)
	}
	return err
}

// Verify sees at once, of all campaigns that go on, what is gone meanwhile: for programs
// that run once, and have nobody who ticks later.
func (d *Desk) Verify(ctx context.Context) error {
	var live []reviews.Campaign
	err := d.Store.View(ctx, func(tx *store.Tx) (err error) {
		live, err = tx.LiveCampaigns(ctx)
		return err
	})
	for i := 0; err == nil && i < len(live); i++ {
		err = d.update(ctx, requests.Operator(hub), func(s *session) error {
			c, err := s.tx.CampaignByID(s.ctx, live[i].ID)
			if err != nil {
				return err
			}
			return s.sweep(&c)
		})
	}
	return err
}

func (d *Desk) tick(ctx context.Context, id string) error {
	closing := false
	err := d.update(ctx, requests.Operator(hub), func(s *session) error {
		c, err := s.tx.CampaignByID(s.ctx, id)
		if err != nil {
			return err
		}
		if err := s.bring(&c); err != nil {
			return err
		}
		closing = !c.ClosedAt.IsZero() && c.SettledAt.IsZero()
		return nil
	})
	if err != nil || !closing {
		return err
	}
	return d.settle(ctx, id)
}

// bring does what time brings for one campaign, one thing after the other.
func (s *session) bring(c *reviews.Campaign) error {
	open := c.ClosedAt.IsZero()
	switch {
	case open && !s.now.Before(c.CloseAt):
		return s.close(c, hub, "its time was up")
	case open && c.EscalatedAt.IsZero() && !s.now.Before(c.Due) && c.CloseAt.After(c.Due):
		return s.escalate(c)
	case open && !c.RemindAt.IsZero() && !s.now.Before(c.RemindAt):
		return s.remind(c)
	case s.now.Sub(c.SweptAt) >= sweepEvery+time.Duration(c.Items)*sweepItem:
		return s.sweep(c)
	}
	return nil
}

// remind tells those for whom something waits.
func (s *session) remind(c *reviews.Campaign) error {
	if err := s.lookAgain(c); err != nil {
		return err
	}
	c.RemindAt = c.NextReminder(s.now)
	if err := s.tx.SaveCampaign(s.ctx, c); err != nil {
		return err
	}
	loads, err := s.tx.LoadsOf(s.ctx, c.N)
	if err != nil {
		return err
	}
	return s.tellEach(reviews.NoticeReminder, c, loads, map[string]any{"late": !s.now.Before(c.Due)})
}

// escalate asks others too: it is late.
func (s *session) escalate(c *reviews.Campaign) error {
	before, err := s.tx.LoadsOf(s.ctx, c.N)
	if err != nil {
		return err
	}
	c.EscalatedAt = s.now
	c.RemindAt = c.NextReminder(s.now)
	if err := s.lookAgain(c); err != nil {
		return err
	}
	event := audit.Event{Actor: hub, Action: "campaign.escalated", Subject: "campaign:" + c.ID, Detail: map[string]any{"campaign": c.ID, "due": c.Due}}
	if err := s.tx.SaveCampaign(s.ctx, c, event); err != nil {
		return err
	}
	loads, err := s.tx.LoadsOf(s.ctx, c.N)
	if err != nil {
		return err
	}
	for n := range before {
		delete(loads, n)
	}
	if err := s.tellEach(reviews.NoticeEscalated, c, loads, nil); err != nil {
		return err
	}
	return s.tellEach(reviews.NoticeReminder, c, before, map[string]any{"late": true})
}
