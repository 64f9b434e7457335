package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/rules"
	"birthright/store"
)

// Fit says why grants may not begin although they were approved, by number: an approver
// left or may no longer decide, or what was approved is no longer the same.
func (d *Desk) Fit(ctx context.Context, tx *store.Tx, approved []grants.Grant) (map[int64]string, error) {
	s, err := d.session(ctx, tx, Operator("hub"))
	if err != nil {
		return nil, err
	}
	ns := make([]int64, len(approved))
	for i := range approved {
		ns[i] = approved[i].RequestN
	}
	requests, err := tx.RequestsByN(ctx, ns)
	if err != nil {
		return nil, err
	}
	votes, err := tx.Votes(ctx, ns)
	if err != nil {
		return nil, err
	}
	unfit := map[int64]string{}
	for i := range approved {
		at := slices.IndexFunc(requests, func(r grants.Request) bool { return r.N == approved[i].RequestN })
		if at < 0 {
			unfit[approved[i].N] = "its request is not there"
			continue
		}
		r := &requests[at]
		mine := slices.DeleteFunc(slices.Clone(votes), func(v grants.Vote) bool { return v.RequestN != r.N })
		if why := s.unfit(r, mine); why != "" {
			unfit[approved[i].N] = why
		}
	}
	return unfit, s.people.err
}

func (s *session) unfit(r *grants.Request, votes []grants.Vote) string {
	definition, _ := s.engine.Group(r.Group)
	m := s.matter(r, definition, s.engine.Request(r.Group))
	m.Votes = votes
	switch {
	case r.Kind == grants.KindOverlap:
		return ""
	case m.Policy == nil:
		return "the policy does not let it be asked for any more: it needs a new approval"
	case r.Kind == grants.KindBreakGlass:
		return ""
	case r.Kind == grants.KindReview && r.Duration <= m.Policy.Longest():
		return "" // who may decide on it decided in the review
	case r.Auto != "" && r.Terms != m.Terms:
		return "the policy that approved it was changed: it needs a new approval"
	case r.Auto != "":
		return s.barred(m, m.Policy.Allow, m.Policy.AutoApprove)
	}
	v := approval.Judge(m, s.people)
	if v.State == grants.Approved {
		return s.barred(m, m.Policy.Allow)
	}
	var why []string
	for _, void := range v.Void {
		why = append(why, strings.TrimPrefix(void.Vote.By, "user:")+"'s approval does not count any more: "+void.Why)
	}
	if len(why) == 0 {
		return fmt.Sprintf("it needs a new approval: %d of %d have approved stage %d", v.Have, v.Need, v.Stage+1)
	}
	return strings.Join(why, "; ")
}

// barred says which of some conditions does not hold any more of who is to get something
// that was approved, "" where they all do: of them as they are now, of the request as it was
// when it was approved.
func (s *session) barred(m approval.Matter, conditions ...rules.Condition) string {
	for _, c := range conditions {
		if holds, err := s.holdsAsOf(m.Request, c, m.Request.DecidedAt); err != nil || !holds {
			return m.Request.User + " may not have it any more: the policy asks that " + c.Source
		}
	}
	return ""
}
