package desk

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"birthright/audit"
	requests "birthright/grants/desk"
	"birthright/identity"
	"birthright/reviews"
	"birthright/store"
)

// carryOut takes away what was revoked: memberships by revocations, and what no
// membership gives by orders. Where a standing membership is made one for a time, a
// grant follows. The run does the rest, and is seen to have done it by sweep.
func (s *session) carryOut(c *reviews.Campaign, items []*reviews.Item) error {
	var groups, access []*reviews.Item
	for _, item := range items {
		if item.Group != "" {
			groups = append(groups, item)
		} else {
			access = append(access, item)
		}
	}
	if err := s.revoke(groups); err != nil {
		return err
	}
	if err := s.order(access); err != nil {
		return err
	}
	return s.overruled(c, groups)
}

func (s *session) revoke(items []*reviews.Item) error {
	if len(items) == 0 {
		return nil
	}
	rows := make([]*store.RevocationRow, len(items))
	grants, byReason := map[string]map[int64][]string{}, []string{}
	var work []store.Work
	for i, item := range items {
		rows[i] = &store.RevocationRow{UserN: item.UserN, User: item.User, Group: item.Group, By: item.By, Reason: item.Reason, Source: item.ID}
		if grants[item.Reason] == nil {
			grants[item.Reason] = map[int64][]string{}
			byReason = append(byReason, item.Reason)
		}
		grants[item.Reason][item.UserN] = append(grants[item.Reason][item.UserN], item.Group)
		work = append(work, store.Work{UserN: item.UserN, Removal: true})
	}
	if err := s.tx.AddRevocations(s.ctx, rows); err != nil {
		return err
	}
	for _, reason := range byReason {
		if err := s.EndGrants(grants[reason], "a review took it away: "+reason); err != nil {
			return err
		}
	}
	var events []audit.Event
	for i, item := range items {
		item.Action = rows[i].ID
		events = append(events, s.event("membership.revoked", subjectOf(item), map[string]any{
			"revocation": rows[i].ID, "campaign": item.Campaign, "item": item.ID, "group": item.Group, "by": item.By, "reason": item.Reason,
		}))
		if item.Outcome == reviews.Shortened {
			if err := s.shorten(item); err != nil {
				return err
			}
		}
	}
	return s.tx.EnqueueWork(s.ctx, work, events...)
}

// shorten gives a grant in place of what was revoked. Where that cannot be any more, it
// is revoked, and says so.
func (s *session) shorten(item *reviews.Item) error {
	g, err := s.Give(requests.Gift{UserN: item.UserN, Group: item.Group, For: item.Duration, Reason: item.Reason})
	var told *identity.Error
	switch {
	case err == nil:
		item.Action += " " + g.ID
		return nil
	case errors.As(err, &told) && (told.Kind == identity.Conflict || told.Kind == identity.Invalid):
		item.Outcome, item.Reason = reviews.Revoked, item.Reason+" (no grant could be given: "+told.Err.Error()+")"
		return nil
	}
	return err
}

func (s *session) order(items []*reviews.Item) error {
	rows := make([]*store.OrderRow, len(items))
	var work []store.Work
	var events []audit.Event
	for i, item := range items {
		rows[i] = &store.OrderRow{Holder: item.UserN, Account: item.Account, Entitlement: item.Entitlement, By: item.By, Reason: item.Reason, Source: item.ID}
		if !identity.IsStranger(item.UserN) {
			work = append(work, store.Work{Target: item.Entitlement.Target, UserN: item.UserN, Removal: true})
		}
	}
	if err := s.tx.AddOrders(s.ctx, rows); err != nil {
		return err
	}
	for i, item := range items {
		item.Action = rows[i].ID
		events = append(events, s.event("access.ordered", subjectOf(item), map[string]any{
			"order": rows[i].ID, "campaign": item.Campaign, "item": item.ID, "entitlement": item.Entitlement.String(), "by": item.By, "reason": item.Reason,
		}))
	}
	return s.tx.EnqueueWork(s.ctx, work, events...)
}

// takeBack undoes what was done for items that are decided otherwise now, and were not
// carried out yet.
func (s *session) takeBack(items []*reviews.Item) error {
	var revocations, orders []string
	var work []store.Work
	var events []audit.Event
	for _, item := range items {
		for _, id := range strings.Fields(item.Action) {
			switch id[0] {
			case 'v':
				revocations = append(revocations, id)
				work = append(work, store.Work{UserN: item.UserN})
			case 'o':
				orders = append(orders, id)
			case 'g':
				if err := s.EndGrant(id, "the review decided otherwise"); err != nil {
					return err
				}
			}
		}
		events = append(events, s.event("review.taken-back", subjectOf(item), map[string]any{
			"campaign": item.Campaign, "item": item.ID, "what": item.What(), "action": item.Action,
		}))
		item.Action = ""
	}
	if err := s.tx.LiftRevocations(s.ctx, revocations, s.Actor.Name); err != nil {
		return err
	}
	if err := s.tx.EndOrders(s.ctx, orders, store.OrderWithdrawn); err != nil {
		return err
	}
	return s.tx.EnqueueWork(s.ctx, work, events...)
}

// overruled tells the owners of rules that a review took away what they give.
func (s *session) overruled(c *reviews.Campaign, items []*reviews.Item) error {
	type key struct{ rule, group, by, reason string }
	users := map[key][]string{}
	for _, item := range items {
		for _, cause := range item.Causes {
			if cause.Kind == identity.CauseRule {
				k := key{cause.Name, item.Group, item.By, item.Reason}
				users[k] = append(users[k], item.User)
			}
		}
	}
	keys := slices.SortedFunc(maps.Keys(users), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.group, b.group), cmp.Compare(a.by, b.by), cmp.Compare(a.reason, b.reason))
	})
	for _, k := range keys {
		data := map[string]any{"rule": k.rule, "group": k.group, "by": k.by, "reason": k.reason, "count": len(users[k]), "users": users[k][:min(len(users[k]), someNames)]}
		if err := s.tell(reviews.NoticeOverruled, c, s.ruleOwners(c, k.rule), data); err != nil {
			return err
		}
	}
	return nil
}

// ruleOwners answer for a rule; where nobody does, whoever answers for the campaign.
func (s *session) ruleOwners(c *reviews.Campaign, name string) []int64 {
	for _, rule := range s.engine.Policy().Rules {
		if rule.Name == name && rule.Owner != "" {
			return s.askedBy(c, rule.Owner)
		}
	}
	return s.askedBy(c)
}
