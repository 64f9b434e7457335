package desk

import (
	"context"
	"slices"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/store"
)

// Look is what somebody sees who looks at a request, perhaps to decide on it.
type Look struct {
	Request Request `json:"request"`
	// Viewer is the name of the actor, as the audit log writes it.
	Viewer string `json:"-"`
	// Decides says that the actor may decide now; Why says why not.
	Decides bool   `json:"decides"`
	Why     string `json:"why,omitempty"`
	// Cancels, Amends and Examines say that the actor may take it back, change it, or say
	// whether the emergency was one.
	Cancels  bool `json:"cancels"`
	Amends   bool `json:"amends"`
	Examines bool `json:"examines"`
	// Person is who gets it, Subject what it is, Peers how usual it is, and Before what
	// became of it before.
	Person  Person   `json:"person"`
	Subject Subject  `json:"subject"`
	Peers   Peers    `json:"peers"`
	Before  []Before `json:"before" nullable:"false"`
	// Beside are the groups of the same owners that the beneficiary is in, sorted.
	Beside []string `json:"beside" nullable:"false"`
}

// Look shows a request with what helps to decide on it.
func (d *Desk) Look(ctx context.Context, a approval.Actor, id string) (out Look, err error) {
	err = d.view(ctx, a, func(s *session) error {
		r, _, err := s.request(id)
		if err != nil {
			return err
		}
		seen, err := s.look([]grants.Request{r})
		if err == nil {
			out = seen[0]
		}
		return err
	})
	return out, err
}

// standing says whether the actor may decide now, and why not.
func (s *session) standing(m approval.Matter) (bool, string) {
	r := m.Request
	if !r.Open(s.now) {
		return false, ""
	}
	if m.Policy == nil {
		return false, "the policy does not let it be asked for any more"
	}
	standing := m.Standing(s.actor.UserN, approval.Judge(m, s.people), s.people)
	relation := approval.Relation{Beneficiary: s.actor.UserN == r.UserN, Requester: s.actor.UserN == r.ByN, Approver: len(standing.For) > 0}
	if why := approval.May(s.actor, approval.Decide, relation); why != "" {
		if standing.Why != "" && s.actor.UserN != 0 {
			why = standing.Why
		}
		return false, why
	}
	return true, ""
}

// beside are the groups of the same owners that the beneficiary is in.
func (s *session) beside(m approval.Matter) []string {
	out := []string{}
	for name := range s.people.groupsOf(m.Request.UserN) {
		other, known := s.engine.Group(name)
		if known && slices.ContainsFunc(other.Owners, func(owner string) bool { return slices.Contains(m.Owners, owner) }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Glasses returns the broken glasses of what the actor may see, oldest first: those that
// nobody has looked at, or all.
func (d *Desk) Glasses(ctx context.Context, a approval.Actor, all bool) (out []Request, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.glasses(all)
		if err != nil {
			return err
		}
		if s.may(approval.ReadAll, approval.Relation{}) != nil {
			votes, err := s.votes(found)
			if err != nil {
				return err
			}
			found = slices.DeleteFunc(found, func(r grants.Request) bool { return s.maySee(s.matterOf(&r, votes[r.N])) != nil })
		}
		out, err = s.describe(found)
		return err
	})
	return out, err
}

func (s *session) glasses(all bool) ([]grants.Request, error) {
	if !all {
		return s.tx.GlassToReview(s.ctx)
	}
	found, err := s.tx.Requests(s.ctx, store.RequestFilter{Kind: grants.KindBreakGlass})
	slices.Reverse(found)
	return found, err
}
