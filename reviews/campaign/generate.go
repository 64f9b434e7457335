package campaign

import (
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/rules"
)

// Input is everything that a campaign is made of, at one moment.
type Input struct {
	Now      time.Time
	Engine   *rules.Engine
	Campaign *reviews.Campaign
	Admins   []string
	People   *People
	Crowd    approval.Crowd
	// Within are the people in scope; nil for everybody.
	Within *roaring.Bitmap
	// Before returns whose access somebody kept in an earlier campaign, of a group or
	// (where that is "") an entitlement: what they had then, at BeforeAt, is not looked
	// at again. nil for nobody.
	Before   func(group string, ent identity.Entitlement) *roaring.Bitmap
	BeforeAt time.Time
	// Used returns when somebody used an account last on one of the targets, zero where
	// nobody knows; nil for no targets that tell.
	Used func(userN int64, targets []string) time.Time
}

// Member is one membership in a group. Causes are shared between members.
type Member struct {
	UserN  int64
	Causes []identity.Cause
	Since  time.Time
}

// Held is an entitlement that people have on a target and that nothing explains.
type Held struct {
	Entitlement identity.Entitlement
	Risk        string
	Owners      []string // of the groups that carry it
	Groups      []string // that carry it
	// Everybody is all who have it, Layers those whom nothing gives it, by when they
	// were first seen with it. First is when the target was looked at first: who had it
	// then may have had it long before.
	Everybody *roaring.Bitmap
	Layers    []Layer
	First     time.Time
}

// Layer is some holders by when they were first seen.
type Layer struct {
	Since   time.Time
	Holders *roaring.Bitmap
}

// Draft is what a campaign is going to be: items, each with the number in Panels of who
// is asked, from 1.
type Draft struct {
	Items  []reviews.Item
	Panels [][][]string
	// Asked are whom the panels name now, by place in Panels.
	Asked [][]int64
	// Own counts the items of people who would have been asked about themselves alone,
	// Nobody those that fell to the campaign's owner or the administrators, or to nobody.
	Own, Nobody int
	// People are those whom it was made with.
	People *People
}

// Generator makes the items of a campaign, group by group.
type Generator struct {
	in     Input
	crowd  crowd
	draft  Draft
	panels map[string]int64 // by what the rungs say
	heirs  map[int64]int64  // for the only one who is asked: who is asked about that one
	rungOf []int            // the rung of each panel that counts
}

// NewGenerator returns one that has no items yet.
func NewGenerator(in Input) *Generator {
	return &Generator{in: in, draft: Draft{People: in.People}, crowd: crowd{in.Crowd, in.People}, panels: map[string]int64{}, heirs: map[int64]int64{}}
}

// Expect makes room for so many more items. A million of them are half a gigabyte, which
// a list that grows on the way copies several times.
func (g *Generator) Expect(items int) { g.draft.Items = slices.Grow(g.draft.Items, items) }

// Draft is what was made, in the order of what it is about and whose it is.
func (g *Generator) Draft() *Draft {
	slices.SortStableFunc(g.draft.Items, func(a, b reviews.Item) int { return byWhat(&a, &b) })
	return &g.draft
}

// Group adds the members of a group who are in scope.
func (g *Generator) Group(group identity.Group, members []Member) {
	about := g.about(group.Owners)
	known := g.before(group.Name, identity.Entitlement{})
	tally := g.in.People.tally(func(fn func(int64)) {
		for i := range members {
			fn(members[i].UserN)
		}
	})
	request := g.in.Engine.Request(group.Name)
	targets := targetsOf(group.Access)
	for i := range members {
		m := &members[i]
		if !g.covers(m.UserN, m.Since, known) {
			continue
		}
		item := reviews.Item{
			UserN: m.UserN, User: g.in.People.Name(m.UserN), Group: group.Name, Causes: m.Causes, Since: m.Since, Risk: group.Risk,
			LastUsed: g.used(m.UserN, targets),
		}
		item.Alike, item.Peers = g.in.People.alike(m.UserN, tally)
		item.Advice, item.Because = advise(&item, g.in.Now, request != nil)
		g.add(item, about)
	}
}

// Access adds the holders of an entitlement whom nothing gives it and who are in scope.
// name tells what an account without a user is called.
func (g *Generator) Access(h *Held, name func(holder int64) string) {
	if !g.in.coversAccess(g.in.Campaign.Scope, h) {
		return
	}
	about := g.about(h.Owners)
	known := g.before("", h.Entitlement)
	tally := g.in.People.tally(func(fn func(int64)) {
		for it := h.Everybody.Iterator(); it.HasNext(); {
			fn(int64(it.Next()))
		}
	})
	for _, layer := range h.Layers {
		for it := layer.Holders.Iterator(); it.HasNext(); {
			n := int64(it.Next())
			if !g.covers(n, layer.Since, known) {
				continue
			}
			item := reviews.Item{
				UserN: n, User: g.in.People.Name(n), Entitlement: h.Entitlement, Since: layer.Since, AtLeast: !layer.Since.After(h.First), Risk: h.Risk,
				LastUsed: g.used(n, []string{h.Entitlement.Target}),
			}
			if item.Account = name(n); identity.IsStranger(n) {
				item.User = item.Account
			}
			item.Alike, item.Peers = g.in.People.alike(n, tally)
			item.Advice, item.Because = advise(&item, g.in.Now, false)
			g.add(item, about)
		}
	}
}

func (g *Generator) before(group string, ent identity.Entitlement) *roaring.Bitmap {
	if g.in.Before == nil {
		return nil
	}
	return g.in.Before(group, ent)
}

func (g *Generator) used(n int64, targets []string) time.Time {
	if g.in.Used == nil {
		return time.Time{}
	}
	return g.in.Used(n, targets)
}

// covers reports whether somebody is in scope, with what they have since an instant.
func (g *Generator) covers(n int64, since time.Time, known *roaring.Bitmap) bool {
	if g.in.Within != nil && !g.in.Within.Contains(uint32(n)) {
		return false
	}
	return known == nil || !known.Contains(uint32(n)) || since.After(g.in.BeforeAt)
}

func targetsOf(access []identity.Entitlement) []string {
	var out []string
	for _, e := range access {
		if !slices.Contains(out, e.Target) {
			out = append(out, e.Target)
		}
	}
	return out
}
