package desk

import (
	"slices"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/store"
)

// Place is a target on which a grant gives something.
type Place struct {
	Target string `json:"target"`
	// There says that all that the grant gives was seen on the target; of a grant that is
	// over, that something of it is left.
	There bool `json:"there"`
	// Unread says that nobody has looked at the target as a whole yet: until then nothing
	// is done on it.
	Unread bool `json:"unread,omitempty"`
	// Trouble is what the target said when what is due could not be done: to those who see
	// everybody's, to others that it did.
	Trouble string `json:"trouble,omitempty"`
}

// places fills in on which targets grants give something, and, unless nothing of them can
// be left, how it stands there: a few queries, however many grants.
func (s *session) places(given []grants.Grant, out []Grant) error {
	var users []int64
	var all []identity.Entitlement
	for i := range given {
		access := s.reaches(given[i].Group)
		out[i].Targets = onTargets(access)
		if given[i].SettledAt.IsZero() && len(access) > 0 {
			users, all = append(users, given[i].UserN), append(all, access...)
		}
	}
	if len(users) == 0 {
		return nil
	}
	f, err := s.footing(users, all)
	if err != nil {
		return err
	}
	for i := range given {
		if given[i].SettledAt.IsZero() {
			f.fill(&given[i], s.reaches(given[i].Group), &out[i])
		}
	}
	return nil
}

// reaches is what a group gives, with the groups that contain it.
func (s *session) reaches(group string) []identity.Entitlement {
	var out []identity.Entitlement
	for _, name := range append([]string{group}, s.engine.Around(group)...) {
		definition, _ := s.engine.Group(name)
		out = append(out, definition.Access...)
	}
	return out
}

func onTargets(access []identity.Entitlement) []Place {
	var names []string
	for _, e := range access {
		names = append(names, e.Target)
	}
	slices.Sort(names)
	out := []Place{}
	for _, name := range slices.Compact(names) {
		out = append(out, Place{Target: name})
	}
	return out
}

// footing is what is known of some users on targets.
type footing struct {
	numbers map[identity.Entitlement]int64
	held    map[store.Holding]bool
	states  map[string]store.TargetState
	late    map[workKey]string
	// everything says that the actor may read what targets say.
	everything bool
}

type workKey struct {
	target string
	userN  int64
}

func (s *session) footing(users []int64, all []identity.Entitlement) (f footing, err error) {
	f = footing{
		states: map[string]store.TargetState{}, late: map[workKey]string{}, everything: s.may(approval.ReadAll, approval.Relation{}) == nil,
	}
	if f.numbers, err = s.tx.EntitlementNumbers(s.ctx, all, false); err != nil {
		return f, err
	}
	ns := make([]int64, 0, len(f.numbers))
	for _, n := range f.numbers {
		ns = append(ns, n)
	}
	if f.held, err = s.tx.HeldEntitlements(s.ctx, users, ns); err != nil {
		return f, err
	}
	states, err := s.tx.TargetStates(s.ctx)
	if err != nil {
		return f, err
	}
	var names []string
	for _, state := range states {
		f.states[state.Name], names = state, append(names, state.Name)
	}
	late, err := s.tx.WorkOf(s.ctx, names, users)
	for _, w := range late {
		f.late[workKey{w.Target, w.UserN}] = w.LastError
	}
	return f, err
}

// place says how what somebody is to have stands on some targets.
func (f *footing) place(userN int64, access []identity.Entitlement, on []Place) {
	for i := range on {
		p := &on[i]
		p.Unread = f.states[p.Target].LastFullAt.IsZero()
		p.Trouble = f.late[workKey{p.Target, userN}]
		if p.Trouble != "" && !f.everything {
			p.Trouble = "it does not take what is due; the hub keeps trying"
		}
		p.There = !slices.ContainsFunc(access, func(e identity.Entitlement) bool {
			return e.Target == p.Target && !f.held[store.Holding{UserN: userN, EntN: f.numbers[e]}]
		})
	}
}

// fill says how one grant stands on each of its targets.
func (f *footing) fill(g *grants.Grant, access []identity.Entitlement, out *Grant) {
	f.place(g.UserN, access, out.Targets)
	if out.State != grants.Ending && out.State != grants.Failed {
		return
	}
	for i := range out.Targets {
		out.Targets[i].There = slices.Contains(out.LeftOn, out.Targets[i].Target)
	}
}
