package desk

import (
	"birthright/audit"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
)

// conclude does what the decisions come to: an item goes on to the next stage, stays, or
// is taken away; what was to be taken away and is to stay is given back.
func (r *round) conclude() error {
	var back, carry, on []*reviews.Item
	for _, item := range r.decided {
		was := *item
		v := campaign.Judge(len(r.c.Stages), r.said[item.N])
		item.Outcome, item.Duration = v.Outcome, v.Duration
		if v.Outcome == "" {
			item.At, item.By, item.Reason = r.now, "", ""
		} else {
			item.At, item.By, item.Reason = r.now, v.Last.By, v.Last.Reason
		}
		if was.Action != "" {
			back = append(back, item)
		}
		if item.Takes() && !r.c.AtClose {
			carry = append(carry, item)
		}
		if v.Outcome == "" && v.Stage != item.Stage {
			item.Stage = v.Stage
			on = append(on, item)
		}
	}
	if err := r.takeBack(back); err != nil {
		return err
	}
	if err := r.carryOut(r.c, carry); err != nil {
		return err
	}
	if err := r.thaw(r.decided); err != nil {
		return err
	}
	if err := r.passOn(r.c, on); err != nil {
		return err
	}
	return r.tx.SaveItems(r.ctx, r.decided)
}

// thaw lets what was frozen be as before: somebody has looked at it, or it is gone.
func (s *session) thaw(items []*reviews.Item) error {
	for _, item := range items {
		if item.Outcome == "" || item.Group == "" || item.Outcome == reviews.Frozen {
			continue
		}
		if err := s.tx.ThawItems(s.ctx, item.UserN, item.Group); err != nil {
			return err
		}
	}
	return nil
}

// passOn asks those of the next stage.
func (s *session) passOn(c *reviews.Campaign, items []*reviews.Item) error {
	chains := make([][][]string, len(items))
	for i, item := range items {
		chain, err := s.chain(c, item)
		if err != nil {
			return err
		}
		chains[i] = chain
	}
	loads, err := s.assign(c, items, chains)
	if err != nil {
		return err
	}
	return s.tellEach(reviews.NoticeStarted, c, loads, map[string]any{"stage": stageOf(items)})
}

func stageOf(items []*reviews.Item) int {
	if len(items) == 0 {
		return 0
	}
	return items[0].Stage + 1
}

// handOver has somebody else decide, and those who were asked only where that one cannot.
func (r *round) handOver() error {
	chains := make([][][]string, len(r.decided))
	for i, item := range r.decided {
		chains[i] = append([][]string{{campaign.Person(r.to.N)}}, r.panels[item.PanelN].Rungs...)
	}
	loads, err := r.assign(r.c, r.decided, chains)
	if err != nil {
		return err
	}
	err = r.tellEach(reviews.NoticeAssigned, r.c, loads, map[string]any{"from": r.Actor.Name, "reason": r.choice.Reason})
	if err != nil {
		return err
	}
	return r.tx.SaveItems(r.ctx, r.decided)
}

// assign gives items who is asked about them, and returns how many more wait for whom.
func (s *session) assign(c *reviews.Campaign, items []*reviews.Item, chains [][][]string) (map[int64]int, error) {
	if len(items) == 0 {
		return nil, nil //nolint:nilnil // nobody is asked
	}
	rows := make([]*reviews.Panel, len(items))
	for i, item := range items {
		if asked, _ := campaign.Asked(chains[i], 0, s); len(asked) == 1 && asked[0] == item.UserN {
			chains[i] = campaign.Without(chains[i], item.UserN)
		}
		rows[i] = &reviews.Panel{CampaignN: c.N, Rungs: chains[i]}
	}
	if err := s.tx.NumberPanels(s.ctx, rows); err != nil {
		return nil, err
	}
	loads := map[int64]int{}
	asked := map[int64][]int64{}
	for i, item := range items {
		p := rows[i]
		item.PanelN = p.N
		if _, known := asked[p.N]; !known {
			s.panels[p.N] = *p
			asked[p.N] = s.askedOf(c, p)
		}
		for _, n := range asked[p.N] {
			if n != item.UserN {
				loads[n]++
			}
		}
	}
	return loads, s.index(asked)
}

// askedOf are whom a panel names now, those too who are asked because the campaign is late.
func (s *session) askedOf(c *reviews.Campaign, p *reviews.Panel) []int64 {
	people, rung := campaign.Asked(p.Rungs, 0, s)
	if c.Escalated(s.now) {
		people = append(people, campaign.Beside(p.Rungs, people, rung, 0, s)...)
	}
	return people
}

// index keeps whom panels name.
func (s *session) index(asked map[int64][]int64) error {
	var ns []int64
	var rows []reviews.Reviewer
	for panelN, people := range asked {
		ns = append(ns, panelN)
		for _, n := range people {
			rows = append(rows, reviews.Reviewer{PanelN: panelN, UserN: n})
		}
	}
	return s.tx.SetReviewers(s.ctx, ns, rows)
}

// chain is who is asked of an item in the stage that it is in.
func (s *session) chain(c *reviews.Campaign, item *reviews.Item) ([][]string, error) {
	about := campaign.About{UserN: item.UserN}
	if u, known := s.User(item.UserN); known {
		about.Manager = s.Named(u.Attributes.First(identity.AttrManager))
	}
	if item.Group != "" {
		group, _ := s.engine.Group(item.Group)
		about.Owners = group.Owners
		return campaign.Chain(c, item.Stage, about, s.Admins, s), nil
	}
	if s.owners == nil {
		names, err := s.tx.AllGroupNames(s.ctx)
		if err != nil {
			return nil, err
		}
		all := s.engine.GroupNames()
		for _, name := range names {
			all = append(all, name)
		}
		_, s.owners = campaign.RiskOf(s.engine, all)
	}
	about.Owners = s.owners[item.Entitlement]
	return campaign.Chain(c, item.Stage, about, s.Admins, s), nil
}

// void ends items of which nothing is left.
func (s *session) void(items []*reviews.Item, why string) error {
	var events []audit.Event
	for _, item := range items {
		item.Outcome, item.At, item.By, item.Reason = reviews.Void, s.now, hub, why+s.fate(item)
		events = append(events, audit.Event{Actor: hub, Action: "review.void", Subject: subjectOf(item), Detail: map[string]any{
			"campaign": item.Campaign, "item": item.ID, "what": item.What(), "reason": item.Reason,
		}})
	}
	if err := s.tx.SaveItems(s.ctx, items, events...); err != nil {
		return err
	}
	return s.thaw(items)
}

// fate says what became of what an item was about.
func (s *session) fate(item *reviews.Item) string {
	u, known := s.User(item.UserN)
	if _, there := s.engine.Group(item.Group); item.Group != "" && !there {
		return "the policy has no group " + item.Group + " any more"
	}
	switch {
	case !identity.IsStranger(item.UserN) && !known:
		return "there is no such user any more"
	case known && u.State != identity.Active:
		return u.UserName + " is " + string(u.State)
	}
	return "it is gone already"
}
