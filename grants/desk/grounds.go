package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/store"
)

// What a membership rests on that only grants give: whoever decides by being in a group
// has no more say than those who let them in. It goes as far back as there were people who
// decided by being let in.

// nobody is the voice of the policy and of the operator of the machine.
var nobody = approval.Voice{}

// grounds returns what each of some grants rests on at an instant. before are the requests
// that are being looked into already: nobody vouches for themselves in a circle.
func (p *people) grounds(given []grants.Grant, at time.Time, before []int64) (out []approval.Ground) {
	ns := make([]int64, len(given))
	for i := range given {
		ns[i] = given[i].RequestN
	}
	requests, err := p.tx.RequestsByN(p.ctx, ns)
	if p.fail(err) {
		return nil
	}
	for i := range given {
		of := slices.IndexFunc(requests, func(r grants.Request) bool { return r.N == given[i].RequestN })
		if of < 0 {
			continue
		}
		ground := approval.Ground{p.voices(&requests[of], before)}
		for _, longer := range p.extensions(&given[i], requests[of].Duration, at) {
			ground = append(ground, p.voices(&longer, before))
		}
		out = append(out, ground)
	}
	return out
}

// extensions are those without which a grant would be over by an instant; first is how
// long it was to last without any.
func (p *people) extensions(g *grants.Grant, first time.Duration, at time.Time) (out []grants.Request) {
	if g.ActivatedAt.IsZero() || g.Duration == first {
		return nil
	}
	all, err := p.tx.Requests(p.ctx, store.RequestFilter{UserN: g.UserN, Group: g.Group, Kind: grants.KindExtension, Outcomes: []string{grants.Approved}})
	if p.fail(err) {
		return nil
	}
	slices.SortFunc(all, func(a, b grants.Request) int { return cmp.Or(a.DecidedAt.Compare(b.DecidedAt), cmp.Compare(a.N, b.N)) })
	end := g.ActivatedAt.Add(first)
	for _, r := range all {
		if r.Extends == g.N && !at.Before(end) {
			out, end = append(out, r), end.Add(r.Duration)
		}
	}
	return out
}

// voices are those by which a request was approved: of whoever broke the glass for
// themselves, their own.
func (p *people) voices(r *grants.Request, before []int64) (out []approval.Voice) {
	switch {
	case slices.Contains(before, r.N):
		return nil
	case r.Kind == grants.KindBreakGlass, r.Kind == grants.KindReview:
		return []approval.Voice{{By: r.ByN, For: r.ByN}}
	case r.Kind == grants.KindOverlap, r.Auto != "":
		return []approval.Voice{nobody}
	}
	votes, err := p.tx.Votes(p.ctx, []int64{r.N})
	if p.fail(err) {
		return nil
	}
	for _, v := range votes {
		if v.Approve && v.Revision == r.Revision { // others approved something else
			out = append(out, approval.Voice{By: v.ByN, For: v.For, LetIn: p.letIn(r, v, append(slices.Clone(before), r.N))})
		}
	}
	return out
}

// letIn is how the one whose vote it was belonged to the groups that the stage asks, where
// grants alone had put them there when it was given; nothing where they had another right.
func (p *people) letIn(r *grants.Request, v grants.Vote, before []int64) (out []approval.Belonging) {
	if v.For == 0 {
		return nil
	}
	m := approval.Matter{Request: r, Policy: p.engine.Request(r.Group), Now: v.At}
	if definition, known := p.engine.Group(r.Group); known {
		m.Owners = definition.Owners
	}
	if m.Policy == nil || v.Stage >= len(m.Policy.Stages()) {
		return nil
	}
	for _, term := range m.Asked(v.Stage) {
		group, named := strings.CutPrefix(term, "group:")
		switch {
		case !named && m.Names(v.For, term, p):
			return nil
		case !named:
		case p.standsIn(v.For, group):
			return nil
		default:
			out = append(out, p.belonged(v.For, group, v.At, before)...)
		}
	}
	return out
}

// standsIn reports whether something other than grants puts a user in a group.
func (p *people) standsIn(n int64, group string) bool {
	b := p.belongs(n, group, nil)
	return b.In && !b.ByGrants
}

// belonged is how grants put a user in a group at an instant, nothing where none did.
func (p *people) belonged(n int64, group string, at time.Time, before []int64) []approval.Belonging {
	all, err := p.tx.Grants(p.ctx, store.GrantFilter{UserN: n})
	if p.fail(err) {
		return nil
	}
	gave := slices.DeleteFunc(all, func(g grants.Grant) bool {
		within := g.Group == group || slices.Contains(p.engine.Around(g.Group), group)
		return !within || g.BegunAt.IsZero() || g.BegunAt.After(at) || !g.End().After(at)
	})
	if len(gave) == 0 {
		return nil
	}
	return []approval.Belonging{{In: true, ByGrants: true, Grants: p.grounds(gave, at, before)}}
}
