package desk

import (
	"fmt"
	"maps"
	"slices"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// possible checks that the request can lead to anything: the user does not have it
// already, and nothing keeps it from the user.
func (s *session) possible(m approval.Matter, u identity.User) error {
	r := m.Request
	if err := s.noDuplicate(r); err != nil {
		return err
	}
	w, ok := s.people.worldOf(u.N)
	if !ok {
		return s.people.err
	}
	return s.notKept(r, u, w)
}

// lacking says of which stage there are too few people to approve it, "" where there
// are enough for each. Such a request waits all the same: owners come and go, and
// whoever runs the hub can decide.
func (s *session) lacking(m approval.Matter) string {
	for i, stage := range m.Policy.Stages() {
		if n := len(m.PanelOf(i, s.people)); n < stage.Count {
			return fmt.Sprintf("it takes %d of %s to approve it, and there are %d: the owners of the group, its policy, or whoever runs the hub must help", stage.Count, stage.By, n)
		}
	}
	return ""
}

// noDuplicate refuses to ask twice for the same.
func (s *session) noDuplicate(r *grants.Request) error {
	before, err := s.tx.Requests(s.ctx, store.RequestFilter{UserN: r.UserN, Group: r.Group, Outcomes: []string{""}})
	if err != nil {
		return err
	}
	for i := range before {
		if b := &before[i]; b.Open(s.now) && b.N != r.N && b.Kind == r.Kind {
			return conflict("`birthright cancel "+b.ID+"` takes it back", "%s already asks for %s for %s", b.ID, r.Group, r.User)
		}
	}
	open, err := s.tx.OpenGrantsOf(s.ctx, []int64{r.UserN})
	if err != nil || r.Kind == grants.KindExtension {
		return err
	}
	for i := range open {
		if g := &open[i]; g.Group == r.Group && !g.IsOver(s.now) && r.Kind != grants.KindBreakGlass {
			return conflict("`birthright grant extend "+g.ID+"` makes it longer", "%s has %s already, by %s until %s", r.User, r.Group, g.ID, moment(g.End()))
		}
	}
	return nil
}

// notKept refuses what the user has without an end, and what exclusions and
// constraints would keep from the user.
func (s *session) notKept(r *grants.Request, u identity.User, w rules.World) error {
	now := s.engine.Decide(u, w)
	for _, m := range now.Memberships {
		if m.Group == r.Group && m.EndsAt.IsZero() {
			return conflict("", "%s has %s already: %s", r.User, r.Group, m.Causes[0])
		}
	}
	have, err := s.haveByGrants(u.N)
	if err != nil {
		return err
	}
	asked := rules.Overlay{Group: r.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: "asked"}, Start: w.At}
	w.Overlay = rules.Overlays{u.N: append(have, asked)}
	w.Held = func(int64) []string { return slices.Sorted(maps.Keys(s.people.groupsOf(u.N))) }
	for _, refusal := range s.engine.Decide(u, w).Refused {
		if refusal.Group != r.Group {
			continue
		}
		if refusal.Kind == rules.RefusedByExclusion {
			return conflict("", "%s is excluded from %s: %s", r.User, r.Group, refusal.Reason)
		}
		return conflict("", "%s cannot have %s together with %s: constraint %s", r.User, r.Group, refusal.Kept, refusal.Name)
	}
	return nil
}

// haveByGrants is what grants give a user now: that stays, and what is asked for must
// go together with it.
func (s *session) haveByGrants(userN int64) ([]rules.Overlay, error) {
	open, err := s.tx.OpenGrantsOf(s.ctx, []int64{userN})
	var out []rules.Overlay
	for i := range open {
		if g := &open[i]; g.Gives(s.now) && !g.BegunAt.IsZero() {
			out = append(out, rules.Overlay{Group: g.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: g.ID}})
		}
	}
	return out, err
}
